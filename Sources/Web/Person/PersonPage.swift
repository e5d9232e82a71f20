import Finance
import Hummingbird

/// The addresses of one person's pages, in the order of their menu.
enum PersonTab: String, CaseIterable {
    case holdings, wealth, ahead, insights, consents, coverage

    func path(_ id: String) -> String {
        self == .holdings ? "/subjects/\(id)" : "/subjects/\(id)/\(rawValue)"
    }

    /// Whether it can be seen as it was: what a person allowed is a history already.
    var hasPast: Bool { self != .consents }

    /// The highest class of data that the page needs whole.
    private var sensitivity: SensitivityClass {
        switch self {
        case .holdings, .wealth, .coverage: .financial
        case .ahead, .insights: .restricted
        case .consents: .operational
        }
    }

    /// Whether the page is refused to nobody who looks for a purpose.
    func isOpen(for purpose: UsePurpose?) -> Bool {
        guard let purpose else { return false }
        return UseRules.use(of: sensitivity, for: purpose, age: .adult) == .allowed
    }
}

/// What all pages about one person share.
extension Site {
    /// The menu; `past` keeps the point of the log that is shown, where a page has one.
    func tabs(
        _ current: PersonTab?,
        _ id: String,
        _ words: Words,
        past: String = ""
    ) -> [[String: Any]] {
        PersonTab.allCases.filter { $0.isOpen(for: purpose) }.map { tab in
            [
                "name": words("tab_" + tab.rawValue),
                "href": tab.path(id) + (tab.hasPast && !past.isEmpty ? "?" + past : ""),
                "current": tab == current,
            ]
        }
    }

    /// One of a person's pages; `kept` are the parameters of its address.
    func personPage(
        _ template: Templates.Name,
        _ tab: PersonTab,
        _ request: Request,
        _ id: String,
        _ words: Words,
        _ values: [String: Any],
        keeping kept: [(name: String, value: String)] = []
    ) async throws -> Response {
        var all = values
        all["id"] = id
        var past = ""
        if tab.hasPast {
            past = String(try await asOfQuery(request).dropFirst())
            all.merge(try await asOfValues(request, tab.path(id), words, keeping: kept)) { $1 }
        }
        all["tabs"] = tabs(tab, id, words, past: past)
        let title = words(tab == .holdings ? "subject_title" : "title_" + tab.rawValue)
        return page(template, request, title: title, section: .subjects, all)
    }

    /// The choice of a period, for the page at `path`; `past` is what keeps its point of the log.
    func periodValues(
        _ period: Period,
        _ months: (from: Month, through: Month),
        _ path: String,
        _ currency: Currency,
        _ past: String,
        _ words: Words
    ) -> [String: Any] {
        [
            "path": path, "from": months.from.description, "through": months.through.description,
            "currency": currency.description, "is_custom": period.word == "custom",
            "period_text": words(
                "period_text",
                ["from": months.from.description, "through": months.through.description]
            ),
            "periods": Period.choices.map { choice -> [String: Any] in
                [
                    "name": words("period_" + choice.word.replacing("-", with: "_")),
                    "href": "\(path)?\(choice.query)&currency=\(currency)\(past)",
                    "current": choice == period,
                ]
            },
        ]
    }

    /// The choice of a currency; `query` is what else the address keeps.
    func currencyValues(
        _ all: [Currency],
        _ current: Currency,
        _ path: String,
        _ query: String,
        _ past: String
    ) -> [String: Any] {
        [
            "has_currencies": all.count > 1,
            "currencies": all.map { currency -> [String: Any] in
                [
                    "name": currency.description,
                    "href": "\(path)?\(query)currency=\(currency)\(past)",
                    "current": currency == current,
                ]
            },
        ]
    }
}

extension Words {
    /// How a source stands: the state's colour and text, and the reason of one that fails.
    func state(of source: SourceLine) -> [String: Any] {
        switch source.state {
        case .good: return ["state": "current", "state_text": self("source_good")]
        case .stale: return ["state": "behind", "state_text": self("source_stale")]
        case .failed(let reason):
            return [
                "state": "parked", "state_text": self("source_failed"),
                "reason": known("source_reason_", reason),
            ]
        }
    }

    /// The word for a kind of asset, also where the provider gave it no name.
    func product(_ kind: AssetKind) -> String {
        known("product_", kind.word)
    }

    /// What an asset is called where it is one of many; one that is gone has no title.
    func name(_ title: AssetTitle?) -> String {
        guard let title else { return self("asset_gone") }
        return title.name ?? product(title.kind)
    }

    /// The same with its provider.
    func fullName(_ title: AssetTitle?) -> String {
        guard let title else { return self("asset_gone") }
        return name(title) + " · " + title.provider
    }

    /// A number with what it counts, as the language counts: `{count}` in the text.
    func count(_ key: String, _ number: some BinaryInteger) -> String {
        self(key, ["count": grouped(number)])
    }

    /// How far a day is from another: today, tomorrow, in so many days, or past.
    func distance(of day: CivilDate, from today: CivilDate) -> String {
        let days = Int(day.daysSinceEpoch) - Int(today.daysSinceEpoch)
        switch days {
        case 0: return self("day_today")
        case 1: return self("day_tomorrow")
        case 2...: return count("day_ahead", days)
        default: return count("day_past", -days)
        }
    }

    /// First and last day, or the only one.
    func days(_ days: ClosedRange<CivilDate>) -> String {
        guard days.lowerBound < days.upperBound else { return days.lowerBound.description }
        return self(
            "days_text",
            ["from": days.lowerBound.description, "through": days.upperBound.description]
        )
    }
}

/// A fact of a page's head: what it is, what it says, how it is spoken, and what to know of it.
func fact(_ name: String, _ text: String, spoken: String? = nil, note: String? = nil)
    -> [String: Any]
{
    var values: [String: Any] = ["name": name, "text": text, "spoken": spoken ?? text]
    values["note"] = note
    return values
}

/// The same of an amount.
func fact(_ name: String, _ amount: Money, _ words: Words, note: String? = nil) -> [String: Any] {
    fact(name, amount.text, spoken: amount.spoken(words.language), note: note)
}
