import Hummingbird

/// What a transaction belongs together with.
public struct LinkLine: Sendable, Hashable {
    /// How two belong together.
    public enum Kind: String, Sendable, CaseIterable {
        /// Two legs of one movement between a person's own assets.
        case ownTransfer = "own-transfer"
        /// Money that came back for a purchase.
        case refund
    }

    /// How.
    public var kind: Kind
    /// The leg that money left, or the purchase.
    public var from: EventID
    /// The leg that it reached, or the refund.
    public var to: EventID
    /// Name of the rule that found it; `person` when a person said so.
    public var rule: String
    /// Version of the rules of links.
    public var version: UInt32
    /// The person's decision, when it was one.
    public var decision: EventID?

    /// A link.
    public init(
        kind: Kind,
        from: EventID,
        to: EventID,
        rule: String,
        version: UInt32,
        decision: EventID?
    ) {
        (self.kind, self.from, self.to) = (kind, from, to)
        (self.rule, self.version, self.decision) = (rule, version, decision)
    }
}

/// What a person says of two transactions.
public struct LinkOrder: Sendable, Hashable {
    /// How they would belong together.
    public var kind: LinkLine.Kind
    /// The leg that money left, or the purchase.
    public var from: EventID
    /// The leg that it reached, or the refund.
    public var to: EventID
    /// Whether they do.
    public var isLinked: Bool

    /// An order.
    public init(kind: LinkLine.Kind, from: EventID, to: EventID, isLinked: Bool) {
        (self.kind, self.from, self.to, self.isLinked) = (kind, from, to, isLinked)
    }
}

/// A decision about two transactions as it was recorded.
public struct DecisionLine: Sendable, Hashable {
    /// Its event.
    public var event: EventID
    /// What was said.
    public var order: LinkOrder
    /// When, milliseconds since 1970 UTC.
    public var saidAt: Int64

    /// A decision.
    public init(event: EventID, order: LinkOrder, saidAt: Int64) {
        (self.event, self.order, self.saidAt) = (event, order, saidAt)
    }
}

/// Which of a person's transactions belong together.
public protocol PersonLinks: Sendable {
    /// Every link, in the order of its first transaction.
    func links(_ id: String, after cursor: Cursor?, limit: Int) async throws -> Listing<LinkLine>?

    /// Records what a person says of two transactions, once for a request.
    func decideLink(
        _ id: String,
        _ order: LinkOrder,
        request: PersonRequest
    ) async throws -> Answered<DecisionLine>?
}

extension Site {
    @Sendable func links(_ request: Request, _ context: Context) async throws -> Response {
        let (after, limit) = try paging(request)
        let id = try subjectID(context)
        guard let lines = try await ledger.links(id, after: after, limit: limit) else {
            throw Problem(.subjectUnknown)
        }
        return json(lines.json(\.json))
    }

    @Sendable func decideLink(_ request: Request, _ context: Context) async throws -> Response {
        let id = try subjectID(context)
        let name = try requestName(request)
        let (wanted, bytes) = try await order(LinkBody.self, request)
        guard let order = wanted.order else { throw Problem(.linkUnknown) }
        let answered = try await refusing {
            try await ledger.decideLink(id, order, request: named(name, request, bytes))
        }
        return json(answered.value.json, status: .created, isReplayed: answered.isReplayed)
    }

    /// Takes a pair apart, or puts it together again, from the page of one of them.
    @Sendable func decideLinkFromPage(
        _ request: Request,
        _ context: Context
    ) async throws -> Response {
        let id = try subjectID(context)
        guard let event = EventID(text: try context.parameters.require("event")) else {
            throw Problem(.eventUnknown)
        }
        let (form, bytes) = try await form(LinkForm.self, request)
        let wanted = LinkBody(
            from: form.from,
            to: form.to,
            kind: form.kind,
            linked: form.linked == "yes"
        )
        guard let order = wanted.order else { throw Problem(.linkUnknown) }
        let name = pageRequestName([
            "link", form.kind.rawValue, form.from, form.to, form.linked, form.cursor,
        ])
        _ = try await refusing {
            try await ledger.decideLink(id, order, request: named(name, request, bytes))
        }
        let told = order.isLinked ? "" : "?unlinked=\(order.text)"
        return redirect("/subjects/\(id)/events/\(event)\(told)")
    }
}

private struct LinkForm: Decodable {
    var from: String
    var to: String
    var kind: LinkLine.Kind
    var linked: String
    var cursor: String
}

private struct LinkBody: Decodable {
    var from: String
    var to: String
    var kind: LinkLine.Kind
    var linked: Bool

    var order: LinkOrder? {
        guard let from = EventID(text: from), let to = EventID(text: to) else { return nil }
        return LinkOrder(kind: kind, from: from, to: to, isLinked: linked)
    }
}

extension LinkLine.Kind: Decodable {}

extension LinkLine {
    var json: JSON {
        [
            "kind": .string(kind.rawValue), "from": .string(from.description),
            "to": .string(to.description), "rule": .string(rule),
            "version": .unsigned(UInt64(version)),
            "decision": .maybe(decision) { .string($0.description) },
        ]
    }
}

extension DecisionLine {
    var json: JSON {
        [
            "event": .string(event.description), "kind": .string(order.kind.rawValue),
            "from": .string(order.from.description), "to": .string(order.to.description),
            "linked": .bool(order.isLinked), "said_at_ms": .integer(saidAt),
        ]
    }
}
