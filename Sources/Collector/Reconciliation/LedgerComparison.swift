internal import Finance

/// One asset in a provider's own ledger.
public struct StatementLine: Hashable, Sendable {
    /// org_code.
    public var provider: String
    /// Natural key.
    public var key: String
    /// Number of its `AssetKind`.
    public var kind: UInt32
    /// ISO 4217 numeric.
    public var currency: UInt32
    /// Movements that stand.
    public var movements: Int
    /// Sum of what came in, in thousandths.
    public var paidIn: Int64
    /// Sum of what went out, in thousandths; of a card what was approved and stands.
    public var paidOut: Int64
    /// Whether it is no longer there.
    public var isClosed: Bool

    /// A line.
    public init(
        provider: String,
        key: String,
        kind: UInt32,
        currency: UInt32,
        movements: Int,
        paidIn: Int64,
        paidOut: Int64,
        isClosed: Bool = false
    ) {
        (self.provider, self.key, self.kind) = (provider, key, kind)
        (self.currency, self.movements, self.isClosed) = (currency, movements, isClosed)
        (self.paidIn, self.paidOut) = (paidIn, paidOut)
    }
}

/// Compares what the log says with what the provider's own ledger says, to the won.
public enum LedgerComparison {
    /// How an asset's kind is compared.
    private enum Manner {
        /// Money in and money out apart.
        case directed
        /// Movements and what they moved, whichever way: the standard gives no direction.
        case gross
        /// A state without movements.
        case none
    }

    /// The lines that the log does not agree with.
    ///
    /// What was closed and is not in the log was never listed to the collector.
    public static func differences(
        _ sums: [AssetSum],
        from lines: [StatementLine]
    ) -> [StatementLine] {
        lines.filter { line in
            let sum = sums.first { sum in
                sum.provider == line.provider && sum.key == line.key && sum.kind == line.kind
                    && sum.currency == line.currency
            }
            if sum == nil, line.isClosed { return false }
            let (paidIn, paidOut) = (sum?.paidIn ?? 0, sum?.paidOut ?? 0)
            switch manner(line.kind) {
            case .directed: return paidIn != line.paidIn || paidOut != line.paidOut
            case .gross:
                return paidIn + paidOut != line.paidIn + line.paidOut
                    || (sum?.movements ?? 0) != line.movements
            case .none: return false
            }
        }
    }

    private static func manner(_ kind: UInt32) -> Manner {
        switch AssetKind(rawValue: Int(kind)) {
        case .deposit, .card: .directed
        case .fund, .loan, .retirementAccount, .investmentAccount, .policy, .prepaidWallet,
            .paymentAccount, .capitalLoan, .operatingLease:
            .gross
        default: .none
        }
    }
}
