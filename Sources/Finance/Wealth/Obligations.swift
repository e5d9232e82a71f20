internal import SwiftProtobuf

/// What a subject will have to pay: bills, announced payments, standing orders, premiums, loans,
/// leases, instalments, and the credit card purchases that no bill has yet.
public struct Obligations: Fold {
    /// Name of the read model.
    public static let name = "obligations"
    /// Of fold and encoding.
    public static let version: UInt32 = 4

    /// A fold without constants.
    public init() {}

    /// Takes in what providers announce, what was paid for it, and credit card purchases.
    ///
    /// A purchase in another currency counts only with the won that it is billed at.
    public func fold(
        _ event: borrowing EventView,
        into state: inout ObligationsState
    ) throws(FoldError) {
        switch event.type {
        case .cardApproved, .cardApprovalCancelled, .cardApprovalCorrected:
            try foldApproval(event, isTakenBack: false, into: &state)
        case .transactionRetracted:
            try foldRetraction(event, into: &state)
        case .cardBillLineCharged:
            // Of a bill's many lines a few are instalments; the others are not decoded.
            guard try Obligations.instalments(of: event) > 1 else { return }
            try foldFact(event, isTakenBack: false, into: &state)
        case .compartmentOpened, .assetClosed, .cardBilled, .cardPaymentScheduled,
            .scheduledTransferReported, .premiumScheduleReported, .premiumPaid, .loanTermsReported,
            .loanBalanceReported, .loanTransactionPosted, .leaseTermsReported,
            .leaseTransactionPosted:
            try foldFact(event, isTakenBack: false, into: &state)
        default: break
        }
    }

    private static func instalments(of event: borrowing EventView) throws(FoldError) -> UInt32 {
        do throws(EventError) {
            guard let line = try event.billLine() else { return 0 }
            return line.instalments
        } catch { throw .event(error) }
    }

    private func foldRetraction(
        _ event: borrowing EventView,
        into state: inout ObligationsState
    ) throws(FoldError) {
        let original: EventView
        do throws(EventError) {
            guard let event = try event.retracted() else { return }
            original = event
        } catch { throw .event(error) }
        switch original.type {
        case .cardApproved, .cardApprovalCancelled, .cardApprovalCorrected:
            try foldApproval(original, isTakenBack: true, into: &state)
        case .cardBillLineCharged:
            guard try Obligations.instalments(of: original) > 1 else { return }
            try foldFact(original, isTakenBack: true, into: &state)
        case .premiumPaid, .loanTransactionPosted, .leaseTransactionPosted:
            try foldFact(original, isTakenBack: true, into: &state)
        default: break
        }
    }

    private func foldApproval(
        _ event: borrowing EventView,
        isTakenBack: Bool,
        into state: inout ObligationsState
    ) throws(FoldError) {
        let card: CardApprovalView
        do throws(EventError) {
            guard let view = try event.cardApproval() else { return }
            card = view
        } catch { throw .event(error) }
        guard card.payType != .debit, let won = Obligations.won(card) else { return }
        var record = ObligationsState.Record(at: 0, amount: won, every: card.instalments, extra: 1)
        var seconds = event.occurredAt
        if event.type != .cardApproved {
            if card.approvedAt != 0 { seconds = card.approvedAt }
            record.extra = 0
        }
        if event.type == .cardApprovalCancelled {
            record.amount = try SpendingProfile.negated(won)
            record.extra = -1
        } else if event.type == .cardApprovalCorrected {
            // What it was billed at before is not said.
            guard card.currency == 410 else { return }
            let (change, overflow) = won.subtractingReportingOverflow(card.amountBefore)
            guard !overflow else { throw .overflow }
            record.amount = change
        }
        let day = try Occasion(seconds, event.utcOffsetMinutes).day
        let isLumpSum = card.instalments < 2
        let key = ObligationsState.Key(
            kind: isLumpSum ? .approved : .approvedInstalments,
            currency: 410,
            rank: UInt32(day),
            product: isLumpSum ? 0 : UInt64(card.instalments)
        )
        try state.take(record, key, of: event.asset, isTakenBack: isTakenBack)
    }

    /// What is charged in won; nil when that is not known.
    private static func won(_ card: borrowing CardApprovalView) -> Int64? {
        if card.currency == 410 { return card.amount }
        return card.billedCurrency == 410 ? card.billedAmount : nil
    }

    private func foldFact(
        _ event: borrowing EventView,
        isTakenBack: Bool,
        into state: inout ObligationsState
    ) throws(FoldError) {
        let fact = try event.decodedFact()
        switch fact {
        case .compartmentOpened(let opened):
            guard opened.assetKind != .unspecified else { return }
            guard let id = AssetID(Array(opened.compartment).span) else { throw .unrepresentable }
            try state.open(
                id,
                kind: UInt8(clamping: opened.assetKind.rawValue),
                provider: opened.provider.utf8Prefix(ObligationsState.textBytesMax)
            )
        case .assetClosed: try state.close(event.asset, at: event.occurredAt)
        default:
            let on = try Occasion(event.occurredAt, event.utcOffsetMinutes)
            let day = CivilDate(daysSinceEpoch: on.day)
            guard let (key, record) = try ObligationReader(event.occurredAt, day).read(fact) else {
                return
            }
            try state.take(record, key, of: event.asset, isTakenBack: isTakenBack)
        }
    }
}
