internal import SwiftProtobuf

/// What a subject had and owed at the end of each month; `NetWorthReport` reads it.
///
/// It takes in what `IntegratedView` takes in, and keeps of each figure the latest value of each
/// month instead of the latest of all.
public struct NetWorth: Fold {
    /// Name of the read model.
    public static let name = "net-worth"
    /// Of fold and encoding.
    public static let version: UInt32 = 4

    /// A fold without constants.
    public init() {}

    /// Takes in balances, balances after movements, holdings, loans, wallets, points, pensions,
    /// closures and retractions.
    public func fold(
        _ event: borrowing EventView,
        into state: inout NetWorthState
    ) throws(FoldError) {
        switch event.type {
        case .bankTransactionPosted: try foldMovement(event, into: &state)
        case .balanceReported: try foldBalance(event, into: &state)
        case .transactionRetracted: try foldRetraction(event, into: &state)
        case .accountListed:
            guard case .accountListed(let listed) = try event.decodedFact() else { return }
            // 1002 time deposit, 1003 instalment deposit.
            let isSaving = listed.accountType == 1_002 || listed.accountType == 1_003
            try state.list(event.asset, isSaving: isSaving)
        case .compartmentOpened, .assetClosed, .holdingReported, .pensionReported,
            .fundBalanceReported, .loanBalanceReported, .loanTransactionPosted,
            .revolvingCreditReported, .cashAdvanceReported, .pointsReported,
            .investBalanceReported, .prepaidBalanceReported, .emoneyTransactionPosted:
            var update = AssetUpdate(at: event.occurredAt)
            try update.read(event)
            try state.apply(
                update,
                at: try Moment(event),
                to: try update.asset(else: event.asset)
            )
        default: break
        }
    }

    private func foldMovement(
        _ event: borrowing EventView,
        into state: inout NetWorthState
    ) throws(FoldError) {
        let balance: Int64
        let currency: UInt32
        do throws(EventError) {
            guard let bank = try event.bankTransaction(), let after = bank.balanceAfter else {
                return
            }
            balance = after
            currency = bank.currency
        } catch { throw .event(error) }
        let key = IntegratedState.FigureKey(
            figure: .booked,
            currency: try SpendingProfile.currency(currency),
            product: 0
        )
        let point = NetWorthState.Point(at: try Moment(event), thousandths: balance)
        try state.set(point, key, of: event.asset)
    }

    private func foldBalance(
        _ event: borrowing EventView,
        into state: inout NetWorthState
    ) throws(FoldError) {
        var update = AssetUpdate(at: event.occurredAt)
        do throws(EventError) {
            guard let balance = try event.balance() else { return }
            update.set(.booked, balance.balance, balance.currency)
            if let appraised = balance.appraisedValue {
                update.set(.holding, appraised, balance.currency)
            }
        } catch { throw .event(error) }
        try state.apply(update, at: try Moment(event), to: event.asset)
    }
}

/// A time with the month that it falls in where it happened.
struct Moment: Hashable, Sendable {
    /// Seconds since 1970 UTC.
    let seconds: Int64
    /// Since January 1970, at most `CellKey.monthMax`.
    let month: UInt32

    init(seconds: Int64, month: UInt32) {
        self.seconds = seconds
        self.month = month
    }

    init(_ event: borrowing EventView) throws(FoldError) {
        seconds = event.occurredAt
        month = try Occasion(event.occurredAt, event.utcOffsetMinutes).month
    }
}
