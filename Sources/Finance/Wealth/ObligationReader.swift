internal import SwiftProtobuf

/// Reads one fact as a record of what is to be paid.
struct ObligationReader {
    typealias Key = ObligationsState.Key
    typealias Record = ObligationsState.Record

    private let at: Int64
    private let day: CivilDate

    /// For a fact that happened at `at`, which was `day` there.
    init(_ at: Int64, _ day: CivilDate) {
        self.at = at
        self.day = day
    }

    /// The record, or nil for a fact that says nothing here.
    func read(_ fact: Event.OneOf_Fact) throws(FoldError) -> (Key, Record)? {
        switch fact {
        case .cardBilled(let bill): try billed(bill)
        case .cardPaymentScheduled(let due): try announced(due)
        case .cardBillLineCharged(let line): try instalment(line)
        case .scheduledTransferReported(let order): try standingOrder(order)
        case .premiumScheduleReported(let terms): try premium(terms)
        case .loanTermsReported(let terms): try loan(terms)
        case .loanBalanceReported(let loan): try owed(loan)
        case .leaseTermsReported(let terms): try lease(terms)
        case .loanTransactionPosted(let loan):
            loan.kind == .repaid
                ? try paid(loan.amount, loan.currency, .repaid, by: loan.loanNumber) : nil
        case .premiumPaid(let premium):
            try paid(
                premium.amount,
                premium.currency,
                .premiumPaid,
                by: premium.carNumber
            )
        case .leaseTransactionPosted(let lease): try paid(lease.amount, lease.currency, .leasePaid)
        default: nil
        }
    }

    private func billed(_ bill: CardBilled) throws(FoldError) -> (Key, Record) {
        (
            try key(.bill, 0, rank: bill.month, product: bill.billNumber),
            Record(at: at, amount: bill.amount, on: bill.paysOn, extra: Int64(bill.month))
        )
    }

    private func announced(_ due: CardPaymentScheduled) throws(FoldError) -> (Key, Record) {
        (
            try key(.announced, 0, rank: due.dueOn, product: due.billNumber),
            Record(at: at, amount: due.amount, on: due.dueOn)
        )
    }

    private func instalment(_ line: CardBillLineCharged) throws(FoldError) -> (Key, Record)? {
        guard line.instalments > 1, line.instalments <= 120, line.instalment >= 1,
            line.instalment <= line.instalments
        else { return nil }
        // The number that a row has in one bill says nothing of the next one's.
        // Nor does its amount: the first instalment often has the remainder of the division.
        let name = "\(line.card)/\(line.merchantName)/\(line.instalments)"
        // All bills of one purchase are one record: its rank is the month of its first instalment.
        let first = try Month(digits: line.month).adding(1 - Int32(line.instalment))
        guard first.index >= 0 else { return nil }
        return (
            try key(.instalment, line.currency, rank: first.digits, product: name),
            Record(
                at: Int64(line.month),
                amount: line.amount,
                on: line.month,
                every: line.instalments,
                day: line.instalment,
                extra: line.hasBalanceAfter ? line.balanceAfter : -1,
                lines: 1
            )
        )
    }

    private func standingOrder(
        _ order: ScheduledTransferReported
    ) throws(FoldError) -> (Key, Record) {
        let name =
            order.orderNumber.isEmpty
            ? "\(order.counterpartyBank)/\(order.counterpartyAccount)/\(order.day)"
            : order.orderNumber
        return (
            try key(.standingOrder, order.currency, rank: 0, product: name),
            Record(
                at: at,
                amount: order.amount,
                every: UInt32(clamping: order.cycle.rawValue),
                day: order.day
            )
        )
    }

    private func premium(_ terms: PremiumScheduleReported) throws(FoldError) -> (Key, Record) {
        (
            try key(.premiumTerms, terms.currency, rank: 0, product: ""),
            Record(
                at: at,
                amount: terms.amount,
                on: terms.endsOn,
                every: UInt32(clamping: terms.cycle.rawValue),
                day: terms.day,
                extra: terms.payingAccount.isEmpty ? 0 : 1
            )
        )
    }

    private func loan(_ terms: LoanTermsReported) throws(FoldError) -> (Key, Record) {
        (
            try key(
                .loanTerms,
                terms.currency,
                rank: 0,
                product: AssetUpdate.loan(terms.loanNumber, terms.loanCount)
            ),
            Record(
                at: at,
                amount: terms.paymentAmount,
                on: terms.maturesOn,
                every: UInt32(clamping: terms.method.rawValue),
                day: terms.paymentDay
            )
        )
    }

    private func owed(_ loan: LoanBalanceReported) throws(FoldError) -> (Key, Record) {
        (
            try key(
                .loanState,
                loan.currency,
                rank: 0,
                product: AssetUpdate.loan(loan.loanNumber, loan.loanCount)
            ),
            Record(at: at, amount: loan.balance, on: loan.nextPaymentOn)
        )
    }

    private func lease(_ terms: LeaseTermsReported) throws(FoldError) -> (Key, Record) {
        (
            try key(.leaseTerms, 0, rank: 0, product: ""),
            Record(
                at: at,
                on: terms.nextPaymentOn,
                day: terms.paymentDay,
                extra: Int64(terms.maturesOn)
            )
        )
    }

    /// A payment made, in the month of its day.
    private func paid(
        _ amount: Int64,
        _ currency: UInt32,
        _ kind: ObligationsState.RecordKind,
        by name: String = ""
    ) throws(FoldError) -> (Key, Record) {
        (
            try key(kind, currency, rank: day.month.digits, product: name),
            Record(amount: amount, on: day.digits, extra: 1)
        )
    }

    private func key(
        _ kind: ObligationsState.RecordKind,
        _ currency: UInt32,
        rank: UInt32,
        product: String
    ) throws(FoldError) -> Key {
        Key(
            kind: kind,
            currency: try SpendingProfile.currency(EventView.currency(currency)),
            rank: rank,
            product: AssetUpdate.hash(product)
        )
    }
}

extension CivilDate {
    /// A day as providers write it; nil also for what is not of the years 1970...2139: 99991231 is
    /// a day that is not known.
    init?(knownDigits digits: UInt32) {
        guard digits >= 19_700_101, digits <= 21_391_231 else { return nil }
        self.init(digits: digits)
    }
}

extension Month {
    /// A month as providers write it, YYYYMM.
    ///
    /// - Throws: `.unrepresentable` when it is none of 1970...2139.
    init(digits: UInt32) throws(FoldError) {
        guard let month = Month(year: Int(digits / 100), month: Int(digits % 100)),
            month.index >= 0, month.index <= Int32(CellKey.monthMax)
        else { throw .unrepresentable }
        self = month
    }

    /// YYYYMM.
    var digits: UInt32 {
        let (year, month) = components
        return UInt32(year * 100 + month)
    }
}
