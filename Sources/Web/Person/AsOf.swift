public import Finance
import Hummingbird

/// What was known of a person at a point of their log, or by the end of a day.
///
/// `as_of=c5` is what the first five frames say; `as_of=2026-03-31` what had been recorded by the
/// end of that day in Korea, whenever it happened.
public enum AsOf: Sendable, Hashable {
    /// So many frames of the person's log: its cursor.
    case frames(UInt64)
    /// What was recorded by the end of the day in Korea.
    case day(CivilDate)

    /// Reads the text form; nil when it is none.
    init?(text: Substring) {
        if let counts = Cursor(text: text)?.counts, counts.count == 1 {
            self = .frames(counts[0])
            return
        }
        guard let day = CivilDate(text: text) else { return nil }
        self = .day(day)
    }
}

extension Site {
    /// The point of the log that a request asks for; nil for now, also where a form's field was
    /// left empty.
    ///
    /// A day is one of the past or today: nothing was known before the logs' first year, and
    /// nothing is known of tomorrow.
    func asOf(_ request: Request) async throws -> AsOf? {
        guard let text = request.uri.queryParameters["as_of"], !text.isEmpty else { return nil }
        guard let asOf = AsOf(text: text) else {
            throw Problem(.parameterInvalid, parameter: "as_of")
        }
        guard case .day(let day) = asOf else { return asOf }
        guard day.daysSinceEpoch >= 0, day <= (await ledger.today()) else {
            throw Problem(.parameterInvalid, parameter: "as_of")
        }
        return asOf
    }

    /// The day that "this month" is taken from: the day that a request asks about, or today.
    func today(_ request: Request) async throws -> CivilDate {
        guard case .day(let day) = try await asOf(request) else { return await ledger.today() }
        return day
    }

    /// The head of a person's page that shows what was known: its form, and a banner when it does.
    ///
    /// `kept` are the other parameters of the address.
    func asOfValues(
        _ request: Request,
        _ path: String,
        _ words: Words,
        keeping kept: [(name: String, value: String)]
    ) async throws -> [String: Any] {
        let today = await ledger.today()
        let asOf = try await asOf(request)
        var form: [String: Any] = [
            "action": path, "max": today.description,
            "kept": kept.map { ["name": $0.name, "value": $0.value] },
            // Where days are hidden, only the ends of months are told (`FieldRules`).
            "note": words(purpose == .ownView ? "as_of_note" : "as_of_note_months"),
        ]
        var values: [String: Any] = [:]
        if let asOf {
            form["value"] = asOf.isDay ? asOf.text : ""
            form["is_open"] = true
            let query = kept.map { "\($0.name)=\($0.value)" }.joined(separator: "&")
            values["past"] = [
                [
                    "as_of": asOf.text,
                    "text": words(
                        asOf.isDay ? "as_of_banner" : "as_of_banner_frames",
                        ["as_of": asOf.text]
                    ),
                    "now": path + (query.isEmpty ? "" : "?" + query),
                ]
            ]
        }
        values["as_of_form"] = [form]
        return values
    }

    /// What the address of a page must have to show the same point of the log; empty for now.
    func asOfQuery(_ request: Request) async throws -> String {
        try await asOf(request).map { "&as_of=" + $0.text } ?? ""
    }
}

extension AsOf {
    fileprivate var isDay: Bool {
        switch self {
        case .day: true
        case .frames: false
        }
    }

    /// The text form.
    var text: String {
        switch self {
        case .day(let day): day.description
        case .frames(let count): Cursor([count]).description
        }
    }
}
