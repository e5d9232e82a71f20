/// Spending, income and transfers of a subject, by month, category, merchant and currency.
///
/// What counts:
/// - A card purchase in the month and day of its approval at the merchant's place. A cancellation
///   or correction changes the month of the approval it names, whenever it comes itself; without
///   such a time, its own month. A refund that names no approval (a negative amount) lowers its own
///   month.
/// - A movement on a deposit account, by what it was for. A cancelled withdrawal or deposit is
///   taken off its kind in its own month. Card bills, savings, cash and transfers between accounts
///   are transfers, neither spent nor earned, so nothing is counted twice.
/// - What a prepaid wallet pays from its balance. What it is charged with is a transfer of the
///   account or card that it came from; what is paid through a payment service by card or account
///   is there.
/// - The other side's own record of the same payment (loan repaid, premium paid, card billed) does
///   not.
/// - What a person put elsewhere (`CategoryCorrected`) counts there: one transaction wherever it
///   is, with what becomes of it, a merchant in all months that it is told apart in and all that
///   come.
///
/// A count is payments less cancellations; corrections and refunds are none. What was taken back is
/// in no sum and no count.
public struct SpendingProfile: Fold {
    /// Name of the read model.
    public static let name = "spending-profile"
    /// Of fold and encoding.
    public static let version: UInt32 = 4

    /// What decides categories.
    public let rules: CategoryRules
    let isInflow: [Bool]

    /// A fold that decides categories by `rules`.
    public init(rules: CategoryRules) {
        self.rules = rules
        var isInflow = [Bool](repeating: false, count: 256)
        for entry in rules.taxonomy.entries {
            let slug = rules.taxonomy[entry.primary]?.slug
            isInflow[Int(entry.category.rawValue)] = entry.kind == .income || slug == "transfer-in"
        }
        self.isInflow = isInflow
    }

    /// Digest of the rules.
    public var configuration: UInt64 { rules.digest }

    /// Takes in card purchases with what becomes of them, deposit account movements and what a
    /// wallet pays.
    @inline(__always)
    public func fold(
        _ event: borrowing EventView,
        into state: inout SpendingState
    ) throws(FoldError) {
        switch event.type {
        case .categoryCorrected: try foldCorrection(event, into: &state)
        case .transactionRetracted: try foldRetraction(event, into: &state)
        case .cardApprovalCancelled, .cardApprovalCorrected:
            try enter(event, Posting(choice: choice(of: event, in: state)), into: &state)
        case .cardApproved where !state.corrections.places.isEmpty:
            let key = try OutcomeKey.folding(event)
            try enter(event, Posting(), into: &state)
            state.corrections.release(key)
        default: try enter(event, Posting(), into: &state)
        }
    }

    /// Counts a payment as `posting` says.
    @inline(__always)
    func enter(
        _ event: borrowing EventView,
        _ posting: Posting,
        into state: inout SpendingState
    ) throws(FoldError) {
        switch event.type {
        case .cardApproved, .cardApprovalCancelled, .cardApprovalCorrected:
            try foldCard(event, posting, into: &state)
        case .bankTransactionPosted: try foldBank(event, posting, into: &state)
        case .emoneyTransactionPosted: try foldWallet(event, posting, into: &state)
        default: break
        }
    }

    private func foldCard(
        _ event: borrowing EventView,
        _ posting: Posting,
        into state: inout SpendingState
    ) throws(FoldError) {
        let card: CardApprovalView
        do throws(EventError) {
            guard let view = try event.cardApproval() else { return }
            card = view
        } catch { throw .event(error) }
        var seconds = event.occurredAt
        var tally = Tally(sum: card.amount, count: card.amount < 0 ? 0 : 1)
        if event.type != .cardApproved {
            if card.approvedAt != 0 { seconds = card.approvedAt }
            let before = event.type == .cardApprovalCancelled ? 0 : card.amountBefore
            let amount = event.type == .cardApprovalCancelled ? -1 : 1
            let (signed, overflow) = card.amount.multipliedReportingOverflow(by: Int64(amount))
            let (change, changeOverflow) = signed.subtractingReportingOverflow(before)
            guard !overflow, !changeOverflow else { throw .overflow }
            tally = Tally(sum: change, count: event.type == .cardApprovalCancelled ? -1 : 0)
        }
        let when = try Occasion(seconds, event.utcOffsetMinutes)
        let currency = try SpendingProfile.currency(card.currency)
        if tally.count > 0 { tally.day = when.dayOfMonth }
        tally = try posting.applied(to: tally)
        let count = min(card.merchantName.count, MerchantTable.nameBytesMax)
        let identity = MerchantIdentity(
            mcc: card.mcc,
            currency: currency,
            source: posting.source(.card)
        )
        let hash = MerchantTable.hash(card.merchantName, count: count, identity)
        if let merchant = state.merchants.find(
            card.merchantName,
            count: count,
            hash: hash,
            identity
        ),
            state.merchants.entries[merchant].isDecided
        {
            try take(tally, of: merchant, when, into: &state)
            return
        }
        let expense = try SpendingProfile.expenseText(event.fact)
        let ruling =
            posting.ruling
            ?? rules.card(merchant: card.merchantName, mcc: card.mcc, expense: expense)
        let name = MerchantName(card.merchantName, count, hash, identity)
        try take(tally, name, ruling, when, into: &state)
    }

