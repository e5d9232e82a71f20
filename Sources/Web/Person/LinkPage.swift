import Finance
import Hummingbird

/// How links are shown: a transfer between own assets as one line of the list, a refund beside its
/// purchase, and on a transaction's own page a way to say that they are none.
extension Site {
    /// Rows of a page of transactions; `apart` shows both legs of each transfer, `query` is the
    /// page's own.
    ///
    /// One of the past leads nowhere: a transaction's page tells of now.
    func rows(
        _ lines: [TransactionLine],
        _ id: String,
        apart: Bool,
        query: String,
        isPast: Bool = false,
        _ words: Words
    ) -> [[String: Any]] {
        let shown = Set(lines.map(\.event))
        var rows: [[String: Any]] = []
        for line in lines {
            var values = row(line, words)
            values["is_past"] = isPast
            if let link = line.link {
                let isTo = link.to == line.event
                let other = isTo ? link.from : link.to
                let isPaired = link.kind == .ownTransfer && shown.contains(other) && !apart
                // One line for both: the leg that money left.
                if isPaired, isTo { continue }
                values["link"] = words("link_" + link.kind.rawValue.replacing("-", with: "_"))
                if !isPast { values["link_href"] = "/subjects/\(id)/events/\(other)" }
                if isPaired { values["apart"] = "/subjects/\(id)?\(query)&links=apart" }
            }
            rows.append(values)
        }
        return rows
    }

    func linkValues(
        _ request: Request,
        _ line: TransactionLine,
        _ id: String,
        _ words: Words
    ) async throws -> [String: Any] {
        var values: [String: Any] = [:]
        let taken = request.uri.queryParameters["unlinked"].flatMap { LinkOrder(text: $0) }
        guard line.link != nil || taken != nil else { return values }
        let frames = try await ledger.subject(id, asOf: nil)?.frames ?? 0
        let cursor = Cursor([frames]).description
        if let link = line.link {
            let isTo = link.to == line.event
            values["link_sections"] = [
                [
                    "text": words("link_\(isTo ? "to" : "from")_\(link.kind.key)"),
                    "href": "/subjects/\(id)/events/\(isTo ? link.from : link.to)",
                    "rule": "\(link.rule) \(link.version)",
                    "from": link.from.description, "to": link.to.description,
                    "kind": link.kind.rawValue, "cursor": cursor,
                ]
            ]
        }
        if let taken {
            values["unlinked"] = [
                [
                    "from": taken.from.description, "to": taken.to.description,
                    "kind": taken.kind.rawValue, "cursor": cursor,
                ]
            ]
        }
        return values
    }
}

extension LinkLine.Kind {
    fileprivate var key: String { rawValue.replacing("-", with: "_") }
}

extension LinkOrder {
    /// What a page's address says was taken apart: both events and the kind.
    init?(text: Substring) {
        let parts = text.split(separator: "~", omittingEmptySubsequences: false)
        guard parts.count == 3, let from = EventID(text: parts[0]),
            let to = EventID(text: parts[1]), let kind = LinkLine.Kind(rawValue: String(parts[2]))
        else { return nil }
        self.init(kind: kind, from: from, to: to, isLinked: false)
    }

    /// The same for an address.
    var text: String { "\(from)~\(to)~\(kind.rawValue)" }
}
