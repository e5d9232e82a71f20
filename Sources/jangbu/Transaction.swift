import Finance
import Frame
import Web

/// One transaction with what decided its category.
struct Transaction {
    var line: TransactionLine
    let movement: MoneyMovement
    let ruling: Ruling
    /// What the person said of it or of its merchant, which goes before the rules.
    let correction: SpendingState.Correction?

    /// What the rules read, to show the words that matched.
    var text: [UInt8] { movement.name }
}

/// Reads what `SpendingProfile` counts, by its rules, so that a list adds up to the profile; what
/// the profile cannot count, and what was taken back, is in neither.
struct TransactionReader {
    let rules: CategoryRules
    /// The person's transactions as far as the log is read.
    let book: TransactionBook
    /// The subject's profile when it has corrections.
    private let profile: SpendingState?

    /// A reader of the frames that `book` was folded from; `profile` is of the same frames.
    init(_ book: TransactionBook, profile: SpendingState?) {
        (self.book, rules) = (book, book.rules)
        self.profile = profile.flatMap { $0.hasCorrections ? $0 : nil }
    }

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
        guard !book.isTakenBack(EventPlace(id)) else { return nil }
        guard let movement = try MoneyMovement(event, rules: rules), let ruling = movement.ruling
        else {
            return nil
        }
        let key = OutcomeKey.isOutcome(event.type) ? try OutcomeKey.of(event) : 0
        let name = movement.name
        let correction = profile?.correction(
            of: EventPlace(id),
            outcomeKey: key,
            name: name.span,
            isBank: movement.isBank,
            rules: rules
        )
        let entry = rules.taxonomy[correction?.category ?? ruling.category]
        let line = TransactionLine(
            event: id,
            kind: TransactionLine.Kind(movement.kind),
            day: movement.day,
            merchant: movement.counterparty.isEmpty ? nil : movement.counterparty,
            amount: Money(thousandths: movement.change, currency: movement.currency),
            category: entry?.slug,
            categoryName: entry.map { LocalizedName(ko: $0.korean, en: $0.english) }
        )
        return Transaction(
            line: line,
            movement: movement,
            ruling: ruling,
            correction: correction
        )
    }
}

extension TransactionLine.Kind {
    fileprivate init(_ kind: MoneyMovement.Kind) {
        self =
            switch kind {
            case .payment: .payment
            case .cancellation: .cancellation
            case .correction: .correction
            }
    }
}
