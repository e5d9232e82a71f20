import Cryptography
import EventLog
import Files
import Finance
import Frame
import Synchronization
import Testing

@testable import Projections

/// A real log and real stores in a directory of their own, keys that are derived, and an oracle
/// that adds up what was appended without any code under test.
///
/// Fault model: a runner that is dropped between two steps and opened again; a process killed;
/// bytes of a store changed while it is closed. Nothing here simulates the disk below LMDB.
final class Rig {
    let directory: String
    let lender: DerivedLender
    var log: EventLog
    var random: SplitMix64
    var options = ProjectionOptions()
    let ticks = Ticks()
    /// What each subject's state must be.
    private(set) var expected: [SubjectID: CardSumsState] = [:]
    private(set) var revisions: [SubjectID: UInt64] = [:]
    private(set) var eventCount: UInt64 = 0

    static let secret = SecretKey(copying: [UInt8](repeating: 7, count: 32).span)

    init(
        seed: UInt64 = 1,
        layout: LogLayout = LogLayout(environments: 1, partitions: 4)
    ) throws {
        directory = try Rig.makeDirectory()
        lender = DerivedLender(secret: Rig.secret)
        try EventLog.create(at: directory + "/log", layout: layout, id: (1, seed))
        log = try EventLog(opening: directory + "/log")
        random = SplitMix64(state: seed)
        options.checkpointIntervalMilliseconds = 5
    }

    /// A rig in a directory that another process made and left.
    init(adopting directory: String) throws {
        self.directory = directory
        lender = DerivedLender(secret: Rig.secret)
        log = try EventLog(opening: directory + "/log")
        random = SplitMix64(state: 1)
        options.checkpointIntervalMilliseconds = 5
    }

    deinit {
        log.close()
        do { try Files.removeTree(directory) } catch { Issue.record("teardown: \(error)") }
    }

    static func makeDirectory() throws -> String {
        let bytes = try Random.bytes(8)
        let directory = "/tmp/projections-" + Hex.encode(bytes)
        try Files.makeDirectories(directory)
        return directory
    }

    var storeDirectory: String { directory + "/projections" }

    func open(_ keys: (any KeyLender)? = nil) throws -> Projections {
        let ticks = ticks
        return try Projections(
            log: log,
            keys: keys ?? lender,
            registry: try EventRegistry.released(),
            directory: storeDirectory,
            options: options,
            clock: { ticks.now }
        )
    }

    /// Runs `body` with the one read model live, and stops it however `body` ends.
    @discardableResult
    func live<R>(
        _ fold: CardSums = CardSums(),
        _ body: (Projections, Projection<CardSums>) throws -> R
    ) throws -> R {
        let projections = try open()
        let projection = try projections.add(fold)
        projections.start()
        let result: R
        do {
            result = try body(projections, projection)
        } catch {
            try projections.stop()
            throw error
        }
        try projections.stop()
        return result
    }

    func subject(_ number: Int) -> SubjectID {
        SyntheticLog.subject(number, seed: 99)
    }

    func asset(_ number: Int) -> CompartmentID { CompartmentID(high: 5, low: UInt64(number)) }

    /// Appends one frame of approvals; an amount of `CardSums.poison` is one that is parked.
    func append(_ number: Int, asset: Int = 0, amounts: [Int64]) throws {
        try append([(number, asset, amounts)])
    }

    /// Appends frames as one batch for each environment.
    func append(_ frames: [(subject: Int, asset: Int, amounts: [Int64])]) throws {
        var sealer = try FrameSealer()
        var batches = [Int: FrameBatch]()
        for frame in frames {
            let subject = subject(frame.subject)
            let compartment = asset(frame.asset)
            var body: [UInt8] = []
            for amount in frame.amounts {
                EventWriter.append(
                    CardApprovalView(amount: amount, mcc: 5_411, status: .approved),
                    .cardApproved,
                    at: EventEnvelope(occurredAt: 1_600_000_000),
                    to: &body
                )
                guard amount != CardSums.poison else { continue }
                expected[subject, default: CardSumsState()].add(
                    amount,
                    of: AssetID(high: compartment.high, low: compartment.low)
                )
            }
            eventCount += UInt64(frame.amounts.count)
            try seal(
                body,
                subject: subject,
                compartment: compartment,
                kind: .provider,
                count: frame.amounts.count,
                with: &sealer,
                into: &batches[log.environment(of: subject), default: FrameBatch()]
            )
        }
        for batch in batches.values { _ = try log.appendAndWait(batch) }
    }