    /// Adds to a merchant that is known, or to its category when it is from before the detail.
    @inline(__always)
    private func take(
        _ tally: Tally,
        of merchant: Int,
        _ when: Occasion,
        into state: inout SpendingState
    ) throws(FoldError) {
        let entry = state.merchants.entries[merchant]
        var tally = tally
        if entry.isInflow { tally.sum = try SpendingProfile.negated(tally.sum) }
        if when.day > state.lastDay, when.month > state.latest {
            // The months move on, which may number the merchants anew: the slow way finds it again.
            let name = Array(state.merchants.name(merchant))
            let identity = MerchantIdentity(of: entry)
            let hash = MerchantTable.hash(name.span, count: name.count, identity)
            try add(
                tally,
                MerchantName(name.span, name.count, hash, identity),
                entry.category,
                entry.traits,
                when,
                into: &state
            )
            return
        }
        guard when.month >= state.detailFrom(when.month) else {
            try state.add(
                try entry.shown(tally),
                month: when.month,
                category: entry.held,
                currency: entry.currency
            )
            return
        }
        try state.add(tally, month: when.month, merchant: merchant)
        if when.day > state.lastDay { state.lastDay = when.day }
    }

    /// Adds to what a ruling has just decided.
    func take(
        _ tally: Tally,
        _ name: borrowing MerchantName,
        _ ruling: Ruling,
        _ when: Occasion,
        into state: inout SpendingState
    ) throws(FoldError) {
        var tally = tally
        let category = ruling.category.rawValue
        if isInflow[Int(category)] { tally.sum = try SpendingProfile.negated(tally.sum) }
        let traits = ruling.evidence.rawValue | (isInflow[Int(category)] ? 16 : 0)
        try add(tally, name, category, traits, when, into: &state)
    }

    /// Adds all or nothing: when the months move on or merchants must leave, a copy stands by.
    @inline(never)
    private func add(
        _ tally: Tally,
        _ name: borrowing MerchantName,
        _ category: UInt8,
        _ traits: UInt8,
        _ when: Occasion,
        into state: inout SpendingState
    ) throws(FoldError) {
        let isMoving = when.month > state.latest || state.merchants.isFull
        let before = isMoving ? state : nil
        do throws(FoldError) {
            try state.roll(to: when.month)
            try place(tally, name, category, traits, when, into: &state)
            state.advance(to: when.day, month: when.month)
        } catch {
            if let before { state = before }
            throw error
        }
    }

    private func place(
        _ tally: Tally,
        _ name: borrowing MerchantName,
        _ category: UInt8,
        _ traits: UInt8,
        _ when: Occasion,
        into state: inout SpendingState
    ) throws(FoldError) {
        guard name.count > 0, when.month >= state.detailFrom(when.month) else {
            let choice = choice(of: name.known, name.identity, in: state)
            var tally = tally
            if let choice, choice.isInflow != (traits & 16 != 0) {
                tally.sum = try SpendingProfile.negated(tally.sum)
            }
            try state.add(
                tally,
                month: when.month,
                category: choice?.category ?? category,
                currency: name.identity.currency
            )
            return
        }
        if let merchant = state.merchants.find(
            name.text,
            count: name.count,
            hash: name.hash,
            name.identity,
            category: category
        ) {
            // What decided it is told by the first payment of those that count.
            let isFirst =
                state.merchants.entries[merchant].traits != traits
                && !state.isLive(merchant)
            try state.add(tally, month: when.month, merchant: merchant)
            if isFirst { state.merchants.setTraits(merchant, traits) }
            return
        }
        try state.makeRoom()
        let merchant = state.merchants.insert(
            name.text,
            count: name.count,
            hash: name.hash,
            name.identity,
            category: category,
            traits: traits
        )
        state.merchants.setCorrection(merchant, choice(of: name.known, name.identity, in: state))
        try state.add(tally, month: when.month, merchant: merchant)
    }
}

extension SpendingProfile {
    @inline(__always)
    static func negated(_ sum: Int64) throws(FoldError) -> Int64 {
        guard sum != .min else { throw .overflow }
        return -sum
    }

    @inline(__always)
    static func currency(_ code: UInt32) throws(FoldError) -> UInt16 {
        guard code >= 1, code <= 999 else { throw .unrepresentable }
        return UInt16(code)
    }

    /// `expense_text` of an approval, which the view leaves out: only what nothing else decides
    /// needs it.
    @_lifetime(copy fact)
    private static func expenseText(_ fact: Span<UInt8>) throws(FoldError) -> Span<UInt8> {
        var reader = WireReader(fact)
        var text = Span<UInt8>()
        do throws(EventError) {
            while let tag = try reader.tag() {
                if tag == 21 << 3 | 2 {
                    text = try reader.delimited()
                } else {
                    try reader.skip(tag)
                }
            }
        } catch { throw .event(error) }
        return text
    }
}
