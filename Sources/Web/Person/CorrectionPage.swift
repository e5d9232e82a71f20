import Cryptography
import Finance
import Hummingbird

/// The part of an explanation's page that corrects: choose, see what would move, do it, take back.
///
/// Nothing but the two posts records anything. What was done stands in the address, so the word of
/// it survives a reload.
extension Site {
    func correctionValues(
        _ request: Request,
        _ context: Context,
        _ id: String,
        _ words: Words
    ) async throws -> [String: Any] {
        let order = try correctionOrder(request, context)
        var values: [String: Any] = [
            "is_for_one": order.map { !$0.isForMerchant } ?? false,
            "groups": groups(await ledger.categories(), chosen: order?.category, words),
            "is_for_rules": order != nil && order?.category == nil,
        ]
        if let order {
            let preview = try await preview(order, context)
            values["preview"] = [previewed(preview, order, words)]
        }
        if let text = request.uri.queryParameters["done"], let done = EventID(text: text) {
            let line = try await correction(done, of: id)
            values["done"] = line.map { [told($0, words)] }
        }
        return values
    }

    private func groups(
        _ choices: [CategoryChoice],
        chosen: String?,
        _ words: Words
    ) -> [[String: Any]] {
        var order: [LocalizedName] = []
        var byGroup: [LocalizedName: [[String: Any]]] = [:]
        for choice in choices {
            if byGroup[choice.group] == nil { order.append(choice.group) }
            byGroup[choice.group, default: []].append([
                "id": choice.id, "name": choice.name.text(words.language),
                "chosen": choice.id == chosen,
            ])
        }
        return order.map {
            ["group": $0.text(words.language), "choices": byGroup[$0] ?? []]
        }
    }

    private func previewed(
        _ preview: CorrectionPreview,
        _ order: CorrectionOrder,
        _ words: Words
    ) -> [String: Any] {
        let rest = preview.count - min(preview.count, UInt64(preview.moves.count))
        var values: [String: Any] = [
            "title": words("correct_preview_title", ["count": grouped(preview.count)]),
            "scope": order.isForMerchant ? "merchant" : "one",
            "slug": order.category ?? "", "cursor": preview.cursor.description,
            "has_moves": !preview.moves.isEmpty,
            "moves": preview.moves.map { move -> [String: Any] in
                [
                    "day": move.day.description,
                    "merchant": move.merchant ?? words("merchant_unknown"),
                    "amount": move.amount.text,
                    "before": move.before.name.text(words.language),
                    "after": move.after.name.text(words.language),
                ]
            },
        ]
        if rest > 0 { values["rest"] = words("correct_preview_rest", ["count": grouped(rest)]) }
        return values
    }

    private func told(_ line: CorrectionLine, _ words: Words) -> [String: Any] {
        let isUndo = line.withdrawn != nil
        let name = line.category?.name.text(words.language) ?? words("correct_rules_choice")
        return [
            "text": words(
                isUndo ? "correct_undone" : "correct_done",
                ["count": grouped(line.moved), "category": name]
            ),
            "correction": line.event.description,
            "can_undo": !isUndo && line.state == .inForce,
        ]
    }

    /// One correction of a person; nil when there is none of that id among the newest.
    private func correction(_ event: EventID, of id: String) async throws -> CorrectionLine? {
        let lines = try await ledger.corrections(id, after: nil, limit: configuration.pageSizeMax)
        return lines?.items.first { $0.event == event }
    }

    /// Does what a preview showed.
    @Sendable func correctFromPage(
        _ request: Request,
        _ context: Context
    ) async throws -> Response {
        let id = try subjectID(context)
        guard let event = EventID(text: try context.parameters.require("event")) else {
            throw Problem(.eventUnknown)
        }
        let (form, bytes) = try await form(CorrectionForm.self, request)
        let order = CorrectionOrder(
            event: event,
            isForMerchant: form.scope == .merchant,
            category: form.category.isEmpty ? nil : form.category
        )
        // What is sent twice from one preview is one request; after a look at a longer log it is
        // another.
        let name = pageRequestName([
            "correct", "\(event)", form.scope.rawValue, form.category, form.cursor,
        ])
        let answered = try await refusing {
            try await ledger.correct(id, order, request: named(name, request, bytes))
        }
        return redirect("/subjects/\(id)/events/\(event)?done=\(answered.value.event)")
    }

    /// Takes back from the word of what was done.
    @Sendable func withdrawFromPage(
        _ request: Request,
        _ context: Context
    ) async throws -> Response {
        let id = try subjectID(context)
        guard let event = EventID(text: try context.parameters.require("event")) else {
            throw Problem(.eventUnknown)
        }
        let answered = try await withdraw(context)
        return redirect("/subjects/\(id)/events/\(event)?done=\(answered.value.event)")
    }

    /// What a page's form is called as a request: by all that it asks and the place of the log that
    /// its page showed, however long.
    func pageRequestName(_ parts: [String]) -> String {
        "page-" + hexadecimal(SHA256.hash(Array(parts.joined(separator: "\n").utf8)).bytes)
    }
}

private struct CorrectionForm: Decodable {
    var scope: CorrectionBody.Scope
    var category: String
    var cursor: String
}
