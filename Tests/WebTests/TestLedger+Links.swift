// Which made-up transactions belong together: what a line says, and what a person says.
import Finance
import Web

extension TestLedger {
    func links(_ id: String, after cursor: Cursor?, limit: Int) async throws -> Listing<LinkLine>? {
        try person(id) { state, place in
            var all: [LinkLine] = []
            for line in state.people[place].lines {
                if let link = line.link, link.from == line.event { all.append(link) }
            }
            let begin = Int(clamping: cursor?.counts.first ?? 0)
            let rest = all.dropFirst(begin)
            return Listing(
                items: Array(rest.prefix(limit)),
                next: rest.count > limit ? Cursor([UInt64(begin + limit)]) : nil
            )
        }
    }

    func decideLink(
        _ id: String,
        _ order: LinkOrder,
        request: PersonRequest
    ) async throws -> Answered<DecisionLine>? {
        try person(id) { state, place in
            let events = [order.from, order.to]
            let places = state.people[place].lines.indices.filter {
                events.contains(state.people[place].lines[$0].event)
            }
            guard places.count == 2 else { throw PersonRefusal.linkUnknown }
            let decision = EventID(revision: 900_000, index: 0)
            let link = LinkLine(
                kind: order.kind,
                from: order.from,
                to: order.to,
                rule: "person",
                version: 1,
                decision: decision
            )
            for number in places {
                state.people[place].lines[number].link = order.isLinked ? link : nil
            }
            let line = DecisionLine(event: decision, order: order, saidAt: TestLedger.start)
            return Answered(line, isReplayed: false)
        }
    }
}
