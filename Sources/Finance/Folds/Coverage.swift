internal import SwiftProtobuf

/// What is known to be complete: which days providers answered for in full, and what of an
/// account's movements is proven by the balances between them.
///
/// Order of events does not matter; a movement that is taken back leaves no trace. But of an
/// account that moved on more days than `BalanceChain.daysMax`, the earliest stay one, also when
/// later ones are taken back.
public struct Coverage: Fold {
    /// Name of the read model.
    public static let name = "coverage"
    /// Of fold and encoding.
    public static let version: UInt32 = 3

    /// A fold without constants.
    public init() {}

    /// Takes in transfers that were completed or failed, and movements on deposit accounts.
    public func fold(
        _ event: borrowing EventView,
        into state: inout CoverageState
    ) throws(FoldError) {
        switch event.type {
        case .bankTransactionPosted:
            try Coverage.fold(event, sign: 1, of: event.asset, into: &state)
        case .transactionRetracted:
            let taken: EventView
            do throws(EventError) {
                guard let event = try event.retracted() else { return }
                taken = event
            } catch { throw .event(error) }
            guard taken.type == .bankTransactionPosted else { return }
            try Coverage.fold(taken, sign: -1, of: event.asset, into: &state)
        case .transferCompleted: try Coverage.foldTransfer(event, into: &state)
        case .transferFailed: try Coverage.foldFailure(event, into: &state)
        default: break
        }
    }

    private static func fold(
        _ event: borrowing EventView,
        sign: Int32,
        of asset: AssetID,
        into state: inout CoverageState
    ) throws(FoldError) {
        let step: BalanceStep?
        let currency: UInt32
        do throws(EventError) {
            guard let bank = try event.bankTransaction() else { return }
            step = BalanceStep(bank)
            currency = bank.currency
        } catch { throw .event(error) }
        guard let day = CivilDate(secondsSinceEpoch: event.occurredAt)?.daysSinceEpoch else {
            throw .unrepresentable
        }
        guard currency >= 1, currency <= 999 else { throw .unrepresentable }
        try state.step(step, on: day, UInt16(currency), of: asset, sign: sign)
    }

    /// Calls that brought all their pages, none of it put aside, each for the days that were over
    /// when the provider was asked.
    private static func foldTransfer(
        _ event: borrowing EventView,
        into state: inout CoverageState
    ) throws(FoldError) {
        let message: Event
        // The decoder's reasons are many and its own; parked is parked.
        do { message = try event.message() } catch { throw .event(.truncated) }
        let transfer = message.transferCompleted
        guard !transfer.compartment.isEmpty else { return }
        guard let asset = AssetID(Array(transfer.compartment).span) else { throw .unrepresentable }
        guard transfer.quarantined == 0,
            let settled = CollectionState.lastWholeDay(at: event.occurredAt)?.daysSinceEpoch
        else { return }
        for call in transfer.calls where call.code <= Coverage.successMax {
            var days: ClosedRange<Int32>?
            // Whose lines or contracts are missing is answered, and speaks for no days yet.
            if !call.unsettled, let first = CivilDate(digits: call.fromOn)?.daysSinceEpoch,
                let last = CivilDate(digits: call.toOn)?.daysSinceEpoch
            {
                let over = min(last, settled)
                days = first <= over ? first...over : nil
            }
            try state.answered(
                UInt16(truncatingIfNeeded: call.api.rawValue),
                days,
                at: event.occurredAt,
                of: asset
            )
        }
    }

    /// A call of an API over a period that failed.
    ///
    /// As long as the API was never answered no day is whole, unless it is not offered at all.
    private static func foldFailure(
        _ event: borrowing EventView,
        into state: inout CoverageState
    ) throws(FoldError) {
        let message: Event
        // The decoder's reasons are many and its own; parked is parked.
        do { message = try event.message() } catch { throw .event(.truncated) }
        let failed = message.transferFailed
        guard !failed.compartment.isEmpty, failed.api.isOverPeriod else { return }
        guard let asset = AssetID(Array(failed.compartment).span) else { throw .unrepresentable }
        try state.failed(
            UInt16(truncatingIfNeeded: failed.api.rawValue),
            isOffered: !failed.isNotOffered,
            of: asset
        )
    }

    /// rsp_code 00000, and 00001: nothing changed.
    private static let successMax: UInt32 = 1
}
