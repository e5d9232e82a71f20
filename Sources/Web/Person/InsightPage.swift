import Finance
import Hummingbird

/// What is worth telling, each with why.
extension Site {
    @Sendable func insightsPage(_ request: Request, _ context: Context) async throws -> Response {
        let id = try subjectID(context)
        let view = try await insightView(request, context)
        let words = Words(wording, language(of: request))
        let path = PersonTab.insights.path(id)
        let past = try await asOfQuery(request)
        var values = currencyValues(view.currencies, view.currency, path, "", past)
        values["has_insights"] = !view.insights.isEmpty
        values["insights"] = view.insights.map { row($0, view, id, isPast: !past.isEmpty, words) }
        values["lead"] = words("lead_insights")
        return try await personPage(
            .insights,
            .insights,
            request,
            id,
            words,
            values,
            keeping: [("currency", view.currency.description)]
        )
    }

    private func row(
        _ insight: Insight,
        _ view: InsightView,
        _ id: String,
        isPast: Bool,
        _ words: Words
    ) -> [String: Any] {
        let state =
            switch insight.severity {
            case .info: "current"
            case .notice: "behind"
            case .warning: "parked"
            }
        var values: [String: Any] = [
            "state": state, "severity": words.known("severity_", insight.severity.word),
            "text": view.sentence(insight, words.language), "since": insight.since.description,
            "why": words(
                "why_" + insight.word.replacing("-", with: "_"),
                ["count": grouped(insight.evidenceCount)]
            ),
            // A transaction's page tells of now.
            "has_events": !insight.places.isEmpty && !isPast,
            "events": insight.places.enumerated().map { place, event -> [String: Any] in
                let name = EventID(revision: event.revision, index: event.index).description
                return [
                    "href": "/subjects/\(id)/events/\(name)",
                    "name": words.count("insight_event", place + 1),
                ]
            },
        ]
        values["asset"] = insight.asset.map { words.fullName(view.titles[$0]) }
        return values
    }
}
