/// Reads the payments of a subject from its events, in the order of its log.
///
/// ```swift
/// var book = PaymentBook(rules: rules, from: day)
/// try book.take(event, at: Payment.Place(revision: 7, index: 0))
/// ```
/// A cancellation takes its approval out and a correction sets its amount; a retraction undoes
/// each, and what was taken out or set comes back.
public struct PaymentBook: Sendable {
    /// Latest payments kept; a person makes some 200 a month.
    public static let countMax = 2_000

    /// A payment that was stated, and what became of it.
    private struct Entry {
        var payment: Payment
        /// Its amount as it was stated, before corrections.
        let stated: Int64
        var isCancelled = false

        init(_ payment: Payment) {
            self.payment = payment
            stated = payment.amount
        }
    }

    private let rules: CategoryRules
    private let from: CivilDate
    private var known: [Entry] = []

    /// A book of the payments from a day on.
    public init(rules: CategoryRules, from: CivilDate) {
        self.rules = rules
        self.from = from
    }

    /// By time, then place; at most `countMax`, the latest.
    public var payments: [Payment] {
        let sorted = known.lazy.filter { !$0.isCancelled }.map(\.payment).sorted {
            ($0.at, $0.place) < ($1.at, $1.place)
        }
        return Array(sorted.suffix(PaymentBook.countMax))
    }

    /// Takes in one event; what is no payment changes nothing.
    ///
    /// - Throws: `.event` when its bytes are not what its type says.
    public mutating func take(
        _ event: borrowing EventView,
        at place: Payment.Place
    ) throws(FoldError) {
        do throws(EventError) {
            if let original = try event.retracted() {
                try take(original, place, isTakenBack: true)
            } else {
                try take(event, place, isTakenBack: false)
            }
        } catch { throw .event(error) }
    }

    private mutating func take(
        _ event: borrowing EventView,
        _ place: Payment.Place,
        isTakenBack: Bool
    ) throws(EventError) {
        switch event.type {
        case .cardApprovalCancelled, .cardApprovalCorrected:
            try change(event, isTakenBack: isTakenBack)
        case .cardApproved, .bankTransactionPosted, .emoneyTransactionPosted:
            guard var payment = try payment(event, place) else { return }
            if try PaymentBook.isCancellation(event) {
                payment.amount = -payment.amount
                mark(payment, isCancelled: !isTakenBack)
            } else if isTakenBack {
                remove(payment)
            } else {
                known.append(Entry(payment))
            }
        default: break
        }
    }

    private static func isCancellation(_ event: borrowing EventView) throws(EventError) -> Bool {
        if let bank = try event.bankTransaction() {
            return bank.kind == .withdrawalCancelled || bank.kind == .depositCancelled
        }
        return try event.emoneyTransaction()?.kind == .paymentCancelled
    }

    /// A cancellation or correction of an approval, which names it.
    private mutating func change(
        _ event: borrowing EventView,
        isTakenBack: Bool
    ) throws(EventError) {
        guard let card = try event.cardApproval() else { return }
        let seconds = card.approvedAt == 0 ? event.occurredAt : card.approvedAt
        let number = PaymentBook.text(card.approvalNumber)
        let isCancellation = event.type == .cardApprovalCancelled
        let before = isCancellation ? card.amount : card.amountBefore
        let expected = isTakenBack ? card.amount : before
        let found = known.firstIndex {
            $0.payment.asset == event.asset && $0.payment.at == seconds
                && $0.payment.approval == number && $0.payment.amount == expected
                && $0.isCancelled == (isCancellation && isTakenBack)
        }
        guard let found else { return }
        if isCancellation {
            known[found].isCancelled = !isTakenBack
        } else {
            known[found].payment.amount = isTakenBack ? before : card.amount
        }
    }

