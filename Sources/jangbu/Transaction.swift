import Finance
import Frame
import Web

/// One transaction with what decided its category.
struct Transaction {
    let line: TransactionLine
    let ruling: Ruling
    /// What the rules read, to show the words that matched.
    let text: [UInt8]
    /// What the person said of it or of its merchant, which goes before the rules.
    let correction: SpendingState.Correction?
    var mcc: UInt32 = 0
    var expense = ""
}

/// Reads what `SpendingProfile` counts, by its rules, so that a list adds up to the profile; what
/// the profile cannot count is in neither.
struct TransactionReader {
    let rules: CategoryRules
    /// The subject's profile when it has corrections.
    let profile: SpendingState?

    /// Hands each transaction of a frame's events to `body`.
    func read(
        _ events: Span<UInt8>,
        _ header: FrameHeader,
        _ body: (Transaction) -> Void
    ) throws {
        let asset = AssetID(high: header.compartment.high, low: header.compartment.low)
        var cursor = Finance.EventCursor(events, of: asset)
        var index: UInt32 = 0
        while let event = try cursor.next() {
            let id = EventID(revision: header.revision, index: index)
            if let transaction = try transaction(event, id) { body(transaction) }
            index += 1
        }
    }

    private func transaction(
        _ event: borrowing EventView,
        _ id: EventID
    ) throws -> Transaction? {
        switch event.type {
        case .cardApproved, .cardApprovalCancelled, .cardApprovalCorrected: try card(event, id)
        case .bankTransactionPosted: try bank(event, id)
        case .emoneyTransactionPosted: try wallet(event, id)
        default: nil
        }
    }

    private func card(_ event: borrowing EventView, _ id: EventID) throws -> Transaction? {
        guard let card = try event.cardApproval() else { return nil }
        let fact = try event.message().cardApproved
        let merchant = text(card.merchantName)
        let expense = Array(fact.expenseText.utf8)
        let ruling = rules.card(merchant: card.merchantName, mcc: card.mcc, expense: expense.span)
        var movement = Movement(kind: .payment, seconds: event.occurredAt, spent: card.amount)
        if event.type != .cardApproved {
            if card.approvedAt != 0 { movement.seconds = card.approvedAt }
            let isCorrection = event.type == .cardApprovalCorrected
            movement.kind = isCorrection ? .correction : .cancellation
            movement.spent =
                isCorrection
                ? less(card.amount, card.amountBefore) : less(0, card.amount)
        }
        movement.currency = card.currency
        movement.utcOffsetMinutes = event.utcOffsetMinutes
        movement.merchant = merchant.isEmpty ? fact.merchantID : merchant
        let correction = correction(id, card.merchantName, isBank: false)
        guard let line = line(id, movement, correction?.category ?? ruling.category) else {
            return nil
        }
        return Transaction(
            line: line,
            ruling: ruling,
            text: Array(merchant.utf8),
            correction: correction,
            mcc: card.mcc,
            expense: fact.expenseText
        )
    }

    private func bank(_ event: borrowing EventView, _ id: EventID) throws -> Transaction? {
        guard let bank = try event.bankTransaction() else { return nil }
        let direction: (isIn: Bool, isReversed: Bool)
        do throws(FoldError) {
            direction = try SpendingProfile.direction(bank.kind)
        } catch {
            return nil
        }
        let ruling = rules.bank(
            kind: UInt32(truncatingIfNeeded: bank.kind.rawValue),
            isIn: direction.isIn,
            memo: bank.memo,
            channel: bank.channel,
            purpose: bank.purpose
        )
        let isOut = direction.isIn == direction.isReversed
        var movement = Movement(
            kind: direction.isReversed ? .cancellation : .payment,
            seconds: event.occurredAt,
            spent: isOut ? bank.amount : less(0, bank.amount)
        )
        if [.correctedIn, .correctedOut].contains(bank.kind) { movement.kind = .correction }
        movement.currency = bank.currency
        movement.utcOffsetMinutes = event.utcOffsetMinutes
        let texts = [
            text(bank.memo), text(bank.counterpartyAccount), text(bank.purpose),
            text(bank.channel),
        ]
        movement.merchant = texts.first { !$0.isEmpty } ?? ""
        let correction = correction(id, bank.memo, isBank: true)
        guard let line = line(id, movement, correction?.category ?? ruling.category) else {
            return nil
        }
        return Transaction(
            line: line,
            ruling: ruling,
            text: Array(texts[0].utf8),
            correction: correction
        )
    }

    private func wallet(_ event: borrowing EventView, _ id: EventID) throws -> Transaction? {
        guard let wallet = try event.emoneyTransaction(),
            [.paid, .feePaid, .paymentCancelled].contains(wallet.kind)
        else { return nil }
        let isCancellation = wallet.kind == .paymentCancelled
        let merchant = text(wallet.merchantName.isEmpty ? wallet.title : wallet.merchantName)
        let bytes = Array(merchant.utf8)
        let ruling = rules.card(merchant: bytes.span, mcc: 0)
        var movement = Movement(
            kind: isCancellation ? .cancellation : .payment,
            seconds: event.occurredAt,
            spent: isCancellation ? less(0, wallet.amount) : wallet.amount
        )
        movement.currency = wallet.currency
        movement.utcOffsetMinutes = event.utcOffsetMinutes
        movement.merchant = merchant
        let correction = correction(id, bytes.span, isBank: false)
        guard let line = line(id, movement, correction?.category ?? ruling.category) else {
            return nil
        }
        return Transaction(line: line, ruling: ruling, text: bytes, correction: correction)
    }

    private func correction(
        _ id: EventID,
        _ name: Span<UInt8>,
        isBank: Bool
    ) -> SpendingState.Correction? {
        profile?.correction(
            of: EventPlace(revision: id.revision, index: id.index),
            name: name,
            isBank: isBank,
            rules: rules
        )
    }

    /// What moved, before it is a line.
    private struct Movement {
        var kind: TransactionLine.Kind
        var seconds: Int64
        var utcOffsetMinutes: Int32 = 0
        /// Thousandths that went out; nil beyond 64 bits, which the profile cannot count either.
        var spent: Int64?
        var currency: UInt32 = 0
        var merchant = ""

        init(kind: TransactionLine.Kind, seconds: Int64, spent: Int64?) {
            (self.kind, self.seconds, self.spent) = (kind, seconds, spent)
        }
    }

    private func line(
        _ id: EventID,
        _ movement: Movement,
        _ category: Finance.Category
    ) -> TransactionLine? {
        let day = CivilDate(
            secondsSinceEpoch: movement.seconds,
            utcOffsetMinutes: movement.utcOffsetMinutes
        )
        guard let day, let currency = Currency(numericCode: movement.currency),
            let spent = movement.spent, let amount = less(0, spent)
        else { return nil }
        let entry = rules.taxonomy[category]
        return TransactionLine(
            event: id,
            kind: movement.kind,
            day: day,
            merchant: movement.merchant.isEmpty ? nil : movement.merchant,
            amount: Money(thousandths: amount, currency: currency),
            category: entry?.slug,
            categoryName: entry.map { LocalizedName(ko: $0.korean, en: $0.english) }
        )
    }

    /// One number less another, or nil beyond 64 bits.
    private func less(_ one: Int64, _ other: Int64) -> Int64? {
        let (difference, overflow) = one.subtractingReportingOverflow(other)
        return overflow ? nil : difference
    }

    private func text(_ bytes: Span<UInt8>) -> String {
        String(decoding: bytes.indices.map { bytes[$0] }, as: UTF8.self)
    }
}
