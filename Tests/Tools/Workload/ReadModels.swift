import Cryptography
import EventLog
import Files
import Finance
import Frame
import Glibc
import Projections
import Simulation
import Vault

/// Two read models over a vault and its log, run as the executable runs them: counters, which add
/// up to totals, and the spending profile with the project's rules.
final class ReadModels {
    let projections: Projections
    let counters: Projection<SubjectCounters>
    let spending: Projection<SpendingProfile>
    private let pair: VaultPair

    /// What two folds of one log must agree on.
    struct Fingerprint: Equatable {
        var hashes: [Digest] = []
        var states: [UInt64] = []
        var totals: [UInt8] = []
    }

    /// Opens what is in `directory`, or begins it, and starts folding if it is to be live.
    init(
        _ pair: VaultPair,
        at directory: String,
        _ rules: CategoryRules,
        isLive: Bool = true,
        isDiscarding: Bool = false,
        isBlind: Bool = false
    ) throws {
        self.pair = pair
        var options = ProjectionOptions()
        // Short, so that many checkpoints fall into a short run.
        options.checkpointIntervalMilliseconds = 3
        options.mapSizeBytes = 1 << 30
        let begin = ContinuousClock.now
        projections = try Projections(
            log: pair.log,
            keys: isBlind ? BlindKeys(pair.vault) : VaultKeys(pair.vault),
            registry: try EventRegistry.released(),
            directory: directory,
            options: options,
            clock: { UInt64((ContinuousClock.now - begin) / .nanoseconds(1)) }
        )
        if isDiscarding {
            try projections.discard(SubjectCounters.name)
            try projections.discard(SpendingProfile.name)
        }
        counters = try projections.add(SubjectCounters())
        spending = try projections.add(SpendingProfile(rules: rules))
        if isLive { projections.start() }
    }

    /// The rules in a folder.
    static func rules(_ folder: String) throws -> CategoryRules {
        let files = try RuleFiles { (name: String) throws(FileError) -> [UInt8] in
            try Files.read(folder + "/" + name)
        }
        return try CategoryRules(files)
    }

    func statuses() throws -> [ProjectionStatus] { [try counters.status(), try spending.status()] }

    /// Waits until everything that is durable is folded.
    func waitUntilCaughtUp() throws {
        let deadline = ContinuousClock.now + .seconds(20)
        while true {
            let statuses = try statuses()
            if statuses.allSatisfy({ $0.lagFrames == 0 && $0.isReady }) { return }
            try require(
                ContinuousClock.now < deadline,
                "the read models stand still: \(statuses.map(\.lastError))"
            )
            usleep(200)
        }
    }

    /// What everything that is durable comes to.
    func fingerprint() throws -> Fingerprint {
        try waitUntilCaughtUp()
        try projections.checkpoint()
        var fingerprint = Fingerprint()
        for status in try statuses() {
            try require(
                status.damaged == 0 && status.parked == 0,
                "\(status.damaged) damaged states and \(status.parked) parked events"
            )
            fingerprint.hashes.append(status.stateHash)
            fingerprint.states.append(status.states)
        }
        try counters.totals().encode(into: &fingerprint.totals)
        return fingerprint
    }

    /// Every stored state opens and comes to the hash that is kept.
    func requireWhole() throws {
        for report in [try counters.recomputeStateHash(), try spending.recomputeStateHash()] {
            try require(report.isEqual, "WRONG: stored states: \(report.damaged)")
        }
    }

    /// What folding the log from nothing in `directory` comes to.
    static func fresh(
        _ pair: VaultPair,
        at directory: String,
        _ rules: CategoryRules
    ) throws -> Fingerprint {
        try Files.removeTree(directory)
        let models = try ReadModels(pair, at: directory, rules)
        let fingerprint: Fingerprint
        do {
            fingerprint = try models.fingerprint()
        } catch {
            try models.projections.stop()
            throw error
        }
        try models.projections.stop()
        return fingerprint
    }

    /// A frame's events: card approvals of some months and merchants.
    static func approvals(_ count: Int, _ chance: inout Seed) -> [UInt8] {
        var bytes: [UInt8] = []
        for _ in 0..<count {
            let merchant = Array("merchant \(chance.next() % 20)".utf8)
            EventWriter.append(
                CardApprovalView(
                    amount: Int64(chance.next() % 90_000) * 1_000,
                    merchantName: merchant.span,
                    mcc: [5_411, 5_812, 4_111][Int(chance.next() % 3)],
                    status: .approved
                ),
                .cardApproved,
                at: EventEnvelope(occurredAt: 1_600_000_000 + Int64(chance.next() % 9_000_000)),
                to: &bytes
            )
        }
        return bytes
    }
}

/// The planted bug: takes a frame now and then for one whose key was destroyed.
private final class BlindKeys: KeyLender {
    private let keys: VaultKeys

    init(_ vault: Vault) { keys = VaultKeys(vault) }

    func lend(for header: FrameHeader) throws(KeyFailure) -> Lease {
        header.revision % 4 == 3 ? .compartmentErased : try keys.lend(for: header)
    }

    func viewKey(of subject: SubjectID) throws(KeyFailure) -> ViewLease {
        try keys.viewKey(of: subject)
    }

    func viewKey(of subject: SubjectID, epoch: UInt32) throws(KeyFailure) -> SecretKey? {
        try keys.viewKey(of: subject, epoch: epoch)
    }

    func take(
        _ frame: Span<UInt8>,
        using opener: inout FrameOpener,
        into events: inout [UInt8]
    ) throws(KeyFailure) {
        try keys.take(frame, using: &opener, into: &events)
    }

    func isInForce(_ epoch: UInt32, of subject: SubjectID) throws(KeyFailure) -> Bool {
        try keys.isInForce(epoch, of: subject)
    }

    var erasedSubjects: [SubjectID] { keys.erasedSubjects }
}
