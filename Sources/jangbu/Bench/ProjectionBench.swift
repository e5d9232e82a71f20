import Cryptography
import EventLog
import Files
import Finance
import Projections
import Vault

/// Projections over a filled log: replay, rebuild, and live beside appends.
struct ProjectionBench {
    let directory: String
    let isSmoke: Bool
    private let clock = ContinuousClock()

    init(directory: String, isSmoke: Bool) {
        (self.directory, self.isSmoke) = (directory, isSmoke)
    }

    /// All rows, over one world that is filled twice: quietly, then with everything live.
    func rows() async throws -> [BenchRow] {
        let world = try BenchWorld(
            directory + "/projections",
            subjectCount: isSmoke ? 1_000 : 100_000
        )
        let rules = try Self.rules()
        // 10 M events: 50 rounds of 8 writers with 1,000 frames of 25.
        _ = try await world.fill(rounds: isSmoke ? 1 : 50, eventsPerFrame: 25)
        var rows = [try replay(world, rules), try await rebuild(world, rules)]
        try world.remove()
        rows.append(try await live(rules))
        rows.append(try await visibility(rules))
        return rows
    }

    /// The rules that the executable ships with.
    static func rules() throws -> CategoryRules {
        try CategoryRules(
            RuleFiles { (name: String) throws(FileError) -> [UInt8] in
                try Files.read(try rulesFolder() + "/" + name)
            }
        )
    }

    private static func rulesFolder() throws(FileError) -> String {
        do {
            return try Places.need("conf/categories")
        } catch {
            throw FileError(operation: "finding conf/categories", code: 2)
        }
    }

    private func replay(_ world: BenchWorld, _ rules: CategoryRules) throws -> BenchRow {
        let result = try ProjectionBenchmark.replay(
            SpendingProfile(rules: rules),
            log: world.log,
            keys: VaultKeys(world.vault),
            registry: try EventRegistry.released(),
            scratch: directory + "/replay",
            clock: Clock.monotonicNanoseconds
        )
        try requireNoneParked(result.parked)
        return BenchRow(
            work: "replay, open, verify, decode, fold the spending profile, one core",
            value: result.eventsPerSecond,
            unit: "events/s",
            must: ">= 1.5 M",
            isMet: result.eventsPerSecond >= 1_500_000,
            digest: String(result.digest.description.prefix(16)),
            notes: ["\(result.events) events"]
        )
    }

    private func rebuild(_ world: BenchWorld, _ rules: CategoryRules) async throws -> BenchRow {
        let projections = try Projections(
            log: world.log,
            keys: VaultKeys(world.vault),
            registry: try EventRegistry.released(),
            directory: directory + "/rebuild",
            clock: Clock.monotonicNanoseconds
        )
        let spending = try projections.add(SpendingProfile(rules: rules))
        // A rebuild cuts over from a running version that agrees, so that has to be there first.
        projections.start()
        while try spending.status().lagFrames > 0 { try await Task.sleep(for: .milliseconds(20)) }
        let result = try ProjectionBenchmark.rebuild(
            spending,
            clock: Clock.monotonicNanoseconds
        )
        try projections.stop()
        try requireNoneParked(result.parked)
        let seconds = Double(result.nanoseconds) / 1e9
        let scaled = seconds * 10_000_000 / Double(max(1, result.events))
        return BenchRow(
            work: "rebuild of 10 M events into a checkpointed spending profile",
            value: scaled,
            unit: "s",
            must: "<= 8 s",
            isMet: scaled <= 8,
            digest: String(result.digest.description.prefix(16)),
            notes: ["\(result.events) events in \(BenchFormat.fixed(seconds, 2)) s"]
        )
    }

    /// What is parked is not folded, and was not measured.
    private func requireNoneParked(_ count: UInt64) throws(BenchFailure) {
        guard count == 0 else { throw BenchFailure(reason: "\(count) events were parked") }
    }

    private func live(_ rules: CategoryRules) async throws -> BenchRow {
        let world = try BenchWorld(
            directory + "/live",
            subjectCount: isSmoke ? 1_000 : 100_000
        )
        let (projections, spending) = try Self.start(world, rules)
        let start = clock.now
        let rounds = isSmoke ? 1 : 40
        _ = try await world.fill(rounds: rounds, eventsPerFrame: 25)
        while try spending.status().lagFrames > 0 { try await Task.sleep(for: .milliseconds(5)) }
        let seconds = (clock.now - start).seconds
        let events = Double(BenchWorld.clients * BenchWorld.framesPerBatch * rounds * 25)
        let digest = try ProjectionBench.digest(of: spending)
        try projections.stop()
        try world.remove()
        return BenchRow(
            work: "25 events a frame with all projections live",
            value: events / seconds,
            unit: "events/s",
            must: ">= 250.0 k",
            isMet: events / seconds >= 250_000,
            digest: digest,
            notes: ["until the last event is folded"]
        )
    }

    /// 50,000 events a second by a fixed schedule: 20 appends a second of 100 frames of 25 events.
    private func visibility(_ rules: CategoryRules) async throws -> BenchRow {
        let world = try BenchWorld(
            directory + "/visible",
            subjectCount: isSmoke ? 1_000 : 20_000
        )
        let (projections, spending) = try Self.start(world, rules)
        var waits: [Double] = []
        var writer = try BulkWriter(world, 0, seed: 9)
        let begin = clock.now
        for number in 0..<(isSmoke ? 5 : 400) {
            try await clock.sleep(until: begin + .milliseconds(50 * number), tolerance: .zero)
            let last = try await writer.append(25, frames: 100)
            let durable = clock.now
            guard
                try spending.waitUntilFolded(
                    last.subject,
                    revision: last.revision,
                    atMostMilliseconds: 10_000
                )
            else { throw BenchFailure(reason: "an event was not folded within 10 s") }
            waits.append((clock.now - durable).seconds * 1_000)
        }
        let digest = try ProjectionBench.digest(of: spending)
        try projections.stop()
        try world.remove()
        waits.sort()
        let high = waits[min(waits.count - 1, waits.count * 99 / 100)]
        return BenchRow(
            work: "durable to visible in the profile at 50 k events/s, p99",
            value: high,
            unit: "ms",
            must: "<= 100 ms",
            isMet: high <= 100,
            digest: digest,
            notes: ["p50 \(BenchFormat.fixed(waits[waits.count / 2], 2)) ms"]
        )
    }

    private static func digest(of spending: Projection<SpendingProfile>) throws -> String {
        String(try spending.recomputeStateHash().recomputed.description.prefix(16))
    }

    /// Opens all read models over the world's log and lets them fold live.
    static func start(
        _ world: BenchWorld,
        _ rules: CategoryRules
    ) throws -> (Projections, Projection<SpendingProfile>) {
        let projections = try Projections(
            log: world.log,
            keys: VaultKeys(world.vault),
            registry: try EventRegistry.released(),
            directory: world.directory + "/projections",
            clock: Clock.monotonicNanoseconds
        )
        let spending = try projections.add(SpendingProfile(rules: rules))
        _ = try projections.add(IntegratedView())
        _ = try projections.add(SubjectCounters())
        _ = try projections.add(ConsentRegister())
        _ = try projections.add(Coverage())
        _ = try projections.add(NetWorth())
        _ = try projections.add(Obligations())
        _ = try projections.add(CollectionBoard())
        projections.start()
        return (projections, spending)
    }
}