    /// Adds a frame that is in the log to what is expected.
    func expect(_ header: FrameHeader, _ events: [UInt8]) throws {
        revisions[header.subject] = header.revision + 1
        let asset = AssetID(high: header.compartment.high, low: header.compartment.low)
        var cursor = Finance.EventCursor(events.span, of: asset)
        while let event = try cursor.next() {
            guard let card = try event.cardApproval() else { continue }
            expected[header.subject, default: CardSumsState()].add(card.amount, of: asset)
            eventCount += 1
        }
    }

    /// Appends one event of a type that no build knows yet.
    func appendUnknown(_ number: Int) throws {
        var sealer = try FrameSealer()
        var batch = FrameBatch()
        // Field 2,000 of the envelope, empty: tag 16,002 and length 0, three bytes.
        try seal(
            [3, 0x82, 0x7d, 0],
            subject: subject(number),
            compartment: asset(0),
            kind: .provider,
            count: 1,
            with: &sealer,
            into: &batch
        )
        eventCount += 1
        _ = try log.appendAndWait(batch)
    }

    /// Appends wraps under the subject's own key of `epoch`: by it a runner knows of an erasure.
    func appendWraps(_ number: Int, epoch: UInt32) throws {
        var sealer = try FrameSealer()
        var batch = FrameBatch()
        try seal(
            [1, 0],
            subject: subject(number),
            compartment: .keys,
            kind: .control,
            count: 1,
            epoch: epoch,
            with: &sealer,
            into: &batch
        )
        _ = try log.appendAndWait(batch)
    }

    private func seal(
        _ body: [UInt8],
        subject: SubjectID,
        compartment: CompartmentID,
        kind: FrameKind,
        count: Int,
        epoch: UInt32 = 0,
        with sealer: inout FrameSealer,
        into batch: inout FrameBatch
    ) throws {
        let revision = revisions[subject, default: 0]
        revisions[subject] = revision + 1
        let content = FrameContent(
            kind: kind,
            subject: subject,
            compartment: compartment,
            keyEpoch: epoch,
            revision: revision,
            command: CommandID(high: random.next() | 1, low: random.next()),
            recordedAt: 0,
            schemaSet: 1,
            eventCount: count
        )
        try sealer.seal(
            body.span,
            as: content,
            key: lender.key(of: subject, compartment, epoch: epoch),
            salt: (random.next(), random.next()),
            into: &batch
        )
    }

    /// Appends `frames` random frames of `subjects` subjects with up to three assets each.
    func appendRandom(frames: Int, subjects: Int) throws {
        var left = frames
        while left > 0 {
            let size = min(left, Int(random.next() % 7) + 1)
            try append(
                (0..<size).map { _ in
                    let count = Int(random.next() % 4) + 1
                    return (
                        Int(random.next() % UInt64(subjects)), Int(random.next() % 3),
                        (0..<count).map { _ in Int64(random.next() % 1_000) * 1_000 }
                    )
                }
            )
            left -= size
        }
    }

    /// What the erased asset had, taken out of what is expected.
    func expectErased(_ number: Int, asset: Int) {
        let id = self.asset(asset)
        expected[subject(number)]?.sums[AssetID(high: id.high, low: id.low)] = nil
    }

    func expectErased(_ number: Int) { expected[subject(number)] = nil }

    /// Waits until everything appended so far is folded.
    func settle(_ projection: Projection<some Fold>) throws {
        for (subject, next) in revisions {
            let isFolded = try projection.waitUntilFolded(
                subject,
                revision: next - 1,
                atMostMilliseconds: 30_000
            )
            try #require(isFolded, "not folded in half a minute")
        }
    }

    /// Every subject reads as the oracle has it, at the log's revision.
    func check(_ projection: Projection<CardSums>, _ comment: Comment? = nil) throws {
        for (subject, next) in revisions {
            let reading = try projection.read(subject)
            #expect(
                reading?.state ?? CardSumsState() == expected[subject] ?? CardSumsState(),
                comment
            )
            guard let reading else { continue }
            #expect(reading.revision == next, comment)
        }
    }

    /// The state hash that the oracle's states come to.
    func expectedHash() throws -> Digest {
        let seal = try StateSeal(identity: Generation.identity(of: CardSums()))
        var sum = Digest()
        for (subject, state) in expected {
            var bytes: [UInt8] = []
            state.encode(into: &bytes)
            sum &+= seal.term(of: subject, bytes.span)
        }
        return sum
    }
}

/// A clock that stands until it is moved.
final class Ticks: Sendable {
    private let value = Atomic<UInt64>(1_000_000_000)
    var now: UInt64 { value.load(ordering: .relaxed) }
    func advance(milliseconds: UInt64) {
        value.add(milliseconds * 1_000_000, ordering: .relaxed)
    }
}

/// Seeds of every run; a failing one is kept for good.
enum Seed {
    static let smoke: [UInt64] = [1, 2, 3, 5, 8]
}
