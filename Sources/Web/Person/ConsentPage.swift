import Finance
import Hummingbird

/// What a person allowed, how their connections are, what was sent, what was deleted.
extension Site {
    @Sendable func consentsPage(_ request: Request, _ context: Context) async throws -> Response {
        let id = try subjectID(context)
        let view = try await consentView(context)
        let transfers = try await transferView(request, context)
        let words = Words(wording, language(of: request))
        let period = try period(request)
        let lines = ConsentLines(view, words)
        let path = PersonTab.consents.path(id)
        let register = view.register
        let deletions = register.deletions.reversed().map { lines.row($0) }
        let purges = register.purges.reversed().map { lines.row($0) }
        var values: [String: Any] = [
            "membership": lines.membership,
            "has_sources": !transfers.sources.isEmpty,
            "sources": transfers.sources.map { lines.row($0) },
            "has_requests": !register.requests.isEmpty,
            "requests": view.requests.map { lines.row($0) },
            "has_agreements": !register.agreements.isEmpty,
            "agreements": view.agreements.map { lines.row($0) },
            "has_deletions": !register.deletions.isEmpty || !register.purges.isEmpty,
            "deletions": deletions + purges,
            "has_notices": !register.notices.isEmpty,
            "notices": register.notices.reversed().map {
                words(
                    "notice_given",
                    ["day": Display.minute($0.at.milliseconds), "days": words.days($0.days)]
                )
            },
            "notice_path": "/subjects/\(id)/notice", "path": path,
            "history_text": words.days(transfers.days),
            "has_entries": !transfers.entries.isEmpty,
            "entries": lines.rows(transfers),
        ]
        values["next"] = transfers.next.map { "\(path)?\(period.query)&after=\($0)" }
        return try await personPage(.consents, .consents, request, id, words, values)
    }
}

/// A register's parts in words.
struct ConsentLines {
    private let view: ConsentView
    private let words: Words
    /// From so many days before its end on a request is to be extended soon.
    private static let daysSoon: Int32 = 30

    init(_ view: ConsentView, _ words: Words) { (self.view, self.words) = (view, words) }

    var membership: String {
        switch view.register.membership {
        case .never: words("member_never")
        case .left(let at):
            words("member_left", ["day": Display.minute(at.milliseconds)])
        case .joined(let at, let until, age: _):
            words(
                "member_joined",
                ["day": Display.minute(at.milliseconds), "until": until.description]
            )
        }
    }

    /// When a request ends, counted from today.
    private func ends(_ day: CivilDate) -> String {
        let days = day.daysSinceEpoch - view.day.daysSinceEpoch
        switch days {
        case ..<0: return words("ended_on", ["day": day.description])
        case 0: return words("ends_today")
        default: return words("ends_in", ["count": grouped(days), "day": day.description])
        }
    }

    func row(_ source: SourceLine) -> [String: Any] {
        var values: [String: Any] = [
            "provider": source.provider,
            "last_good": source.lastGoodAt.map(Display.minute) ?? words("never"),
            "next_due": source.nextDueAt.map(Display.minute) ?? words("not_planned"),
            "ends": source.consentEndsOn.map(ends) ?? words("no_request"),
        ]
        values.merge(words.state(of: source)) { $1 }
        return values
    }

    func row(_ request: TransferRequest) -> [String: Any] {
        let terms = request.terms
        let word = request.stateWord(on: view.day)
        let isLive = word == "live"
        let isSoon = terms.endsOn <= view.day.adding(days: ConsentLines.daysSoon)
        var values: [String: Any] = [
            "provider": view.name(request.provider),
            "state": isLive ? isSoon ? "behind" : "current" : "parked",
            "state_text": words.known("request_", word),
            "scope": scope(terms.scope), "purpose": terms.purpose,
            "ends": ends(terms.endsOn),
            "asked": Display.minute(request.requestedAt.milliseconds),
            "cycle": terms.isScheduled && terms.cycleDays > 0
                ? words.count("cycle_days", terms.cycleDays) : words("cycle_none"),
            "kept": terms.keptUntil == .withoutEnd
                ? words("kept_until_end")
                : words("kept_until", ["day": terms.keptUntil.description]),
        ]
        if let ended = request.state.endedAt {
            values["ends"] = words("ended_on", ["day": Display.minute(ended.milliseconds)])
        }
        if case .withdrawn(let reason, at: _) = request.state {
            values["reason"] = words.known("withdrawn_", reason.word)
        }
        return values
    }

