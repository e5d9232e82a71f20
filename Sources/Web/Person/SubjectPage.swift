import Finance
import Hummingbird

/// The list of persons and one person's page.
extension Site {
    @Sendable func subjectsPage(_ request: Request, _ context: Context) async throws -> Response {
        let (after, limit) = try paging(request)
        let found = try await ledger.subjects(after: after, limit: limit)
        let words = Words(wording, language(of: request))
        var values: [String: Any] = [
            "has_subjects": !found.items.isEmpty,
            "subjects": found.items.map { subject -> [String: Any] in
                [
                    "id": subject.id, "short": String(subject.id.prefix(8)),
                    "assets": grouped(subject.assets), "frames": grouped(subject.frames),
                    "last": subject.lastRecordedAt.map(Display.moment) ?? "–",
                ]
            },
        ]
        values["next"] = found.next.map(\.description)
        return page(
            .subjects,
            request,
            title: words("subjects_title"),
            section: .subjects,
            values
        )
    }

    /// What a person has, spends and paid, all of it now or as of one point of their log.
    @Sendable func subjectPage(_ request: Request, _ context: Context) async throws -> Response {
        let id = try subjectID(context)
        let asOf = try await asOf(request)
        guard let report = try await ledger.subject(id, asOf: asOf) else {
            throw Problem(.subjectUnknown)
        }
        let words = Words(wording, language(of: request))
        let (spending, period) = try await spendingReport(request, context)
        let (after, limit) = try paging(request)
        let lines = try await ledger.transactions(
            id,
            from: spending.from,
            through: spending.through,
            category: nil,
            asOf: asOf,
            after: after,
            limit: limit
        )
        guard let lines else { throw Problem(.subjectUnknown) }
        var kept = period.fields
        kept.append(("currency", spending.currency.description))
        var values = holdings(report, words)
        let today = try await today(request)
        let past = try await asOfQuery(request)
        values.merge(try spendingValues(spending, period, id, today, past, words)) { $1 }
        values.merge(try await lineValues(lines, request, id, kept, words)) { $1 }
        // Who looks is told as of now alone, as how connections stand.
        if asOf == nil { values.merge(try await accessValues(id, words)) { $1 } }
        return try await personPage(.subject, .holdings, request, id, words, values, keeping: kept)
    }

    /// The list of transactions; `kept` are the parameters that its links keep.
    private func lineValues(
        _ lines: Listing<TransactionLine>,
        _ request: Request,
        _ id: String,
        _ kept: [(name: String, value: String)],
        _ words: Words
    ) async throws -> [String: Any] {
        let past = try await asOfQuery(request)
        let query = kept.map { "\($0.name)=\($0.value)" }.joined(separator: "&") + past
        let isApart = request.uri.queryParameters["links"] == "apart"
        let (after, _) = try paging(request)
        // What is apart stays so on the next page, and stays on this one.
        let here = query + (after.map { "&after=\($0)" } ?? "")
        var values: [String: Any] = [
            "has_transactions": !lines.items.isEmpty,
            "transactions": rows(
                lines.items,
                id,
                apart: isApart,
                query: here,
                isPast: !past.isEmpty,
                words
            ),
        ]
        values["next"] = lines.next.map {
            "/subjects/\(id)?\(query)\(isApart ? "&links=apart" : "")&after=\($0)"
        }
        return values
    }

    @Sendable func explanationPage(
        _ request: Request,
        _ context: Context
    ) async throws -> Response {
        let found = try await explanation(context)
        let words = Words(wording, language(of: request))
        var values = row(found.transaction, words)
        let id = try subjectID(context)
        values.merge(try await correctionValues(request, context, id, words)) { $1 }
        values.merge(try await linkValues(request, found.transaction, id, words)) { $1 }
        values["id"] = id
        values["rule"] = found.rule
        values["rule_text"] = found.ruleText.text(words.language)
        values["version"] = found.version
        values["others"] = words("explain_others_count", ["count": grouped(found.others)])
        values["evidence"] = found.evidence.map {
            ["field": words.known("evidence_", $0.kind.word), "value": $0.value]
        }
        return page(
            .explanation,
            request,
            title: words("explain_title"),
            section: .subjects,
            values
        )
    }

    private func holdings(_ report: SubjectView, _ words: Words) -> [String: Any] {
        [
            "totals": report.totals.map { total -> [String: Any] in
                [
                    "net": total.net.text, "net_spoken": total.net.spoken(words.language),
                    "has": total.has.text, "has_spoken": total.has.spoken(words.language),
                    "owes": total.owes.text, "owes_spoken": total.owes.spoken(words.language),
                ]
            },
            "has_assets": !report.assets.isEmpty,
            "assets": report.assets.map { row($0, words) },
            "has_sources": !report.sources.isEmpty,
            "sources": report.sources.map { row($0, words) },
        ]
    }

    private func row(_ asset: AssetLine, _ words: Words) -> [String: Any] {
        let kind = words("asset_" + asset.kind.rawValue)
        let name = asset.exactKind == .unspecified ? kind : words.product(asset.exactKind)
        var values: [String: Any] = [
            "kind": asset.kind.rawValue, "kind_text": kind, "provider": asset.provider,
            "name": asset.name ?? name,
            "transactions": words("column_transactions") + " " + grouped(asset.transactions),
        ]
        values["balance"] = asset.balance?.text
        if let points = asset.points {
            values["balance"] = words.count("points_count", points)
        }
        // A card or its bill has no balance to miss.
        values["has_none"] = asset.balance == nil && asset.points == nil && asset.kind != .card
        values["balance_on"] = asset.balanceOn?.description
        return values
    }

    private func row(_ source: SourceLine, _ words: Words) -> [String: Any] {
        var values: [String: Any] = [
            "provider": source.provider,
            "last_good": source.lastGoodAt.map(Display.moment) ?? words("never"),
            "events": words("events_total") + " " + grouped(source.events),
        ]
        values.merge(words.state(of: source)) { $1 }
        return values
    }

    func row(_ line: TransactionLine, _ words: Words) -> [String: Any] {
        var values: [String: Any] = [
            "event": line.event.description, "day": line.day.description,
            "merchant": line.merchant ?? words("merchant_unknown"), "amount": line.amount.text,
        ]
        if line.kind != .payment { values["change"] = words("line_" + line.kind.rawValue) }
        values["category"] = line.categoryName?.text(words.language) ?? line.category
        return values
    }
}
