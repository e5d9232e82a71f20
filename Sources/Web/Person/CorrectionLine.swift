public import Finance

/// What a person wants put where.
public struct CorrectionOrder: Sendable, Hashable {
    /// The transaction, or one of the merchant's.
    public var event: EventID
    /// Whether every one of its merchant is meant.
    public var isForMerchant: Bool
    /// Stable id of the category; nil for the rules' choice.
    public var category: String?

    /// An order.
    public init(event: EventID, isForMerchant: Bool, category: String?) {
        (self.event, self.isForMerchant, self.category) = (event, isForMerchant, category)
    }
}

/// A category by id and name.
public struct NamedCategory: Sendable, Hashable {
    /// Stable id.
    public var id: String
    /// Name to show.
    public var name: LocalizedName

    /// A category.
    public init(id: String, name: LocalizedName) { (self.id, self.name) = (id, name) }
}

/// What a correction would move.
public struct CorrectionPreview: Sendable {
    /// One transaction that would move.
    public struct Move: Sendable {
        /// The transaction.
        public var event: EventID
        /// The day of it.
        public var day: CivilDate
        /// Other side; nil when the provider gave none.
        public var merchant: String?
        /// Money out is negative.
        public var amount: Money
        /// Where it is.
        public var before: NamedCategory
        /// Where it would be.
        public var after: NamedCategory

        /// A move.
        public init(
            event: EventID,
            day: CivilDate,
            merchant: String?,
            amount: Money,
            before: NamedCategory,
            after: NamedCategory
        ) {
            (self.event, self.day, self.merchant) = (event, day, merchant)
            (self.amount, self.before, self.after) = (amount, before, after)
        }
    }

    /// How many would move.
    public var count: UInt64
    /// The newest of them, at most `movesMax`.
    public var moves: [Move]
    /// The person's log that this was decided against.
    public var cursor: Cursor

    /// Moves that are shown one by one.
    public static let movesMax = 50

    /// A preview.
    public init(count: UInt64, moves: [Move], cursor: Cursor) {
        (self.count, self.moves, self.cursor) = (count, moves, cursor)
    }
}

/// A correction as it was recorded.
public struct CorrectionLine: Sendable, Hashable {
    /// What it is about.
    public enum Scope: Sendable, Hashable {
        /// One transaction, by its id.
        case transaction(EventID)
        /// Every one of a merchant, as the source writes it.
        case merchant(String)
    }

    /// Whether it holds.
    public enum State: String, Sendable, CaseIterable {
        /// It does.
        case inForce = "in-force"
        /// Something else was said of the same afterwards.
        case replaced
        /// It was taken back.
        case withdrawn
        /// It takes another back.
        case withdrawal
    }

    /// Its event; its id.
    public var event: EventID
    /// What it is about.
    public var scope: Scope
    /// Where that is now by it; nil for the rules' choice.
    public var category: NamedCategory?
    /// Where that was; nil for what has no name any more.
    public var before: NamedCategory?
    /// Transactions that it moved when it was made.
    public var moved: UInt64
    /// When, milliseconds since 1970 UTC.
    public var saidAt: Int64
    /// The correction that it takes back.
    public var withdrawn: EventID?
    /// Whether it holds.
    public var state: State

    /// A correction.
    public init(
        event: EventID,
        scope: Scope,
        category: NamedCategory?,
        before: NamedCategory?,
        moved: UInt64,
        saidAt: Int64,
        withdrawn: EventID?,
        state: State
    ) {
        (self.event, self.scope, self.category) = (event, scope, category)
        (self.before, self.moved, self.saidAt) = (before, moved, saidAt)
        (self.withdrawn, self.state) = (withdrawn, state)
    }
}

extension NamedCategory {
    var json: JSON { ["id": .string(id), "name": name.json] }
}

extension CorrectionPreview {
    var json: JSON {
        [
            "count": .unsigned(count), "cursor": .string(cursor.description),
            "moves": .array(
                moves.map {
                    [
                        "event": .string($0.event.description),
                        "day": .string($0.day.description),
                        "merchant": .maybe($0.merchant, JSON.string), "amount": $0.amount.json,
                        "before": $0.before.json, "after": $0.after.json,
                    ]
                }
            ),
        ]
    }
}

extension CorrectionLine {
    /// As it was recorded: the same for ever, so that a repeated request is answered alike.
    private var recorded: [(String, JSON)] {
        var (transaction, merchant): (JSON, JSON) = (.null, .null)
        switch scope {
        case .transaction(let id): transaction = .string(id.description)
        case .merchant(let name): merchant = .string(name)
        }
        return [
            ("event", .string(event.description)), ("transaction", transaction),
            ("merchant", merchant), ("category", .maybe(category, \.json)),
            ("before", .maybe(before, \.json)), ("moved", .unsigned(moved)),
            ("said_at_ms", .integer(saidAt)),
            ("withdrawn", .maybe(withdrawn) { .string($0.description) }),
        ]
    }

    var json: JSON { .object(recorded) }

    /// With whether it holds now.
    var jsonWithState: JSON { .object(recorded + [("state", .string(state.rawValue))]) }
}
