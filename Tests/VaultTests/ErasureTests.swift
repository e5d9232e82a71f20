import Cryptography
import EventLog
import Files
import Frame
import Simulation
import Synchronization
import Testing

@testable import Vault

@Suite struct ErasureTests {

    private func keys(_ world: World, of subject: SubjectID) throws -> [[UInt8]] {
        let ring = try world.vault.load(subject)
        let kek = try world.vault.kek(of: subject).kek
        return (ring.records.map(\.key) + [kek]).map { $0.withBytes { $0.array } }
    }

    private func expectAbsent(_ secrets: [[UInt8]], in files: [String: [UInt8]]) {
        for (name, bytes) in files {
            for secret in secrets { #expect(!bytes.contains(secret), "\(name)") }
        }
    }

    @Test func `an erased person leaves no key, no text and the same tree`() async throws {
        let world = try World()
        let subjects = try await world.populate()
        let secrets = try keys(world, of: subjects[0])
        let head = try world.log.head(of: subjects[0])
        let backup = try World.files(world.directory.path + "/log")
        try await world.vault.shred(subject: subjects[0], reason: .deletionAsked, at: World.now)
        for round in 0..<2 {
            #expect(world.vault.state(of: subjects[0]) == .erased)
            #expect(world.vault.subject(forCI: Array("CI-victim".utf8)) == nil)
            let (texts, failures) = try world.texts(of: subjects[0])
            #expect(texts.isEmpty)
            #expect(failures.allSatisfy { $0 == .subjectErased } && failures.count == 3)
            #expect(try world.texts(of: subjects[1]).texts.count == 3)
            #expect(try world.log.head(of: subjects[0]) == head)
            #expect(world.vault.erasedCount == 1 && world.vault.subjectCount == 1)
            let searched = secrets + [Array(World.canary.utf8), Array("CI-victim".utf8)]
            expectAbsent(searched, in: try world.files())
            expectAbsent(searched, in: backup)
            if round == 0 { try world.restart() }
        }
        try expectNoWrapOpens(world, of: subjects[0], survivors: [subjects[1]])
        #expect(throws: VaultError.subjectErased) {
            try world.vault.open([.card("A")], of: subjects[0], for: .collection, at: 0)
        }
    }

    /// Tries every KEK that is left on every control frame of `subject`.
    private func expectNoWrapOpens(
        _ world: World,
        of subject: SubjectID,
        survivors: [SubjectID]
    ) throws {
        var keks: [SecretKey] = []
        for other in survivors + SubjectID.platform {
            keks.append(try world.vault.kek(of: other).kek)
        }
        var opener = try FrameOpener()
        var tried = 0
        _ = try world.log.read(subject, from: 0, limit: 1_000) { frame in
            for kek in keks {
                #expect(throws: FrameError.wrongKey) { try opener.open(frame.bytes, key: kek) }
                tried += 1
            }
        }
        #expect(tried > 0)
    }

    @Test func `operations says once who was erased, signed`() async throws {
        let world = try World()
        let subjects = try await world.populate()
        for _ in 0..<3 {
            try await world.vault.shred(subject: subjects[0], reason: .inactive, at: World.now)
        }
        try world.restart()
        let found = try world.announced()
        #expect(found.count == 1)
        #expect(found[0].subject == subjects[0] && found[0].compartment == nil)
        #expect(found[0].reason == ShredReason.inactive.rawValue)
        #expect(found[0].isSigned(by: world.vault.publicKey))
    }

    @Test func `no command is used in the logs of two subjects`() async throws {
        let world = try World()
        let subjects = try await world.populate()
        let card = try await world.record("more", of: .card("B"), for: subjects[0])
        try await world.vault.shred(
            compartment: card.id,
            of: subjects[0],
            reason: .deletionAsked,
            at: World.now
        )
        try await world.vault.shred(subject: subjects[1], reason: .inactive, at: World.now)
        var owners: [CommandID: Set<SubjectID>] = [:]
        _ = try world.log.scan(environment: 0, from: 0, blockLimit: 10_000) { frame in
            let header = try FrameHeader(frame.bytes)
            owners[header.command, default: []].insert(header.subject)
        }
        #expect(owners.count > 8)
        #expect(owners.values.allSatisfy { $0.count == 1 })
    }

