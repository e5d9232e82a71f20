/// One payment as rules about single payments need it: what was cancelled or taken back is none.
public struct Payment: Hashable, Sendable {
    /// Where money went through.
    public enum Means: UInt8, CaseIterable, Sendable {
        /// A card.
        case card = 1
        /// A deposit account.
        case account = 2
        /// A prepaid wallet.
        case wallet = 3
    }

    /// The event that says so, as its place in the subject's log.
    public struct Place: Hashable, Comparable, Sendable {
        /// Revision of its frame.
        public let revision: UInt64
        /// Its place in the frame, from 0.
        public let index: UInt32

        /// A place.
        public init(revision: UInt64, index: UInt32) {
            self.revision = revision
            self.index = index
        }

        /// Earlier in the log before later.
        public static func < (left: Place, right: Place) -> Bool {
            (left.revision, left.index) < (right.revision, right.index)
        }
    }

    /// Where the log says so.
    public let place: Place
    /// Card, account or wallet.
    public let asset: AssetID
    /// Through what.
    public let means: Means
    /// Seconds since 1970 UTC.
    public let at: Int64
    /// Whether the time is known, not the day alone.
    public let isTimed: Bool
    /// Day where it happened.
    public let day: CivilDate
    /// Thousandths; positive went out.
    public internal(set) var amount: Int64
    /// What the amount is of.
    public let currency: Currency
    /// As the source writes it; empty if it does not.
    public let merchant: String
    /// By the rules.
    public let category: Category
    /// ISO 3166 alpha-2 of the merchant; empty is home.
    public let country: String
    /// Number of the approval; empty if there is none.
    let approval: String
}
