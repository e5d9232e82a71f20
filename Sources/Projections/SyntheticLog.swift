internal import Cryptography
public import EventLog
internal import Finance
public import Frame

/// Card approvals of many subjects, the same for the same seed: what benchmarks append and fold.
public struct SyntheticLog: ~Copyable {
    /// Shape of the log.
    public struct Shape: Sendable {
        /// Events in a frame.
        public var eventsPerFrame = 25
        /// Persons; a few have most of the frames, as 1/rank.
        public var subjects = 100_000
        /// Frames in one append.
        public var framesPerBatch = 1_000
        /// Everything follows from this.
        public var seed: UInt64 = 1

        /// 25 events a frame, 100,000 persons, 1,000 frames an append, seed 1.
        public init() {}
    }

    private let shape: Shape
    private let keys: DerivedLender
    private var random: SplitMix64
    private var sealer: FrameSealer
    private var revisions: [UInt64]
    private var clock: Int64 = 1_600_000_000
    private var body: [UInt8] = []
    private var batches: [FrameBatch]
    private let environments: [Int]
    private let log: EventLog

    /// Prepares appends to `log`, which holds nothing of these subjects yet.
    public init(_ shape: Shape, log: EventLog, keys: DerivedLender) throws(FrameError) {
        (self.shape, self.log, self.keys) = (shape, log, keys)
        random = SplitMix64(state: shape.seed)
        sealer = try FrameSealer()
        revisions = [UInt64](repeating: 0, count: shape.subjects)
        environments = (0..<shape.subjects).map {
            log.environment(of: SyntheticLog.subject($0, seed: shape.seed))
        }
        batches = [FrameBatch](repeating: FrameBatch(), count: log.layout.environments)
    }

    /// The id of person number `number`.
    public static func subject(_ number: Int, seed: UInt64) -> SubjectID {
        var random = SplitMix64(state: seed &+ UInt64(number) &* 0x9e37_79b9_7f4a_7c15)
        return SubjectID(high: random.next() | 1 << 63, low: random.next())
    }

    /// Seals and appends `count` frames; returns when they are durable.
    ///
    /// - Returns: subject and revision of the last frame.
    @discardableResult
    public mutating func append(
        frames count: Int
    ) async throws -> (subject: SubjectID, revision: UInt64) {
        var last = (subject: SyntheticLog.subject(0, seed: shape.seed), revision: UInt64(0))
        var left = count
        while left > 0 {
            let size = min(left, shape.framesPerBatch)
            for _ in 0..<size { last = try sealOne() }
            for index in batches.indices where !batches[index].entries.isEmpty {
                _ = try await log.append(batches[index])
                batches[index].removeAll()
            }
            left -= size
        }
        return last
    }

    private mutating func sealOne() throws(FrameError) -> (SubjectID, UInt64) {
        let number = person()
        let subject = SyntheticLog.subject(number, seed: shape.seed)
        let revision = revisions[number]
        revisions[number] += 1
        fillBody()
        let compartment = CompartmentID(high: subject.low, low: UInt64(random.next() & 1))
        let content = FrameContent(
            kind: .provider,
            subject: subject,
            compartment: compartment,
            keyEpoch: 0,
            revision: revision,
            command: CommandID(high: random.next() | 1, low: random.next()),
            recordedAt: clock * 1_000_000,
            schemaSet: 1,
            eventCount: shape.eventsPerFrame
        )
        let key = keys.key(of: subject, compartment, epoch: 0)
        let salt = (random.next(), random.next())
        let target = environments[number]
        // Taken out for the call: a span of a stored array would hold all of self.
        let body = exchange(&body, with: [])
        defer { self.body = body }
        try sealer.seal(body.span, as: content, key: key, salt: salt, into: &batches[target])
        return (subject, revision)
    }

    /// Rank r of n with a chance that falls as 1/r: e to the power of a fraction of ln n.
    private mutating func person() -> Int {
        // Halving the range a random number of times needs no logarithm and gives the same shape.
        var range = shape.subjects
        while range > 1, random.next() & 3 == 0 { range = (range + 1) / 2 }
        return Int(random.next() % UInt64(range))
    }

    private mutating func fillBody() {
        body.removeAll(keepingCapacity: true)
        for _ in 0..<shape.eventsPerFrame {
            clock += Int64(random.next() & 7)
            let merchant = Int(random.next() & 63)
            let name = SyntheticLog.merchants[merchant]
            let amount = Int64(random.next() % 200 + 1) * 500_000
            EventWriter.append(
                CardApprovalView(
                    amount: amount,
                    merchantName: name.span,
                    mcc: SyntheticLog.codes[merchant & 7],
                    status: .approved
                ),
                .cardApproved,
                at: EventEnvelope(occurredAt: clock),
                to: &body
            )
        }
    }

    private static let codes: [UInt32] = [5_411, 5_812, 5_814, 4_111, 5_541, 5_912, 5_999, 7_832]
    private static let merchants: [[UInt8]] = (0..<64).map { Array("Shop \($0) Seoul".utf8) }
}

/// SplitMix64 (Steele, Lea, Flood 2014): small, fast, the same everywhere.
struct SplitMix64: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var word = state
        word = (word ^ word >> 30) &* 0xbf58_476d_1ce4_e5b9
        word = (word ^ word >> 27) &* 0x94d0_49bb_1331_11eb
        return word ^ word >> 31
    }
}
