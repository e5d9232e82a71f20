internal import Finance
internal import MyData

/// The parameters of a data API, checked.
struct DataRequest: Sendable {
    /// API and parameters.
    var call: StandardCall
    /// What counts as one regular transfer.
    var key: String
    /// The asset that is meant, by its key and, after a slash, its seqno.
    var asset: String?
    var days: ClosedRange<CivilDate>?
    var page: String?
    var limit = SandboxDesk.rowsMax
    var searchTimestamp: String?

    /// Reads query or body.
    /// - Throws: 40001, 40004, 40303 or 40304.
    init(_ ask: Ask, _ call: SandboxDesk.Call, _ type: CallType) throws(StandardRefusal) {
        let fields = try DataRequest.fields(ask, isPost: call.route.isPost)
        guard let code = fields["org_code"] else { throw StandardRefusal(40_001) }
        guard code == call.registration.provider.code else { throw StandardRefusal(40_303) }
        let shape = call.route.shape
        var parameters = call.inPath.map { StandardCall.Parameter($0.name, $0.value) }
        for parameter in call.route.parameters {
            guard let value = fields[parameter.name] else {
                guard !parameter.isRequired else { throw StandardRefusal(40_001) }
                continue
            }
            guard !value.isEmpty, value.utf8.count <= parameter.bytesMax else {
                throw StandardRefusal(40_001)
            }
            parameters.append(.init(parameter.name, value))
        }
        self.call = StandardCall(call.route.api, parameters)
        key = parameters.reduce("\(call.route.api.rawValue)") { "\($0)/\($1.value)" }
        asset = parameters.first { StandardRoute.assetKeys.contains($0.name) }?.value
        if let seqno = fields["seqno"], let key = asset { asset = "\(key)/\(seqno)" }
        page = fields["next_page"]
        if let page, page.isEmpty || page.utf8.count > 1_000 { throw StandardRefusal(40_001) }
        switch shape {
        case .state, .list:
            searchTimestamp = try DataRequest.mark(fields, shape, hasPage: page != nil)
        case .history, .quarterly:
            days = try DataRequest.days(fields, call, type)
        case .months:
            days = try DataRequest.months(fields, call, type)
        case .pages, .plain: break
        }
        if shape != .state && shape != .plain { limit = try DataRequest.limit(fields) }
    }

    private static func fields(_ ask: Ask, isPost: Bool) throws(StandardRefusal)
        -> [String: String]
    {
        guard isPost else {
            guard let fields = Form.parse(ask.query) else { throw StandardRefusal(40_001) }
            return fields
        }
        guard ask.contentType.hasPrefix("application/json") else { throw StandardRefusal(40_002) }
        guard case .object(let members)? = JSONTree(ask.body) else {
            throw StandardRefusal(40_001)
        }
        var fields: [String: String] = [:]
        for (name, value) in members {
            guard let text = value.scalar else { throw StandardRefusal(40_001) }
            fields[name] = text
        }
        return fields
    }

    private static func limit(_ fields: [String: String]) throws(StandardRefusal) -> Int {
        guard let text = fields["limit"], text.utf8.count <= 3, let limit = Int(text),
            (1...SandboxDesk.rowsMax).contains(limit)
        else { throw StandardRefusal(40_001) }
        return limit
    }

    private static func mark(
        _ fields: [String: String],
        _ shape: StandardRoute.Shape,
        hasPage: Bool
    ) throws(StandardRefusal) -> String? {
        guard let mark = fields["search_timestamp"] else {
            // Where there are pages it is optional in some editions.
            guard shape == .list else { throw StandardRefusal(40_001) }
            return nil
        }
        guard !hasPage, (1...14).contains(mark.utf8.count),
            mark.utf8.allSatisfy({ (0x30...0x39).contains($0) })
        else { throw StandardRefusal(40_001) }
        return mark
    }

    private static func days(
        _ fields: [String: String],
        _ call: SandboxDesk.Call,
        _ type: CallType
    ) throws(StandardRefusal) -> ClosedRange<CivilDate> {
        guard let from = fields["from_date"].flatMap(CivilDate.init(compact:)),
            let to = fields["to_date"].flatMap(CivilDate.init(compact:)), from <= to
        else { throw StandardRefusal(40_001) }
        let scheduledMax =
            call.route.shape == .quarterly ? from.adding(months: 3) : from.adding(days: 31)
        try check(from...to, scheduledMax: scheduledMax, type, today: call.time.day)
        return from...to
    }

    private static func months(
        _ fields: [String: String],
        _ call: SandboxDesk.Call,
        _ type: CallType
    ) throws(StandardRefusal) -> ClosedRange<CivilDate> {
        func day(_ name: String) throws(StandardRefusal) -> CivilDate {
            guard let text = fields[name], text.utf8.count == 6,
                let day = CivilDate(compact: text + "01")
            else { throw StandardRefusal(40_001) }
            return day
        }
        let (from, last) = (try day("from_month"), try day("to_month"))
        guard from <= last else { throw StandardRefusal(40_001) }
        let to = last.adding(months: 1).adding(days: -1)
        // The month that is begun counts as one of the twelve.
        guard type == .scheduled || type == .userSearch || to < from.adding(months: 12) else {
            throw StandardRefusal(40_004)
        }
        try check(from...to, scheduledMax: from.adding(months: 3), type, today: call.time.day)
        return from...to
    }

    /// The rules of windows; a day or, of months, the month that is begun is lenient.
    private static func check(
        _ days: ClosedRange<CivilDate>,
        scheduledMax: CivilDate,
        _ type: CallType,
        today: CivilDate
    ) throws(StandardRefusal) {
        let grace: Int32 = 31
        guard days.lowerBound >= today.adding(months: -60).adding(days: -grace) else {
            throw StandardRefusal(40_304)
        }
        switch type {
        case .scheduled:
            guard days.upperBound <= scheduledMax else { throw StandardRefusal(40_004) }
        case .userConsent, .userRefresh:
            guard days.lowerBound >= today.adding(months: -12).adding(days: -grace) else {
                throw StandardRefusal(40_004)
            }
        case .userSearch: break
        }
    }
}