    /// The classes of data of a scope, without the list that every request opens.
    private func scope(_ scope: DataScope) -> String {
        let classes = scope.words.map { word in String(word.drop { $0 != "." }.dropFirst()) }
        let shown = classes.filter { $0 != "list" }.map { words.known("scope_", $0) }
        return shown.isEmpty ? words("scope_list") : shown.joined(separator: ", ")
    }

    func row(_ agreement: Agreement) -> [String: Any] {
        let terms = agreement.terms
        let holds = agreement.holds(on: view.day)
        var values: [String: Any] = [
            "name": terms.consentName.isEmpty
                ? words.known("agreement_", terms.kind.word) : terms.consentName,
            "recipient": terms.recipientName, "purpose": terms.purpose, "period": terms.period,
            "state": holds ? "current" : "parked",
            "state_text": words.known(
                "agreement_state_",
                holds || agreement.status != .normal ? agreement.status.word : "ended"
            ),
            "granted": Display.minute(agreement.grantedAt.milliseconds),
            "handed": words.count("hand_overs", agreement.handOverCount),
        ]
        values["last_handed"] = agreement.lastHandOverAt.map { Display.minute($0.milliseconds) }
        return values
    }

    func row(_ deletion: Deletion) -> [String: Any] {
        let provider = deletion.scope.provider
        var values: [String: Any] = [
            "what": provider.isEmpty ? words("deleted_everything") : view.name(provider),
            "reason": words.known("deletion_", deletion.reason.word),
            "asked": Display.minute(deletion.askedAt.milliseconds),
            "state": deletion.completion == nil ? "behind" : "current",
            "state_text": words(deletion.completion == nil ? "deletion_owed" : "deletion_done"),
        ]
        values["done"] = deletion.completion.map { completion in
            words(
                "deletion_receipt",
                [
                    "day": Display.minute(completion.at.milliseconds),
                    "count": grouped(completion.compartments.count),
                    "revision": grouped(completion.throughRevision),
                ]
            )
        }
        return values
    }

    func row(_ purge: Purge) -> [String: Any] {
        [
            "what": view.name(purge.provider),
            "reason": words("deletion_received_by_mistake"),
            "asked": Display.minute(purge.at.milliseconds), "state": "current",
            "state_text": words("deletion_done"),
            "done": words.count("purged_events", purge.events),
        ]
    }

    /// The history with what one collection brought of one provider in one row.
    func rows(_ view: TransferView) -> [[String: Any]] {
        var rows: [[String: Any]] = []
        var group: (first: TransferHistory.Entry, count: UInt64, rows: UInt64)?
        func close() {
            guard let known = group else { return }
            rows.append(row(known.first, view, calls: known.count, received: known.rows))
            group = nil
        }
        for entry in view.entries {
            guard case .received(let count, _) = entry.detail else {
                close()
                rows.append(row(entry, view, calls: 1, received: 0))
                continue
            }
            if let known = group, known.first.isOfOneCollection(with: entry) {
                group = (known.first, known.count + 1, known.rows &+ count)
            } else {
                close()
                group = (entry, 1, count)
            }
        }
        close()
        return rows
    }

    private func row(
        _ entry: TransferHistory.Entry,
        _ view: TransferView,
        calls: UInt64,
        received: UInt64
    ) -> [String: Any] {
        var values: [String: Any] = [
            "at": Display.minute(entry.at.milliseconds),
            "kind": words.known("entry_", entry.kind.rawValue),
            "party": entry.party.isEmpty
                ? words("party_all") : view.names[entry.party] ?? entry.party,
        ]
        switch entry.detail {
        case .received(_, let isScheduled):
            values["plain"] = words(
                isScheduled ? "received_regularly" : "received_asked",
                ["calls": grouped(calls), "rows": grouped(received)]
            )
        case .failed(let failure):
            values["plain"] =
                TransferTrouble(failure).map { words.known("source_reason_", $0.rawValue) }
                ?? words("asset_gone")
            values["text"] = entry.text
        case .none: values["text"] = entry.text
        }
        return values
    }
}

extension TransferHistory.Entry {
    /// Whether both came of one collection from one provider: each asset leaves an entry.
    fileprivate func isOfOneCollection(with other: TransferHistory.Entry) -> Bool {
        guard case .received(_, let isScheduled) = detail,
            case .received(_, isScheduled) = other.detail
        else { return false }
        return party == other.party && (at - other.at).magnitude <= 120
    }
}
