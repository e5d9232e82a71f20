public import Finance
import Hummingbird

/// A page of what changed among a person's transactions.
public struct ChangeListing: Sendable {
    /// Each with the revision of the frame that made it.
    public var items: [(revision: UInt64, change: TransactionChange)]
    /// Continues after the last change.
    public var next: Cursor
    /// Whether more is known now.
    public var hasMore: Bool
    /// Digest of the rules that chose categories: with other rules they may be others.
    public var rules: UInt64
    /// Slugs of the categories that the changes name.
    public var slugs: [Category: String]

    /// A page.
    public init(
        items: [(revision: UInt64, change: TransactionChange)],
        next: Cursor,
        hasMore: Bool,
        rules: UInt64,
        slugs: [Category: String]
    ) {
        (self.items, self.next, self.hasMore) = (items, next, hasMore)
        (self.rules, self.slugs) = (rules, slugs)
    }
}

extension Site {
    @Sendable func changes(_ request: Request, _ context: Context) async throws -> Response {
        let (after, limit) = try paging(request)
        var last: Cursor?
        if let text = request.uri.queryParameters["through"] {
            guard let cursor = Cursor(text: text) else {
                throw Problem(.parameterInvalid, parameter: "through")
            }
            last = cursor
        }
        guard
            let page = try await ledger.changes(
                try subjectID(context),
                after: after,
                through: last,
                limit: limit
            )
        else { throw Problem(.subjectUnknown) }
        return json(page.json)
    }
}

extension ChangeListing {
    var json: JSON {
        [
            "items": .array(items.map { json($0.change, $0.revision) }),
            "next_cursor": .string(next.description), "has_more": .bool(hasMore),
            "rules": .string(String(rules, radix: 16)),
        ]
    }

    private func json(_ change: TransactionChange, _ revision: UInt64) -> JSON {
        switch change {
        case .added(let state, let fields): json("added", revision, state, fields)
        case .modified(let state, let fields): json("modified", revision, state, fields)
        case .removed(let id, let reason):
            [
                "change": "removed", "revision": .unsigned(revision),
                "id": .string(EventID(id).description), "reason": .string(reason.word),
            ]
        case .assetErased(let asset):
            [
                "change": "asset-erased", "revision": .unsigned(revision),
                "asset": .string(asset.hexadecimal),
            ]
        }
    }

    private func json(
        _ word: String,
        _ revision: UInt64,
        _ state: TransactionState,
        _ fields: [TransactionState.Field]
    ) -> JSON {
        [
            "change": .string(word), "revision": .unsigned(revision),
            "transaction": json(state),
            "changed_fields": .array(fields.map { .string($0.rawValue) }),
        ]
    }

    private func json(_ state: TransactionState) -> JSON {
        [
            "id": .string(EventID(state.id).description),
            "asset": .string(state.asset.hexadecimal),
            "kind": .string(state.kind.rawValue), "status": .string(state.status.rawValue),
            "day": .string(state.day.description),
            "counterparty": state.counterparty.isEmpty ? .null : .string(state.counterparty),
            "amount": state.amount.json,
            "category": .maybe(state.category.flatMap { slugs[$0] }, JSON.string),
            "category_by": .string(state.correction == nil ? "rules" : "person"),
            "correction": .maybe(state.correction) { .string(EventID($0).description) },
            "supersedes": .maybe(state.supersedes) { .string(EventID($0).description) },
        ]
    }
}

extension EventID {
    /// The name of the event at a place.
    public init(_ place: EventPlace) {
        self.init(revision: place.revision, index: place.index)
    }
}

extension EventPlace {
    /// The place of an event.
    public init(_ event: EventID) { self.init(revision: event.revision, index: event.index) }
}

extension RetractionReason {
    /// Its stable word.
    var word: String {
        switch self {
        case .vanished: "vanished"
        case .changed: "changed"
        case .purged: "purged"
        case .unspecified, .UNRECOGNIZED: "unspecified"
        }
    }
}

extension AssetID {
    /// 32 hexadecimal digits.
    var hexadecimal: String {
        [high, low].map { half in
            let digits = String(half, radix: 16)
            return String(repeating: "0", count: 16 - digits.count) + digits
        }.joined()
    }
}
