import Finance
import MyData
import Simulation
import Testing

@testable import Sandbox

/// What providers answer.
struct AnswerTests {
    @Test(arguments: Seed.smoke)
    func `days and pages of any size tell every row once`(seed: Seed) throws {
        let fixture = Fixture(seed)
        var chance = seed
        for person in 0..<8 {
            for (account, asking) in fixture.deposits(person) {
                let code = fixture.world.providers[account.face.provider].code
                var query = BookQuery(
                    person,
                    code,
                    .bank004,
                    asking
                )
                query.limit = 500
                let whole = try fixture.rows(query, "trans_list")
                #expect(whole.count == account.rows.filter { $0.at <= end }.count, "\(seed)")
                var parts: [[String: String]] = []
                var day = Fixture.first
                while day.daysSinceEpoch <= 20_800 {
                    let last = day.adding(days: Int32(chance.below(40)))
                    query.days = day...last
                    query.limit = 1 + chance.below(60)
                    parts = try fixture.rows(query, "trans_list") + parts
                    day = last.adding(days: 1)
                }
                #expect(parts == whole, "\(seed) person \(person)")
            }
        }
    }

    private let end = KoreanClock.seconds(atUTC: Fixture.end)

    @Test(arguments: Seed.smoke)
    func `an approval that was cancelled comes by both of its days`(seed: Seed) throws {
        let fixture = Fixture(seed)
        var seen = 0
        for person in 0..<30 {
            for card in fixture.books(person).cards {
                let code = fixture.world.providers[card.face.provider].code
                for row in card.domestic where row.changedAt <= end {
                    seen += 1
                    let now = row.changedAt - KoreanClock.ahead
                    var query = BookQuery(
                        person,
                        code,
                        .card008,
                        ["card_id": card.face.number],
                        now: now
                    )
                    let days = [row.at, row.changedAt].map {
                        CivilDate(daysSinceEpoch: KoreanClock.day(of: $0))
                    }
                    for day in days {
                        query.days = day...day
                        let rows = try fixture.rows(query, "approved_list")
                        let found = rows.filter {
                            $0["status"] == (row.changedTo == 2 ? "02" : "03")
                                && $0["trans_dtime"] != nil
                                && Int($0["approved_num"] ?? "") == Int(row.number)
                        }
                        #expect(!found.isEmpty, "\(seed) person \(person)")
                    }
                    query.now = now - 1
                    query.days = days[0]...days[0]
                    let before = try fixture.rows(query, "approved_list").filter {
                        Int($0["approved_num"] ?? "") == Int(row.number)
                    }
                    #expect(before.allSatisfy { $0["status"] == "01" || $0["status"] == "04" })
                }
            }
        }
        #expect(seen > 30, "\(seed)")
    }

    @Test(arguments: Seed.smoke)
    func `search_timestamp differs when and only when the answer does`(seed: Seed) throws {
        let fixture = Fixture(seed)
        for person in 0..<12 {
            for (account, asking) in fixture.deposits(person) {
                let provider = fixture.world.providers[account.face.provider].code
                for api in [ProviderAPI.bank001, .bank002, .bank003] {
                    try check(fixture, BookQuery(person, provider, api, asking), seed)
                }
            }
            for card in fixture.books(person).cards {
                let provider = fixture.world.providers[card.face.provider].code
                let parameters = ["card_id": card.face.number]
                for api in [ProviderAPI.card001, .card002, .card006] {
                    try check(fixture, BookQuery(person, provider, api, parameters), seed)
                }
            }
        }
    }

