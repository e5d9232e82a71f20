/// A person's transactions as their log tells them: each with one id from first sight, whatever
/// becomes of it, and with what the person said of it.
///
/// A pure fold of the events in the order of the log; what cannot be taken in is left out as the
/// read models leave it out. In memory it takes about half a kilobyte a transaction.
public struct TransactionBook: Sendable {
    /// One transaction.
    public struct Entry: Sendable {
        /// Where it was first seen; its id for ever.
        public let id: EventPlace
        /// The asset that it is of.
        public let asset: AssetID
        /// Its own event and what became of it, those that stand, in the order of the log.
        public internal(set) var parts: [Part]
        /// Why it no longer stands, once no part of it does.
        public internal(set) var removal: RetractionReason?
        /// The one whose place it took: the same row with other content.
        public internal(set) var supersedes: EventPlace?
        /// What the person said of it alone.
        public internal(set) var said: Said?
        /// What it was last, when it no longer stands.
        var last: Part
        var sum: Int64

        /// Whether it stands.
        public var isStanding: Bool { removal == nil }
        /// What it is about: of its first part that stands.
        public var movement: MoneyMovement { (parts.first ?? last).movement }
    }

    /// One event of a transaction.
    public struct Part: Sendable {
        /// Where it is in the log.
        public let place: EventPlace
        /// The event as it was recorded.
        public let bytes: [UInt8]
        /// What it moves.
        public let movement: MoneyMovement
    }

    /// Where a person put something, and by which correction.
    public struct Said: Hashable, Sendable {
        /// The category.
        public let category: Category
        /// Where the correction is in the log.
        public let correction: EventPlace
    }

    /// What decides categories.
    public let rules: CategoryRules
    /// Every transaction, also those that no longer stand, in the order of first sight.
    public private(set) var entries: [Entry] = []
    /// Every correction, in the order of the log.
    public internal(set) var corrections: [Correction] = []
    /// What a person decided of pairs, the last of each.
    public internal(set) var links: [LinkPair: DecidedLink] = [:]
    /// Decisions about links in the order of the log.
    public internal(set) var linkDecisions: [DecidedLink] = []
    /// Frames that were ended, which is the revision of the next.
    public internal(set) var frameCount: UInt64 = 0
    /// Events that could not be taken in.
    public private(set) var skippedCount = 0

    var saidOfMerchants: [[UInt8]: Said] = [:]
    var inForce: [CorrectionScope: [Int]] = [:]
    var correctionNumbers: [EventPlace: Int] = [:]
    private var numbers: [EventPlace: Int] = [:]
    private var byOutcomeKey: [UInt64: Int] = [:]
    private var byNaturalKey: [RowKey: [Int]] = [:]
    /// What transactions were before the frame that is being taken in; nil of new ones.
    var touched: [Int: TransactionState?] = [:]
    var erased: [AssetID] = []

    private struct RowKey: Hashable {
        let asset: AssetID
        let bytes: [UInt8]
    }

    /// A book with nothing in it.
    public init(rules: CategoryRules) { self.rules = rules }

    /// Takes in the event at `place`; one that cannot be taken in is counted and left out.
    public mutating func take(_ event: borrowing EventView, at place: EventPlace) {
        do throws(FoldError) { try evolve(by: event, at: place) } catch { skippedCount += 1 }
    }

    private mutating func evolve(
        by event: borrowing EventView,
        at place: EventPlace
    ) throws(FoldError) {
        do throws(EventError) {
            switch event.type {
            case .cardApproved, .bankTransactionPosted, .emoneyTransactionPosted:
                try add(event, at: place)
            case .cardApprovalCancelled, .cardApprovalCorrected:
                try follow(event, at: place)
            case .transactionRetracted: try retract(event)
            default: break
            }
        } catch { throw .event(error) }
        switch event.type {
        case .categoryCorrected: try correct(event, at: place)
        case .linkDecided: try decide(event, at: place)
        case .deletionCompleted: try erase(event)
        default: break
        }
    }

    /// The number in `entries` of the transaction that an event is a part of, or was.
    public func number(of place: EventPlace) -> Int? { numbers[place] }

    /// Whether the event at `place` was taken back.
    public func isTakenBack(_ place: EventPlace) -> Bool {
        guard let number = numbers[place] else { return false }
        return !entries[number].parts.contains { $0.place == place }
    }

