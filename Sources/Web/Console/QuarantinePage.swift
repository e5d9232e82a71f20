import HTTPTypes
import Hummingbird

/// One answer that is put aside: why, what redriving it would come to, and the two ways out.
extension Site {
    @Sendable func quarantinePage(
        _ request: Request,
        _ context: Context
    ) async throws -> Response {
        let (line, result) = try await previewed(try quarantineID(context))
        let words = Words(wording, language(of: request))
        var values = row(line, words)
        values["preview"] = words.preview(result)
        let mayRedrive = try may(.post, "/collection/quarantine/{answer}/redrive", context)
        let mayDiscard = try may(.post, "/collection/quarantine/{answer}/discard", context)
        switch result {
        case .taken, .superseded:
            values["can_redrive"] = mayRedrive
            values["can_discard"] = mayDiscard
        case .broken, .refused: values["can_discard"] = mayDiscard
        case .released: values["is_released"] = true
        }
        return page(
            .quarantine,
            request,
            title: words("quarantine_title"),
            section: .collection,
            values
        )
    }

    @Sendable func redriveForm(_ request: Request, _ context: Context) async throws -> Response {
        let id = try quarantineID(context)
        _ = try await refusing { try await ledger.redrive(id, by: context.caller.actor) }
        return redirect("/collection/quarantine/\(id)")
    }

    @Sendable func discardForm(_ request: Request, _ context: Context) async throws -> Response {
        let id = try quarantineID(context)
        let form = try await form(DiscardForm.self, request).value
        _ = try await discarded(id, form.note, by: context.caller)
        return redirect("/collection/quarantine/\(id)")
    }
}

private struct DiscardForm: Decodable {
    var note: String
}

extension Words {
    fileprivate func preview(_ result: QuarantineResult) -> String {
        switch result {
        case .taken(let added, let retracted):
            self(
                "redrive_taken",
                ["added": grouped(added), "retracted": grouped(retracted)]
            )
        case .superseded: self("redrive_superseded")
        case .broken(let why): self("redrive_broken", ["reason": fault(why)])
        case .refused: self("redrive_refused")
        case .released(let word): known("released_", word)
        }
    }
}
