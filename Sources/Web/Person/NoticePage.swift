import Finance
import Hummingbird

/// The yearly notice.
extension Site {
    /// The notice as a page to print; `/v1/…/notice` has its text.
    @Sendable func noticePage(_ request: Request, _ context: Context) async throws -> Response {
        let id = try subjectID(context)
        let view = try await noticeView(request, context)
        let words = Words(wording, language(of: request))
        let period = try period(request)
        let lines = NoticeLines(view, words)
        return page(
            .notice,
            request,
            title: words("notice_title"),
            section: .subjects,
            [
                "id": id, "days": words.days(view.history.days),
                "back": PersonTab.consents.path(id),
                "text_path": "/v1/subjects/\(id)/notice?\(period.query)",
                "has_received": !view.history.sums.isEmpty, "received": lines.received,
                "has_requests": !lines.requests.isEmpty, "requests": lines.requests,
                "has_handed": !view.history.handOvers.isEmpty, "handed": lines.handed,
                "has_deleted": !lines.deleted.isEmpty, "deleted": lines.deleted,
            ]
        )
    }
}

/// The notice's tables.
struct NoticeLines {
    private let view: NoticeView
    private let words: Words

    init(_ view: NoticeView, _ words: Words) { (self.view, self.words) = (view, words) }

    private func name(_ code: String) -> String {
        code.isEmpty ? words("party_all") : view.names[code] ?? code
    }

    private func day(_ seconds: Int64) -> String {
        CivilDate(secondsSinceEpoch: seconds)?.description ?? "–"
    }

    var received: [[String: Any]] {
        view.history.sums.sorted { $0.key < $1.key }.map { code, sums in
            let isKnown = sums.firstAt <= sums.lastAt
            return [
                "provider": name(code), "scheduled": grouped(sums.scheduled),
                "irregular": grouped(sums.irregular), "failed": grouped(sums.failed),
                "first": isKnown ? day(sums.firstAt) : "–",
                "last": isKnown ? day(sums.lastAt) : "–",
            ]
        }
    }

    var requests: [[String: Any]] {
        let live = view.register.liveRequests
        return live.filter { $0.holds(on: view.history.days.upperBound) }.map {
            [
                "provider": name($0.provider), "purpose": $0.terms.purpose,
                "ends": $0.terms.endsOn.description,
                "cycle": $0.terms.isScheduled
                    ? words.count("cycle_days", $0.terms.cycleDays) : words("cycle_none"),
            ]
        }
    }

    var handed: [[String: Any]] {
        view.history.handOvers.map {
            [
                "at": Display.minute($0.at.milliseconds), "recipient": $0.recipientName,
                "purpose": $0.purpose, "items": $0.items, "period": $0.period,
            ]
        }
    }

    var deleted: [[String: Any]] {
        let inside = view.register.deletions.filter {
            CivilDate(secondsSinceEpoch: $0.askedAt).map(view.history.days.contains) ?? false
        }
        return inside.map {
            [
                "asked": Display.minute($0.askedAt.milliseconds),
                "what": name($0.scope.provider),
                "reason": words.known("deletion_", $0.reason.word),
                "done": $0.completion.map { Display.minute($0.at.milliseconds) }
                    ?? words("deletion_owed"),
            ]
        }
    }
}