    /// A new transaction.
    private mutating func add(
        _ event: borrowing EventView,
        at place: EventPlace
    ) throws(EventError) {
        guard let movement = try MoneyMovement(event, rules: rules) else { return }
        var key: [UInt8] = []
        try NaturalKey.append(event, to: &key)
        let part = Part(place: place, bytes: event.bytes.bytesCopied, movement: movement)
        let number = entries.count
        var entry = Entry(
            id: place,
            asset: event.asset,
            parts: [part],
            last: part,
            sum: movement.change
        )
        let row = RowKey(asset: event.asset, bytes: key)
        if let before = byNaturalKey[row]?.last, !entries[before].isStanding {
            entry.supersedes = entries[before].id
        }
        byNaturalKey[row, default: []].append(number)
        let outcomeKey = try OutcomeKey.of(event)
        if outcomeKey != 0 { byOutcomeKey[outcomeKey] = number }
        numbers[place] = number
        touched[number] = .some(nil)
        entries.append(entry)
    }

    /// What became of an approval; without one it is a transaction of its own.
    private mutating func follow(
        _ event: borrowing EventView,
        at place: EventPlace
    ) throws(EventError) {
        let key = try OutcomeKey.of(event)
        guard key != 0, let number = byOutcomeKey[key], entries[number].isStanding else {
            return try add(event, at: place)
        }
        guard let movement = try MoneyMovement(event, rules: rules) else { return }
        let (sum, overflow) = entries[number].sum.addingReportingOverflow(movement.change)
        guard !overflow else { return }
        touch(number)
        let part = Part(place: place, bytes: event.bytes.bytesCopied, movement: movement)
        entries[number].parts.append(part)
        entries[number].sum = sum
        numbers[place] = number
    }

    private mutating func retract(_ event: borrowing EventView) throws(EventError) {
        guard let retraction = try event.retraction() else { return }
        let place = EventPlace(revision: retraction.revision, index: retraction.index)
        guard let number = numbers[place],
            let part = entries[number].parts.firstIndex(where: { $0.place == place })
        else { return }
        touch(number)
        let gone = entries[number].parts.remove(at: part)
        guard entries[number].parts.isEmpty else {
            // Exact: it had been added before.
            entries[number].sum &-= gone.movement.change
            return
        }
        entries[number].last = gone
        entries[number].removal = retraction.reason
        guard retraction.reason == .changed else { return }
        // The row with the other content was appended just before.
        var key: [UInt8] = []
        let taken = try EventView(retraction.event, of: event.asset)
        try NaturalKey.append(taken, to: &key)
        let later = byNaturalKey[RowKey(asset: event.asset, bytes: key)]?.first {
            $0 > number && entries[$0].isStanding && entries[$0].supersedes == nil
        }
        guard let later else { return }
        touch(later)
        entries[later].supersedes = entries[number].id
    }

    private mutating func erase(_ event: borrowing EventView) throws(FoldError) {
        let message: Event
        // The decoder's reasons are many and its own.
        do { message = try event.message() } catch { throw .event(.truncated) }
        for compartment in message.deletionCompleted.compartments {
            let bytes = Array(compartment)
            if let asset = AssetID(bytes.span) { erased.append(asset) }
        }
    }

    mutating func touch(_ number: Int) {
        if touched[number] == nil { touched[number] = .some(state(of: number)) }
    }

    mutating func set(_ said: Said?, of number: Int) {
        touch(number)
        entries[number].said = said
    }
}

extension TransactionBook {
    /// The category that holds for a transaction, and the person's word if it is that.
    public func category(of entry: Entry) -> (category: Category, said: Said?)? {
        guard let ruling = entry.movement.ruling else { return nil }
        let said = entry.said ?? saidOfMerchant(of: entry.movement)
        return (said?.category ?? ruling.category, said)
    }

    /// What the person said of the merchant of a movement.
    func saidOfMerchant(of movement: MoneyMovement) -> Said? {
        guard !saidOfMerchants.isEmpty else { return nil }
        return saidOfMerchants[key(of: movement)]
    }

    /// What a merchant's correction would reach a movement by.
    func key(of movement: MoneyMovement) -> [UInt8] {
        let name = movement.name.prefix(MerchantTable.nameBytesMax)
        let bytes = Array(name)
        return rules.correctionKey(of: bytes.span, from: movement.isBank ? .bankOut : .card)
    }
}
