import CFloor
import Cryptography
import EventLog
import Files
import Finance
import Frame

/// Appends to the log, beside the same bytes in plain C: the durable rows of the figures.
struct LogBench {
    let directory: String
    let isSmoke: Bool
    private let key: SecretKey
    private let clock = ContinuousClock()

    init(directory: String, isSmoke: Bool) throws {
        self.directory = directory
        self.isSmoke = isSmoke
        key = try SecretKey.random()
    }

    /// Flushes a second of nothing but small appended writes.
    func flushFloor() throws -> BenchRow {
        var result = floor_flush_result()
        let count: UInt64 = isSmoke ? 20 : 1_000
        try check(unsafe floor_flush(directory, count, 4_096, &result))
        return BenchRow(
            work: "pure flush floor",
            value: result.flushes_per_second,
            unit: "flushes/s",
            notes: ["p99 \(BenchFormat.number(result.latency.p99_us)) us"]
        )
    }

    /// Closed-loop clients, one event a frame, each with a subject of its own.
    func clients(_ count: Int) async throws -> [BenchRow] {
        let rounds = isSmoke ? 20 : count == 1 ? 2_000 : 3_000
        var best: ClientRun?
        for attempt in 0..<(isSmoke ? 1 : 3) {
            let run = try await runClients(count, rounds: rounds, attempt: attempt)
            if run.rate > best?.rate ?? 0 { best = run }
        }
        guard let best else { return [] }
        let floor = try logFloor(clients: count, frames: 1, bytes: best.frameBytes)
        // Counted from outside when the shim is there; the log's own count otherwise.
        let flushes = best.counted?.log ?? best.figures.flushes
        let perGroup = Double(flushes) / Double(max(1, best.figures.groups))
        var rows = [
            BenchRow(
                work: "\(count) closed-loop client\(count == 1 ? "" : "s"), 1 event a frame",
                value: best.rate,
                unit: "frames/s",
                floor: "raw-C LMDB",
                floorValue: floor,
                must: ">= 0.85 x raw-C LMDB",
                isMet: best.rate >= 0.85 * floor,
                digest: best.digest,
                notes: ["\(best.frameBytes) B a frame"]
            )
        ]
        if count > 1 {
            rows.append(
                BenchRow(
                    work: "log flushes per group at \(count) clients",
                    value: perGroup,
                    unit: "flushes",
                    must: "<= 1.1",
                    isMet: perGroup <= 1.1,
                    digest: best.digest,
                    notes: [
                        "\(best.figures.groups) groups, \(flushes) flushes",
                        best.counted.map { "others' flushes \($0.others)" } ?? "counted by the log",
                    ]
                )
            )
        }
        return rows
    }

    private struct ClientRun {
        let rate: Double
        let figures: LogFigures
        let frameBytes: Int
        let digest: String
        let counted: FlushCount?
    }

    private func runClients(
        _ count: Int,
        rounds: Int,
        attempt: Int
    ) async throws -> ClientRun {
        let path = directory + "/log"
        let log = try freshLog(path)
        let key = key
        let before = FlushCount.now()
        let start = clock.now
        try await withThrowingTaskGroup(of: Void.self) { group in
            for client in 0..<count {
                group.addTask {
                    try await LogBench.client(client, rounds: rounds, on: log, key: key)
                }
            }
            try await group.waitForAll()
        }
        let seconds = (clock.now - start).seconds
        var counted: FlushCount?
        if let before, let after = FlushCount.now() { counted = after - before }
        let run = ClientRun(
            rate: Double(count * rounds) / seconds,
            figures: try log.figures()[0],
            frameBytes: try frameBytes(log),
            digest: try LogBench.digest(of: log),
            counted: counted
        )
        log.close()
        try Files.removeTree(path)
        return run
    }

    private static func client(
        _ number: Int,
        rounds: Int,
        on log: EventLog,
        key: SecretKey
    ) async throws {
        var random = BenchRandom(seed: UInt64(number) + 1)
        var source = ApprovalSource(seed: UInt64(number) + 99)
        let subject = SubjectID(high: random.next(), low: random.next())
        var sealer = try FrameSealer()
        var batch = FrameBatch(byteCapacity: 512, frameCapacity: 1)
        var body: [UInt8] = []
        for revision in 0..<rounds {
            batch.removeAll()
            body.removeAll(keepingCapacity: true)
            source.append(1, to: &body)
            try sealer.seal(
                body.span,
                as: LogBench.content(subject, UInt64(revision), 1, &random),
                key: key,
                salt: (random.next(), random.next()),
                into: &batch
            )
            _ = try await log.append(batch)
        }
    }

