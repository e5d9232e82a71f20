// The part of SpendingProfile that takes in what a person corrected.
//
// A merchant's correction changes what its figures are shown as (`SpendingCorrections`). One
// transaction's takes it off where it is counted and counts it again where the person put it, under
// a name that no merchant's correction reaches. Both come to the same in any order with the
// purchases they are about; among corrections the later in the log wins.

/// How a payment is entered: as it stands or taken back, where the rules or where a person put it.
struct Posting: Sendable {
    var isTakenBack = false
    var choice: SpendingCorrections.Choice?

    @inline(__always)
    func applied(to tally: Tally) throws(FoldError) -> Tally {
        isTakenBack ? try tally.reversed() : tally
    }

    /// The person's ruling, if it was a person who ruled.
    var ruling: Ruling? {
        choice.map { Ruling(Category(rawValue: $0.category), .person, rule: -1) }
    }

    @inline(__always)
    func source(_ source: MerchantSource) -> MerchantSource {
        choice == nil ? source : source.byHand
    }
}

extension SpendingProfile {
    /// Takes in a correction: all or nothing.
    func foldCorrection(
        _ event: borrowing EventView,
        into state: inout SpendingState
    ) throws(FoldError) {
        let correction: CorrectionView
        do throws(EventError) {
            guard let view = try event.categoryCorrection() else { return }
            correction = view
        } catch { throw .event(error) }
        let day = try Occasion(event.occurredAt, event.utcOffsetMinutes).day
        let choice = try choice(correction.category, on: day)
        var changed = state
        switch correction.scope {
        case .merchant: try correct(correction.merchantName, choice, in: &changed)
        case .event(let place):
            let transaction: EventView
            do throws(EventError) {
                transaction = try EventView(correction.transaction, of: event.asset)
            } catch { throw .event(error) }
            guard transaction.type != .categoryCorrected else { throw .unrepresentable }
            // Nothing of what was taken back counts, so there is nothing to put elsewhere.
            guard !changed.corrections.isTakenBack(place) else { return }
            let before = changed.corrections.choice(of: place)
            try enter(transaction, Posting(isTakenBack: true, choice: before), into: &changed)
            try enter(transaction, Posting(choice: choice), into: &changed)
            try correction.forEachOutcome { bytes throws(FoldError) in
                let outcome: EventView
                do throws(EventError) { outcome = try EventView(bytes, of: event.asset) } catch {
                    throw .event(error)
                }
                guard OutcomeKey.isOutcome(outcome.type) else { throw .unrepresentable }
                try enter(outcome, Posting(isTakenBack: true, choice: before), into: &changed)
                try enter(outcome, Posting(choice: choice), into: &changed)
            }
            let key = try OutcomeKey.folding(transaction)
            try changed.corrections.set(place, key, to: choice)
        }
        state = changed
    }

    /// What a person said of the transaction that this event is a cancellation or correction of.
    @inline(__always)
    func choice(
        of event: borrowing EventView,
        in state: SpendingState
    ) throws(FoldError) -> SpendingCorrections.Choice? {
        guard !state.corrections.places.isEmpty, OutcomeKey.isOutcome(event.type) else {
            return nil
        }
        return state.corrections.choice(ofOutcome: try OutcomeKey.folding(event))
    }

    private func choice(
        _ slug: Span<UInt8>,
        on day: Int32
    ) throws(FoldError) -> SpendingCorrections.Choice? {
        guard !slug.isEmpty else { return nil }
        let name = String(decoding: slug.bytesCopied, as: UTF8.self)
        // A category that this taxonomy does not have is parked until it does.
        guard let category = rules.taxonomy.category(slug: name) else { throw .unrepresentable }
        return SpendingCorrections.Choice(
            category: category.rawValue,
            isInflow: isInflow[Int(category.rawValue)],
            day: day
        )
    }

    private func correct(
        _ name: Span<UInt8>,
        _ choice: SpendingCorrections.Choice?,
        in state: inout SpendingState
    ) throws(FoldError) {
        let name = name.extracting(0..<min(name.count, MerchantTable.nameBytesMax))
        for source in [MerchantSource.card, .bankOut] {
            let key = rules.correctionKey(of: name, from: source)
            if key.count > 1 { try state.corrections.set(merchant: key, to: choice) }
        }
        for number in state.merchants.entries.indices {
            let entry = state.merchants.entries[number]
            let known = Array(state.merchants.name(number))
            let choice = self.choice(of: known.span, MerchantIdentity(of: entry), in: state)
            state.merchants.setCorrection(number, choice)
        }
    }

    /// What a person said of the merchant of that name, as the table has it.
    func choice(
        of name: Span<UInt8>,
        _ identity: MerchantIdentity,
        in state: SpendingState
    ) -> SpendingCorrections.Choice? {
        guard !state.corrections.merchantKeys.isEmpty,
            let source = MerchantSource(rawValue: identity.source), !source.isByHand
        else { return nil }
        return state.corrections.choice(
            ofMerchant: rules.correctionKey(of: name, from: source)
        )
    }
}

extension CategoryRules {
    /// What a merchant's correction is kept under: 1 and the merchant for a card's; 2 and the whole
    /// text without digits, as counterparties are told apart, for a bank's.
    func correctionKey(of name: Span<UInt8>, from source: MerchantSource) -> [UInt8] {
        if source == .card { return [1] + merchant(name).bytes }
        // Twice, since names are kept without digits: both come to the same.
        let text = MerchantText(name).bytes.filter { $0 < 0x30 || $0 > 0x39 }
        return [2] + MerchantText(text.span).bytes.prefix(MerchantKey.bytesMax)
    }
}

extension MerchantSource {
    /// The same, of transactions that a person put somewhere one by one.
    var byHand: MerchantSource {
        switch self {
        case .card, .cardByHand: .cardByHand
        case .bankIn, .bankInByHand: .bankInByHand
        case .bankOut, .bankOutByHand: .bankOutByHand
        }
    }

    var isByHand: Bool { self == byHand }
}

extension SpendingState {
    /// A category that a person chose.
    public struct Correction: Hashable, Sendable {
        /// The category.
        public let category: Category
        /// The day on which the person said so.
        public let day: CivilDate
    }

    /// What the person said of one transaction, else of its merchant; nil when the rules' choice
    /// holds.
    ///
    /// The transaction is the one at `place` in the subject's log, or the one that `outcomeKey`
    /// names; `name` is who was paid, as the source writes it, UTF-8: a merchant, or the memo of a
    /// movement on a deposit account.
    public func correction(
        of place: EventPlace,
        outcomeKey: UInt64 = 0,
        name: Span<UInt8>,
        isBank: Bool,
        rules: CategoryRules
    ) -> Correction? {
        var choice = corrections.choice(of: place) ?? corrections.choice(ofOutcome: outcomeKey)
        if choice == nil, !corrections.merchantKeys.isEmpty {
            let count = min(name.count, MerchantTable.nameBytesMax)
            choice = corrections.choice(
                ofMerchant: rules.correctionKey(
                    of: name.extracting(0..<count),
                    from: isBank ? .bankOut : .card
                )
            )
        }
        return choice.map {
            Correction(
                category: Category(rawValue: $0.category),
                day: CivilDate(daysSinceEpoch: $0.day)
            )
        }
    }

    /// Whether the person corrected anything.
    public var hasCorrections: Bool { !corrections.isEmpty }
}
