/// One payment as rules about single payments need it: what was cancelled or taken back is none.
public struct Payment: Hashable, Sendable {
    /// Where money went through.
    public enum Means: UInt8, CaseIterable, Sendable {
        /// A card.
        case card = 1
        /// A deposit account.
        case account = 2
        /// A prepaid wallet.
        case wallet = 3
    }

    /// The event that says so, as its place in the subject's log.
    public struct Place: Hashable, Comparable, Sendable {
        /// Revision of its frame.
        public let revision: UInt64
        /// Its place in the frame, from 0.
        public let index: UInt32

        /// A place.
        public init(revision: UInt64, index: UInt32) {
            self.revision = revision
            self.index = index
        }

        /// Earlier in the log before later.
        public static func < (left: Place, right: Place) -> Bool {
            (left.revision, left.index) < (right.revision, right.index)
        }
    }

    /// Where the log says so.
    public let place: Place
    /// Card, account or wallet.
    public let asset: AssetID
    /// Through what.
    public let means: Means
    /// Seconds since 1970 UTC.
    public let at: Int64
    /// Whether the time is known, not the day alone.
    public let isTimed: Bool
    /// Day where it happened.
    public let day: CivilDate
    /// Thousandths; positive went out.
    public internal(set) var amount: Int64
    /// What the amount is of.
    public let currency: Currency
    /// As the source writes it; empty if it does not.
    public let merchant: String
    /// By the rules.
    public let category: Category
    /// ISO 3166 alpha-2 of the merchant; empty is home.
    public let country: String
    /// Number of the approval; empty if there is none.
    let approval: String
}

/// Reads the payments of a subject from its events, in the order of its log.
///
/// ```swift
/// var book = PaymentBook(rules: rules, from: day)
/// try book.take(event, at: Payment.Place(revision: 7, index: 0))
/// ```
/// A cancellation takes its approval out, a correction sets its amount, a retraction undoes either.
public struct PaymentBook: Sendable {
    /// Latest payments kept; a person makes some 200 a month.
    public static let countMax = 2_000

    private let rules: CategoryRules
    private let from: CivilDate
    private var known: [Payment] = []

    /// A book of the payments from a day on.
    public init(rules: CategoryRules, from: CivilDate) {
        self.rules = rules
        self.from = from
    }

    /// By time, then place; at most `countMax`, the latest.
    public var payments: [Payment] {
        let sorted = known.sorted { ($0.at, $0.place) < ($1.at, $1.place) }
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
            switch event.type {
            case .cardApproved, .cardApprovalCancelled, .cardApprovalCorrected:
                try card(event, place)
            case .bankTransactionPosted: try bank(event, place)
            case .emoneyTransactionPosted: try wallet(event, place)
            case .transactionRetracted:
                try retract(try EventView(try event.retractedBytes(), of: event.asset), place)
            default: break
            }
        } catch { throw .event(error) }
    }

    private mutating func retract(
        _ original: borrowing EventView,
        _ place: Payment.Place
    ) throws(EventError) {
        // A cancellation that no longer stands brings nothing back: rules look at what is sure.
        switch try original.bankTransaction()?.kind {
        case .withdrawalCancelled, .depositCancelled: return
        default: if let taken = try payment(original, place) { remove(taken) }
        }
    }

    private mutating func card(
        _ event: borrowing EventView,
        _ place: Payment.Place
    ) throws(EventError) {
        if event.type == .cardApproved {
            if let payment = try payment(event, place) { known.append(payment) }
            return
        }
        guard let card = try event.cardApproval() else { return }
        let seconds = card.approvedAt == 0 ? event.occurredAt : card.approvedAt
        let number = PaymentBook.text(card.approvalNumber)
        let before = event.type == .cardApprovalCancelled ? card.amount : card.amountBefore
        let found = known.firstIndex {
            $0.asset == event.asset && $0.at == seconds && $0.approval == number
                && $0.amount == before
        }
        guard let found else { return }
        if event.type == .cardApprovalCancelled {
            known.remove(at: found)
        } else {
            known[found].amount = card.amount
        }
    }

    private mutating func bank(
        _ event: borrowing EventView,
        _ place: Payment.Place
    ) throws(EventError) {
        guard let bank = try event.bankTransaction(), var payment = try payment(event, place) else {
            return
        }
        switch bank.kind {
        case .withdrawalCancelled, .depositCancelled:
            payment.amount = -payment.amount
            remove(payment)
        default: known.append(payment)
        }
    }

    private mutating func wallet(
        _ event: borrowing EventView,
        _ place: Payment.Place
    ) throws(EventError) {
        guard let wallet = try event.emoneyTransaction(), var payment = try payment(event, place)
        else { return }
        if wallet.kind == .paymentCancelled {
            payment.amount = -payment.amount
            remove(payment)
        } else {
            known.append(payment)
        }
    }

    /// Takes out the latest payment of the same asset, counterparty and size.
    private mutating func remove(_ payment: Payment) {
        func isAlike(_ other: Payment) -> Bool {
            other.asset == payment.asset && other.merchant == payment.merchant
                && other.amount == payment.amount && other.at <= payment.at
        }
        let found =
            known.lastIndex { isAlike($0) && $0.at == payment.at }
            ?? known.lastIndex(where: isAlike)
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