    /// Eight clients with batches of a thousand frames over 100,000 subjects, keys of the vault.
    func bulk(eventsPerFrame: Int, must: Double) async throws -> [BenchRow] {
        let rounds = isSmoke ? 1 : eventsPerFrame == 1 ? 100 : 40
        let world = try BenchWorld(
            directory + "/bulk",
            subjectCount: isSmoke ? 1_000 : 100_000
        )
        let seconds = try await world.fill(rounds: rounds, eventsPerFrame: eventsPerFrame)
        let frames = BenchWorld.clients * BenchWorld.framesPerBatch * rounds
        let events = Double(frames * eventsPerFrame)
        let bytes = try frameBytes(world.log)
        let digest = try LogBench.digest(of: world.log)
        world.log.close()
        let floor = try logFloor(clients: 8, frames: 1_000, bytes: bytes)
        let figures = try foldedFigures(directory + "/bulk/log")
        try world.remove()
        let rate = events / seconds
        let disk = Double(figures.logBytes + figures.indexBytes) / events
        var rows = [
            BenchRow(
                work: "bulk, 8 x 1,000-frame batches, \(eventsPerFrame) a frame",
                value: rate,
                unit: "events/s",
                floor: "raw-C LMDB",
                floorValue: floor * Double(eventsPerFrame),
                must: ">= \(BenchFormat.number(must))",
                isMet: rate >= must,
                digest: digest,
                notes: ["\(bytes) B a frame, \(frames) frames"]
            )
        ]
        if eventsPerFrame == 25 {
            rows.append(
                BenchRow(
                    work: "disk per event, log, trees, index, idempotency, wraps",
                    value: disk,
                    unit: "B",
                    must: "<= 60 B",
                    isMet: disk <= 60,
                    digest: digest,
                    notes: [
                        "log \(BenchFormat.fixed(Double(figures.logBytes) / events, 1)) B, "
                            + "index \(BenchFormat.fixed(Double(figures.indexBytes) / events, 1)) B"
                    ]
                )
            )
        }
        return rows
    }

    /// Figures with every frame in index runs, as they are once a log has grown on.
    private func foldedFigures(_ path: String) throws -> LogFigures {
        var options = LogOptions()
        options.tailFrameCountMax = 1
        let log = try EventLog(opening: path, options: options)
        defer { log.close() }
        return try log.figures()[0]
    }

    static func content(
        _ subject: SubjectID,
        _ revision: UInt64,
        _ events: Int,
        _ random: inout BenchRandom
    ) -> FrameContent {
        FrameContent(
            kind: .provider,
            subject: subject,
            compartment: CompartmentID(high: 1, low: 1),
            keyEpoch: 0,
            revision: revision,
            command: CommandID(high: random.next(), low: random.next()),
            recordedAt: 0,
            schemaSet: 1,
            eventCount: events
        )
    }

    func freshLog(_ path: String) throws -> EventLog {
        try Files.removeTree(path)
        try EventLog.create(at: path, layout: LogLayout(), id: (1, 2))
        return try EventLog(opening: path)
    }

    private func frameBytes(_ log: EventLog) throws -> Int {
        var (bytes, frames) = (0, 0)
        _ = try log.scan(environment: 0, from: 0, blockLimit: 8) { frame in
            bytes += frame.bytes.count
            frames += 1
        }
        return bytes / max(1, frames)
    }

    /// Sizes of all partitions: which frames went where, not their random salts.
    static func digest(of log: EventLog) throws -> String {
        var hasher = SHA256Hasher()
        for partition in 0..<log.layout.partitions {
            let line = Array("\(try log.checkpoint(of: partition).size)\n".utf8)
            hasher.update(line.span)
        }
        return String(hasher.finish().description.prefix(16))
    }

    private func logFloor(clients: Int, frames: Int, bytes: Int) throws -> Double {
        var best = 0.0
        for _ in 0..<(isSmoke ? 1 : 3) {
            var load = floor_log_load()
            load.clients = UInt32(clients)
            load.frames_per_batch = UInt32(frames)
            load.frame_bytes = UInt32(bytes)
            load.milliseconds = isSmoke ? 100 : 2_000
            load.gather_us = 200
            load.value_bytes_max = 1 << 20
            var result = floor_log_result()
            try check(unsafe floor_log(directory, &load, &result))
            best = max(best, result.frames_per_second)
        }
        return best
    }

    private func check(_ status: Int32) throws {
        guard status == 0 else {
            throw BenchFailure(reason: unsafe String(cString: floor_error()))
        }
    }
}

/// A floor that could not be measured.
struct BenchFailure: Error, CustomStringConvertible {
    let reason: String
    var description: String { "The benchmark's floor failed: \(reason)." }
}

extension Duration {
    /// The duration as seconds, for rates.
    var seconds: Double {
        Double(components.seconds) + Double(components.attoseconds) / 1e18
    }
}
