internal import Finance
internal import MyData

/// Builds the requests of one call.
struct Question {
    let call: StandardCall
    let entry: StandardAPI
    let provider: Provider
    /// The period, of a history.
    let window: Window?
    /// Sent with the first page of a state; nil is not at all.
    let searchTimestamp: String?
    let trigger: TransferTrigger

    /// Whether the request of a page says what is known, so that 00001 can be the answer.
    func isConditional(page cursor: String?) -> Bool {
        cursor == nil && entry.isConditional && (searchTimestamp ?? "0") != "0"
    }

    func request(page cursor: String?, token: String, transaction: String) -> ProviderRequest {
        var path = "/\(provider.version)/\(provider.industry.pathName)"
        var parameters: [(name: String, value: String)] = [("org_code", provider.code)]
        var rest = entry.path[...]
        var inPath: Set<String> = []
        while let open = rest.firstIndex(of: "{"), let close = rest.firstIndex(of: "}") {
            let name = String(rest[rest.index(after: open)..<close])
            path += rest[..<open] + FormText.encode(call[name] ?? "")
            inPath.insert(name)
            rest = rest[rest.index(after: close)...]
        }
        path += rest
        for parameter in call.parameters where !inPath.contains(parameter.name) {
            parameters.append((parameter.name, parameter.value))
        }
        if let window { parameters += dates(window) }
        if let cursor {
            parameters.append(("next_page", cursor))
        } else if let searchTimestamp, entry.isConditional {
            parameters.append(("search_timestamp", searchTimestamp))
        }
        if entry.isPaged { parameters.append(("limit", String(provider.limits.rowsPerPage))) }
        return ProviderRequest(
            path: path,
            form: entry.method == .post ? .json : .query,
            parameters: parameters,
            token: token,
            trigger: window?.trigger ?? trigger,
            transaction: transaction
        )
    }

    private func dates(_ window: Window) -> [(name: String, value: String)] {
        let (first, last) = (window.days.lowerBound, window.days.upperBound)
        return entry.shape == .months
            ? [("from_month", String(first.monthDigits)), ("to_month", String(last.monthDigits))]
            : [("from_date", String(first.digits)), ("to_date", String(last.digits))]
    }

    /// What was asked, as JSON without the token: for who drives a quarantined answer again.
    var record: [UInt8] {
        var members: [(name: String, value: String)] = [
            ("api", String(call.api.rawValue)), ("org_code", provider.code),
        ]
        members += call.parameters.map { ($0.name, $0.value) }
        if let window { members += dates(window) }
        return StandardJSON.object(members.map { ($0.name, .text($0.value)) }).bytes
    }
}
