import Finance
import MyData
import Simulation
import Testing

@testable import Sandbox

/// The reader and the books check each other: neither knows how the other is made.
struct StandardReadingTests {
    /// What the standard has and no provider here serves.
    private let unserved: Set<ProviderAPI> = [.card014, .card015, .insu021]

    @Test(arguments: Seed.smoke)
    func `everything that is told is read, and adds up to the won`(seed: Seed) throws {
        let fixture = Fixture(seed, persons: 40)
        var chance = seed
        // Some are asked in the middle of what will be cancelled, billed and repaid.
        var compared = 0
        for person in 0..<40 {
            let now = Fixture.end - Int64(chance.below(3)) * Int64(chance.below(300 * 86_400))
            var reading = StandardReading(fixture, now: now)
            try reading.collect(person)
            let faults = reading.faults.sorted()
            #expect(faults.isEmpty, "\(seed) person \(person)")
            let refused = reading.refused.filter { !unserved.contains($0.key) }
            #expect(refused.isEmpty, "\(seed) person \(person)")
            #expect(reading.events > 50, "\(seed) person \(person)")
            for statement in fixture.world.statements(of: person, through: now)
            where statement.closedOn == nil {
                var key = StandardReading.Key(
                    provider: statement.provider,
                    kind: statement.kind,
                    key: statement.key,
                    currency: 410
                )
                guard reading.listed.contains(key) else {
                    Issue.record("\(seed) \(person): \(statement.kind) is not listed")
                    continue
                }
                key.currency = UInt32(statement.currency)
                let sum = reading.sums[key] ?? StandardReading.Sum()
                let place = "\(seed) person \(person) \(statement.provider) \(statement.kind)"
                #expect(sum.movements == statement.movements, "\(place)")
                #expect(sum.paidIn == statement.paidIn, "\(place)")
                #expect(sum.paidOut == statement.paidOut, "\(place)")
                if let balance = statement.balance {
                    #expect(sum.balance ?? 0 == balance, "\(place)")
                }
                if let holdings = statement.holdings {
                    #expect(sum.holdings == holdings, "\(place)")
                }
                compared += 1
            }
            let unequal = reading.billed.filter { $0.value != 0 }
            #expect(unequal.isEmpty, "\(seed) person \(person)")
        }
        #expect(compared > 300)
    }
}
