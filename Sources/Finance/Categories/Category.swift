/// A category by its code, 1...255; what it means is in `conf/categories/taxonomy.csv`.
public struct Category: RawRepresentable, Hashable, Comparable, Sendable {
    /// The code, stable for ever: states and exports carry it.
    public let rawValue: UInt8

    /// A category by code.
    public init(rawValue: UInt8) { self.rawValue = rawValue }

    /// By code.
    public static func < (left: Category, right: Category) -> Bool {
        left.rawValue < right.rawValue
    }
}

/// What adding money to a category means.
public enum CategoryKind: UInt8, CaseIterable, Sendable {
    /// Spent: sums are what went out, less what came back.
    case expense = 1
    /// Earned: sums are what came in, less what was taken back.
    case income = 2
    /// Moved between own places or people: neither spent nor earned.
    case transfer = 3
    /// Counted and kept apart from all money sums, as points are.
    case neutral = 4

    init?(_ name: Substring) {
        switch name {
        case "expense": self = .expense
        case "income": self = .income
        case "transfer": self = .transfer
        case "neutral": self = .neutral
        default: return nil
        }
    }
}
