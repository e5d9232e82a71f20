import Cryptography
import EventLog
import Frame
import Simulation
import Testing

@testable import Vault

@Suite struct SliceTests {
    @Test func `what was sealed for an asset opens after a restart`() async throws {
        let world = try World()
        let subject = try world.vault.enrol([Array("CI-1".utf8)])[0]
        try await world.record("first", of: .card("A"), for: subject)
        try await world.record("second", of: .card("A"), for: subject)
        try await world.record("other", of: .card("B"), for: subject)
        #expect(try world.texts(of: subject).texts == ["first", "second", "other"])
        try world.restart()
        #expect(world.vault.subject(forCI: Array("CI-1".utf8)) == subject)
        #expect(try world.texts(of: subject).texts == ["first", "second", "other"])
        let assets = try world.vault.assets(of: subject)
        #expect(Set(assets.map(\.name)) == [.card("A"), .card("B")])
    }

    @Test func `an asset keeps its compartment and another gets another`() async throws {
        let world = try World()
        let subjects = try world.vault.enrol([[1], [2]])
        let first = try await world.record("x", of: .card("A"), for: subjects[0])
        let again = try await world.record("x", of: .card("A"), for: subjects[0])
        let other = try await world.record("x", of: .card("B"), for: subjects[0])
        let stranger = try await world.record("x", of: .card("A"), for: subjects[1])
        #expect(first.id == again.id)
        #expect(Set([first.id, other.id, stranger.id]).count == 3)
        try world.restart()
        #expect(try await world.record("y", of: .card("A"), for: subjects[0]).id == first.id)
    }

    @Test func `a person enrolled twice is one subject`() throws {
        let world = try World()
        let first = try world.vault.enrol([[1], [2], [1], [3]])
        #expect(first[0] == first[2])
        #expect(Set(first).count == 3)
        #expect(try world.vault.enrol([[3], [4], [2]]).prefix(1) == [first[3]])
        #expect(world.vault.subjectCount == 4)
        try world.restart()
        #expect(try world.vault.enrol([[1], [2], [1], [3]]) == first)
        #expect(world.vault.subjects.count == 4)
        #expect(world.vault.subject(forCI: [9]) == nil)
    }

    @Test func `platform ledgers are there from the start and take events once`() async throws {
        let world = try World()
        for ledger in SubjectID.platform { #expect(world.vault.state(of: ledger) == .live) }
        let command = world.vault.command([1].span)
        for expected in [Receipt.Outcome.appended, .duplicate, .duplicate] {
            let outcome = try await world.vault.record(
                [8, 7],
                in: .operations,
                command: command,
                at: World.now
            )
            #expect(outcome == expected)
        }
        try world.restart()
        let more = try await world.vault.record(
            [8, 9],
            in: .operations,
            command: world.vault.command([2].span),
            at: World.now
        )
        #expect(more == .appended)
        // One control frame and two events.
        #expect(try world.log.size(of: .operations) == 3)
    }

    @Test func `an opening that is dropped opened nothing`() async throws {
        let world = try World()
        let subject = try world.vault.enrol([[1]])[0]
        let dropped = try world.vault.open([.card("A")], of: subject, for: .collection, at: 0)
        let kept = try await world.record("x", of: .card("A"), for: subject)
        #expect(dropped.compartments[0].id != kept.id)
        #expect(throws: VaultError.unknownCompartment) {
            try world.vault.key(
                of: subject,
                compartment: dropped.compartments[0].id,
                epoch: 0,
                for: .service
            )
        }
    }
}
