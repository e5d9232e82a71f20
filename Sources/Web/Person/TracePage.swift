import Finance
import Hummingbird

/// Why one asset changed, down to its events.
extension Site {
    @Sendable func trace(_ request: Request, _ context: Context) async throws -> Response {
        json(try await traceView(request, context).view.json)
    }

    @Sendable func tracePage(_ request: Request, _ context: Context) async throws -> Response {
        let id = try subjectID(context)
        let (view, period) = try await traceView(request, context)
        let words = Words(wording, language(of: request))
        let difference = try view.after.subtracting(view.before)
        var sums = view.sums.map { sum -> [String: Any] in
            [
                "name": sum.name?.text(words.language) ?? words("no_category"),
                "count": grouped(sum.count), "amount": sum.amount.signedText,
            ]
        }
        if view.rest.thousandths != 0 {
            sums.append([
                "name": words("trace_rest"), "count": "", "amount": view.rest.signedText,
            ])
        }
        return page(
            .trace,
            request,
            title: words.name(view.title),
            section: .subjects,
            [
                "id": id, "tabs": tabs(.wealth, id, words),
                "lead": words.product(view.title.kind) + " · " + view.title.provider,
                "back": PersonTab.wealth.path(id) + "?\(period.query)"
                    + "&currency=\(view.before.currency)",
                "period_text": words(
                    "period_text",
                    ["from": view.from.description, "through": view.through.description]
                ),
                "facts": [
                    fact(words("column_before"), view.before, words),
                    fact(words("column_after"), view.after, words),
                    fact(
                        words("column_difference"),
                        difference.signedText,
                        spoken: difference.spoken(words.language)
                    ),
                ],
                "sums": sums, "has_sums": !sums.isEmpty,
                "total": difference.signedText, "has_events": !view.events.isEmpty,
                "events": view.events.map { line -> [String: Any] in
                    var values = row(line, words)
                    values["amount"] = line.amount.signedText
                    return values
                },
                "omitted": view.omitted == 0
                    ? words("trace_all") : words.count("trace_omitted", view.omitted),
            ]
        )
    }

    private func traceView(
        _ request: Request,
        _ context: Context
    ) async throws -> (view: TraceView, period: Period) {
        let period = try period(request)
        let months = period.months(today: await ledger.today())
        let currency = try currency(request)
        let view = try await ledger.trace(
            try subjectID(context),
            of: try context.parameters.require("compartment"),
            from: months.from,
            through: months.through,
            currency: currency
        )
        guard let view else { throw Problem(.notFound) }
        return (view, period)
    }
}

extension TraceView {
    var json: JSON {
        [
            "asset": title.json,
            "from": .string(from.description),
            "through": .string(through.description),
            "before": before.json,
            "after": after.json,
            "sums": .array(
                sums.map {
                    [
                        "category": .maybe($0.category, JSON.string),
                        "category_name": .maybe($0.name, \.json), "amount": $0.amount.json,
                        "count": .unsigned($0.count),
                    ]
                }
            ),
            "rest": rest.json,
            "events": .array(events.map(\.json)),
            "omitted": .unsigned(omitted),
        ]
    }
}
