import Cryptography
import EventLog
import Files
import Finance
import Frame
import Vault

/// A log with a vault and enrolled subjects, filled the way imports fill it: keys of the vault,
/// wraps in the log, eight writers with batches of a thousand frames.
final class BenchWorld: Sendable {
    let directory: String
    let log: EventLog
    let vault: Vault
    let subjects: [SubjectID]
    let zipf: ZipfSubjects

    static let clients = 8
    static let framesPerBatch = 1_000

    /// Makes a fresh world; enrolling is not part of any figure.
    init(_ directory: String, subjectCount: Int) throws {
        self.directory = directory
        try Files.removeTree(directory)
        try Files.makeDirectories(directory)
        try EventLog.create(at: directory + "/log", layout: LogLayout(), id: (1, 2))
        log = try EventLog(opening: directory + "/log")
        let passphrase = directory + "/passphrase"
        try Vault.create(at: directory + "/vault", passphraseFile: passphrase)
        vault = try Vault(opening: directory + "/vault", passphraseFile: passphrase)
        try vault.attach(log)
        subjects = try vault.enrol((0..<subjectCount).map { Array("bench \($0)".utf8) })
        zipf = ZipfSubjects(count: subjectCount)
    }

    /// Opens what an earlier process filled.
    init(reopening directory: String) throws {
        self.directory = directory
        log = try EventLog(opening: directory + "/log")
        vault = try Vault(
            opening: directory + "/vault",
            passphraseFile: directory + "/passphrase"
        )
        try vault.attach(log)
        subjects = []
        zipf = ZipfSubjects(count: 1)
    }

    /// Appends `rounds` batches of each client; seconds it took.
    func fill(rounds: Int, eventsPerFrame: Int, firstSeed: UInt64 = 1) async throws -> Double {
        let clock = ContinuousClock()
        let start = clock.now
        try await withThrowingTaskGroup(of: Void.self) { group in
            for client in 0..<BenchWorld.clients {
                group.addTask { [self] in
                    var writer = try BulkWriter(self, client, seed: firstSeed)
                    for _ in 0..<rounds { try await writer.append(eventsPerFrame) }
                }
            }
            try await group.waitForAll()
        }
        return (clock.now - start).seconds
    }

    func close() throws {
        log.close()
    }

    /// Removes everything.
    func remove() throws {
        log.close()
        try Files.removeTree(directory)
    }
}

/// One writer of the bulk load: owns a share of the subjects.
struct BulkWriter: ~Copyable {
    private let world: BenchWorld
    private let zipf: ZipfSubjects
    private let client: Int
    private var random: BenchRandom
    private var source: ApprovalSource
    private var sealer: FrameSealer
    private var batch = FrameBatch(byteCapacity: 1 << 20, frameCapacity: 1_100)
    private var body: [UInt8] = []
    private var revisions: [UInt64]
    private var keys: [CompartmentKey?]
    private var openings: [Opening] = []

    init(_ world: BenchWorld, _ client: Int, seed: UInt64) throws {
        var revisions = [UInt64](repeating: 0, count: world.subjects.count)
        for (index, subject) in world.subjects.enumerated()
        where index % BenchWorld.clients == client {
            revisions[index] = try world.log.size(of: subject)
        }
        sealer = try FrameSealer()
        (self.world, self.zipf, self.client) = (world, world.zipf, client)
        self.revisions = revisions
        random = BenchRandom(seed: seed &* 1_000 + UInt64(client))
        source = ApprovalSource(seed: seed &* 77_000 + UInt64(client))
        keys = [CompartmentKey?](repeating: nil, count: world.subjects.count)
    }

    /// Appends one batch; where its last frame is.
    @discardableResult
    mutating func append(
        _ eventsPerFrame: Int,
        frames: Int = BenchWorld.framesPerBatch
    ) async throws -> Receipt.Place {
        batch.removeAll()
        openings.removeAll(keepingCapacity: true)
        for _ in 0..<frames {
            let index = zipf.draw(&random, client: client, of: BenchWorld.clients)
            let key = try key(of: index)
            var body = exchange(&body, with: [])
            body.removeAll(keepingCapacity: true)
            source.append(eventsPerFrame, to: &body)
            let content = FrameContent(
                kind: .provider,
                subject: world.subjects[index],
                compartment: key.id,
                keyEpoch: key.epoch,
                revision: revisions[index],
                command: CommandID(high: random.next(), low: random.next()),
                recordedAt: 0,
                schemaSet: 1,
                eventCount: eventsPerFrame
            )
            let salt = (random.next(), random.next())
            try sealer.seal(body.span, as: content, key: key.key, salt: salt, into: &batch)
            self.body = body
            revisions[index] += 1
        }
        let receipt = try await world.log.append(batch)
        for opening in openings {
            world.vault.commit(opening, through: try world.log.size(of: opening.subject))
        }
        return receipt.places[receipt.places.count - 1]
    }

    /// The key of the subject's one card; its wrap goes into the batch before its first frame.
    private mutating func key(of index: Int) throws -> CompartmentKey {
        if let key = keys[index] { return key }
        let card = AssetName(provider: "C1AAAA0000", key: "card", kind: 2)
        let opening = try world.vault.open(
            [.asset(card)],
            of: world.subjects[index],
            for: .collection,
            at: 0
        )
        if let control = opening.control {
            let (revision, salt) = (revisions[index], (random.next(), random.next()))
            try control.seal(
                with: &sealer,
                at: revision,
                recordedAt: 0,
                schemaSet: 1,
                salt: salt,
                into: &batch
            )
            revisions[index] += 1
            openings.append(opening)
        }
        let key = opening.compartments[0]
        keys[index] = key
        return key
    }
}
