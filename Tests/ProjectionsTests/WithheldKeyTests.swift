import Cryptography
import EventLog
import Finance
import Frame
import Synchronization
import Testing

@testable import Projections

/// Keys of a rehearsal, some of which are not to be had.
private final class MissingKeys: KeyLender {
    private struct Missing {
        var frames: Set<SubjectID> = []
        var views: Set<SubjectID> = []
    }

    private let whole: DerivedLender
    private let missing = Mutex(Missing())

    init(_ whole: DerivedLender) { self.whole = whole }

    func withholdFrames(of subject: SubjectID) {
        missing.withLock { _ = $0.frames.insert(subject) }
    }

    func withholdView(of subject: SubjectID?) {
        missing.withLock { $0.views = subject.map { [$0] } ?? [] }
    }

    func lend(for header: FrameHeader) throws(KeyFailure) -> Lease {
        let isMissing = missing.withLock { $0.frames.contains(header.subject) }
        return isMissing ? .unavailable : try whole.lend(for: header)
    }

    func viewKey(of subject: SubjectID) throws(KeyFailure) -> ViewLease {
        guard !missing.withLock({ $0.views.contains(subject) }) else {
            throw KeyFailure("The disk failed.")
        }
        return try whole.viewKey(of: subject)
    }

    func viewKey(of subject: SubjectID, epoch: UInt32) throws(KeyFailure) -> SecretKey? {
        try whole.viewKey(of: subject, epoch: epoch)
    }

    func take(
        _ frame: Span<UInt8>,
        using opener: inout FrameOpener,
        into events: inout [UInt8]
    ) throws(KeyFailure) {}

    func isInForce(_ epoch: UInt32, of subject: SubjectID) throws(KeyFailure) -> Bool { true }

    var erasedSubjects: [SubjectID] { whole.erasedSubjects }
}

/// States large enough that a checkpoint commits two in a part.
private struct LargeSums: Fold {
    static let name = "large-sums"
    static let version: UInt32 = 1

    func fold(_ event: borrowing EventView, into state: inout LargeSumsState) throws(FoldError) {
        try CardSums().fold(event, into: &state.sums)
    }
}

private struct LargeSumsState: FoldState {
    static let paddingByteCount = 5 << 20
    var sums = CardSumsState()

    init() {}

    init(decoding bytes: Span<UInt8>) throws(FoldError) {
        let start = LargeSumsState.paddingByteCount
        sums = try CardSumsState(decoding: bytes.extracting(start..<bytes.count))
    }

    func encode(into bytes: inout [UInt8]) {
        bytes.append(contentsOf: repeatElement(0, count: LargeSumsState.paddingByteCount))
        sums.encode(into: &bytes)
    }
}

@Suite struct WithheldKeyTests {
    private func open(_ rig: Rig, _ keys: any KeyLender) throws -> Projections {
        try Projections(
            log: rig.log,
            keys: keys,
            registry: try EventRegistry.released(),
            directory: rig.storeDirectory,
            options: rig.options,
            clock: { 1 }
        )
    }

    @Test func `frames without a key are parked and hold nobody up`() throws {
        let rig = try Rig()
        try rig.append([(0, 1, [4_000]), (1, 3, [1_000])])
        let keys = MissingKeys(rig.lender)
        keys.withholdFrames(of: rig.subject(0))
        let projections = try open(rig, keys)
        let projection = try projections.add(CardSums())
        projections.start()
        try rig.settle(projection)
        try projections.checkpoint()
        #expect(try projection.read(rig.subject(1))?.state == rig.expected[rig.subject(1)])
        #expect(try projection.read(rig.subject(0))?.isIncomplete == true)
        let parked = try projection.parkedEvents(limit: 9)
        #expect(parked.map(\.reason) == [.noKey])
        #expect(parked.map(\.subject) == [rig.subject(0)])
        try projections.stop()
    }

    @Test func `what was parked commits with its state, also when a later part fails`() throws {
        for isKilled in [false, true] {
            let rig = try Rig()
            rig.options.checkpointIntervalMilliseconds = 3_600_000
            try rig.append((0..<3).map { ($0, 1, [1_000, CardSums.poison]) })
            try failInLastPart(rig, isKilled: isKilled)
            let projections = try open(rig, rig.lender)
            let projection = try projections.add(LargeSums())
            projections.start()
            try rig.settle(projection)
            try projections.checkpoint()
            #expect(try projection.parkedEvents(limit: 9).count == 3)
            #expect(try projection.status().parked == 3)
            try projections.stop()
        }
    }

    /// Commits two subjects of three; killed then, or the rest too.
    private func failInLastPart(_ rig: Rig, isKilled: Bool) throws {
        let keys = MissingKeys(rig.lender)
        let projections = try open(rig, keys)
        let projection = try projections.add(LargeSums())
        projections.start()
        try rig.settle(projection)
        keys.withholdView(of: (0..<3).map { rig.subject($0) }.max())
        #expect(throws: ProjectionError.keys(KeyFailure("The disk failed."))) {
            try projections.checkpoint()
        }
        #expect(try projection.parkedEvents(limit: 9).count == 2)
        #expect(try projection.status().parked == 2)
        guard isKilled else {
            keys.withholdView(of: nil)
            return try projections.stop()
        }
        #expect(throws: ProjectionError.self) { try projections.stop() }
    }

    @Test func `a store is not read beside another log, nor beside an older copy of its own`()
        throws
    {
        let rig = try Rig(seed: 1)
        try rig.append(0, amounts: [1_000])
        try rig.live { _, projection in try rig.settle(projection) }
        for seed: UInt64 in [1, 2] {
            let other = try Rig(seed: seed)
            let projections = try Projections(
                log: other.log,
                keys: other.lender,
                registry: try EventRegistry.released(),
                directory: rig.storeDirectory,
                clock: { 1 }
            )
            #expect(throws: ProjectionError.otherLog(path: rig.storePath)) {
                _ = try projections.add(CardSums())
            }
        }
    }
}
