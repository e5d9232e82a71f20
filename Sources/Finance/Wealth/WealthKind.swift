/// What kind of thing a part of net worth is.
public enum WealthKind: UInt8, CaseIterable, Comparable, Sendable {
    /// Balances of deposit accounts.
    case deposits = 1
    /// Holdings, funds, ISAs and the cash of investment accounts.
    case investments = 2
    /// IRP, DC, DB and pension savings.
    case pensions = 3
    /// Prepaid wallets.
    case wallets = 4
    /// Owed to banks, insurers, capital companies and investment firms.
    case loans = 5
    /// Cash advances, card loans and revolving credit.
    case cardDebt = 6
    /// Deposit accounts below zero.
    case overdrafts = 7

    /// Whether it is owed: its amounts are negative.
    public var isOwed: Bool { self >= .loans }

    /// By number.
    public static func < (left: WealthKind, right: WealthKind) -> Bool {
        left.rawValue < right.rawValue
    }

    /// Where a figure counts; nil for points and what only says more of another figure.
    init?(
        _ figure: IntegratedState.Figure,
        of assetKind: UInt8,
        isNegative: Bool
    ) {
        let kind = AssetKind(rawValue: Int(assetKind)) ?? .unspecified
        switch (figure, kind) {
        case (.booked, _) where isNegative: self = .overdrafts
        case (.booked, .investmentAccount), (.booked, .isa): self = .investments
        case (.booked, .retirementAccount), (.booked, .definedContribution),
            (.booked, .definedBenefit), (.holding, .retirementAccount),
            (.holding, .definedContribution), (.holding, .definedBenefit):
            self = .pensions
        case (.booked, _): self = .deposits
        case (.holding, _): self = .investments
        case (.pension, _): self = .pensions
        case (.wallet, _): self = .wallets
        case (.owed, .card), (.owed, .cardBill), (.owed, .cardLoan): self = .cardDebt
        case (.owed, _): self = .loans
        case (.available, _), (.points, _): return nil
        }
    }
}

/// Which figures of an asset count, so that nothing counts twice.
///
/// A pension's value has its products in it, and so has the appraised value of a fund account or an
/// ISA, beside its balance: where the whole is known in a currency, its parts only explain it. What
/// a deposit account owes as a loan is its balance below zero.
struct FigureScope {
    private var pensions: Set<UInt16> = []
    /// Of a deposit account.
    private var balances: Set<UInt16> = []
    private var appraised: Set<UInt16> = []

    init(_ keys: some Sequence<IntegratedState.FigureKey>, of assetKind: UInt8) {
        let isDeposit = assetKind == UInt8(AssetKind.deposit.rawValue)
        for key in keys {
            switch key.figure {
            case .booked where isDeposit: balances.insert(key.currency)
            case .pension: pensions.insert(key.currency)
            case .holding where key.product == 0: appraised.insert(key.currency)
            default: break
            }
        }
    }

    func counts(_ key: IntegratedState.FigureKey) -> Bool {
        switch key.figure {
        case .booked: !pensions.contains(key.currency) && !appraised.contains(key.currency)
        case .holding:
            !pensions.contains(key.currency)
                && (key.product == 0 || !appraised.contains(key.currency))
        case .available: false
        case .owed: !balances.contains(key.currency)
        case .wallet, .points, .pension: true
        }
    }
}

extension FigureScope {
    /// Figures of an asset with what a wallet's movements say where it belongs.
    ///
    /// A movement names no account. Where a report names one, the movement's balance is that one's
    /// if it is later; where reports name several, it is of none.
    static func settled<Value>(
        _ known: [(key: IntegratedState.FigureKey, value: Value)],
        at time: (Value) -> Int64
    ) -> [(key: IntegratedState.FigureKey, value: Value)] {
        let named = known.filter { $0.key.figure == .wallet && $0.key.product != 0 }
        guard !named.isEmpty else { return known }
        return known.compactMap { key, value in
            guard key.figure == .wallet else { return (key, value) }
            let accounts = named.count { $0.key.currency == key.currency }
            if key.product == 0 { return accounts == 0 ? (key, value) : nil }
            guard accounts == 1,
                let moved = known.first(where: { $0.key == key.ofUnnamedProduct })?.value,
                time(moved) > time(value)
            else { return (key, value) }
            return (key, moved)
        }
    }
}
