import Commands
import Finance
import Frame
import Web

/// Which of a person's transactions belong together, over the log.
extension LedgerService {
    func links(
        _ id: String,
        after cursor: Web.Cursor?,
        limit: Int
    ) async throws -> Listing<LinkLine>? {
        guard let subject = live(id) else { return nil }
        let all = LinkRules.links(of: try services.preferences.book(of: subject))
            .compactMap(LinkLine.init)
        let start = min(all.count, Int(clamping: cursor?.counts.first ?? 0))
        let end = min(all.count, start + limit)
        return Listing(
            items: Array(all[start..<end]),
            next: end < all.count ? Web.Cursor([UInt64(end)]) : nil
        )
    }

    func decideLink(
        _ id: String,
        _ order: LinkOrder,
        request: PersonRequest
    ) async throws -> Answered<DecisionLine>? {
        guard let subject = live(id) else { return nil }
        let command = DecideLink(
            LinkPair(from: EventPlace(order.from), to: EventPlace(order.to)),
            kind: order.kind.code,
            isLinked: order.isLinked
        )
        let outcome: PreferenceDesk.Outcome
        do {
            outcome = try await services.preferences.carryOut(
                of: subject,
                at: Clock.now,
                request: RequestName(request.name, asking: request.content)
            ) { book throws(PreferenceRefusal) in try book.decide(command) }
        } catch {
            throw LedgerService.refusal(error)
        }
        let book = try services.preferences.book(of: subject)
        guard let decided = book.linkDecisions.first(where: { $0.id == outcome.place }) else {
            // A correction under the name of a link's request.
            throw PersonRefusal.requestReused
        }
        let line = DecisionLine(
            event: EventID(decided.id),
            order: order,
            saidAt: decided.seconds * 1_000
        )
        return Answered(line, isReplayed: outcome.isReplayed)
    }

    /// Lines with what each belongs together with.
    func linked(_ lines: [TransactionLine], by book: TransactionBook) -> [TransactionLine] {
        guard !lines.isEmpty else { return [] }
        var byID: [EventPlace: LinkLine] = [:]
        for link in LinkRules.links(of: book) {
            guard let line = LinkLine(link) else { continue }
            // A purchase with several refunds shows the last.
            byID[link.pair.from] = line
            byID[link.pair.to] = line
        }
        return lines.map { line in
            var line = line
            if let number = book.number(of: EventPlace(line.event)) {
                line.link = byID[book.entries[number].id]
            }
            return line
        }
    }
}

extension LinkLine {
    fileprivate init?(_ link: TransactionLink) {
        let kind: Kind
        switch link.kind {
        case .ownTransfer: kind = .ownTransfer
        case .refund: kind = .refund
        case .unspecified, .UNRECOGNIZED: return nil
        }
        self.init(
            kind: kind,
            from: EventID(link.pair.from),
            to: EventID(link.pair.to),
            rule: link.rule,
            version: link.version,
            decision: link.decision.map { EventID($0) }
        )
    }
}

extension LinkLine.Kind {
    fileprivate var code: LinkKind {
        switch self {
        case .ownTransfer: .ownTransfer
        case .refund: .refund
        }
    }
}
