import Cryptography
import EventLog
import Files
import Finance
import Frame
import Testing
import Vault

@testable import Projections

/// The real vault and the real log, with a compartment and a subject erased in between.
@Suite struct VaultTests {
    @Test func `with the vault, what it erases is folded out, live as in a rebuild`() async throws {
        let directory = try Rig.makeDirectory()
        defer {
            do { try Files.removeTree(directory) } catch { Issue.record("teardown: \(error)") }
        }
        try EventLog.create(
            at: directory + "/log",
            layout: LogLayout(environments: 1, partitions: 4),
            id: (1, 1)
        )
        let log = try EventLog(opening: directory + "/log")
        defer { log.close() }
        try Vault.create(at: directory + "/vault", passphraseFile: directory + "/passphrase")
        let vault = try Vault(
            opening: directory + "/vault",
            passphraseFile: directory + "/passphrase"
        )
        try vault.attach(log)
        let subjects = try vault.enrol([Array("a".utf8), Array("b".utf8)])
        let projections = try Projections(
            log: log,
            keys: VaultKeys(vault),
            registry: try EventRegistry.released(),
            directory: directory + "/projections",
            clock: { 1 }
        )
        let projection = try projections.add(CardSums())
        projections.start()
        let first = try append(1_000, to: "card-1", of: subjects[0], vault, log)
        _ = try append(2_000, to: "card-2", of: subjects[0], vault, log)
        _ = try append(4_000, to: "card-1", of: subjects[1], vault, log)
        try wait(for: subjects, in: projection, log)
        #expect(try projection.read(subjects[0])?.state.sums.count == 2)
        try projections.checkpoint()

        projections.prepareErasure(in: subjects[0])
        try await vault.shred(
            compartment: first,
            of: subjects[0],
            reason: .operatorTest,
            at: 1_000_000
        )
        try wait(for: [subjects[0]], in: projection, log)
        #expect(try projection.read(subjects[0])?.state.sums.values.map(\.amount) == [2_000])

        try projections.forget(subjects[1])
        try await vault.shred(subject: subjects[1], reason: .operatorTest, at: 1_000_000)
        #expect(try projection.read(subjects[1]) == nil)
        #expect(try projection.recomputeStateHash().isEqual)
        let report = try projection.rebuild()
        #expect(!report.healedDamage)
        #expect(try projection.read(subjects[0])?.state.sums.values.map(\.amount) == [2_000])
        #expect(try projection.read(subjects[1]) == nil)
        try projections.stop()
    }

    private func append(
        _ amount: Int64,
        to asset: String,
        of subject: SubjectID,
        _ vault: Vault,
        _ log: EventLog
    ) throws -> CompartmentID {
        let name = CompartmentName.asset(AssetName(provider: "test", key: asset, kind: 2))
        let opening = try vault.open([name], of: subject, for: .collection, at: 1_000_000)
        var sealer = try FrameSealer()
        var batch = FrameBatch()
        var revision = opening.revision
        if let control = opening.control {
            try control.seal(
                with: &sealer,
                at: revision,
                recordedAt: 1_000_000,
                schemaSet: 1,
                salt: (revision, 1),
                into: &batch
            )
            revision += 1
        }
        var body: [UInt8] = []
        EventWriter.append(
            CardApprovalView(amount: amount, status: .approved),
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
            command: CommandID(high: revision, low: UInt64(amount)),
            recordedAt: 1_000_000,
            schemaSet: 1,
            eventCount: 1
        )
        try sealer.seal(
            body.span,
            as: content,
            key: compartment.key,
            salt: (revision, 2),
            into: &batch
        )
        _ = try log.appendAndWait(batch)
        vault.commit(opening, through: revision + 1)
        return compartment.id
    }

    private func wait(
        for subjects: [SubjectID],
        in projection: Projection<CardSums>,
        _ log: EventLog
    ) throws {
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
