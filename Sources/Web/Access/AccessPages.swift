import Finance
import HTTPTypes
import Hummingbird

/// Who looked at a person's data: as JSON, as a page, as a part of the person's page.
extension Site {
    @Sendable func accesses(_ request: Request, _ context: Context) async throws -> Response {
        json(try await accessList(request, context).json(\.json))
    }

    @Sendable func accessesPage(_ request: Request, _ context: Context) async throws -> Response {
        let found = try await accessList(request, context)
        let words = Words(wording, language(of: request))
        let id = try subjectID(context)
        var values: [String: Any] = [
            "id": id, "has_accesses": !found.items.isEmpty,
            "accesses": found.items.map { row($0, words) },
        ]
        values["next"] = found.next.map { "/subjects/\(id)/accesses?after=\($0)" }
        return page(
            .accesses,
            request,
            title: words("accesses_title"),
            section: .subjects,
            values
        )
    }

    /// The newest looks, for the person's page.
    func accessValues(_ id: String, _ words: Words) async throws -> [String: Any] {
        let newest = try await ledger.accesses(of: id, after: nil, limit: 5)?.items ?? []
        return ["has_accesses": !newest.isEmpty, "accesses": newest.map { row($0, words) }]
    }

    /// The person's own first page.
    @Sendable func ownPage(_ request: Request, _ context: Context) async throws -> Response {
        guard let subject = context.caller.subject else { throw Problem(.subjectUnknown) }
        return redirect("/subjects/" + subject)
    }

    private func accessList(
        _ request: Request,
        _ context: Context
    ) async throws -> Listing<DataAccess> {
        let (after, limit) = try paging(request)
        let id = try subjectID(context)
        guard let found = try await ledger.accesses(of: id, after: after, limit: limit) else {
            throw Problem(.subjectUnknown)
        }
        return found
    }

    private func row(_ access: DataAccess, _ words: Words) -> [String: Any] {
        [
            "at": access.at.map(Display.moment) ?? "–", "actor": access.actor,
            "role": words.known("role_", access.role),
            "purpose": words.known("purpose_", access.purpose), "items": access.items,
        ]
    }
}

extension DataAccess {
    var json: JSON {
        [
            "actor": .string(actor), "role": .string(role), "purpose": .string(purpose),
            "items": .string(items), "at_ms": .maybe(at, JSON.integer),
        ]
    }
}
