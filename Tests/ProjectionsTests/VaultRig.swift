import EventLog
import Files
import Finance
import Frame
import Testing
import Vault

@testable import Projections

/// The real vault over a real log in a directory of their own.
final class VaultRig {
    let directory: String
    let log: EventLog
    let vault: Vault
    private var salts: UInt64 = 0

    init() throws {
        directory = try Rig.makeDirectory()
        try EventLog.create(
            at: directory + "/log",
            layout: LogLayout(environments: 1, partitions: 4),
            id: (1, 1)
        )
        log = try EventLog(opening: directory + "/log")
        try Vault.create(at: directory + "/vault", passphraseFile: directory + "/passphrase")
        vault = try Vault(
            opening: directory + "/vault",
            passphraseFile: directory + "/passphrase"
        )
        try vault.attach(log)
    }

    deinit {
        log.close()
        do { try Files.removeTree(directory) } catch { Issue.record("teardown: \(error)") }
    }

    /// Read models over the log, with stores of their own under `name`.
    func projections(_ name: String = "projections") throws -> Projections {
        try Projections(
            log: log,
            keys: VaultKeys(vault),
            registry: try EventRegistry.released(),
            directory: directory + "/" + name,
            clock: { 1 }
        )
    }

    /// Appends a card approval to an asset, with the wraps that it needs.
    @discardableResult
    func append(
        _ amount: Int64,
        to asset: String,
        of subject: SubjectID,
        at merchant: String = ""
    ) throws -> CompartmentID {
        let name = AssetName(provider: "test", key: asset, kind: 10)
        let opening = try vault.open([.asset(name)], of: subject, for: .collection, at: 1_000_000)
        var sealer = try FrameSealer()
        var batch = FrameBatch()
        var revision = opening.revision
        salts += 1
        if let control = opening.control {
            try control.seal(
                with: &sealer,
                at: revision,
                recordedAt: 1_000_000,
                schemaSet: 1,
                salt: (salts, 1),
                into: &batch
            )
            revision += 1
        }
        var body: [UInt8] = []
        let merchant = Array(merchant.utf8)
        EventWriter.append(
            CardApprovalView(amount: amount, merchantName: merchant.span, status: .approved),
            .cardApproved,
            at: EventEnvelope(occurredAt: 1_600_000_000),
            to: &body
        )
        let compartment = opening.compartments[0]
        let content = FrameContent(
            kind: .provider,
            subject: subject,
            compartment: compartment.id,
            keyEpoch: compartment.epoch,
            revision: revision,
            command: CommandID(high: subject.high ^ revision, low: UInt64(amount)),
            recordedAt: 1_000_000,
            schemaSet: 1,
            eventCount: 1
        )
        try sealer.seal(
            body.span,
            as: content,
            key: compartment.key,
            salt: (salts, 2),
            into: &batch
        )
        _ = try log.appendAndWait(batch)
        vault.commit(opening, through: revision + 1)
        return compartment.id
    }

    /// Waits until everything of the subjects is folded.
    func wait(for subjects: [SubjectID], in projection: Projection<some Fold>) throws {
        for subject in subjects {
            let next = try log.durableSize(of: subject)
            let isFolded = try projection.waitUntilFolded(
                subject,
                revision: next - 1,
                atMostMilliseconds: 30_000
            )
            try #require(isFolded)
        }
    }
}