    /// Cancels the latest payment of the same asset, counterparty and size, or brings it back.
    private mutating func mark(_ payment: Payment, isCancelled: Bool) {
        func isAlike(_ other: Entry) -> Bool {
            other.payment.asset == payment.asset && other.payment.merchant == payment.merchant
                && other.payment.amount == payment.amount && other.payment.at <= payment.at
                && other.isCancelled != isCancelled
        }
        let found =
            known.lastIndex { isAlike($0) && $0.payment.at == payment.at }
            ?? known.lastIndex(where: isAlike)
        if let found { known[found].isCancelled = isCancelled }
    }

    /// Takes out what was never a payment, whatever became of it.
    private mutating func remove(_ payment: Payment) {
        func isSame(_ other: Entry) -> Bool {
            other.payment.asset == payment.asset && other.payment.merchant == payment.merchant
                && other.payment.at == payment.at && other.payment.approval == payment.approval
                && other.stated == payment.amount
        }
        let found =
            known.lastIndex { isSame($0) && !$0.isCancelled } ?? known.lastIndex(where: isSame)
        if let found { known.remove(at: found) }
    }

    /// The payment that an event states; nil for another fact, and before the book begins.
    private func payment(
        _ event: borrowing EventView,
        _ place: Payment.Place
    ) throws(EventError) -> Payment? {
        let day = CivilDate(
            secondsSinceEpoch: event.occurredAt,
            utcOffsetMinutes: event.utcOffsetMinutes
        )
        guard let day, day >= from else { return nil }
        let reading = try PaymentReading(event, rules)
        guard let reading, let currency = Currency(numericCode: reading.currency) else {
            return nil
        }
        return Payment(
            place: place,
            asset: event.asset,
            means: reading.means,
            at: event.occurredAt,
            isTimed: event.precision == .unspecified || event.precision == .minute,
            day: day,
            amount: reading.amount,
            currency: currency,
            merchant: reading.merchant,
            category: reading.category,
            country: reading.country,
            approval: reading.approval
        )
    }

    static func text(_ bytes: Span<UInt8>) -> String {
        String(decoding: bytes.indices.map { bytes[$0] }, as: UTF8.self)
    }
}

/// What one event says of a payment.
private struct PaymentReading {
    let means: Payment.Means
    let amount: Int64
    let currency: UInt32
    let merchant: String
    let category: Category
    var country = ""
    var approval = ""

    init?(_ event: borrowing EventView, _ rules: CategoryRules) throws(EventError) {
        if event.type == .cardApproved, let card = try event.cardApproval() {
            means = .card
            amount = card.amount
            currency = card.currency
            merchant = PaymentBook.text(card.merchantName)
            category = rules.card(merchant: card.merchantName, mcc: card.mcc).category
            country = PaymentBook.text(card.country)
            approval = PaymentBook.text(card.approvalNumber)
        } else if let bank = try event.bankTransaction() {
            guard let isIn = PaymentReading.side(bank.kind), bank.amount != .min else { return nil }
            let ruling = rules.bank(
                kind: UInt32(truncatingIfNeeded: bank.kind.rawValue),
                isIn: isIn.side,
                memo: bank.memo,
                channel: bank.channel,
                purpose: bank.purpose
            )
            means = .account
            amount = isIn.moved ? -bank.amount : bank.amount
            currency = bank.currency
            merchant = PaymentBook.text(bank.memo)
            category = ruling.category
        } else if let wallet = try event.emoneyTransaction() {
            guard [.paid, .feePaid, .paymentCancelled].contains(wallet.kind), wallet.amount != .min
            else { return nil }
            let name = wallet.merchantName.isEmpty ? wallet.title : wallet.merchantName
            means = .wallet
            amount = wallet.kind == .paymentCancelled ? -wallet.amount : wallet.amount
            currency = wallet.currency
            merchant = PaymentBook.text(name)
            category = rules.card(merchant: name, mcc: 0).category
        } else {
            return nil
        }
    }

    /// Which side of the account a kind is about, and whether money came in.
    private static func side(_ kind: BankTransactionKind) -> (side: Bool, moved: Bool)? {
        do throws(FoldError) {
            let (isIn, isReversed) = try SpendingProfile.direction(kind)
            return (isIn, isIn != isReversed)
        } catch {
            return nil
        }
    }
}
