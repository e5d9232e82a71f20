import EventLog
import Finance
import Foundation
import Frame
import Simulation
import Synchronization
import Testing

@testable import Commands
@testable import Vault

/// Fault model: the process dies right after a step of the desk or of the vault.
@Suite struct ConsentErasureTests {
    /// Two providers with data, one withdrawn with deletion.
    private func withdrawn(_ label: String) async throws -> ConsentOffice {
        let office = try ConsentOffice(label: label)
        try await office.join()
        try await office.ask(ConsentOffice.bank, "bank.list bank.deposit")
        try await office.ask(ConsentOffice.card, "card.list card.card")
        try await office.collect(ConsentOffice.bank, "1", [1, 2])
        try await office.collect(ConsentOffice.bank, "2", [3])
        try await office.collect(ConsentOffice.card, "1", [10, 20])
        try await office.withdraw(ConsentOffice.bank, isDeleting: true)
        return office
    }

    private func expectErased(_ office: ConsentOffice) throws {
        #expect(try office.amounts() == [10, 20])
        let register = try office.register
        #expect(register.owedDeletions.isEmpty)
        #expect(register.deletions.count == 1)
        let completion = try #require(register.deletions[0].completion)
        #expect(completion.compartments.count == 2)
        #expect(register.liveRequests.map(\.provider) == [ConsentOffice.card])
    }

    @Test func `a withdrawal with deletion takes the provider's assets and nothing else`()
        async throws
    {
        let office = try await withdrawn(#function)
        #expect(try office.amounts() == [1, 2, 3, 10, 20])
        #expect(try office.desk.erasurePlans(of: office.subject).map(\.assets.count) == [2])
        let receipts = try await office.desk.eraseOwed(of: office.subject, at: office.now)
        try expectErased(office)
        #expect(receipts.count == 1)
        #expect(receipts[0].isProven)
        #expect(receipts[0].deletion.reason == .withdrawnWithDeletion)
        #expect(try await office.desk.eraseOwed(of: office.subject, at: office.now).isEmpty)
    }

    @Test func `a receipt that names something else is not proven`() async throws {
        let office = try await withdrawn(#function)
        var receipt = try await office.desk.eraseOwed(of: office.subject, at: office.now)[0]
        let other = try ConsentOffice(label: "other")
        #expect(receipt.shreddings.allSatisfy { $0.isSigned(by: office.vault.publicKey) })
        receipt = ErasureReceipt(
            deletion: receipt.deletion,
            shreddings: receipt.shreddings,
            publicKey: other.vault.publicKey
        )
        #expect(!receipt.isProven)
    }

    @Test(arguments: ErasureStep.allCases)
    func `dying after a step of the desk, the next start goes on`(step: ErasureStep) async throws {
        let office = try await withdrawn("desk\(step)")
        office.desk.steps.withLock {
            $0 = { (reached: ErasureStep) throws(ConsentError) in
                if reached == step { throw .record(.contended) }
            }
        }
        await #expect(throws: ConsentError.record(.contended)) {
            try await office.desk.eraseOwed(of: office.subject, at: office.now)
        }
        try office.restart()
        #expect(try office.amounts() == [10, 20])
        office.now += 3_600_000_000
        try await office.desk.eraseOwed(of: office.subject, at: office.now)
        try expectErased(office)
    }

    @Test(arguments: ShredStep.allCases)
    func `dying after a step of the vault, the next start goes on`(step: ShredStep) async throws {
        let office = try await withdrawn("vault\(step)")
        office.vault.steps.withLock {
            $0 = { (reached: ShredStep) throws(VaultError) in
                if reached == step { throw .contended }
            }
        }
        await #expect(throws: ConsentError.record(.vault(.contended))) {
            try await office.desk.eraseOwed(of: office.subject, at: office.now)
        }
        try office.restart()
        try await office.desk.eraseOwed(of: office.subject, at: office.now)
        try expectErased(office)
    }

    @Test func `leaving takes all but consents and evidence`() async throws {
        let office = try await withdrawn(#function)
        try await office.carryOut { _, now, _ throws(ConsentRefusal) in
            var token = Event()
            token.occurredAt = now
            token.tokenIssued.accessToken = "SYNTHETIC"
            return [token]
        }
        try await office.carryOut { register, now, today throws(ConsentRefusal) in
            try register.decide(LeaveService(), at: now, on: today)
        }
        let receipts = try await office.desk.eraseOwed(of: office.subject, at: office.now)
        #expect(receipts.map(\.deletion.reason) == [.withdrawnWithDeletion, .leftService])
        #expect(receipts.map(\.isProven) == [true, true])
        // The card and the tokens.
        #expect(receipts[1].deletion.completion?.compartments.count == 2)
        #expect(try office.amounts().isEmpty)
        #expect(throws: VaultError.unknownCompartment) {
            try office.vault.newest(.role(.credential), of: office.subject, for: .collection)
        }
        try office.restart()
        let register = try office.register
        #expect(register.membership == .left(at: office.now / 1_000_000))
        #expect(register.requests.count == 2 && register.owedDeletions.isEmpty)
    }

    @Test func `what came in with a token that was issued twice goes, with a record`()
        async throws
    {
        let office = try ConsentOffice()
        try await office.join()
        try await office.collect(ConsentOffice.card, "before", [1])
        office.now += 60_000_000
        let id = try await office.ask(ConsentOffice.card, "card.list card.card")
        try await office.ask(ConsentOffice.bank, "bank.list bank.deposit")
        try await office.collect(ConsentOffice.card, "mistaken", [2, 3, 4])
        try await office.collect(ConsentOffice.bank, "1", [5])
        await #expect(throws: ConsentError.refused(.nothingToPurge)) {
            try await office.desk.purge(id, of: office.subject, at: office.now)
        }
        try await office.carryOut { _, now, _ throws(ConsentRefusal) in
            var ended = Event()
            ended.occurredAt = now
            ended.tokenEnded.request = .init(id.bytes)
            ended.tokenEnded.provider = ConsentOffice.card
            ended.tokenEnded.reason = .duplicate
            return [ended]
        }
        try await office.desk.purge(id, of: office.subject, at: office.now)
        #expect(try office.amounts() == [1, 5])
        let purges = try office.register.purges
        #expect(purges.map(\.events) == [3])
        #expect(purges.map(\.request) == [id])
    }

    @Test func `data of the same asset comes again in a compartment of its own`() async throws {
        let office = try await withdrawn(#function)
        try await office.desk.eraseOwed(of: office.subject, at: office.now)
        try await office.ask(ConsentOffice.bank, "bank.list bank.deposit")
        try await office.collect(ConsentOffice.bank, "1", [1, 2])
        #expect(try office.amounts() == [1, 2, 10, 20])
    }
}
