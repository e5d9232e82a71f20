/// What a transaction is, as a reader of the feed of changes knows it.
public struct TransactionState: Hashable, Sendable {
    /// How it stands.
    public enum Status: String, Sendable, CaseIterable {
        /// As it was first seen.
        case posted
        /// Its amount was corrected.
        case corrected
        /// It was cancelled; what is left of its amount is `amount`, mostly 0.
        case cancelled
    }

    /// A part of it that can change.
    public enum Field: String, Sendable, CaseIterable {
        case status, day, counterparty, amount, category, supersedes
    }

    /// Where it was first seen: its id for ever.
    public let id: EventPlace
    /// The asset that it is of.
    public let asset: AssetID
    /// What it did when it was first seen.
    public let kind: MoneyMovement.Kind
    /// How it stands.
    public let status: Status
    /// The day of it, where it happened.
    public let day: CivilDate
    /// The other side as the source writes it; empty when it gives none.
    public let counterparty: String
    /// What it moved, with all that became of it; out is negative.
    public let amount: Money
    /// The category that holds; nil for what is neither spent nor earned.
    public let category: Category?
    /// The correction that put it there, when a person did.
    public let correction: EventPlace?
    /// The one whose place it took.
    public let supersedes: EventPlace?

    /// The parts of it that are otherwise in `other`.
    public func fields(otherThan other: TransactionState) -> [Field] {
        Field.allCases.filter { field in
            switch field {
            case .status: status != other.status
            case .day: day != other.day
            case .counterparty: counterparty != other.counterparty
            case .amount: amount != other.amount
            case .category: category != other.category || correction != other.correction
            case .supersedes: supersedes != other.supersedes
            }
        }
    }
}

/// What one frame changed.
public enum TransactionChange: Hashable, Sendable {
    /// A transaction came; with the fields that it has otherwise than the one it supersedes.
    case added(TransactionState, [TransactionState.Field])
    /// One is otherwise than it was.
    case modified(TransactionState, [TransactionState.Field])
    /// One no longer stands.
    case removed(EventPlace, RetractionReason)
    /// Everything of an asset was erased: whoever has it must forget it.
    case assetErased(AssetID)
}

extension TransactionBook {
    /// The transaction as a reader knows it; nil when it no longer stands.
    public func state(of number: Int) -> TransactionState? {
        entries[number].isStanding ? view(of: number) : nil
    }

    private func view(of number: Int) -> TransactionState {
        let entry = entries[number]
        let movement = entry.movement
        let last = (entry.parts.last ?? entry.last).movement.kind
        let held = category(of: entry)
        let status: TransactionState.Status =
            entry.parts.count < 2
            ? .posted : last == .cancellation ? .cancelled : .corrected
        return TransactionState(
            id: entry.id,
            asset: entry.asset,
            kind: movement.kind,
            status: status,
            day: movement.day,
            counterparty: movement.counterparty,
            amount: Money(thousandths: entry.sum, currency: movement.currency),
            category: held?.category,
            correction: held?.said?.correction,
            supersedes: entry.supersedes
        )
    }

    /// Ends a frame: what it changed, by id; nothing that came and went within it.
    public mutating func endFrame() -> [TransactionChange] {
        var changes: [TransactionChange] = []
        for number in touched.keys.sorted() {
            guard let before = touched[number] else { continue }
            let after = state(of: number)
            switch (before, after) {
            case (nil, let after?): changes.append(.added(after, fieldsSuperseded(by: after)))
            case (let before?, let after?):
                let fields = after.fields(otherThan: before)
                if !fields.isEmpty { changes.append(.modified(after, fields)) }
            case (let before?, nil):
                changes.append(.removed(before.id, entries[number].removal ?? .unspecified))
            case (nil, nil): break
            }
        }
        changes += erased.map { .assetErased($0) }
        frameCount += 1
        touched.removeAll(keepingCapacity: true)
        erased.removeAll()
        return changes
    }

    private func fieldsSuperseded(by state: TransactionState) -> [TransactionState.Field] {
        guard let id = state.supersedes, let number = number(of: id) else { return [] }
        return state.fields(otherThan: view(of: number)).filter { $0 != .supersedes }
    }
}

/// How far a reader of a person's changes is.
public struct ChangeCursor: Hashable, Comparable, Sendable {
    /// Frames of the person's log that are read: the revision of the next.
    public let revision: UInt64
    /// Changes of that frame that are read, where a page ended inside it.
    public let offset: Int

    /// A cursor.
    public init(revision: UInt64, offset: Int = 0) {
        (self.revision, self.offset) = (revision, offset)
    }

    /// In the order of the log.
    public static func < (left: ChangeCursor, right: ChangeCursor) -> Bool {
        (left.revision, left.offset) < (right.revision, right.offset)
    }
}

/// One page of a person's changes: a function of the log up to `through`, the rules, and where it
/// begins, so that it is the same whenever it is asked for.
public struct ChangePage: Sendable {
    /// Each with the revision of the frame that made it, in the order of the log.
    public private(set) var changes: [(revision: UInt64, change: TransactionChange)] = []
    /// Continues after the last change.
    public private(set) var next: ChangeCursor
    private let first: ChangeCursor
    private let limit: Int

    /// A page of at most `limit` changes after `first`.
    public init(after first: ChangeCursor, limit: Int) {
        precondition(limit > 0, "a page holds something")
        (self.first, self.limit, next) = (first, limit, first)
    }

    /// Takes in what a frame changed; frames before the page's begin are passed over.
    ///
    /// - Returns: whether the page takes more.
    public mutating func take(_ frame: [TransactionChange], revision: UInt64) -> Bool {
        guard revision >= first.revision else { return true }
        let begin = revision == first.revision ? min(first.offset, frame.count) : 0
        let taken = frame[begin...].prefix(limit - changes.count)
        for change in taken { changes.append((revision, change)) }
        let end = begin + taken.count
        guard end == frame.count else {
            next = ChangeCursor(revision: revision, offset: end)
            return false
        }
        next = ChangeCursor(revision: revision + 1)
        return changes.count < limit
    }
}
