import Collector
import Finance
import Sandbox
import Testing

/// Ledgers that agree, and ledgers of which one number is a won off.
struct ReconciliationTests {
    /// Numbers of which the log has its own count, or that the standard does not give.
    private static func isCompared(_ figure: LedgerFigure, of kind: UInt32) -> Bool {
        switch (AssetKind(rawValue: Int(kind)), figure) {
        case (.card, .movements), (.cardPoints, .movements), (.cardLoan, .movements): false
        case (.cardPoints, .paidIn), (.cardLoan, .paidIn), (.cardBill, .paidIn): false
        case (.cardPoints, .paidOut), (.cardLoan, .paidOut): false
        default: true
        }
    }

    private static func world() throws -> SandboxWorld {
        let today = try #require(CivilDate(secondsSinceEpoch: Town.start))
        return SandboxWorld(
            WorldConfiguration(
                seed: 1,
                personCount: 150,
                firstDay: today.adding(months: -3).adding(days: 1),
                months: 3
            )
        )
    }

    /// Of each person.
    private static func ledgers() throws -> [[AssetLedger]] {
        let world = try world()
        return (0..<world.personCount).map { Town.ledgers(of: $0, in: world, at: Town.start) }
    }

    @Test func `a won more or less of anything of any kind is found, and named without a person`()
        throws
    {
        let truth = try Self.ledgers()
        for one in truth { #expect(LedgerComparison.differences(one, from: one).isEmpty) }
        var firsts: [UInt32: AssetLedger] = [:]
        for line in truth.joined() where !line.isClosed && firsts[line.kind] == nil {
            firsts[line.kind] = line
        }
        let met = Set(firsts.keys.compactMap { AssetKind(rawValue: Int($0)) })
        // All that the sandbox's people ever have.
        let kinds: Set<AssetKind> = [
            .deposit, .fund, .isa, .loan, .retirementAccount, .definedContribution, .card,
            .cardBill, .cardPoints, .cardLoan, .investmentAccount, .policy, .prepaidWallet,
            .paymentAccount, .capitalLoan, .operatingLease,
        ]
        #expect(met == kinds)
        for line in firsts.values {
            for (figure, amount) in line.figures where Self.isCompared(figure, of: line.kind) {
                var wrong = line
                wrong.figures[figure] = amount + 1_000
                let found = LedgerComparison.differences([wrong], from: [line])
                #expect(found.count == 1, "\(line.kind) \(figure)")
                let name = LedgerComparison.name(of: line.kind)
                let told = found.map {
                    LedgerDifference(.log, name, $0.figure, at: line.provider).sentence
                }
                #expect(
                    told.allSatisfy {
                        $0.contains(name) && !$0.contains(line.key) || line.key == "-"
                    }
                )
            }
            // An asset that is not in the log at all.
            let isEmpty = line.figures.values.allSatisfy { $0 == 0 }
            #expect(LedgerComparison.differences([], from: [line]).isEmpty == isEmpty)
        }
    }

    @Test func `who knows a person does not depend on how far their life was told`() throws {
        let now = Town.start + 40 * 86_400
        let (fresh, told) = (try Self.world(), try Self.world())
        for person in 0..<80 {
            _ = told.statements(of: person, through: now + 200 * 86_400)
            let providers = fresh.providers(of: person, through: now)
            #expect(told.providers(of: person, through: now) == providers, "person \(person)")
            let known = fresh.statements(of: person, through: now).map(\.provider)
            #expect(Set(known).isSubset(of: providers), "person \(person)")
        }
    }
}
