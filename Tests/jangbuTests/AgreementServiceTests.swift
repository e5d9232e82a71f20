import Commands
import EventLog
import Finance
import Frame
import Projections
import Testing
import Vault

@testable import jangbu

/// What the supporting body asks, over the real log, vault and read models.
@Suite struct AgreementServiceTests {
    private static let now = LedgerWorld.noon * 1_000_000

    private func terms(_ number: String) -> AgreementTerms {
        var terms = AgreementTerms(kind: .thirdPartyProvision)
        (terms.number, terms.consentName, terms.recipientName) = (number, "비교를 위한 제공", "비교나라")
        (terms.purpose, terms.period) = ("대출 조건 비교", "1년")
        return terms
    }

    /// Somebody who joined and agreed to one provision a number.
    private func agreed(
        _ world: LedgerWorld,
        _ person: String,
        _ numbers: [String]
    ) async throws -> SubjectID {
        let subject = try world.services.vault.enrol([Array(person.utf8)])[0]
        let desk = world.services.desk
        try await desk.carryOut(of: subject, at: Self.now) {
            register,
            at,
            today
                throws(ConsentRefusal) in
            try register.decide(
                Join(years: 30, until: today.adding(months: 60)),
                at: at,
                on: today
            )
        }
        for (place, number) in numbers.enumerated() {
            let command = GrantConsent(
                id: ConsentID(high: 1, low: UInt64(place + 1)),
                terms: terms(number)
            )
            try await desk.carryOut(of: subject, at: Self.now) {
                register,
                at,
                today
                    throws(ConsentRefusal) in
                try register.decide(command, at: at, on: today)
            }
        }
        try await world.services.waitUntilCaughtUp()
        return subject
    }

    @Test func `an agreement is found by its number, and withdrawn in its person's log once`()
        async throws
    {
        let world = try LedgerWorld()
        let (desk, ledger) = (world.services.desk, world.ledger)
        let first = try await agreed(world, "first", ["A-1", "A-2"])
        let second = try await agreed(world, "second", ["B-1"])
        #expect(try await ledger.subject(ofCI: "second") == second.description)
        #expect(try await ledger.subject(ofCI: "third") == nil)
        for _ in 0..<2 {
            #expect(try await ledger.subject(ofAgreement: "B-1") == second.description)
            #expect(try await ledger.subject(ofAgreement: "A-2") == first.description)
            #expect(try await ledger.subject(ofAgreement: "C-1") == nil)
        }
        // Data was handed over under one of the two, so its receiver has yet to answer.
        try await desk.carryOut(of: first, at: Self.now) {
            register,
            at,
            today
                throws(ConsentRefusal) in
            try register.decide(
                RecordProvision(
                    id: ConsentID(high: 1, low: 2),
                    senderCode: "Z1OP010000",
                    items: "소득",
                    isRewarded: false
                ),
                at: at,
                on: today
            )
        }
        for number in ["A-1", "A-2"] {
            try await ledger.revokeAgreement(number, of: first.description)
        }
        let size = try world.services.log.durableSize(of: first)
        for number in ["A-1", "A-2"] {
            try await ledger.revokeAgreement(number, of: first.description)
        }
        #expect(try world.services.log.durableSize(of: first) == size)
        let register = try #require(try await ledger.agreements(of: first.description))
        #expect(AgreementAnswers.agreement("A-1", in: register)?.status == .withdrawn)
        #expect(AgreementAnswers.agreement("A-2", in: register)?.status == .withdrawing)
        #expect(try await ledger.handOvers(of: first.description)?.map(\.number) == ["A-2"])
        let untouched = try #require(try await ledger.agreements(of: second.description))
        #expect(AgreementAnswers.agreement("B-1", in: untouched)?.status == .normal)
        // Nothing more is handed over under it, and the person's own list says that it ended.
        await #expect(throws: ConsentError.refused(.agreementEnded)) {
            try await desk.carryOut(of: first, at: Self.now) {
                register,
                at,
                today
                    throws(ConsentRefusal) in
                try register.decide(
                    RecordProvision(
                        id: ConsentID(high: 1, low: 1),
                        senderCode: "Z1OP010000",
                        items: "소득",
                        isRewarded: false
                    ),
                    at: at,
                    on: today
                )
            }
        }
        await #expect(throws: ConsentError.refused(.agreementUnknown)) {
            try await ledger.revokeAgreement("B-1", of: first.description)
        }
        try world.close()
    }
}
