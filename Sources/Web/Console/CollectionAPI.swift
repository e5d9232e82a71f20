import Finance
import HTTPTypes
import Hummingbird

/// `/v1/collection/…`: how the collection stands, and what is put aside.
extension Site {
    @Sendable func collection(_ request: Request, _ context: Context) async throws -> Response {
        json(try await ledger.collection().json)
    }

    @Sendable func collectionProvider(
        _ request: Request,
        _ context: Context
    ) async throws -> Response {
        let code = try context.parameters.require("org_code")
        let report = try await ledger.collection()
        guard let provider = report.providers.first(where: { $0.code == code }) else {
            throw Problem(.notFound)
        }
        return json(provider.json(on: report.today, isWhole: true))
    }

    @Sendable func quarantine(_ request: Request, _ context: Context) async throws -> Response {
        let (after, limit) = try paging(request)
        return json(try await ledger.quarantine(after: after, limit: limit).json(\.json))
    }

    /// One answer, and what redriving it would come to.
    @Sendable func quarantined(_ request: Request, _ context: Context) async throws -> Response {
        let (line, result) = try await previewed(try quarantineID(context))
        return json(["answer": line.json, "redrive": result.json])
    }

    @Sendable func redrive(_ request: Request, _ context: Context) async throws -> Response {
        let id = try quarantineID(context)
        let result = try await refusing {
            try await ledger.redrive(id, by: context.caller.actor)
        }
        return json(result.json)
    }

    @Sendable func discard(_ request: Request, _ context: Context) async throws -> Response {
        let id = try quarantineID(context)
        let order = try await order(DiscardOrder.self, request).value
        return json(try await discarded(id, order.note, by: context.caller).json)
    }

    func discarded(
        _ id: String,
        _ note: String,
        by caller: Caller
    ) async throws -> QuarantineResult {
        guard !note.isEmpty, note.utf8.count <= quarantineNoteBytesMax else {
            throw Problem(.parameterInvalid, parameter: "note")
        }
        return try await refusing {
            try await ledger.discard(id, note: note, by: caller.actor)
        }
    }

    func previewed(_ id: String) async throws -> (QuarantineLine, QuarantineResult) {
        try await refusing { try await ledger.quarantined(id) }
    }

    /// Anything else is as unknown as a wrong one.
    func quarantineID(_ context: Context) throws(Problem) -> String {
        guard let id = context.parameters.get("answer"), id.utf8.count == 49,
            id.utf8.allSatisfy({ 48...57 ~= $0 || 97...102 ~= $0 || $0 == 45 })
        else { throw Problem(.quarantineUnknown) }
        return id
    }
}

private struct DiscardOrder: Decodable {
    var note: String
}

extension CollectionReport {
    var json: JSON {
        [
            "today": .string(today.description),
            "people": .unsigned(people),
            "overdue": .unsigned(providers.reduce(0) { $0 + $1.overdue(on: today) }),
            "due_today": .unsigned(providers.reduce(0) { $0 + $1.due(on: today) }),
            "lag_days": .integer(providers.map { $0.lagDays(on: today) }.max() ?? 0),
            "quarantined": .unsigned(providers.reduce(0) { $0 + $1.aside }),
            "providers": .array(providers.map { $0.json(on: today, isWhole: false) }),
            "regular_days": .array(made(days: 28).map(\.json)),
        ]
    }
}

extension RegularDay {
    var json: JSON {
        [
            "day": .string(day.description), "made": .unsigned(made), "late": .unsigned(late),
            "late_days": .unsigned(lateDays),
        ]
    }
}

extension ProviderCollection {
    /// With `isWhole` also by day and by API.
    func json(on today: CivilDate, isWhole: Bool) -> JSON {
        var members: [(String, JSON)] = [
            ("org_code", .string(code)), ("name", .maybe(name) { .string($0) }),
            ("slots", .array(slots.map { .string($0) })),
            ("people", .unsigned(people)), ("transfers", .unsigned(transfers)),
            ("failing", .unsigned(failing)),
            ("quota", ["used": .unsigned(used(on: today)), "of": .unsigned(regular)]),
            ("due_today", .unsigned(due(on: today))),
            ("overdue", .unsigned(overdue(on: today))),
            ("lag_days", .integer(lagDays(on: today))),
            ("errors", .unsigned(errorCount)), ("quarantined", .unsigned(aside)),
            ("last_good_at_ms", .maybe(lastGoodAt) { .integer($0) }),
        ]
        if isWhole {
            members += [
                ("today", .string(today.description)),
                (
                    "due",
                    .array(
                        due.map {
                            [
                                "day": .string($0.day.description),
                                "people": .unsigned($0.people),
                            ]
                        }
                    )
                ),
                ("regular_days", .array(made.map(\.json))),
                ("apis", .array(apis.map(\.json))),
            ]
        }
        return .object(members)
    }
}

extension APICollection {
    var json: JSON {
        [
            "api": .string(id), "calls": .unsigned(calls), "pages": .unsigned(pages),
            "rows": .unsigned(rows), "bytes": .unsigned(bytes), "ms": .unsigned(milliseconds),
            "errors": .array(
                errors.map { ["code": .unsigned(UInt64($0.code)), "count": .unsigned($0.count)] }
            ),
            "quarantined_ever": .unsigned(quarantined), "quarantined": .unsigned(aside),
            "last_good_at_ms": .maybe(lastGoodAt) { .integer($0) },
            "last_error_at_ms": .maybe(lastBadAt) { .integer($0) },
        ]
    }
}

extension QuarantineLine {
    var json: JSON {
        [
            "id": .string(id), "subject": .string(subject), "org_code": .string(provider),
            "api": .string(api), "fault": fault.json, "asked_at_ms": .integer(askedAt),
            "bytes": .unsigned(bytes),
        ]
    }
}

extension QuarantineFault {
    var json: JSON {
        ["reason": .string(reason), "field": .string(field), "row": .unsigned(UInt64(row))]
    }
}

extension QuarantineResult {
    /// The stable word of what became of it.
    var word: String {
        switch self {
        case .taken: "taken"
        case .superseded: "superseded"
        case .broken: "broken"
        case .refused: "refused"
        case .released: "released"
        }
    }

    var json: JSON {
        var (added, retracted, fault, outcome): (UInt64, UInt64, JSON, JSON) = (0, 0, nil, nil)
        switch self {
        case .taken(let new, let gone): (added, retracted) = (new, gone)
        case .superseded, .refused: break
        case .broken(let why): fault = why.json
        case .released(let word): outcome = .string(word)
        }
        return [
            "result": .string(word), "added": .unsigned(added),
            "retracted": .unsigned(retracted), "fault": fault, "outcome": outcome,
        ]
    }
}
