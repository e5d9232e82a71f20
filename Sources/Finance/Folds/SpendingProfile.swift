/// Spending, income and transfers of a subject, by month, category, merchant and currency.
///
/// What counts:
/// - A card purchase in the month and day of its approval at the merchant's place. A cancellation or
///   correction changes the month of the approval it names, whenever it comes itself; without such a
///   time, its own month. A refund that names no approval (a negative amount) lowers its own month.
/// - A movement on a deposit account, by what it was for. A cancelled withdrawal or deposit is taken off
///   its kind in its own month. Card bills, savings, cash and transfers between accounts are
///   transfers, neither spent nor earned, so nothing is counted twice.
/// - The other side's own record of the same payment (loan repaid, premium paid, card billed) does not.
///
/// A count is payments less cancellations; corrections and refunds are none.
public struct SpendingProfile: Fold {
    /// `spending-profile`
    public static let name = "spending-profile"
    /// Of fold and encoding.
    public static let version: UInt32 = 1

    /// What decides categories.
    public let rules: CategoryRules
    private let isInflow: [Bool]

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

    /// Takes in card approvals, cancellations and corrections, and deposit account movements.
    @inline(__always)
    public func fold(
        _ event: borrowing EventView,
        into state: inout SpendingState
    ) throws(FoldError) {
        switch event.type {
        case .cardApproved, .cardApprovalCancelled, .cardApprovalCorrected:
            try foldCard(event, into: &state)
        case .bankTransactionPosted: try foldBank(event, into: &state)
        default: break
        }
    }

    private func foldCard(
        _ event: borrowing EventView,
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
        let count = min(card.merchantName.count, MerchantTable.nameBytesMax)
        let identity = MerchantIdentity(mcc: card.mcc, currency: currency, source: .card)
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
        let ruling = rules.card(merchant: card.merchantName, mcc: card.mcc, expense: expense)
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
                tally,
                month: when.month,
                category: entry.category,
                currency: entry.currency
            )
            return
        }
        try state.add(tally, month: when.month, merchant: merchant)
        if when.day > state.lastDay { state.lastDay = when.day }
    }

    /// Adds to what a ruling has just decided.
    private func take(
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
            try state.add(
                tally,
                month: when.month,
                category: category,
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
            try state.add(tally, month: when.month, merchant: merchant)
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
        try state.add(tally, month: when.month, merchant: merchant)
    }

    private func foldBank(
        _ event: borrowing EventView,
        into state: inout SpendingState
    ) throws(FoldError) {
        let bank: BankTransactionView
        do throws(EventError) {
            guard let view = try event.bankTransaction() else { return }
            bank = view
        } catch { throw .event(error) }
        let (isIn, isReversed) = try SpendingProfile.direction(bank.kind)
        let when = try Occasion(event.occurredAt, event.utcOffsetMinutes)
        let currency = try SpendingProfile.currency(bank.currency)
        let ruling = rules.bank(
            kind: UInt32(truncatingIfNeeded: bank.kind.rawValue),
            isIn: isIn,
            memo: bank.memo,
            channel: bank.channel,
            purpose: bank.purpose
        )
        // Spent is positive here; `take` turns it for categories that count what comes in.
        let isOut = isIn == isReversed
        var tally = Tally(
            sum: isOut ? bank.amount : try SpendingProfile.negated(bank.amount),
            count: isReversed ? -1 : 1
        )
        if !isReversed { tally.day = when.dayOfMonth }
        let text = SpendingProfile.counterparty(bank)
        let identity = MerchantIdentity(
            mcc: 0,
            currency: currency,
            source: isIn ? .bankIn : .bankOut
        )
        let count = min(text.count, MerchantTable.nameBytesMax)
        let hash = MerchantTable.hash(text.span, count: count, identity)
        try take(
            tally,
            MerchantName(text.span, count, hash, identity),
            ruling,
            when,
            into: &state
        )
    }
}

/// A merchant's name with what it is found by.
private struct MerchantName: ~Escapable {
    let text: Span<UInt8>
    let count: Int
    let hash: UInt64
    let identity: MerchantIdentity

    @_lifetime(copy text)
    init(_ text: Span<UInt8>, _ count: Int, _ hash: UInt64, _ identity: MerchantIdentity) {
        self.text = text
        self.count = count
        self.hash = hash
        self.identity = identity
    }
}

/// The day something counts on, at the place where it happened.
private struct Occasion {
    /// Since 1970.
    let day: Int32
    /// Since January 1970, at most `CellKey.monthMax`.
    let month: UInt32
    /// 1...31.
    let dayOfMonth: UInt8

    @inline(__always)
    init(_ seconds: Int64, _ utcOffsetMinutes: Int32) throws(FoldError) {
        guard
            let date = CivilDate(
                secondsSinceEpoch: seconds,
                utcOffsetMinutes: utcOffsetMinutes
            ),
            date.daysSinceEpoch >= 0
        else { throw .unrepresentable }
        let (year, month, day) = date.components
        self.day = date.daysSinceEpoch
        self.month = UInt32(truncatingIfNeeded: (year - 1970) * 12 + month - 1)
        dayOfMonth = UInt8(truncatingIfNeeded: day)
        guard self.month <= CellKey.monthMax else { throw .unrepresentable }
    }
}

extension SpendingProfile {
    @inline(__always)
    private static func negated(_ sum: Int64) throws(FoldError) -> Int64 {
        guard sum != .min else { throw .overflow }
        return -sum
    }

    @inline(__always)
    private static func currency(_ code: UInt32) throws(FoldError) -> UInt16 {
        guard code >= 1, code <= 999 else { throw .unrepresentable }
        return UInt16(code)
    }

    /// Which side of the account a kind is about, and whether it takes something back.
    ///
    /// - Throws: `.unrepresentable` for a kind without a name here: it has no direction.
    private static func direction(
        _ kind: BankTransactionKind
    ) throws(FoldError) -> (isIn: Bool, isReversed: Bool) {
        switch kind {
        case .opened, .deposited, .correctedIn, .otherIn: (true, false)
        case .withdrawn, .correctedOut, .otherOut: (false, false)
        case .withdrawalCancelled: (false, true)
        case .depositCancelled: (true, true)
        case .unspecified, .UNRECOGNIZED: throw .unrepresentable
        }
    }

    /// Who was at the other end: the memo without its digits, which are dates and numbers of the
    /// single payment; else the purpose and account; else the channel.
    private static func counterparty(_ bank: borrowing BankTransactionView) -> [UInt8] {
        if !bank.memo.isEmpty {
            return MerchantText(bank.memo).bytes.filter { $0 < 0x30 || $0 > 0x39 }
        }
        var text: [UInt8] = []
        append(bank.purpose, to: &text)
        append(bank.counterpartyBank, to: &text)
        append(bank.counterpartyAccount, to: &text)
        if text.isEmpty { append(bank.channel, to: &text) }
        return text
    }

    private static func append(_ part: Span<UInt8>, to text: inout [UInt8]) {
        guard !part.isEmpty else { return }
        if !text.isEmpty { text.append(0x20) }
        for index in part.indices { text.append(part[index]) }
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
