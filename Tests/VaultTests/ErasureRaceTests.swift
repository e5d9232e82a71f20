import Cryptography
import EventLog
import Frame
import Simulation
import Synchronization
import Testing

@testable import Vault

@Suite struct ErasureRaceTests {
    @Test(arguments: Seed.smoke)
    func `writers and erasers at once leave what was not erased, and only that`(seed: Seed)
        async throws
    {
        let world = try World(seed, label: "race\(seed.number)")
        let subjects = try world.vault.enrol((0..<4).map { [UInt8($0)] })
        for subject in subjects {
            for card in ["A", "B"] {
                try await world.record("first", of: .card(card), for: subject)
            }
        }
        let outcome = await race(seed, world, subjects)
        #expect(outcome.unexpected.isEmpty, "\(seed)")
        for restart in [false, true] {
            if restart { try world.restart() }
            for subject in subjects {
                let found = try world.texts(of: subject).texts.filter { $0 != "first" }
                let expected = outcome.expected(of: subject, in: world.vault)
                #expect(found.sorted() == expected.sorted(), "\(seed)")
            }
        }
    }

    /// The racers' references to the vault end here: it is open once.
    private func race(_ seed: Seed, _ world: World, _ subjects: [SubjectID]) async -> Outcome {
        let racers = Racers(vault: world.vault, log: world.log)
        await withTaskGroup(of: Void.self) { group in
            var chance = seed
            for number in 0..<48 {
                let subject = subjects[Int.random(in: 0..<4, using: &chance)]
                let card = ["A", "B"][Int.random(in: 0..<2, using: &chance)]
                switch Int.random(in: 0..<8, using: &chance) {
                case 0: group.addTask { await racers.shred(card, of: subject) }
                case 1 where number > 40: group.addTask { await racers.shred(subject) }
                default: group.addTask { await racers.record("\(number)", card, of: subject) }
                }
            }
        }
        return racers.outcome.withLock { $0 }
    }
}

/// What the racing tasks were told.
private struct Outcome: Sendable {
    struct Written: Sendable {
        let subject: SubjectID
        let compartment: CompartmentID
        let text: String
    }

    var written: [Written] = []
    var erased: Set<CompartmentID> = []
    var unexpected: [VaultError] = []

    func expected(of subject: SubjectID, in vault: Vault) -> [String] {
        guard vault.state(of: subject) == .live else { return [] }
        return written.filter { $0.subject == subject && !erased.contains($0.compartment) }
            .map(\.text)
    }
}

/// Tasks that write and erase.
private final class Racers: Sendable {
    let vault: Vault
    let log: EventLog
    let outcome = Mutex(Outcome())

    init(vault: Vault, log: EventLog) { (self.vault, self.log) = (vault, log) }

    func shred(_ card: String, of subject: SubjectID) async {
        await insist { () async throws(VaultError) in
            let id = try self.vault.newest(.card(card), of: subject, for: .service).id
            try await self.vault.shred(
                compartment: id,
                of: subject,
                reason: .operatorTest,
                at: World.now
            )
            self.outcome.withLock { _ = $0.erased.insert(id) }
            return true
        }
    }

    func shred(_ subject: SubjectID) async {
        await insist { () async throws(VaultError) in
            try await self.vault.shred(subject: subject, reason: .operatorTest, at: World.now)
            return true
        }
    }

    /// Writes without the gate, as a writer that knows only the log.
    func record(_ text: String, _ card: String, of subject: SubjectID) async {
        await insist { () async throws(VaultError) in
            try await self.attempt(text, card, of: subject)
        }
    }

    /// Does it again while others are first, a bounded number of times.
    private func insist(_ body: () async throws(VaultError) -> Bool) async {
        for _ in 0..<200 {
            do throws(VaultError) {
                if try await body() { return }
            } catch .notYetDurable, .contended {
                await Task.yield()
            } catch {
                return note(error)
            }
        }
        note(.contended)
    }

    private func attempt(
        _ text: String,
        _ card: String,
        of subject: SubjectID
    ) async throws(VaultError) -> Bool {
        let opening = try vault.open([.card(card)], of: subject, for: .collection, at: World.now)
        let batch = try framing { () throws(FrameError) in try seal(text, opening) }
        do throws(AppendError) {
            let receipt = try await log.append(batch)
            vault.commit(opening, through: (receipt.places.last?.revision ?? 0) + 1)
            let key = opening.compartments[0]
            outcome.withLock {
                $0.written.append(
                    Outcome.Written(subject: subject, compartment: key.id, text: text)
                )
            }
            return true
        } catch {
            guard error.isConflict else { throw .append(error) }
            return false
        }
    }

    private func seal(_ text: String, _ opening: Opening) throws(FrameError) -> FrameBatch {
        var sealer = try FrameSealer()
        var batch = FrameBatch()
        var revision = opening.revision
        if let control = opening.control {
            try control.seal(
                with: &sealer,
                at: revision,
                recordedAt: 0,
                schemaSet: 1,
                salt: Vault.newSalt(),
                into: &batch
            )
            revision += 1
        }
        let key = opening.compartments[0]
        let event: [UInt8] = [UInt8(text.utf8.count)] + Array(text.utf8)
        let command = CommandID(truncating: SHA256.hash(event + opening.subject.bytes))
        try sealer.seal(
            event.span,
            as: FrameContent(
                kind: .provider,
                subject: opening.subject,
                compartment: key.id,
                keyEpoch: key.epoch,
                revision: revision,
                command: command,
                recordedAt: 0,
                schemaSet: 1,
                eventCount: 1
            ),
            key: key.key,
            salt: Vault.newSalt(),
            into: &batch
        )
        return batch
    }

    private func note(_ error: VaultError) {
        switch error {
        case .subjectErased, .unknownCompartment, .compartmentErased: break
        default: outcome.withLock { $0.unexpected.append(error) }
        }
    }
}
