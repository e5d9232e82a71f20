import Cryptography
import EventLog
import Files
import Frame
import Simulation
import Synchronization
import Testing

@testable import Vault

/// Fault model: the process dies right after a step of an erasure, or an older copy of the log or
/// of the keys is put in place while nothing runs.
@Suite struct InterruptionTests {
    @Test(arguments: ShredStep.allCases, [false, true])
    func `a crash after any step is finished or dropped`(step: ShredStep, whole: Bool) async throws
    {
        let world = try World(label: "crash\(step)\(whole)")
        let subjects = try await world.populate()
        let card = try world.vault.newest(.card("A"), of: subjects[0], for: .service)
        world.vault.steps.withLock {
            $0 = { (reached: ShredStep) throws(VaultError) in
                if reached == step { throw .contended }
            }
        }
        do throws(VaultError) {
            if whole {
                try await world.vault.shred(
                    subject: subjects[0],
                    reason: .leftService,
                    at: World.now
                )
            } else {
                try await world.vault.shred(
                    compartment: card.id,
                    of: subjects[0],
                    reason: .leftService,
                    at: World.now
                )
            }
            #expect(whole && (step == .pendingWritten || step == .rewrapAppended))
        } catch {
            #expect(error == .contended)
        }
        try world.restart()
        let isDropped = !whole && step == .pendingWritten
        let texts = try world.texts(of: subjects[0]).texts
        #expect(texts.contains(World.canary) == isDropped)
        #expect(texts.count == (whole ? 0 : isDropped ? 3 : 2))
        #expect(try world.texts(of: subjects[1]).texts.count == 3)
        #expect(try world.announced().count == (isDropped ? 0 : 1))
        let number = try #require(
            world.vault.table.withLock { $0.number(of: subjects[0]) }
        )
        let slot = try world.vault.file.withLock { file throws(VaultError) in
            try file.slot(number)
        }
        #expect(slot.pendingEpoch == nil && !slot.owesAnnouncement)
        // What was dropped can be done again; what was done changes no more.
        if !whole {
            try await world.vault.shred(
                compartment: card.id,
                of: subjects[0],
                reason: .leftService,
                at: World.now
            )
            #expect(!(try world.texts(of: subjects[0]).texts.contains(World.canary)))
            #expect(try world.announced().count == 1)
        }
    }

    @Test func `an older copy of the log brings no erased person back`() async throws {
        let world = try World()
        let subjects = try await world.populate()
        let log = world.directory.path + "/log"
        var backup: [String: [UInt8]] = [:]
        try world.restart { backup = try World.files(log) }
        let card = try world.vault.newest(.card("A"), of: subjects[1], for: .service)
        try await world.vault.shred(subject: subjects[0], reason: .deletionAsked, at: World.now)
        try await world.vault.shred(
            compartment: card.id,
            of: subjects[1],
            reason: .deletionAsked,
            at: World.now
        )
        try world.restart { try restore(backup, to: log) }
        #expect(world.vault.state(of: subjects[0]) == .erased)
        #expect(try world.texts(of: subjects[0]).texts.isEmpty)
        let (texts, failures) = try world.texts(of: subjects[1])
        #expect(texts.isEmpty && failures.allSatisfy { $0 == .compartmentErased })
        // The log is told again what was erased.
        #expect(try world.announced().map(\.subject) == [subjects[0]])
        // And whoever comes back is somebody new.
        #expect(try world.vault.enrol([Array("CI-victim".utf8)])[0] != subjects[0])
    }

    @Test func `an older copy of the log is told again of an asset that it shows erased`()
        async throws
    {
        let world = try World()
        let subjects = try await world.populate()
        let log = world.directory.path + "/log"
        let card = try world.vault.newest(.card("A"), of: subjects[1], for: .service)
        world.vault.steps.withLock {
            $0 = { (reached: ShredStep) throws(VaultError) in
                if reached == .keyDestroyed { throw .contended }
            }
        }
        let shred = {
            try await world.vault.shred(
                compartment: card.id,
                of: subjects[1],
                reason: .deletionAsked,
                at: World.now
            )
        }
        await #expect(throws: VaultError.contended) { try await shred() }
        // Here the wraps are in the log and the word to `operations` is not.
        world.log.close()
        let backup = try World.files(log)
        try world.restart()
        #expect(try world.announced().map(\.compartment) == [card.id])
        try world.restart { try restore(backup, to: log) }
        #expect(try world.announced().map(\.compartment) == [card.id])
    }

    @Test func `an older copy of the keys forgets what the log says was erased`() async throws {
        let world = try World()
        let subjects = try await world.populate()
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
