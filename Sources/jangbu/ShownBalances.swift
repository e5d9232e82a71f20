import Finance
import Frame
import Projections
import Vault

/// Compares the balances that the integrated view shows with those of the sandbox's own ledger.
struct ShownBalances {
    private let services: Services

    init(_ services: Services) { self.services = services }

    /// The lines whose balance is shown as another, or not at all.
    ///
    /// Values at a price and points are the provider's to say: they are shown as reported.
    func differences(
        of subject: SubjectID,
        from lines: [SandboxControl.Line]
    ) throws -> [StatementKey] {
        guard let reading = try services.integrated.read(subject) else { return [] }
        let report = try IntegratedReport(of: reading.state)
        var names: [AssetID: AssetName] = [:]
        for asset in try services.vault.assets(of: subject) {
            guard let id = AssetID(asset.compartment.bytes.span) else { continue }
            names[id] = asset.name
        }
        var shown: [StatementKey: Int64] = [:]
        for asset in report.assets where !asset.isClosed {
            guard let name = names[asset.id] else { continue }
            for figure in ShownBalances.figures(of: asset) {
                let key = StatementKey(
                    provider: name.provider,
                    key: name.key,
                    kind: Int(name.kind),
                    currency: Int(figure.amount.currency.numericCode)
                )
                shown[key, default: 0] += figure.amount.thousandths
            }
        }
        return lines.compactMap { line in
            guard let balance = line.balance.flatMap({ Int64($0) }), line.closedOn == nil else {
                return nil
            }
            let key = StatementKey(line)
            guard ShownBalances.isCompared(key.kind), shown[key] != balance else { return nil }
            return key
        }
    }

    private static func isCompared(_ kind: Int) -> Bool {
        switch AssetKind(rawValue: kind) {
        case .deposit, .loan, .prepaidWallet, .capitalLoan: true
        default: false
        }
    }

    private static func figures(of asset: IntegratedReport.Asset) -> [IntegratedReport.Figure] {
        switch AssetKind(rawValue: asset.kind) {
        case .deposit: asset.booked
        case .loan, .capitalLoan: asset.owed
        case .prepaidWallet: asset.wallet
        default: []
        }
    }
}

/// Which asset a line of a ledger is about.
struct StatementKey: Hashable {
    var provider: String
    var key: String
    var kind: Int
    var currency: Int
}

extension StatementKey {
    init(_ line: SandboxControl.Line) {
        self.init(
            provider: line.provider,
            key: line.key,
            kind: Int(line.kind) ?? 0,
            currency: Int(line.currency) ?? 0
        )
    }
}
