import Collector
import Commands
import EventLog
import Finance
import Frame
import Vault

/// The way to providers: who this operator is to them, and a collector over open connections.
///
/// `jangbu serve`, `collect` and `demo` have the same; a sandbox is one more set of providers, with
/// a clock of its own.
final class ProviderAccess: Sendable {
    let identity: OperatorFile
    let collector: Collector
    /// Has persons sign transfer requests.
    let authority: AuthorityDesk
    let clock: CollectorClock
    private let vault: Vault
    private let client: ProviderClient

    /// Opens no connection yet; `shutdown` ends those that there are.
    init(
        _ identity: OperatorFile,
        _ registry: Providers,
        vault: Vault,
        log: EventLog,
        recorder: Recorder,
        clock: CollectorClock,
        months: Int32
    ) throws {
        (self.identity, self.clock, self.vault) = (identity, clock, vault)
        do throws(ClientFault) {
            client = try ProviderClient(certificates: identity.certificates)
        } catch {
            throw Failure(.input, "The operator's certificates cannot be used.")
        }
        authority = AuthorityDesk(
            identity.authority,
            operatorCode: identity.code,
            client: client,
            clock: clock
        )
        var options = CollectorOptions(operatorCode: identity.code)
        options.historyMonths = months
        do throws(BookError) {
            collector = Collector(
                providers: registry,
                client: client,
                books: try SubjectBooks(log: log, vault: vault),
                recorder: recorder,
                clock: clock,
                options: options
            )
        } catch {
            throw Failure(.program, "The books cannot be opened (\(error)).")
        }
    }

    /// As the configuration has it, by the system's clock; nil when it names no operator's file.
    convenience init?(
        _ settings: Settings,
        vault: Vault,
        log: EventLog,
        recorder: Recorder
    ) throws {
        guard !settings.operatorFile.isEmpty else { return nil }
        guard !settings.providersFile.isEmpty else {
            throw Failure(
                .configuration,
                "collection.operator_file needs collection.providers_file."
            )
        }
        let identity = try OperatorFile(settings.operatorFile)
        try self.init(
            identity,
            try Providers(settings.providersFile, registration: identity.registration),
            vault: vault,
            log: log,
            recorder: recorder,
            clock: .system { Clock.now },
            months: Int32(settings.historyMonthCount)
        )
    }

    func shutdown() async { await client.shutdown() }

    /// Does `work`, then ends connections.
    func closing<Result>(_ work: () async throws -> Result) async throws -> Result {
        let result: Result
        do {
            result = try await work()
        } catch {
            await shutdown()
            throw error
        }
        await shutdown()
        return result
    }

    /// Regular transfers and owed revocations of everybody in the vault, as a service.
    var schedule: CollectionSchedule { CollectionSchedule(collector) { [vault] in vault.subjects } }

    /// Tells providers which tokens of a person serve nothing any more, before `owed` is deleted.
    ///
    /// Deletion does not wait for who does not answer: the evidence then says so.
    /// - Throws: when nothing may be deleted yet: the process ends, or the tokens would go and what
    ///   became of them could not be recorded.
    func revoke(of subject: SubjectID, before owed: [Deletion]) async throws {
        let isLast = owed.contains { $0.scope == .everything }
        do throws(CollectError) {
            let told = try await collector.revokeOwed(of: subject, isLast: isLast)
            for code in told.failed {
                Terminal.shared.note(
                    isLast
                        ? "\(code) did not confirm that its token is revoked; the token is deleted"
                        : "\(code) did not confirm that its token is revoked; it is asked again"
                )
            }
        } catch .cancelled {
            throw CancellationError()
        } catch {
            guard !isLast else { throw Failure(deletionWaitsFor: error) }
            Terminal.shared.note("Revocations that are owed follow later (\(error)).")
        }
    }
}

extension CollectorClock {
    /// Real waits and chance; `now` in microseconds since 1970-01-01 UTC.
    static func system(now: @escaping @Sendable () -> Int64) -> CollectorClock {
        CollectorClock(
            now: now,
            sleep: { try await Task.sleep(for: $0) },
            chance: {
                var random = SystemRandomNumberGenerator()
                return random.next()
            }
        )
    }
}
