/// Follows the pages of one answer.
public struct Paging: Sendable {
    /// What comes next.
    public enum Step: Hashable, Sendable {
        /// That was all.
        case done
        /// The page at this cursor.
        case next(String)
        /// A cursor that was there already: it would go round for ever.
        case cursorRepeats
        /// More pages than any answer has.
        case tooMany
    }

    /// Whether a page is to be counted.
    public struct Taken: Hashable, Sendable {
        /// False when the same page came before in this answer.
        public var isNew: Bool
        /// What comes next.
        public var step: Step
    }

    /// Pages that came.
    public private(set) var pages = 0
    private let pagesMax: Int
    private var cursors: Set<String> = []
    private var digests: Set<UInt64> = []

    /// Nothing came yet.
    public init(pagesMax: Int) { self.pagesMax = pagesMax }

    /// Takes in a page: its cursor, the digest of its list and how many rows that has.
    public mutating func took(next cursor: String?, digest: UInt64, rows: Int) -> Taken {
        pages += 1
        // Two empty lists are equal and no repetition of anything.
        let isNew = rows == 0 || digests.insert(digest).inserted
        guard let cursor, !cursor.isEmpty else { return Taken(isNew: isNew, step: .done) }
        guard cursors.insert(cursor).inserted else {
            return Taken(isNew: isNew, step: .cursorRepeats)
        }
        return Taken(isNew: isNew, step: pages < pagesMax ? .next(cursor) : .tooMany)
    }
}
