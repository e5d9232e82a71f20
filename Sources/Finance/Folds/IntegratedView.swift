internal import SwiftProtobuf

/// What a subject has and owes in one place: accounts, cards, loans, policies, holdings, wallets, points.
///
/// It takes in what providers report of an asset as a whole, and the balance that a deposit account's movement
/// ends with. Single payments are not its business.
public struct IntegratedView: Fold {
    /// `integrated-view`
    public static let name = "integrated-view"
    /// Of fold and encoding.
    public static let version: UInt32 = 1

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
            let fact = try event.decodedFact()
            var update = AssetUpdate(at: event.occurredAt)
            try update.read(fact)
            let id = try update.asset(else: event.asset)
            try state.apply(update, to: id)
        default: break
        }
    }

    private func foldMovement(
        _ event: borrowing EventView,
        into state: inout IntegratedState
    ) throws(FoldError) {
        var update = AssetUpdate(at: event.occurredAt)
        do throws(EventError) {
            guard let bank = try event.bankTransaction(), let balance = bank.balanceAfter else {
                return
            }
            update.set(.booked, balance, bank.currency)
        } catch { throw .event(error) }
        try state.apply(update, to: event.asset)
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
    fileprivate func decodedFact() throws(FoldError) -> Event.OneOf_Fact {
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
        var asset = assets[id] ?? Asset()
        guard assets[id] != nil || assets.count < IntegratedState.assetsMax else { throw .full }
        for (key, amount) in update.figures {
            guard key.currency >= 1, key.currency <= 999 else { throw .unrepresentable }
            if let known = asset.figures[key], known.asOf > amount.asOf { continue }
            asset.figures[key] = amount
        }
        guard asset.figures.count <= IntegratedState.figuresMax else { throw .full }
        if let kind = update.kind { asset.kind = kind }
        if let provider = update.provider { asset.provider = provider }
        if update.name != nil || update.number != nil, update.at >= asset.listedAt {
            asset.listedAt = update.at
            if let name = update.name { asset.name = name }
            if let number = update.number { asset.number = number }
        }
        if update.isClosure { asset.closedAt = max(asset.closedAt ?? update.at, update.at) }
        if update.isReport { asset.lastGood = max(asset.lastGood, update.at) }
        assets[id] = asset
    }
}
