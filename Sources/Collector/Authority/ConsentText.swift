public import Finance

/// The text of a transfer request as it is shown to a person and signed, for one provider.
///
/// The standard's own layout is in annexes that are not public (docs/mydata.md, "The signed
/// transfer request"): this is the sandbox's, one JSON object of texts.
public struct ConsentText: Sendable {
    /// The text, UTF-8.
    public let text: String

    /// What a person is asked for one provider.
    ///
    /// `assets` are keys at the provider; none means all that the scope opens.
    public init(
        _ terms: RequestTerms,
        provider: Provider,
        operatorCode: String,
        assets: [String] = []
    ) {
        var members: [(String, StandardJSON)] = []
        func add(_ name: String, _ value: String) { members.append((name, .text(value))) }
        add("org_code", provider.code)
        add("rcv_org_code", operatorCode)
        add("client_id", provider.registration.identifier)
        add("scope", terms.scope.text)
        add("is_scheduled", terms.isScheduled ? "true" : "false")
        if terms.isScheduled {
            add("fnd_cycle", ConsentText.cycle(terms.basicCycleDays))
            add("add_cycle", ConsentText.cycle(terms.additionalCycleDays))
        }
        add("end_date", String(terms.endsOn.digits))
        add("purpose", terms.purpose)
        add("period", String(terms.keptUntil.digits))
        if !assets.isEmpty {
            members.append(("assets", .list(assets.map(StandardJSON.text))))
        }
        for (name, disclosure) in [
            ("is_consent_trans_memo", terms.memo),
            ("is_consent_merchant_name_regno", terms.merchant),
            ("is_consent_trans_category", terms.category),
        ] where disclosure != .unasked {
            add(name, disclosure == .allowed ? "true" : "false")
        }
        text = String(decoding: StandardJSON.object(members).bytes, as: UTF8.self)
    }

    /// `1/1w` for every 7 days, `1/d` for every day (§2.7).
    static func cycle(_ days: Int) -> String { days == 1 ? "1/d" : "1/\(max(1, days / 7))w" }
}
