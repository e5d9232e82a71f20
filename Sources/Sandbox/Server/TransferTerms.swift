internal import Finance
internal import MyData

/// What a transfer request allows, as its signed text says it.
///
/// The standard's own layout of that text is not public. This one is the sandbox's: one JSON object
/// of texts, `assets` a list of texts. See docs/mydata.md.
struct TransferTerms: Hashable, Sendable {
    /// How often a regular transfer may come.
    enum Cycle: Hashable, Sendable {
        /// Once in so many weeks, Sunday to Saturday.
        case weeks(Int32)
        /// Once a day.
        case daily

        /// `1/w`, `1/2w` … `1/4w`, `1/d`.
        init?(_ text: String) {
            switch text {
            case "1/d": self = .daily
            case "1/w", "1/1w": self = .weeks(1)
            case "1/2w": self = .weeks(2)
            case "1/3w": self = .weeks(3)
            case "1/4w": self = .weeks(4)
            default: return nil
            }
        }
    }

    /// Which scopes.
    var scopes: [String]
    /// Which assets by their keys; nil is all of them.
    var assets: Set<String>?
    /// Whether there are regular transfers.
    var isScheduled: Bool
    /// `fnd_cycle` as it was written.
    var basicText = "1/1w"
    /// `add_cycle` as it was written.
    var additionalText = "1/1w"
    /// The last day.
    var endDate: CivilDate
    /// Purpose, in words.
    var purpose: String
    /// DATE until which what was received may be kept.
    var period: String
    /// What may be told of movements.
    var flags = DisclosureFlags()

    /// All of an industry for a year, once a week.
    init(whole industry: Industry, from day: CivilDate) {
        scopes = industry.scopes
        isScheduled = true
        endDate = day.adding(months: 12)
        purpose = "전송요구를 통한 본인신용정보 통합조회 서비스의 이용"
        period = "99991231"
    }

    /// The terms in a signed text; nil when a member is missing or malformed.
    init?(_ text: JSONTree) {
        guard let scope = text["scope"]?.scalar, let scheduled = text["is_scheduled"]?.scalar,
            let end = text["end_date"]?.scalar.flatMap(CivilDate.init(compact:)),
            let purpose = text["purpose"]?.scalar, let period = text["period"]?.scalar,
            period.utf8.count == 8, ["true", "false"].contains(scheduled)
        else { return nil }
        scopes = scope.split(separator: " ").map(String.init)
        isScheduled = scheduled == "true"
        (endDate, self.purpose, self.period) = (end, purpose, period)
        if isScheduled {
            guard let basic = text["fnd_cycle"]?.scalar, Cycle(basic) != nil,
                let additional = text["add_cycle"]?.scalar, Cycle(additional) != nil
            else { return nil }
            (basicText, additionalText) = (basic, additional)
        }
        if let list = text["assets"] {
            guard let elements = list.elements else { return nil }
            assets = Set(elements.compactMap(\.scalar))
        }
        flags.memo = text["is_consent_trans_memo"]?.scalar != "false"
        flags.merchant = text["is_consent_merchant_name_regno"]?.scalar != "false"
        flags.category = text["is_consent_trans_category"]?.scalar != "false"
    }

    /// As a text that reads as the same terms.
    var text: JSONObject {
        var object = JSONObject()
        object.add("scope", scopes.joined(separator: " "))
        object.add("is_scheduled", isScheduled ? "true" : "false")
        object.add("fnd_cycle", basicText)
        object.add("add_cycle", additionalText)
        object.add("end_date", endDate.compact)
        object.add("purpose", purpose)
        object.add("period", period)
        object.add("is_consent_trans_memo", flags.memo ? "true" : "false")
        object.add("is_consent_merchant_name_regno", flags.merchant ? "true" : "false")
        object.add("is_consent_trans_category", flags.category ? "true" : "false")
        if let assets { object.add("assets", texts: assets.sorted()) }
        return object
    }

    /// The cycle of basic or of additional APIs.
    func cycle(isBasic: Bool) -> Cycle {
        Cycle(isBasic ? basicText : additionalText) ?? .weeks(1)
    }

    /// Whether an asset by its key, or by its key without what stands after a slash, is meant.
    func covers(asset key: String) -> Bool {
        guard let assets else { return true }
        return assets.contains(key)
            || assets.contains { $0.hasPrefix(key) && $0.dropFirst(key.count).first == "/" }
    }

    /// 정보제공-공통-002, without its envelope.
    func write(into object: inout JSONObject, for industry: Industry) {
        object.add("is_scheduled", isScheduled ? "true" : "false")
        if isScheduled {
            object.add("fnd_cycle", basicText)
            object.add("add_cycle", additionalText)
        }
        object.add("end_date", endDate.compact)
        object.add("purpose", purpose)
        object.add("period", period)
        if [.bank, .invest, .efin].contains(industry) {
            object.add("is_consent_trans_memo", flags.memo ? "true" : "false")
        }
        if [.bank, .card, .efin, .telecom].contains(industry) {
            object.add("is_consent_merchant_name_regno", flags.merchant ? "true" : "false")
        }
        if industry == .efin {
            object.add("is_consent_trans_category", flags.category ? "true" : "false")
        }
    }
}