    private func check(_ fixture: Fixture, _ query: BookQuery, _ seed: Seed) throws {
        var query = query
        var last: (mark: String, body: String)?
        for now in stride(from: Fixture.end - 200 * 86_400, to: Fixture.end, by: 86_400 * 9) {
            query.now = now
            query.searchTimestamp = nil
            let fresh = try fixture.ask(query)
            guard let mark = fresh["search_timestamp"] else { return }
            #expect(mark.utf8.count == 14 && Int(mark) != nil)
            guard case .body(let bytes) = fixture.world.answer(query) else { return }
            let content = String(decoding: bytes, as: UTF8.self)
                .split(separator: mark).joined(separator: "")
            if let last { #expect((last.mark == mark) == (last.body == content), "\(seed)") }
            query.searchTimestamp = mark
            let again = try fixture.ask(query)
            #expect(again.code == 1 && again.body.count == 2, "\(seed)")
            last = (mark, content)
        }
    }

    @Test func `what is not known, not requested or closed is refused by its code`() throws {
        let fixture = Fixture(Seed(3))
        let (account, asking) = try #require(fixture.deposits(1).first)
        let provider = fixture.world.providers[account.face.provider].code
        func code(_ change: (inout BookQuery) -> Void) throws -> UInt32 {
            var query = BookQuery(
                1,
                provider,
                .bank003,
                asking
            )
            change(&query)
            return try fixture.ask(query).code
        }
        #expect(try code { _ in } == 0)
        #expect(try code { $0.requested = [account.face.key] } == 0)
        #expect(try code { $0.requested = [] } == 40_105)
        #expect(try code { $0.person = 60 } == 40_403)
        #expect(try code { $0.person = 2 } == 40_402)
        #expect(try code { $0.provider = "A1BK999999" } == 40_303)
        #expect(try code { $0.call = StandardCall(.bank003) } == 40_001)
        #expect(try code { $0.call.api = .card001 } == 40_301)
        #expect(try code { $0.page = "0000000000000000zzzz" } == 40_001)
        #expect(try code { $0.page = "3" } == 40_001)
    }

    @Test func `what the request does not let out is left out`() throws {
        let fixture = Fixture(Seed(3), quirks: false)
        for person in 0..<10 {
            for (account, asking) in fixture.deposits(person) {
                let provider = fixture.world.providers[account.face.provider].code
                var query = BookQuery(
                    person,
                    provider,
                    .bank004,
                    asking
                )
                query.flags.memo = false
                #expect(
                    try fixture.rows(query, "trans_list").allSatisfy { $0["trans_memo"] == nil }
                )
            }
            for card in fixture.books(person).cards {
                let provider = fixture.world.providers[card.face.provider].code
                var query = BookQuery(person, provider, .card008, ["card_id": card.face.number])
                query.flags.merchant = false
                #expect(
                    try fixture.rows(query, "approved_list").allSatisfy {
                        $0["merchant_name"] == nil && $0["merchant_regno"] == nil
                    }
                )
            }
        }
    }

    @Test(arguments: Seed.smoke)
    func `edited history is told so by answers and statements alike`(seed: Seed) throws {
        let fixture = Fixture(seed, quirks: false)
        var chance = seed
        for person in 0..<10 {
            let rows = fixture.world.editableRows(of: person, through: Fixture.end)
            for change in [HistoryEdit.Change.amount(1_000), .vanished, .memo("바뀐 적요")] {
                let row = rows[chance.below(rows.count)]
                fixture.world.apply(
                    HistoryEdit(
                        person: person,
                        provider: row.provider,
                        key: row.key,
                        row: row.row,
                        change: change,
                        from: Fixture.end
                    )
                )
            }
            for (account, asking) in fixture.deposits(person) {
                let provider = fixture.world.providers[account.face.provider].code
                let told = try fixture.rows(
                    BookQuery(person, provider, .bank004, asking),
                    "trans_list"
                )
                let statement = try #require(
                    fixture.world.statements(of: person, through: Fixture.end)
                        .first { $0.key == account.face.key }
                )
                #expect(told.count == statement.movements, "\(seed)")
                let balance = try #require(statement.balance)
                if !told.isEmpty, account.currency == 410 {
                    #expect(told.first?["balance_amt"] == "\(balance / 1_000)", "\(seed)")
                }
                #expect(statement.paidIn - statement.paidOut + account.opening == balance)
            }
        }
    }
}
