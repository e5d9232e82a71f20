import Commands
import Finance
import Simulation
import Testing
import Vault

/// The lines of card bills, each of which a complete answer about its bill speaks for.
@Suite struct BillLineTests {
    private func line(
        _ amount: Int64,
        month: UInt32,
        number: String = "",
        note: String = ""
    ) throws -> [UInt8] {
        try Answers.event(at: Answers.noon(20_001), .card005) { event in
            event.cardBillLineCharged.amount = amount
            event.cardBillLineCharged.month = month
            event.cardBillLineCharged.billNumber = number
            event.cardBillLineCharged.merchantName = note
        }
    }

    private func answer(
        _ lines: [[UInt8]],
        month: UInt32,
        number: String = ""
    ) -> Observation {
        Observation(
            name: Office.name("A"),
            apiCode: UInt32(ProviderAPI.card005.rawValue),
            scope: .bill(month: month, number: number),
            events: lines.flatMap { $0 }
        )
    }

    @Test func `a line that comes otherwise takes the place of the one before, in its bill alone`()
        async throws
    {
        let office = try Office(label: #function)
        let subject = try office.vault.enrol([Array("P".utf8)])[0]
        func changes(_ observation: Observation) async throws -> [Int] {
            let all = try await office.recorder.observe([observation], of: subject, at: Office.now)
            return all.flatMap { [$0.added, $0.retracted] }
        }
        // Purchases of one day on two bills: instalments.
        let october = try [line(1, month: 202_410), line(2, month: 202_410)]
        let november = try [line(1, month: 202_411), line(2, month: 202_411)]
        #expect(try await changes(answer(october, month: 202_410)) == [2, 0])
        #expect(try await changes(answer(november, month: 202_411)) == [2, 0])
        #expect(try await changes(answer(october, month: 202_410)) == [0, 0])
        let changed = try [line(1, month: 202_410), line(2, month: 202_410, note: "other")]
        #expect(try await changes(answer(changed, month: 202_410)) == [1, 1])
        #expect(try await changes(answer([], month: 202_411)) == [0, 2])
        // Several bills of a month, by number; a number that is none of ours is spoken for by none.
        let second = try [line(3, month: 202_410, number: "2")]
        #expect(try await changes(answer(second, month: 202_410, number: "2")) == [1, 0])
        #expect(try await changes(answer(changed, month: 202_410)) == [0, 0])
        let odd = try [line(4, month: 202_410, number: "A7")]
        #expect(try await changes(answer(odd, month: 202_410, number: "A7")) == [1, 0])
        #expect(try await changes(answer([], month: 202_410, number: "A7")) == [0, 0])
        #expect(try office.standing(of: subject).count == 4)
    }
}
