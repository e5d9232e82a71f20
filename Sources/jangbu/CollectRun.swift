import Collector
import Commands
import Finance
import Foundation
import Frame
import Logging
import Projections
import Sandbox
import ServiceLifecycle
import Synchronization
import UnixSignals
import Vault

/// Enrols people of a sandbox and collects for them.
final class CollectRun: Sendable {
    let services: Services
    let identity: OperatorFile
    let control: SandboxControl
    private let client: ProviderClient
    let collector: Collector
    let authority: AuthorityDesk
    let clock: CollectorClock
    /// Whether people agree at each provider instead of signing once for all.
    private let isIndividual: Bool
    /// By number in the sandbox.
    let enrolled = Mutex<[Int: SubjectID]>([:])
    private let time = SandboxTime()
    /// Milliseconds that each person's providers took together.
    private let latencies = Mutex<[Int]>([])

    init(
        services: Services,
        identity: OperatorFile,
        registry: Providers,
        certificates: String,
        months: Int32,
        isIndividual: Bool = false
    ) async throws {
        (self.services, self.identity) = (services, identity)
        self.isIndividual = isIndividual
        clock = CollectRun.clock(time)
        control = try SandboxControl(identity, directory: certificates)
        // Slots, windows and the lives of tokens follow the sandbox's clock.
        time.set(try await control.clock())
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
                books: try SubjectBooks(log: services.log, vault: services.vault),
                recorder: services.recorder,
                clock: clock,
                options: options
            )
        } catch {
            throw Failure(.program, "The books cannot be opened (\(error)).")
        }
    }

    private static func clock(_ time: SandboxTime) -> CollectorClock {
        CollectorClock(
            now: { time.microseconds },
            sleep: { try await Task.sleep(for: $0) },
            chance: {
                var random = SystemRandomNumberGenerator()
                return random.next()
            }
        )
    }

    func shutdown() async {
        await client.shutdown()
        await control.shutdown()
    }

    /// Seconds since 1970-01-01 UTC by the sandbox's clock.
    var seconds: Int64 { clock.seconds }

    /// Moves the sandbox's clock, and ours with it, to two in the next night in Korea: then all of
    /// its providers take regular transfers.
    func advanceToNight() async throws {
        let night: Int64 = 2 * 3_600
        let since = KoreanClock.secondOfDay(at: clock.seconds) - night
        let seconds = 86_400 - (since + 86_400) % 86_400
        time.set(try await control.advance(seconds: seconds))
    }

    /// Makes the regular transfers that are due, of everybody who is enrolled.
    func collectDue() async throws -> CollectSummary {
        var summary = CollectSummary()
        for (_, subject) in enrolled.withLock({ $0 }).sorted(by: { $0.key < $1.key }) {
            for (_, result) in try await collector.collect(subject, for: .scheduled) {
                summary.add(result)
            }
        }
        return summary
    }

    /// Collects for the first `people` of the sandbox, at most `atOnce` at a time.
    func collect(
        people count: Int,
        atOnce: Int,
        for reason: CollectReason = .refresh,
        isShown: Bool = true
    ) async throws -> CollectSummary {
        let people = try await control.people(count)
        let begin = ContinuousClock.now
        let progress = isShown ? Progress("collecting", unit: "people") : nil
        var summary = CollectSummary()
        summary.people = people.count
        try await withThrowingTaskGroup(of: CollectSummary.self) { tasks in
            var waiting = people[...]
            for person in waiting.prefix(atOnce) {
                tasks.addTask { try await self.collect(person, for: reason) }
            }
            waiting = waiting.dropFirst(atOnce)
            var done = 0
            while let part = try await tasks.next() {
                summary.take(part)
                done += 1
                progress?.show(done, share: Double(done) / Double(max(1, people.count)))
                if let person = waiting.popFirst() {
                    tasks.addTask { try await self.collect(person, for: reason) }
                }
            }
            progress?.end(done)
        }
        summary.seconds = (ContinuousClock.now - begin) / .seconds(1)
        let sorted = latencies.withLock { $0.sorted() }
        if !sorted.isEmpty {
            summary.personMillisecondsMedian = sorted[sorted.count / 2]
            summary.personMillisecondsP99 = sorted[(sorted.count * 99 - 1) / 100]
        }
        return summary
    }

    private func collect(
        _ person: SandboxControl.Person,
        for reason: CollectReason
    ) async throws -> CollectSummary {
        var summary = CollectSummary()
        let (subject, isNew) = try await enrol(person, &summary)
        enrolled.withLock { $0[person.number] = subject }
        if isNew { summary.enrolled = 1 }
        do throws(CollectError) {
            let trigger: TransferTrigger = isNew ? .userConsent : reason.trigger
            let begin = ContinuousClock.now
            let results = try await collector.collect(subject, for: trigger)
            let milliseconds = Int((ContinuousClock.now - begin) / .milliseconds(1))
            latencies.withLock { $0.append(milliseconds) }
            for (_, result) in results { summary.add(result) }
        } catch {
            summary.failures["\(error)", default: 0] += 1
        }
        return summary
    }

    /// Has a person agree to all that their providers have, unless they did.
    private func enrol(
        _ person: SandboxControl.Person,
        _ summary: inout CollectSummary
    ) async throws -> (SubjectID, isNew: Bool) {
        let asked = person.providers.compactMap { collector.providers[$0] }
        guard !asked.isEmpty else {
            throw Failure(.configuration, "No provider of person \(person.number) is known.")
        }
        let subject = try services.vault.enrol([Array(person.key.utf8)])[0]
        do {
            let book = try collector.books.book(of: subject)
            try await purge(book, of: subject)
            let known = CollectRun.standing(book)
            let missing = asked.filter { !known.contains($0.code) }
            guard !missing.isEmpty else { return (subject, false) }
            let transfers =
                if isIndividual {
                    try await agreedAtProviders(person, missing)
                } else {
                    try await signed(person, missing)
                }
            let today = KoreanClock.day(at: clock.seconds)
            let failures = try await collector.take(
                transfers,
                of: subject,
                joining: Join(years: 30, until: today.adding(months: 24))
            )
            for (_, error) in failures { summary.failures["\(error)", default: 0] += 1 }
            return (subject, known.isEmpty)
        } catch let error as CollectError {
            summary.failures["\(error)", default: 0] += 1
            return (subject, false)
        }
    }

    /// Providers whose request stands and whose token was not found to be another person's.
    private static func standing(_ book: SubjectBook) -> Set<String> {
        Set(book.register.liveRequests.filter { $0.suspendedAt == nil }.map(\.provider))
    }

    /// Removes what came in under a token that another person had; then the person is asked again.
    ///
    /// A removal that was begun and ended with its process is finished first.
    private func purge(_ book: SubjectBook, of subject: SubjectID) async throws {
        let projections = services.projections
        if !book.register.owedDeletions.isEmpty {
            try await services.desk.eraseOwed(of: subject, at: clock.now()) {
                projections.prepareErasure(in: $0)
            }
        }
        for request in book.register.liveRequests where request.suspendedAt != nil {
            do throws(ConsentError) {
                try await services.desk.purge(request.id, of: subject, at: clock.now()) {
                    projections.prepareErasure(in: $0)
                }
            } catch .refused(.nothingToPurge) {
                continue
            }
        }
    }

    /// Lets the sandbox's clock and ours stand still, or run on: what is compared must not move
    /// meanwhile.
    func runClock(_ isRunning: Bool) async throws {
        try await control.run(isRunning)
        time.set(try await control.clock())
    }

    /// Regular transfers until a signal.
    func serve() async throws {
        let vault = services.vault
        let schedule = CollectionSchedule(collector) { vault.subjects }
        let logger = Logger(label: "collect") { StreamLogHandler.standardError(label: $0) }
        let group = ServiceGroup(
            configuration: .init(
                services: [.init(service: schedule)],
                gracefulShutdownSignals: [.sigint, .sigterm],
                logger: logger
            )
        )
        EndSignals.watch(isGraceful: true)
        Terminal.shared.note("regular transfers go on until Ctrl-C")
        try await group.run()
    }
}

extension CollectSummary {
    mutating func take(_ part: CollectSummary) {
        enrolled += part.enrolled
        transfers += part.transfers
        calls += part.calls
        rows += part.rows
        added += part.added
        retracted += part.retracted
        quarantined += part.quarantined
        failures.merge(part.failures) { $0 + $1 }
    }
}
