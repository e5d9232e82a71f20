/// Money that one event moved at a card, a deposit account or a wallet, and what the rules make of
/// it: what a list of transactions, the feed of changes and links are made of.
///
/// What `SpendingProfile` counts has a ruling here, and moves the same amount on the same day, so
/// that lists add up to the profile; what it cannot count is no movement.
public struct MoneyMovement: Sendable {
    /// What kind of asset it is of.
    public enum Source: UInt8, Sendable {
        case card, deposit, wallet
    }

    /// What it does.
    public enum Kind: String, Sendable {
        /// Money moved.
        case payment
        /// Takes back an earlier one.
        case cancellation
        /// Changes an earlier one by its amount.
        case correction
    }

    /// What kind of asset it is of.
    public let source: Source
    /// What it does.
    public internal(set) var kind = Kind.payment
    /// When, in seconds since 1970-01-01T00:00:00Z; of a card's cancellation or correction, when
    /// what it is about was.
    public internal(set) var seconds: Int64
    /// Whether the time of day is known.
    public let isTimed: Bool
    /// The day of it, where it happened.
    public let day: CivilDate
    /// Thousandths that it moves; out is negative.
    public let change: Int64
    /// What `change` is of.
    public let currency: Currency
    /// What the rules read: who was paid, or the memo; UTF-8 as the source writes it.
    public let name: [UInt8]
    /// The other side to show; empty when the source gives none.
    public let counterparty: String
    /// What the rules say; nil for what is neither spent nor earned, such as charging a wallet.
    public let ruling: Ruling?
    /// Merchant category code; 0 if unknown.
    public let mcc: UInt32
    /// What the payer booked it under.
    public let expense: String

    /// Whether merchants' corrections know it by a bank's memo.
    public var isBank: Bool { source == .deposit }
}

extension MoneyMovement {
    /// Reads an event; nil when it moves no money that a list could show.
    ///
    /// - Throws: why the event's bytes cannot be read.
    public init?(_ event: borrowing EventView, rules: CategoryRules) throws(EventError) {
        let draft: Draft?
        switch event.type {
        case .cardApproved, .cardApprovalCancelled, .cardApprovalCorrected:
            draft = try Draft(card: event, rules)
        case .bankTransactionPosted: draft = try Draft(bank: event, rules)
        case .emoneyTransactionPosted: draft = try Draft(wallet: event, rules)
        default: draft = nil
        }
        guard let draft, let change = draft.change else { return nil }
        let day = CivilDate(
            secondsSinceEpoch: draft.seconds,
            utcOffsetMinutes: event.utcOffsetMinutes
        )
        guard let day, let currency = Currency(numericCode: draft.currency) else { return nil }
        source = draft.source
        kind = draft.kind
        seconds = draft.seconds
        isTimed = event.precision == .unspecified || event.precision == .minute
        self.day = day
        self.change = change
        self.currency = currency
        name = draft.name
        counterparty = draft.counterparty
        ruling = draft.ruling
        mcc = draft.mcc
        expense = draft.expense
    }
}

/// What is read of an event before it is known to be a movement.
private struct Draft {
    let source: MoneyMovement.Source
    var kind = MoneyMovement.Kind.payment
    var seconds: Int64
    /// Nil beyond 64 bits, which the profile cannot count either.
    var change: Int64?
    var currency: UInt32
    var name: [UInt8]
    var counterparty: String
    var ruling: Ruling?
    var mcc: UInt32 = 0
    var expense = ""

    init?(card event: borrowing EventView, _ rules: CategoryRules) throws(EventError) {
        guard let card = try event.cardApproval() else { return nil }
        let (merchantID, expense) = try Draft.cardTexts(event)
        source = .card
        seconds = event.occurredAt
        change = Draft.less(0, card.amount)
        if event.type != .cardApproved {
            if card.approvedAt != 0 { seconds = card.approvedAt }
            let isCorrection = event.type == .cardApprovalCorrected
            kind = isCorrection ? .correction : .cancellation
            change = isCorrection ? Draft.less(card.amountBefore, card.amount) : card.amount
        }
        currency = card.currency
        name = card.merchantName.bytesCopied
        counterparty = String(decoding: name.isEmpty ? merchantID : name, as: UTF8.self)
        ruling = rules.card(merchant: card.merchantName, mcc: card.mcc, expense: expense.span)
        mcc = card.mcc
        self.expense = String(decoding: expense, as: UTF8.self)
    }

    /// `merchant_id` and `expense_text` of an approval, which the view leaves out.
    private static func cardTexts(
        _ event: borrowing EventView
    ) throws(EventError) -> (merchantID: [UInt8], expense: [UInt8]) {
        var (merchantID, expense): ([UInt8], [UInt8]) = ([], [])
        guard event.type == .cardApproved else { return (merchantID, expense) }
        var reader = WireReader(event.fact)
        while let tag = try reader.tag() {
            switch tag {
            case 19 << 3 | 2: merchantID = try reader.delimited().bytesCopied
            case 21 << 3 | 2: expense = try reader.delimited().bytesCopied
            default: try reader.skip(tag)
            }
        }
        return (merchantID, expense)
    }

    init?(bank event: borrowing EventView, _ rules: CategoryRules) throws(EventError) {
        guard let bank = try event.bankTransaction(), let isIn = bank.kind.isIn else { return nil }
        let isReversal = bank.kind.isReversal
        source = .deposit
        seconds = event.occurredAt
        change = isIn ? bank.amount : Draft.less(0, bank.amount)
        kind = isReversal ? .cancellation : .payment
        if bank.kind == .correctedIn || bank.kind == .correctedOut { kind = .correction }
        currency = bank.currency
        name = bank.memo.bytesCopied
        let texts = [
            name, bank.counterpartyAccount.bytesCopied, bank.purpose.bytesCopied,
            bank.channel.bytesCopied,
        ]
        counterparty = String(decoding: texts.first { !$0.isEmpty } ?? [], as: UTF8.self)
        ruling = rules.bank(
            kind: UInt32(truncatingIfNeeded: bank.kind.rawValue),
            isIn: isIn != isReversal,
            memo: bank.memo,
            channel: bank.channel,
            purpose: bank.purpose
        )
    }

    init?(wallet event: borrowing EventView, _ rules: CategoryRules) throws(EventError) {
        guard let wallet = try event.emoneyTransaction(), let isIn = wallet.kind.isIn
        else { return nil }
        source = .wallet
        seconds = event.occurredAt
        change = isIn ? wallet.amount : Draft.less(0, wallet.amount)
        currency = wallet.currency
        let text = wallet.merchantName.isEmpty ? wallet.title : wallet.merchantName
        name = text.bytesCopied
        counterparty = String(decoding: name, as: UTF8.self)
        switch wallet.kind {
        case .paymentCancelled: kind = .cancellation
        case .paid, .feePaid: break
        // Neither spent nor earned; the other leg is at the account or card that it came from.
        default: return
        }
        ruling = rules.card(merchant: text, mcc: 0)
    }

    private static func less(_ one: Int64, _ other: Int64) -> Int64? {
        let (difference, overflow) = one.subtractingReportingOverflow(other)
        return overflow ? nil : difference
    }
}
