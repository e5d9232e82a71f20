// The part of SpendingProfile that reads deposit accounts and wallets.

extension SpendingProfile {
    /// Takes off what an event that no longer stands had added, from where it is counted now.
    ///
    /// Sums and counts are then as if it had never been. The latest day of a merchant's month, and
    /// of all, may be the taken row's; and its merchant may have left the detail for it.
    func foldRetraction(
        _ event: borrowing EventView,
        into state: inout SpendingState
    ) throws(FoldError) {
        let taken: EventView
        let place: EventPlace
        do throws(EventError) {
            guard let retraction = try event.retraction() else { return }
            taken = try EventView(retraction.event, of: event.asset)
            place = EventPlace(revision: retraction.revision, index: retraction.index)
        } catch { throw .event(error) }
        var choice = state.corrections.choice(of: place)
        if choice == nil { choice = try self.choice(of: taken, in: state) }
        try enter(taken, Posting(isTakenBack: true, choice: choice), into: &state)
        state.corrections.takeBack(place)
    }

    func foldBank(
        _ event: borrowing EventView,
        _ posting: Posting,
        into state: inout SpendingState
    ) throws(FoldError) {
        let bank: BankTransactionView
        do throws(EventError) {
            guard let view = try event.bankTransaction() else { return }
            bank = view
        } catch { throw .event(error) }
        // A kind without a name here has no direction.
        guard let moved = bank.kind.isIn else { throw .unrepresentable }
        let isReversed = bank.kind.isReversal
        // The side of the account that it is about: what is taken back there went the other way.
        let isIn = moved != isReversed
        let when = try Occasion(event.occurredAt, event.utcOffsetMinutes)
        let currency = try SpendingProfile.currency(bank.currency)
        let ruling =
            posting.ruling
            ?? rules.bank(
                kind: UInt32(truncatingIfNeeded: bank.kind.rawValue),
                isIn: isIn,
                memo: bank.memo,
                channel: bank.channel,
                purpose: bank.purpose
            )
        // Spent is positive here; `take` turns it for categories that count what comes in.
        var tally = Tally(
            sum: moved ? try SpendingProfile.negated(bank.amount) : bank.amount,
            count: isReversed ? -1 : 1
        )
        if !isReversed { tally.day = when.dayOfMonth }
        tally = try posting.applied(to: tally)
        let text = SpendingProfile.counterparty(bank)
        let identity = MerchantIdentity(
            mcc: 0,
            currency: currency,
            source: posting.source(isIn ? .bankIn : .bankOut)
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

    /// Takes in what a prepaid wallet paid from its balance, and its fees.
    func foldWallet(
        _ event: borrowing EventView,
        _ posting: Posting,
        into state: inout SpendingState
    ) throws(FoldError) {
        let wallet: EmoneyView
        do throws(EventError) {
            guard let view = try event.emoneyTransaction() else { return }
            wallet = view
        } catch { throw .event(error) }
        let isCancellation = wallet.kind == .paymentCancelled
        guard isCancellation || wallet.kind == .paid || wallet.kind == .feePaid else { return }
        let when = try Occasion(event.occurredAt, event.utcOffsetMinutes)
        let currency = try SpendingProfile.currency(wallet.currency)
        let sum = isCancellation ? try SpendingProfile.negated(wallet.amount) : wallet.amount
        var tally = Tally(sum: sum, count: isCancellation ? -1 : 1)
        if !isCancellation { tally.day = when.dayOfMonth }
        tally = try posting.applied(to: tally)
        let text = wallet.merchantName.isEmpty ? wallet.title : wallet.merchantName
        let identity = MerchantIdentity(
            mcc: 0,
            currency: currency,
            source: posting.source(.card)
        )
        let count = min(text.count, MerchantTable.nameBytesMax)
        let hash = MerchantTable.hash(text, count: count, identity)
        try take(
            tally,
            MerchantName(text, count, hash, identity),
            posting.ruling ?? rules.card(merchant: text, mcc: 0),
            when,
            into: &state
        )
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
}
