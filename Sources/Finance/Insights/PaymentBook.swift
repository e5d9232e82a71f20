/// Reads the payments of a subject from its events, in the order of its log.
///
/// ```swift
/// var book = PaymentBook(rules: rules, from: day)
/// try book.take(event, at: Payment.Place(revision: 7, index: 0))
/// ```
/// A cancellation takes its payment out and a correction sets its amount; a retraction takes out
/// the event that it names, whichever of these it is, and nothing else.
public struct PaymentBook: Sendable {
    /// Latest payments told; a person makes some 200 a month.
    public static let countMax = 2_000
    /// Latest events kept to tell them from: some only say what became of others.
    static let entriesMax = 4 * countMax

    /// What an event that stands says.
    struct Entry: Sendable {
        enum Effect: Sendable {
            case paid(Payment)
            /// Cancels the latest payment of the same asset, counterparty and size.
            case cancelled(Payment)
            /// Sets an approval's amount from one to another; to none, which cancels it.
            case changed(Approval, from: Int64, to: Int64?)
        }

        let place: Payment.Place
        /// Of a payment, and of what names its payment, when that was; seconds since 1970 UTC.
        let at: Int64
        let effect: Effect
    }

    /// What an approval is known by to what becomes of it.
    struct Approval: Hashable, Sendable {
        let asset: AssetID
        let at: Int64
        let number: String
    }

    private let rules: CategoryRules
    private let from: CivilDate
    /// At most twice `entriesMax`.
    private(set) var entries: [Payment.Place: Entry] = [:]

    /// A book of the payments from a day on.
    public init(rules: CategoryRules, from: CivilDate) {
        self.rules = rules
        self.from = from
    }

    /// Takes in one event; what is no payment changes nothing.
    ///
    /// - Throws: `.event` when its bytes are not what its type says.
    public mutating func take(
        _ event: borrowing EventView,
        at place: Payment.Place
    ) throws(FoldError) {
        do throws(EventError) {
            if let retraction = try event.retraction() {
                let taken = Payment.Place(revision: retraction.revision, index: retraction.index)
                entries[taken] = nil
            } else if let entry = try entry(event, place) {
                entries[place] = entry
                trim()
            }
        } catch { throw .event(error) }
    }

    /// Lets the earliest go, so many at once that it costs little each.
    private mutating func trim() {
        guard entries.count >= 2 * PaymentBook.entriesMax else { return }
        let latest = entries.values.sorted { ($0.at, $0.place) < ($1.at, $1.place) }
            .suffix(PaymentBook.entriesMax)
        entries = Dictionary(uniqueKeysWithValues: latest.map { ($0.place, $0) })
    }

    private func entry(
        _ event: borrowing EventView,
        _ place: Payment.Place
    ) throws(EventError) -> Entry? {
        switch event.type {
        case .cardApprovalCancelled, .cardApprovalCorrected:
            guard let card = try event.cardApproval() else { return nil }
            let isCancellation = event.type == .cardApprovalCancelled
            let approval = Approval(
                asset: event.asset,
                at: card.approvedAt == 0 ? event.occurredAt : card.approvedAt,
                number: PaymentBook.text(card.approvalNumber)
            )
            let effect = Entry.Effect.changed(
                approval,
                from: isCancellation ? card.amount : card.amountBefore,
                to: isCancellation ? nil : card.amount
            )
            return Entry(place: place, at: approval.at, effect: effect)
        case .cardApproved, .bankTransactionPosted, .emoneyTransactionPosted:
            guard var payment = try payment(event, place) else { return nil }
            guard try PaymentBook.isCancellation(event) else {
                return Entry(place: place, at: payment.at, effect: .paid(payment))
            }
            payment.amount = -payment.amount
            return Entry(place: place, at: payment.at, effect: .cancelled(payment))
        default: return nil
        }
    }

    private static func isCancellation(_ event: borrowing EventView) throws(EventError) -> Bool {
        if let bank = try event.bankTransaction() { return bank.kind.isReversal }
        return try event.emoneyTransaction()?.kind == .paymentCancelled
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

extension PaymentBook {
    /// By time, then place; at most `countMax`, the latest.
    public var payments: [Payment] {
        var settlement = Settlement()
        let byTime = entries.values.sorted { ($0.at, $0.place) < ($1.at, $1.place) }
        for entry in byTime { settlement.state(entry) }
        for entry in byTime.sorted(by: { $0.place < $1.place }) { settlement.settle(entry) }
        return settlement.payments.suffix(PaymentBook.countMax)
    }
}

/// What became of payments, whichever of their events came first.
private struct Settlement {
    /// By time; nil once cancelled.
    private var stated: [Payment?] = []
    private var byApproval: [PaymentBook.Approval: [Int]] = [:]
    /// Those at accounts and wallets that are not cancelled, by time.
    private var alike: [Likeness: [Int]] = [:]

    private struct Likeness: Hashable {
        let asset: AssetID
        let merchant: String
        let amount: Int64

        init(_ payment: Payment) {
            (asset, merchant, amount) = (payment.asset, payment.merchant, payment.amount)
        }
    }

    var payments: [Payment] { stated.compactMap { $0 } }

    mutating func state(_ entry: PaymentBook.Entry) {
        guard case .paid(let payment) = entry.effect else { return }
        if payment.means == .card {
            let approval = PaymentBook.Approval(
                asset: payment.asset,
                at: payment.at,
                number: payment.approval
            )
            byApproval[approval, default: []].append(stated.count)
        } else {
            alike[Likeness(payment), default: []].append(stated.count)
        }
        stated.append(payment)
    }

    mutating func settle(_ entry: PaymentBook.Entry) {
        switch entry.effect {
        case .paid: break
        case .cancelled(let payment): cancel(Likeness(payment), through: payment.at)
        case .changed(let approval, let before, let after):
            let found = byApproval[approval, default: []].first { stated[$0]?.amount == before }
            guard let found else { return }
            if let after { stated[found]?.amount = after } else { stated[found] = nil }
        }
    }

    /// Cancels the latest of those alike that is not after `seconds`.
    private mutating func cancel(_ likeness: Likeness, through seconds: Int64) {
        guard let numbers = alike[likeness] else { return }
        var (low, high) = (0, numbers.count)
        while low < high {
            let middle = (low + high) / 2
            let isLater = stated[numbers[middle]].map { $0.at > seconds } ?? true
            if isLater { high = middle } else { low = middle + 1 }
        }
        guard low > 0 else { return }
        stated[numbers[low - 1]] = nil
        alike[likeness]?.remove(at: low - 1)
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
            guard let isIn = bank.kind.isIn, bank.amount != .min else { return nil }
            let ruling = rules.bank(
                kind: UInt32(truncatingIfNeeded: bank.kind.rawValue),
                isIn: isIn != bank.kind.isReversal,
                memo: bank.memo,
                channel: bank.channel,
                purpose: bank.purpose
            )
            means = .account
            amount = isIn ? -bank.amount : bank.amount
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
}
