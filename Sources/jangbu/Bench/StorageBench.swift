import Cryptography
import EventLog
import Files
import Foundation
import Frame
import Threads

/// What a full log costs to open, to keep in memory, and to share with a reader and a backup.
struct StorageBench {
    let directory: String
    let isSmoke: Bool
    /// The program itself, started again to be killed.
    let executable: String

    private var rounds: Int { isSmoke ? 1 : 50 }
    private let clock = ContinuousClock()

    init(directory: String, isSmoke: Bool, executable: String) {
        self.directory = directory
        self.isSmoke = isSmoke
        self.executable = executable
    }

    /// Fills a world in a process of its own, which then dies by SIGKILL; opens and appends here.
    func reopen() async throws -> [BenchRow] {
        let path = directory + "/reopen"
        let anonymous = try runFiller(path)
        let start = clock.now
        let log = try EventLog(opening: path + "/log")
        let opened = clock.now - start
        let batch = try Self.oneFrame()
        _ = try await log.append(batch)
        let appended = clock.now - start
        let events = try log.figures()[0].frames * 25
        let digest = try LogBench.digest(of: log)
        log.close()
        try Files.removeTree(path)
        return [
            BenchRow(
                work:
                    "open to first append after kill -9, "
                    + "\(BenchFormat.number(Double(events))) events",
                value: appended.seconds,
                unit: "s",
                must: "<= 1 s",
                isMet: appended.seconds <= 1,
                digest: digest,
                notes: ["open \(BenchFormat.fixed(opened.seconds * 1_000, 0)) ms"]
            ),
            BenchRow(
                work: "anonymous memory while appending and serving, peak",
                value: anonymous,
                unit: "MiB",
                must: "<= 512 MiB",
                isMet: anonymous <= 512,
                digest: digest
            ),
        ]
    }

    /// The same load alone and with a reader that is always reading and a backup that is always
    /// being made.
    func sharing() async throws -> [BenchRow] {
        var rates: [Double] = []
        var shared: [Double] = []
        var digest = ""
        for round in 0..<(isSmoke ? 1 : 3) {
            rates.append(try await rate(isShared: false, round).rate)
            let beside = try await rate(isShared: true, round)
            shared.append(beside.rate)
            digest = beside.digest
        }
        let slowdown =
            100 * (1 - shared.sorted()[shared.count / 2] / rates.sorted()[rates.count / 2])
        return [
            BenchRow(
                work: "slowdown with a reader pinned and a backup running",
                value: slowdown,
                unit: "%",
                must: "<= 15 %",
                isMet: slowdown <= 15,
                digest: digest
            )
        ]
    }

    /// Frames a second, and the digest of the log that came out.
    private func rate(
        isShared: Bool,
        _ round: Int
    ) async throws -> (rate: Double, digest: String) {
        let path = directory + "/sharing"
        let world = try BenchWorld(path, subjectCount: isSmoke ? 1_000 : 20_000)
        _ = try await world.fill(rounds: isSmoke ? 1 : 4, eventsPerFrame: 25)
        let load = SharedLoad(world.log, backup: path + "/backup")
        let reader = isShared ? OwnedThread { load.run() } : nil
        let pinned = isShared ? OwnedThread { load.pin() } : nil
        let rounds = isSmoke ? 1 : 16
        let seconds = try await world.fill(
            rounds: rounds,
            eventsPerFrame: 25,
            firstSeed: UInt64(round) + 2
        )
        load.stop()
        reader?.join()
        pinned?.join()
        let digest = try LogBench.digest(of: world.log)
        try world.remove()
        return (Double(BenchWorld.clients * BenchWorld.framesPerBatch * rounds) / seconds, digest)
    }

    private func runFiller(_ path: String) throws -> Double {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: executable)
        process.arguments = ["bench", "--fill", path, "--fill-rounds", String(rounds)]
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        // The child prints its memory when it has appended everything, and waits to be killed.
        let line = output.fileHandleForReading.availableData
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
        guard let text = String(bytes: line, encoding: .utf8),
            let kilobytes = Double(text.filter(\.isNumber))
        else { throw BenchFailure(reason: "the filling process gave no figure") }
        return kilobytes / 1_024
    }

    /// What `bench --fill` does: appends and serves, prints its peak of anonymous memory in kB,
    /// waits.
    static func fill(_ path: String, rounds: Int) async throws {
        let world = try BenchWorld(path, subjectCount: rounds > 1 ? 100_000 : 1_000)
        let serving = try ServingLoad(world)
        _ = try await world.fill(rounds: rounds, eventsPerFrame: 25)
        let seen = try serving.finish()
        Terminal.shared.data(String(seen.peakKilobytes))
        while true { sleep(1) }
    }

    private static func oneFrame() throws -> FrameBatch {
        var random = BenchRandom(seed: 5)
        var source = ApprovalSource(seed: 5)
        var body: [UInt8] = []
        source.append(1, to: &body)
        var sealer = try FrameSealer()
        var batch = FrameBatch()
        let subject = SubjectID(high: random.next(), low: random.next())
        try sealer.seal(
            body.span,
            as: LogBench.content(subject, 0, 1, &random),
            key: .random(),
            salt: (1, 2),
            into: &batch
        )
        return batch
    }
}

/// Backs the log up, again and again, and keeps one view of it open, until told to stop.
final class SharedLoad: Sendable {
    private let log: EventLog
    private let backup: String
    private let stopped = Monitor(false)

    init(_ log: EventLog, backup: String) {
        (self.log, self.backup) = (log, backup)
    }

    func run() {
        do {
            while !stopped.withLock({ $0 }) {
                try log.backup(to: backup)
                // Again and again, but not a second processor's load.
                _ = stopped.wait(atMost: 50_000_000) { $0 ? true : nil }
            }
        } catch {
            preconditionFailure("the backup failed: \(error)")
        }
    }

    /// Keeps one view of the log open the whole time.
    func pin() {
        do {
            _ = try log.scan(environment: 0, from: 0, blockLimit: 1) { _ in
                _ = stopped.wait { $0 ? true : nil }
            }
        } catch {
            preconditionFailure("the pinned reader failed: \(error)")
        }
    }

    func stop() {
        stopped.signal { $0 = true }
    }
}
