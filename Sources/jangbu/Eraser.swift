import Collector
import Commands
import EventLog
import Finance
import Frame
import Projections
import Vault

/// Does the deletions that persons are owed: first providers are told which tokens go, where there
/// is a way to them, then the keys are destroyed.
///
/// No token goes before the evidence says what became of it at its provider.
struct Eraser: Sendable {
    private let desk: ConsentDesk
    private let way: Way
    private let projections: Projections?

    /// How providers are told.
    private enum Way {
        case open(ProviderAccess)
        case none(UntoldTokens, reason: String)
    }

    /// With the way to providers, or the reason why there is none as the end of a sentence;
    /// read models, where there are any, are made ready for what goes.
    init(
        _ desk: ConsentDesk,
        _ access: ProviderAccess?,
        log: EventLog,
        vault: Vault,
        recorder: Recorder,
        settings: Settings,
        projections: Projections?
    ) throws {
        (self.desk, self.projections) = (desk, projections)
        if let access {
            way = .open(access)
            return
        }
        do throws(BookError) {
            way = .none(
                try UntoldTokens(log: log, vault: vault, recorder: recorder),
                reason: settings.operatorFile.isEmpty
                    ? "collection.operator_file is not set"
                    : "collection.operator_file cannot be used"
            )
        } catch {
            throw Failure(.program, "The books cannot be opened (\(error)).")
        }
    }

    /// Does what is owed to a person, `now` in microseconds since 1970-01-01 UTC; interrupted
    /// anywhere, the same again does what is left.
    ///
    /// - Returns: a receipt for each deletion.
    @discardableResult
    func eraseOwed(of subject: SubjectID, at now: Int64) async throws -> [ErasureReceipt] {
        let owed = try desk.register(of: subject).owedDeletions
        guard !owed.isEmpty else { return [] }
        switch way {
        case .open(let access): try await access.revoke(of: subject, before: owed)
        case .none(let tokens, let reason):
            guard owed.contains(where: { $0.scope == .everything }) else { break }
            let untold: [String]
            do throws(CollectError) {
                untold = try await tokens.record(of: subject, at: now)
            } catch {
                throw Failure(deletionWaitsFor: error)
            }
            guard !untold.isEmpty else { break }
            Terminal.shared.note(
                "The person's tokens are deleted and no provider is told: \(reason)."
            )
        }
        return try await desk.eraseOwed(of: subject, at: now) { [projections] in
            projections?.prepareErasure(in: $0)
        }
    }
}
