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
    let access: ProviderAccess
    let control: SandboxControl
    /// Whether people agree at each provider instead of signing once for all.
    let isIndividual: Bool
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
        (self.services, self.isIndividual) = (services, isIndividual)
        control = try SandboxControl(identity, directory: certificates)
        // Slots, windows and the lives of tokens follow the sandbox's clock.
        time.set(try await control.clock())
        access = try ProviderAccess(
            identity,
            registry,
            vault: services.vault,
            log: services.log,
            recorder: services.recorder,
            clock: .system { [time] in time.microseconds },
            months: months
        )
    }

    var collector: Collector { access.collector }
    var clock: CollectorClock { access.clock }

    func shutdown() async {
        await access.shutdown()
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

    /// Enrols the first `people` of the sandbox and collects for them, at most `atOnce` at a time.
    func collect(
        people count: Int,
        atOnce: Int,
        for reason: CollectReason = .refresh,
        isShown: Bool = true
    ) async throws -> CollectSummary {
        let begin = ContinuousClock.now
        let members = try await enrol(people: count, atOnce: atOnce, isShown: isShown)
        let seconds = (ContinuousClock.now - begin) / .seconds(1)
        var summary = try await collect(members, atOnce: atOnce, for: reason, isShown: isShown)
        summary.enrolSeconds = seconds
        return summary
    }

    /// Enrols the first `people` of the sandbox.
    func enrol(people count: Int, atOnce: Int, isShown: Bool = true) async throws -> [Member] {
        let people = try await control.people(count)
        let progress = isShown ? Progress("enrolling", unit: "people") : nil
        return try await each(people, atOnce, progress) { try await self.enrol($0) }
    }

    /// Collects for members.
    func collect(
        _ members: [Member],
        atOnce: Int,
        for reason: CollectReason = .refresh,
        isShown: Bool = true
    ) async throws -> CollectSummary {
        var summary = CollectSummary()
        summary.people = members.count
        summary.enrolled = members.count { $0.isNew }
        for (reason, times) in members.flatMap(\.failures) {
            summary.failures[reason, default: 0] += times
        }
        latencies.withLock { $0.removeAll() }
        let begin = ContinuousClock.now
        let progress = isShown ? Progress("collecting", unit: "people") : nil
        let parts = try await each(members, atOnce, progress) {
            await self.collect($0, for: reason)
        }
        for part in parts { summary.take(part) }
        summary.seconds = (ContinuousClock.now - begin) / .seconds(1)
        let sorted = latencies.withLock { $0.sorted() }
        if !sorted.isEmpty {
            summary.personMillisecondsMedian = sorted[sorted.count / 2]
            summary.personMillisecondsP99 = sorted[(sorted.count * 99 - 1) / 100]
        }
        return summary
    }

    /// `body` of each, at most `atOnce` at a time; in no order.
    func each<Item: Sendable, Result: Sendable>(
        _ items: [Item],
        _ atOnce: Int,
        _ progress: Progress?,
        _ body: @escaping @Sendable (Item) async throws -> Result
    ) async throws -> [Result] {
        try await withThrowingTaskGroup(of: Result.self) { tasks in
            var waiting = items[...]
            for item in waiting.prefix(atOnce) { tasks.addTask { try await body(item) } }
            waiting = waiting.dropFirst(atOnce)
            var results: [Result] = []
            while let result = try await tasks.next() {
                results.append(result)
                progress?.show(results.count, share: Double(results.count) / Double(items.count))
                if let item = waiting.popFirst() { tasks.addTask { try await body(item) } }
            }
            progress?.end(results.count)
            return results
        }
    }

    /// A person of the sandbox who is enrolled.
    struct Member: Sendable {
        let person: SandboxControl.Person
        let subject: SubjectID
        /// Whether they agreed to something for the first time.
        var isNew = false
        /// Providers that gave no token, by reason.
        var failures: [String: Int] = [:]
    }

    /// Collects what a new member has, or what is new of an old one.
    func collect(
        _ member: Member,
        for reason: CollectReason = .refresh
    ) async -> CollectSummary {
        var summary = CollectSummary()
        do throws(CollectError) {
            let trigger: TransferTrigger = member.isNew ? .userConsent : reason.trigger
            let begin = ContinuousClock.now
            let results = try await collector.collect(member.subject, for: trigger)
            let milliseconds = Int((ContinuousClock.now - begin) / .milliseconds(1))
            latencies.withLock { $0.append(milliseconds) }
            for (_, result) in results { summary.add(result) }
        } catch {
            summary.failures["\(error)", default: 0] += 1
        }
        return summary
    }

    /// The first people of the sandbox, of `among`, who have `count` providers; with those alone.
    func people(_ count: Int, withProviders providerCount: Int, among: Int) async throws
        -> [SandboxControl.Person]
    {
        try await control.people(among).filter { $0.providers.count >= providerCount }
            .prefix(count).map { person in
                var person = person
                person.providers = Array(person.providers.prefix(providerCount))
                return person
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
        let schedule = access.schedule
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
        transfers += part.transfers
        calls += part.calls
        rows += part.rows
        added += part.added
        retracted += part.retracted
        quarantined += part.quarantined
        failures.merge(part.failures) { $0 + $1 }
    }
}
