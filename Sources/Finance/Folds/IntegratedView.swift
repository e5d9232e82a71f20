internal import SwiftProtobuf

/// What a subject has and owes in one place: accounts, cards, loans, policies, holdings, wallets,
/// points.
///
/// It takes in what providers report of an asset as a whole, and the balance that a deposit
/// account's movement ends with. Single payments are not its business, nor is one that is taken
/// back: what came in its place, or the balance that is asked for with it, is later and holds.
public struct IntegratedView: Fold {
    /// Name of the read model.
    public static let name = "integrated-view"
    /// Of fold and encoding.
    public static let version: UInt32 = 5

    /// A fold without constants.
    public init() {}

    /// Takes in listings, balances, holdings, loans, wallets, points, pensions and closures.
    public func fold(
        _ event: borrowing EventView,
        into state: inout IntegratedState
    ) throws(FoldError) {
        switch event.type {
        case .bankTransactionPosted: try foldMovement(event, into: &state)
        case .balanceReported: try foldBalance(event, into: &state)
        case .compartmentOpened, .accountListed, .investAccountListed, .cardListed,
            .policyListed, .prepaidWalletListed, .paymentAccountListed, .assetClosed,
            .holdingReported, .pensionReported, .fundBalanceReported, .loanBalanceReported,
            .loanTransactionPosted, .revolvingCreditReported, .cashAdvanceReported,
            .pointsReported, .investBalanceReported, .prepaidBalanceReported,
            .emoneyTransactionPosted:
            var update = AssetUpdate(at: event.occurredAt)
            try update.read(event)
            let id = try update.asset(else: event.asset)
            try state.apply(update, to: id)
        default: break
        }
    }

    private func foldMovement(
        _ event: borrowing EventView,
        into state: inout IntegratedState
    ) throws(FoldError) {
        let amount: IntegratedState.Amount
        let currency: UInt32
        do throws(EventError) {
            guard let bank = try event.bankTransaction(), let balance = bank.balanceAfter else {
                return
            }
            amount = IntegratedState.Amount(thousandths: balance, asOf: event.occurredAt)
            currency = bank.currency
        } catch { throw .event(error) }
        try state.setBooked(amount, currency, of: event.asset)
    }

    private func foldBalance(
        _ event: borrowing EventView,
        into state: inout IntegratedState
    ) throws(FoldError) {
        var update = AssetUpdate(at: event.occurredAt)
        do throws(EventError) {
            guard let balance = try event.balance() else { return }
            update.set(.booked, balance.balance, balance.currency)
            if let available = balance.available {
                update.set(.available, available, balance.currency)
            }
            if let appraised = balance.appraisedValue {
                update.set(.holding, appraised, balance.currency)
            }
        } catch { throw .event(error) }
        try state.apply(update, to: event.asset)
    }
}

extension EventView {
    /// The fact as a message.
    ///
    /// - Throws: `.event(.truncated)` when it does not decode.
    func decodedFact() throws(FoldError) -> Event.OneOf_Fact {
        let event: Event
        // The decoder's reasons are many and its own; parked is parked, and the bytes are kept.
        do { event = try message() } catch { throw .event(.truncated) }
        guard let fact = event.fact else { throw .event(.factMissing) }
        return fact
    }
}

extension IntegratedState {
    /// Takes in what one event says of an asset; later business time wins, then later in the log.
    mutating func apply(_ update: AssetUpdate, to id: AssetID) throws(FoldError) {
        try admit(id, update.figures.keys)
        for key in update.figures.keys where key.currency < 1 || key.currency > 999 {
            throw .unrepresentable
        }
        // In place: a copy taken out would copy its figures with every event.
        update.merge(into: &assets[id, default: Asset()])
    }

    /// The balance that a movement ends with: `apply` without its lists, since there are many.
    mutating func setBooked(
        _ amount: Amount,
        _ currency: UInt32,
        of id: AssetID
    ) throws(FoldError) {
        guard currency >= 1, currency <= 999 else { throw .unrepresentable }
        let key = FigureKey(figure: .booked, currency: UInt16(currency), product: 0)
        try admit(id, CollectionOfOne(key))
        assets[id, default: Asset()].set(amount, key)
    }

    private func admit(
        _ id: AssetID,
        _ keys: some Collection<FigureKey>
    ) throws(FoldError) {
        let known = assets[id]?.figures
        guard known != nil || assets.count < IntegratedState.assetsMax else { throw .full }
        let count = known?.count ?? 0
        guard count + keys.count > IntegratedState.figuresMax else { return }
        let new = keys.count { known?[$0] == nil }
        guard count + new <= IntegratedState.figuresMax else { throw .full }
    }
}

extension IntegratedState.Asset {
    mutating func set(_ amount: IntegratedState.Amount, _ key: IntegratedState.FigureKey) {
        lastGood = max(lastGood, amount.asOf)
        if let known = figures[key], known.asOf > amount.asOf { return }
        figures[key] = amount
    }
}

extension AssetUpdate {
    /// Takes this into an asset whose bounds were checked.
    fileprivate func merge(into asset: inout IntegratedState.Asset) {
        for (key, amount) in figures { asset.set(amount, key) }
        if let kind { asset.kind = kind }
        if let provider { asset.provider = provider }
        if !isReport {
            // Stands in until the provider lists a number, and says nothing of when: an opening is
            // recorded long after what an import lists, and again when keys are wrapped anew.
            if let number, asset.number.isEmpty { asset.number = number }
        } else if name != nil || number != nil, at >= asset.listedAt {
            asset.listedAt = at
            if let name { asset.name = name }
            if let number { asset.number = number }
        }
        if isClosure { asset.closedAt = max(asset.closedAt ?? at, at) }
        if isReport, !isClosure { asset.lastGood = max(asset.lastGood, at) }
    }
}
