import Collector
import Finance
import Frame
import Projections
import Vault

/// Compares what the read models show of a person with the sandbox's own ledger: each asset in the
/// integrated view, net worth by kind at the day, and what the card companies' bills come to.
struct ReadModelComparison {
    private let services: Services
    private let today: CivilDate

    /// Net worth and bills are those of `today`, in Korea.
    init(_ services: Services, on today: CivilDate) {
        (self.services, self.today) = (services, today)
    }

    /// Where the read models do not agree with `truth`.
    ///
    /// An asset that the provider no longer lists is in none of them.
    func differences(
        of subject: SubjectID,
        from truth: [AssetLedger]
    ) throws -> [LedgerDifference] {
        let standing = truth.filter { !$0.isClosed }
        return try assets(of: subject, from: standing) + netWorth(of: subject, from: standing)
            + bills(of: subject, from: standing)
    }

    // MARK: The integrated view

    private struct Shown: Hashable {
        var provider: String
        var key: String
        var kind: Int
        var currency: Int
        var figure: LedgerFigure
    }

    private func assets(
        of subject: SubjectID,
        from truth: [AssetLedger]
    ) throws -> [LedgerDifference] {
        guard let reading = try services.integrated.read(subject) else {
            return truth.isEmpty ? [] : [LedgerDifference(.integratedView, "person", .balance)]
        }
        let report = try IntegratedReport(of: reading.state)
        var names: [AssetID: AssetName] = [:]
        for asset in try services.vault.assets(of: subject) {
            names[AssetID(high: asset.compartment.high, low: asset.compartment.low)] = asset.name
        }
        var shown: [Shown: Int64] = [:]
        for asset in report.assets where !asset.isClosed {
            guard let name = names[asset.id] else { continue }
            for (figure, sums) in ReadModelComparison.figures(of: asset) {
                for sum in sums {
                    let key = Shown(
                        provider: name.provider,
                        key: name.key,
                        kind: Int(name.kind),
                        currency: Int(sum.amount.currency.numericCode),
                        figure: figure
                    )
                    shown[key, default: 0] += sum.amount.thousandths
                }
            }
        }
        return truth.flatMap { line in
            [LedgerFigure.balance, .holdings].compactMap { figure in
                guard let amount = line.figures[figure],
                    ReadModelComparison.isShown(figure, of: line.kind)
                else { return nil }
                let key = Shown(
                    provider: line.provider,
                    key: line.key,
                    kind: Int(line.kind),
                    currency: Int(line.currency),
                    figure: figure
                )
                guard shown[key] ?? 0 != amount else { return nil }
                let kind = LedgerComparison.name(of: line.kind)
                return LedgerDifference(.integratedView, kind, figure, at: line.provider)
            }
        }
    }

    /// The value of what an ISA or a pension holds is its own: it is shown once, as the balance.
    private static func isShown(_ figure: LedgerFigure, of kind: UInt32) -> Bool {
        figure == .balance || kind == UInt32(AssetKind.investmentAccount.rawValue)
    }

    private static func figures(
        of asset: IntegratedReport.Asset
    ) -> [(LedgerFigure, [IntegratedReport.Figure])] {
        switch AssetKind(rawValue: asset.kind) {
        case .deposit: [(.balance, asset.booked)]
        case .loan, .capitalLoan, .cardLoan: [(.balance, asset.owed)]
        case .prepaidWallet: [(.balance, asset.wallet)]
        case .cardPoints: [(.balance, asset.points)]
        case .fund, .isa, .retirementAccount, .definedContribution: [(.balance, asset.holdings)]
        case .investmentAccount: [(.balance, asset.booked), (.holdings, asset.holdings)]
        default: []
        }
    }

    // MARK: Net worth

    private struct Part: Hashable {
        var kind: WealthKind
        var currency: UInt32
    }

    private func netWorth(
        of subject: SubjectID,
        from truth: [AssetLedger]
    ) throws -> [LedgerDifference] {
        var parts: [Part: Int64] = [:]
        for line in truth {
            for (kind, amount) in ReadModelComparison.wealth(of: line) {
                parts[Part(kind: kind, currency: line.currency), default: 0] += amount
            }
        }
        let state = try services.netWorth.read(subject)?.state ?? NetWorthState()
        var differences: [LedgerDifference] = []
        for code in Set(truth.map(\.currency)) {
            guard let currency = Currency(numericCode: code) else { continue }
            let report = try NetWorthReport(
                of: state,
                in: currency,
                through: today.month,
                months: 1
            )
            let shown = report.months.last?.parts ?? []
            for kind in WealthKind.allCases {
                let amount = shown.first { $0.kind == kind }?.amount ?? 0
                guard amount != parts[Part(kind: kind, currency: code)] ?? 0 else { continue }
                differences.append(LedgerDifference(.netWorth, "part \(kind)", .balance))
            }
        }
        return differences
    }

    /// As what a line counts, and how much; owed is negative.
    private static func wealth(of line: AssetLedger) -> [(WealthKind, Int64)] {
        let balance = line.figures[.balance] ?? 0
        switch AssetKind(rawValue: Int(line.kind)) {
        case .deposit: return [(balance < 0 ? .overdrafts : .deposits, balance)]
        case .fund, .isa: return [(.investments, balance)]
        case .investmentAccount:
            return [
                (balance < 0 ? .overdrafts : .investments, balance),
                (.investments, line.figures[.holdings] ?? 0),
            ]
        case .retirementAccount, .definedContribution: return [(.pensions, balance)]
        case .prepaidWallet: return [(.wallets, balance)]
        case .loan, .capitalLoan: return [(.loans, -balance)]
        case .cardLoan: return [(.cardDebt, -balance)]
        default: return []
        }
    }

    // MARK: Obligations

    private func bills(
        of subject: SubjectID,
        from truth: [AssetLedger]
    ) throws -> [LedgerDifference] {
        let state = try services.obligations.read(subject)?.state ?? ObligationsState()
        // What is to be paid today is still to be paid.
        let outlook = CardBillOutlook(of: state, after: today.adding(days: -1))
        var announced: [String: Int64] = [:]
        for bill in outlook.bills where bill.source == .announced {
            announced[bill.provider, default: 0] += bill.known
        }
        return truth.compactMap { line in
            guard line.kind == UInt32(AssetKind.cardBill.rawValue), let due = line.figures[.due],
                announced[line.provider] ?? 0 != due
            else { return nil }
            let kind = LedgerComparison.name(of: line.kind)
            return LedgerDifference(.obligations, kind, .due, at: line.provider)
        }
    }
}
