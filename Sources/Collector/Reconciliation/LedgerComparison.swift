internal import Finance

/// Compares what the log says with what the provider's own ledger says, to the won.
public enum LedgerComparison {
    /// Where the log does not agree with the provider's ledger.
    ///
    /// What was closed and is not in the log was never listed to the collector.
    public static func differences(
        _ log: [AssetLedger],
        from truth: [AssetLedger]
    ) -> [(asset: AssetLedger, figure: LedgerFigure)] {
        truth.flatMap { line -> [(asset: AssetLedger, figure: LedgerFigure)] in
            let known = log.first { $0.isSame(as: line) }
            if known == nil, line.isClosed { return [] }
            return figures(of: line).compactMap { figure in
                let said = known.map { $0.amount(figure) } ?? 0
                return said == line.amount(figure) ? nil : (line, figure)
            }
        }
    }

    /// What of a line the log must have.
    private static func figures(of line: AssetLedger) -> [LedgerFigure] {
        let states: [LedgerFigure] = [.balance, .holdings, .billLines, .due]
        return movements(of: line.kind) + states.filter { line.figures[$0] != nil }
    }

    private static func movements(of kind: UInt32) -> [LedgerFigure] {
        switch AssetKind(rawValue: Int(kind)) {
        case .deposit: [.movements, .paidIn, .paidOut]
        case .cardBill: [.movements, .paidOut]
        // An approval that was cancelled is one in the log and none in the ledger.
        case .card: [.paidIn, .paidOut]
        case .fund, .isa, .loan, .retirementAccount, .definedContribution, .investmentAccount,
            .policy, .prepaidWallet, .paymentAccount, .capitalLoan, .operatingLease:
            [.movements, .moved]
        default: []
        }
    }

    /// A kind in words, as a sentence about a difference has it.
    public static func name(of kind: UInt32) -> String {
        switch AssetKind(rawValue: Int(kind)) {
        case .deposit: "deposit account"
        case .fund: "fund account"
        case .isa: "individual savings account"
        case .loan: "loan"
        case .retirementAccount: "retirement account"
        case .definedContribution: "pension with defined contributions"
        case .definedBenefit: "pension with defined benefits"
        case .card: "card"
        case .cardBill: "card bill"
        case .cardPoints: "card's points"
        case .cardLoan: "card loan"
        case .investmentAccount: "investment account"
        case .policy: "policy"
        case .prepaidWallet: "prepaid wallet"
        case .paymentAccount: "payment account"
        case .capitalLoan: "capital company's loan"
        case .operatingLease: "operating lease"
        default: "asset of kind \(kind)"
        }
    }
}

extension AssetLedger {
    /// A figure; what is not said is nothing.
    func amount(_ figure: LedgerFigure) -> Int64 {
        figure == .moved
            ? figures[.paidIn, default: 0] + figures[.paidOut, default: 0]
            : figures[figure, default: 0]
    }
}
