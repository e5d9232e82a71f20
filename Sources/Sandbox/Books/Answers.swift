internal import Finance
internal import MyData

extension SandboxWorld {
    /// What a provider says to a query.
    ///
    /// Refuses with 40301 an API of another industry, 40303 an unknown provider, 40402 an unknown
    /// asset, 40105 one that was not requested, 40305 one that is closed, 40403 an unknown person
    /// and 40001 parameters that are missing or a cursor that is none.
    public func answer(_ query: BookQuery) -> BookAnswer {
        guard let provider = terrain.place(of: query.provider) else { return .refused(40_303) }
        guard query.person >= 0, query.person < personCount else { return .refused(40_403) }
        let quirks = terrain.quirks[provider]
        guard let reply = Reply(query, quirks) else { return .refused(40_001) }
        let books = books(query.person, at: reply.second)
        let desk = Desk(terrain: terrain, provider: provider, books: books, reply: reply)
        let industry = terrain.providers[provider].industry
        if [.bank, .invest, .insu, .card].contains(industry),
            let answer = desk.retirement(query.call.api)
        {
            return answer
        }
        switch industry {
        case .ginsu: return desk.ginsu(query.call.api)
        case .bank: return desk.bank(query.call.api)
        case .card: return desk.card(query.call.api)
        case .efin: return desk.efin(query.call.api)
        case .insu: return desk.insu(query.call.api)
        case .invest: return desk.invest(query.call.api)
        case .capital: return desk.capital(query.call.api)
        default: return .refused(40_301)
        }
    }
}

/// Where a provider answers for one person.
struct Desk: Sendable {
    let terrain: Terrain
    let provider: Int
    let books: PersonBooks
    let reply: Reply

    var query: BookQuery { reply.query }
    var quirks: ProviderQuirks { reply.quirks }
    var second: Int64 { reply.second }

    /// What an asset says, or why it does not.
    func asset(_ face: AssetFace?, _ answer: () -> BookAnswer) -> BookAnswer {
        guard let face, KoreanClock.start(of: face.openedOn.daysSinceEpoch) <= second else {
            return .refused(40_402)
        }
        guard isRequested(face.key) else { return .refused(40_105) }
        guard face.closesAt > second else { return .refused(40_305) }
        return answer()
    }

    func isRequested(_ key: String) -> Bool { query.requested?.contains(key) ?? true }

    /// Seconds of Korea's clock that the query is about and that are over.
    var window: Range<Int64> {
        let end = second + 1
        guard let days = query.days else { return Int64.min..<end }
        let from = min(KoreanClock.start(of: days.lowerBound.daysSinceEpoch), end)
        let to = KoreanClock.start(of: days.upperBound.daysSinceEpoch + 1)
        return from..<max(from, min(to, end))
    }

    /// Months that the query is about: its own parameters, else those of its days.
    var months: ClosedRange<Int>? {
        if let from = query.call["from_month"].flatMap({ Int($0) }),
            let to = query.call["to_month"].flatMap({ Int($0) })
        {
            return from <= to ? from...to : nil
        }
        guard let days = query.days else { return 0...999_999 }
        return days.lowerBound.month.number...days.upperBound.month.number
    }

    /// Places of the rows within the query's days; rows are in the order of their times.
    func places<Row>(_ rows: [Row], _ time: (Row) -> Int64) -> Range<Int> {
        let window = window
        let from = rows.firstPlace { time($0) >= window.lowerBound }
        let to = rows.firstPlace { time($0) >= window.upperBound }
        return from..<max(from, to)
    }
}

extension Array {
    /// The first place whose element `reaches`; all elements after it do too.
    func firstPlace(_ reaches: (Element) -> Bool) -> Int {
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            if reaches(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
