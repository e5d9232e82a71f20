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
        let rig = try VaultRig()
        let subjects = try rig.vault.enrol([Array("a".utf8), Array("b".utf8)])
        let projections = try rig.projections()
        let projection = try projections.add(CardSums())
        projections.start()
        let first = try rig.append(1_000, to: "card-1", of: subjects[0])
        try rig.append(2_000, to: "card-2", of: subjects[0])
        try rig.append(4_000, to: "card-1", of: subjects[1])
        try rig.wait(for: subjects, in: projection)
        #expect(try projection.read(subjects[0])?.state.sums.count == 2)
        try projections.checkpoint()

        projections.prepareErasure(in: subjects[0])
        try await rig.vault.shred(
            compartment: first,
            of: subjects[0],
            reason: .operatorTest,
            at: 1_000_000
        )
        try rig.wait(for: [subjects[0]], in: projection)
        #expect(try projection.read(subjects[0])?.state.sums.values.map(\.amount) == [2_000])

        projections.prepareErasure(in: subjects[1])
        try await rig.vault.shred(subject: subjects[1], reason: .operatorTest, at: 1_000_000)
        try projections.forget(subjects[1])
        #expect(try projection.read(subjects[1]) == nil)
        #expect(try projection.recomputeStateHash().isEqual)
        let report = try projection.rebuild()
        #expect(!report.healedDamage)
        #expect(try projection.read(subjects[0])?.state.sums.values.map(\.amount) == [2_000])
        #expect(try projection.read(subjects[1]) == nil)
        try projections.stop()
    }

    @Test func `a subject whose slot is damaged is told of and holds nobody up`() throws {
        let rig = try VaultRig()
        let subjects = try rig.vault.enrol([Array("a".utf8), Array("b".utf8)])
        for subject in subjects { try rig.append(1_000, to: "card", of: subject) }
        rig.vault.close()
        let slots = rig.directory + "/vault/slots"
        var bytes = try Files.read(slots)
        bytes[bytes.count - 2 * 256 + 100] ^= 1
        try Files.replace(slots, with: bytes)
        let vault = try Vault(
            opening: rig.directory + "/vault",
            passphraseFile: rig.directory + "/passphrase"
        )
        try vault.attach(rig.log)
        #expect(vault.state(of: subjects[0]) == .unknown)
        let projections = try Projections(
            log: rig.log,
            keys: VaultKeys(vault),
            registry: try EventRegistry.released(),
            directory: rig.directory + "/projections",
            clock: { 1 }
        )
        let projection = try projections.add(CardSums())
        projections.start()
        try rig.wait(for: [subjects[1]], in: projection)
        #expect(try projection.read(subjects[1])?.state.sums.values.map(\.amount) == [1_000])
        try rig.wait(for: [subjects[0]], in: projection)
        try projections.checkpoint()
        #expect(try projection.parkedEvents(limit: 9).map(\.reason) == [.noKey])
        #expect(try projection.status().damaged == 1)
        try projections.stop()
    }

    /// What the two read models that name assets know of a subject.
    private struct Known: Equatable {
        var views: [SubjectID: [UInt8]] = [:]
        var counters: [SubjectID: [UInt8]] = [:]

        init(
            _ subjects: [SubjectID],
            _ view: Projection<IntegratedView>,
            _ counter: Projection<SubjectCounters>
        ) throws {
            for subject in subjects {
                var bytes: [UInt8] = []
                try view.read(subject)?.state.encode(into: &bytes)
                views[subject] = bytes
                bytes = []
                try counter.read(subject)?.state.encode(into: &bytes)
                counters[subject] = bytes
            }
        }
    }

    /// Runs `body` with the two live over a store of their own, and closes them.
    private func live<R>(
        _ rig: VaultRig,
        store: String,
        _ body: (Projections, Projection<IntegratedView>, Projection<SubjectCounters>) async throws
            -> R
    ) async throws -> R {
        let projections = try rig.projections(store)
        let view = try projections.add(IntegratedView())
        let counters = try projections.add(SubjectCounters())
        projections.start()
        let result: R
        do {
            result = try await body(projections, view, counters)
        } catch {
            try projections.stop()
            throw error
        }
        try projections.stop()
        return result
    }

    @Test func `openings name the assets: live, from a checkpoint, rebuilt and replayed alike`()
        async throws
    {
        let rig = try VaultRig()
        let subjects = try rig.vault.enrol([Array("a".utf8), Array("b".utf8)])
        let known = try await live(rig, store: "first") { projections, view, counters in
            let first = try rig.append(1_000, to: "key-1111", of: subjects[0])
            try rig.append(2_000, to: "key-2222", of: subjects[0])
            try rig.append(4_000, to: "key-1111", of: subjects[1])
            try rig.wait(for: subjects, in: view)
            let report = try IntegratedReport(of: try #require(try view.read(subjects[0])).state)
            #expect(report.assets.map(\.number).sorted() == ["••••1111", "••••2222"])
            #expect(report.assets.map(\.provider) == ["test", "test"])
            #expect(report.assets.map(\.kind) == [10, 10])

            projections.prepareErasure(in: subjects[0])
            try await rig.vault.shred(
                compartment: first,
                of: subjects[0],
                reason: .operatorTest,
                at: 1_000_000
            )
            try rig.append(3_000, to: "key-3333", of: subjects[0])
            try rig.append(5_000, to: "key-2222", of: subjects[0])
            try rig.wait(for: subjects, in: view)
            try rig.wait(for: subjects, in: counters)
            let after = try IntegratedReport(of: try #require(try view.read(subjects[0])).state)
            #expect(after.assets.map(\.number).sorted() == ["••••2222", "••••3333"])
            #expect(after.assets.map(\.provider) == ["test", "test"])
            let counted = try #require(try counters.read(subjects[0])).state.contribution
            #expect(counted.byProvider == ["test": 3])

            let known = try Known(subjects, view, counters)
            #expect(try view.recomputeStateHash().isEqual)
            #expect(try counters.recomputeStateHash().isEqual)
            #expect(try !view.rebuild().healedDamage)
            #expect(try !counters.rebuild().healedDamage)
            #expect(try Known(subjects, view, counters) == known)
            return known
        }
        // From its checkpoint, then from the log alone.
        for store in ["first", "second"] {
            try await live(rig, store: store) { _, view, counters in
                try rig.wait(for: subjects, in: view)
                try rig.wait(for: subjects, in: counters)
                #expect(try Known(subjects, view, counters) == known, "\(store)")
            }
        }
    }
}