    @Test func `an erased compartment takes its key and the old wraps, and nothing else`()
        async throws
    {
        let world = try World()
        let subjects = try await world.populate()
        let victim = subjects[0]
        let card = try world.vault.newest(.card("A"), of: victim, for: .service)
        let view = try world.vault.newest(.role(.view), of: victim, for: .projection)
        let gone = [card.key, view.key, try world.vault.kek(of: victim).kek]
            .map { $0.withBytes { $0.array } }
        let size = try world.log.size(of: victim)
        let old = try world.log.head(of: victim)
        try await world.vault.shred(
            compartment: card.id,
            of: victim,
            reason: .withdrawnWithDeletion,
            at: World.now
        )
        for round in 0..<2 {
            let (texts, failures) = try world.texts(of: victim)
            #expect(Set(texts) == ["kept-0B", "preference-0"])
            #expect(failures == [.compartmentErased])
            let next = try world.vault.newest(.role(.view), of: victim, for: .projection)
            #expect(next.id == view.id && next.epoch == 1 && !next.key.isEqual(to: view.key))
            #expect(throws: VaultError.compartmentErased) {
                try world.vault.key(of: victim, compartment: view.id, epoch: 0, for: .service)
            }
            #expect(try world.vault.assets(of: victim).map(\.name) == [.card("B")])
            expectAbsent(gone + [Array(World.canary.utf8)], in: try world.files())
            if round == 0 { try world.restart() }
        }
        // The tree only grew, by the one frame of the new wraps.
        let head = try world.log.head(of: victim)
        #expect(head.size == size + 1)
        let proof = try world.log.consistencyProof(from: size, in: victim, size: head.size)
        #expect(
            Merkle.verifyConsistency(
                from: old.size,
                oldRoot: old.root,
                to: head.size,
                root: head.root,
                path: proof
            )
        )
        try await expectOldWrapsClosed(world, of: victim, gone: card.key)
        // Collected anew, the asset gets another compartment.
        let anew = try await world.record("new", of: .card("A"), for: victim)
        #expect(anew.id != card.id)
        #expect(try world.texts(of: victim).texts.count == 3)
        #expect(try world.announced().map(\.compartment) == [card.id])
    }

    private func expectOldWrapsClosed(
        _ world: World,
        of subject: SubjectID,
        gone: SecretKey
    ) async throws {
        let kek = try world.vault.kek(of: subject).kek
        let bytes = gone.withBytes { $0.array }
        var opener = try FrameOpener()
        var (closed, opened) = (0, 0)
        _ = try world.log.read(subject, from: 0, limit: 1_000) { frame in
            let header = try FrameHeader(frame.bytes)
            guard header.compartment == .keys else { return }
            do throws(FrameError) {
                _ = try opener.open(frame.bytes, key: kek)
                #expect(!opener.events.array.contains(bytes))
                opened += 1
            } catch {
                #expect(error == .wrongKey)
                closed += 1
            }
        }
        #expect(closed >= 2 && opened == 1)
    }

    @Test func `erasing several compartments in turn keeps the rest and remembers each`()
        async throws
    {
        let world = try World()
        let subject = try world.vault.enrol([[1]])[0]
        for card in ["A", "B", "C", "D"] {
            try await world.record(card, of: .card(card), for: subject)
        }
        for card in ["B", "D"] {
            let id = try world.vault.newest(.card(card), of: subject, for: .service).id
            for _ in 0..<2 {
                try await world.vault.shred(
                    compartment: id,
                    of: subject,
                    reason: .operatorTest,
                    at: World.now
                )
            }
            try world.restart()
        }
        let (texts, failures) = try world.texts(of: subject)
        #expect(texts == ["A", "C"])
        #expect(failures == [.compartmentErased, .compartmentErased])
        #expect(try world.announced().count == 2)
        await #expect(throws: VaultError.unknownCompartment) {
            try await world.vault.shred(
                compartment: CompartmentID(high: 1, low: 1),
                of: subject,
                reason: .operatorTest,
                at: World.now
            )
        }
    }
}
