import Cryptography
import EventLog
import Files
import Frame
import Simulation
import Synchronization
import Testing

@testable import Vault

@Suite struct ErasureTests {
    static let canary = "CANARY-9f1c-the-plaintext-of-nobody-else"

    /// Two persons with two cards each, and a platform event.
    private func populate(_ world: World) async throws -> [SubjectID] {
        let subjects = try world.vault.enrol([Array("CI-victim".utf8), Array("CI-other".utf8)])
        for (number, subject) in subjects.enumerated() {
            for card in ["A", "B"] {
                let text = number == 0 && card == "A" ? ErasureTests.canary : "kept-\(number)\(card)"
                try await world.record(text, of: .card(card), for: subject)
            }
            try await world.record("preference-\(number)", for: subject)
        }
        return subjects
    }

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
        let subjects = try await populate(world)
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
            let searched = secrets + [Array(ErasureTests.canary.utf8), Array("CI-victim".utf8)]
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
        _ world: World, of subject: SubjectID, survivors: [SubjectID]
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
        let subjects = try await populate(world)
        for _ in 0..<3 {
            try await world.vault.shred(subject: subjects[0], reason: .inactive, at: World.now)
        }
        try world.restart()
        let found = try announced(world)
        #expect(found.count == 1)
        #expect(found[0].subject == subjects[0] && found[0].compartment == nil)
        #expect(found[0].reason == ShredReason.inactive.rawValue)
        #expect(found[0].isSigned(by: world.vault.publicKey))
    }

    private func announced(_ world: World) throws -> [Shredding] {
        var opener = try FrameOpener()
        var found: [Shredding] = []
        let vault = world.vault
        _ = try world.log.read(.operations, from: 0, limit: 1_000) { frame in
            let header = try FrameHeader(frame.bytes)
            guard header.compartment != .keys else { return }
            let key = try vault.key(
                of: .operations, compartment: header.compartment, epoch: header.keyEpoch,
                for: .audit)
            _ = try opener.open(frame.bytes, key: key)
            var cursor = EventCursor()
            while let range = try cursor.next(in: opener.events) {
                let event = try ControlEvent.read(opener.events.extracting(range))
                if case .shredded(let shredding) = event?.event { found.append(shredding) }
            }
        }
        return found
    }

    @Test func `an erased compartment takes its key and the old wraps, and nothing else`()
        async throws
    {
        let world = try World()
        let subjects = try await populate(world)
        let victim = subjects[0]
        let card = try world.vault.newest(.card("A"), of: victim, for: .service)
        let view = try world.vault.newest(.role(.view), of: victim, for: .projection)
        let gone = [card.key, view.key, try world.vault.kek(of: victim).kek]
            .map { $0.withBytes { $0.array } }
        let size = try world.log.size(of: victim)
        let old = try world.log.head(of: victim)
        try await world.vault.shred(
            compartment: card.id, of: victim, reason: .withdrawnWithDeletion, at: World.now)
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
            expectAbsent(gone + [Array(ErasureTests.canary.utf8)], in: try world.files())
            if round == 0 { try world.restart() }
        }
        // The tree only grew, by the one frame of the new wraps.
        let head = try world.log.head(of: victim)
        #expect(head.size == size + 1)
        let proof = try world.log.consistencyProof(from: size, in: victim, size: head.size)
        #expect(
            Merkle.verifyConsistency(
                from: old.size, oldRoot: old.root, to: head.size, root: head.root, path: proof))
        try await expectOldWrapsClosed(world, of: victim, gone: card.key)
        // Collected anew, the asset gets another compartment.
        let anew = try await world.record("new", of: .card("A"), for: victim)
        #expect(anew.id != card.id)
        #expect(try world.texts(of: victim).texts.count == 3)
        #expect(try announced(world).map(\.compartment) == [card.id])
    }

    private func expectOldWrapsClosed(
        _ world: World, of subject: SubjectID, gone: SecretKey
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
                    compartment: id, of: subject, reason: .operatorTest, at: World.now)
            }
            try world.restart()
        }
        let (texts, failures) = try world.texts(of: subject)
        #expect(texts == ["A", "C"])
        #expect(failures == [.compartmentErased, .compartmentErased])
        #expect(try announced(world).count == 2)
        await #expect(throws: VaultError.unknownCompartment) {
            try await world.vault.shred(
                compartment: CompartmentID(high: 1, low: 1), of: subject, reason: .operatorTest,
                at: World.now)
        }
    }

    @Test(arguments: ShredStep.allCases, [false, true])
    func `a crash after any step is finished or dropped`(step: ShredStep, whole: Bool) async throws {
        let world = try World(label: "crash\(step)\(whole)")
        let subjects = try await populate(world)
        let card = try world.vault.newest(.card("A"), of: subjects[0], for: .service)
        world.vault.steps.withLock {
            $0 = { (reached: ShredStep) throws(VaultError) in
                if reached == step { throw .contended }
            }
        }
        do throws(VaultError) {
            if whole {
                try await world.vault.shred(
                    subject: subjects[0], reason: .leftService, at: World.now)
            } else {
                try await world.vault.shred(
                    compartment: card.id, of: subjects[0], reason: .leftService, at: World.now)
            }
            #expect(whole && (step == .pendingWritten || step == .rewrapAppended))
        } catch {
            #expect(error == .contended)
        }
        try world.restart()
        let isDropped = !whole && step == .pendingWritten
        let texts = try world.texts(of: subjects[0]).texts
        #expect(texts.contains(ErasureTests.canary) == isDropped)
        #expect(texts.count == (whole ? 0 : isDropped ? 3 : 2))
        #expect(try world.texts(of: subjects[1]).texts.count == 3)
        #expect(try announced(world).count == (isDropped ? 0 : 1))
        let number = try #require(
            world.vault.table.withLock { $0.number(of: subjects[0]) })
        let slot = try world.vault.file.withLock { file throws(VaultError) in
            try file.slot(number)
        }
        #expect(slot.pendingEpoch == nil && !slot.owesAnnouncement)
        // What was dropped can be done again; what was done changes no more.
        if !whole {
            try await world.vault.shred(
                compartment: card.id, of: subjects[0], reason: .leftService, at: World.now)
            #expect(!(try world.texts(of: subjects[0]).texts.contains(ErasureTests.canary)))
            #expect(try announced(world).count == 1)
        }
    }

    @Test func `an older copy of the log brings no erased person back`() async throws {
        let world = try World()
        let subjects = try await populate(world)
        let log = world.directory.path + "/log"
        var backup: [String: [UInt8]] = [:]
        try world.restart { backup = try World.files(log) }
        let card = try world.vault.newest(.card("A"), of: subjects[1], for: .service)
        try await world.vault.shred(subject: subjects[0], reason: .deletionAsked, at: World.now)
        try await world.vault.shred(
            compartment: card.id, of: subjects[1], reason: .deletionAsked, at: World.now)
        try world.restart { try restore(backup, to: log) }
        #expect(world.vault.state(of: subjects[0]) == .erased)
        #expect(try world.texts(of: subjects[0]).texts.isEmpty)
        #expect(try world.texts(of: subjects[1]).texts.isEmpty)
        // The log is told again what was erased.
        #expect(try announced(world).map(\.subject) == [subjects[0]])
        // And whoever comes back is somebody new.
        #expect(try world.vault.enrol([Array("CI-victim".utf8)])[0] != subjects[0])
    }

    @Test func `an older copy of the keys forgets what the log says was erased`() async throws {
        let world = try World()
        let subjects = try await populate(world)
        let vault = world.directory.path + "/vault"
        var backup: [String: [UInt8]] = [:]
        try world.restart { backup = try World.files(vault) }
        try await world.vault.shred(subject: subjects[0], reason: .deletionAsked, at: World.now)
        try world.restart { try restore(backup, to: vault) }
        #expect(world.vault.state(of: subjects[0]) == .erased)
        #expect(try world.texts(of: subjects[0]).texts.isEmpty)
        #expect(try world.texts(of: subjects[1]).texts.count == 3)
    }

    private func restore(_ backup: [String: [UInt8]], to directory: String) throws {
        try Files.removeTree(directory)
        for (name, bytes) in backup where !name.hasSuffix("lock.mdb") {
            try Files.makeDirectories(Files.parent(of: directory + "/" + name))
            try Files.replace(directory + "/" + name, with: bytes)
        }
    }
}
