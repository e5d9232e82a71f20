import Collector
import Finance
import Sandbox

extension Town {
    /// What the sandbox's own ledger says of a person.
    func ledgers(of person: Int) -> [AssetLedger] {
        Town.ledgers(of: person, in: world, at: clock.seconds)
    }

    static func ledgers(of person: Int, in world: SandboxWorld, at now: Int64) -> [AssetLedger] {
        world.statements(of: person, through: now).map { statement in
            var ledger = AssetLedger(
                provider: statement.provider,
                key: statement.key,
                kind: UInt32(statement.kind.rawValue),
                currency: UInt32(statement.currency),
                isClosed: statement.closedOn != nil
            )
            ledger.figures = [
                .movements: Int64(statement.movements), .paidIn: statement.paidIn,
                .paidOut: statement.paidOut,
            ]
            ledger.figures[.balance] = statement.balance
            ledger.figures[.holdings] = statement.holdings
            ledger.figures[.billLines] = statement.billLines
            ledger.figures[.due] = statement.due
            return ledger
        }
    }
}
