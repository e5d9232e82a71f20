import Finance
import Foundation
import Testing

/// 지원-004, against sums made by hand.
@Suite struct WeeklyReportTests {
    /// Sunday 2026-11-15 to Saturday 2026-11-21.
    private func sunday() throws -> CivilDate { try AgreementAnswerTests.day(2026, 11, 15) }

    private func received(
        _ at: Int64,
        _ calls: [(ProviderAPI, UInt32)],
        _ trigger: TransferTrigger = .scheduled,
        isList: Bool = false
    ) -> Event {
        var event = Event()
        event.occurredAt = at
        event.transferCompleted.provider = ConsentWorld.bank
        event.transferCompleted.trigger = trigger
        if !isList { event.transferCompleted.compartment = Data(repeating: 1, count: 16) }
        event.transferCompleted.calls = calls.map { api, milliseconds in
            var call = TransferCall()
            (call.api, call.milliseconds) = (api, milliseconds)
            return call
        }
        return event
    }

    private func failed(_ at: Int64, attempts: UInt32) -> Event {
        var event = Event()
        event.occurredAt = at
        event.transferFailed.provider = ConsentWorld.bank
        event.transferFailed.compartment = Data(repeating: 1, count: 16)
        event.transferFailed.trigger = .scheduled
        event.transferFailed.api = .bank004
        event.transferFailed.attempts = attempts
        event.transferFailed.code = 50_001
        return event
    }

    private func text(_ json: StandardJSON) -> String {
        String(decoding: json.bytes, as: UTF8.self)
    }

    private func object(_ json: StandardJSON) throws -> [String: Any] {
        let value = try JSONSerialization.jsonObject(with: Data(json.bytes))
        return try #require(value as? [String: Any])
    }

    @Test func `a week begins on Sunday`() throws {
        let sunday = try sunday()
        for place in -1..<7 {
            let week = WeeklyStatistics(of: sunday.adding(days: Int32(place)))
            #expect((week.firstDay == sunday) == (place >= 0))
        }
    }

    @Test func `calls are summed by day, provider, API and time slot`() throws {
        let monday = try sunday().adding(days: 1)
        let day = AgreementAnswerTests.at(monday, 9, 0, 0)
        let evening = AgreementAnswerTests.at(monday, 18, 0, 0)
        var person = PersonWeek(of: monday)
        for event in [
            received(day, [(.bank004, 100), (.bank004, 200)]),
            received(evening - 1, [(.bank004, 300), (.bank003, 50)]),
            received(evening, [(.bank004, 40)]),
            received(evening, [(.bank004, 1_000)], .userRefresh),
            received(evening, [(.bank001, 7)], isList: true),
            received(evening, [(.bank012, 9)]),
            failed(day, attempts: 3),
            received(AgreementAnswerTests.at(try sunday(), 0, 0, 0) - 1, [(.bank004, 1)]),
        ] {
            try person.take(event)
        }
        let week = person.finish()
        #expect(week.callsWithoutCode == 1)
        let body = text(WeeklyReport.body(of: week, kind: .scheduled, clientID: "client"))
        let expected =
            #"{"stat_date":"20261116","svr_usr_cnt":"0","trsms_dem_cnt":"0","org_cnt":"1","#
            + #""org_list":[{"org_code":"Z1BK010000","api_type_cnt":"2","api_type_list":["#
            + #"{"api_type":"BA03","tm_slot_cnt":"2","tm_slot_list":["#
            + #"{"tm_slot":"00","rsp_avg":"50","rsp_total":"50","rsp_stdev":"0","#
            + #""success_api_cnt":"1","fail_api_cnt":"0"},"#
            + #"{"tm_slot":"01","rsp_avg":"0","rsp_total":"0","rsp_stdev":"0","#
            + #""success_api_cnt":"0","fail_api_cnt":"0"}]},"#
            + #"{"api_type":"BA04","tm_slot_cnt":"2","tm_slot_list":["#
            // 100, 200, 300: mean 200, deviation 81.65.
            + #"{"tm_slot":"00","rsp_avg":"200","rsp_total":"600","rsp_stdev":"82","#
            + #""success_api_cnt":"3","fail_api_cnt":"3"},"#
            + #"{"tm_slot":"01","rsp_avg":"40","rsp_total":"40","rsp_stdev":"0","#
            + #""success_api_cnt":"1","fail_api_cnt":"0"}]}]}]}"#
        #expect(body.contains(expected), "\(body)")
        #expect(
            body.hasPrefix(
                #"{"type":"1","client_id":"client","inquiry_date":"20261122","#
                    + #""stat_date_cnt":"7","stat_date_list":[{"stat_date":"20261115","#
            )
        )
        let irregular = text(WeeklyReport.body(of: week, kind: .irregular, clientID: "client"))
        #expect(irregular.contains(#""rsp_total":"1000""#))
        let list = text(WeeklyReport.body(of: week, kind: .list, clientID: "client"))
        #expect(list.contains(#""api_type":"BA01""#) && !list.contains("BA04"))
    }

    @Test func `requests are counted on their day, live ones at the end of each`() throws {
        var world = try ConsentWorld()
        // The Wednesday before the week: member and request.
        world.today = try sunday().adding(days: -4)
        var person = PersonWeek(of: try sunday())
        var events: [Event] = []
        func take(_ more: [Event], _ world: inout ConsentWorld) throws {
            events += more
            try world.take(more)
        }
        let join = Join(years: 30, until: world.today.adding(months: 12))
        world.register = TransferRegister()
        try take(world.register.decide(join, at: world.now, on: world.today), &world)
        let first = world.request()
        try take(world.register.decide(first, at: world.now, on: world.today), &world)
        world.today = try sunday().adding(days: 2)
        let second = world.request(ConsentWorld.card, world.terms("card.list card.card"))
        try take(world.register.decide(second, at: world.now, on: world.today), &world)
        world.today = try sunday().adding(days: 4)
        let withdrawal = WithdrawTransfer(provider: ConsentWorld.bank, isDeleting: false)
        try take(world.register.decide(withdrawal, at: world.now, on: world.today), &world)
        for event in events { try person.take(event) }
        let body = try object(
            WeeklyReport.body(of: person.finish(), kind: .irregular, clientID: "client")
        )
        let days = try #require(body["stat_date_list"] as? [[String: Any]])
        func counts(_ day: Int, _ provider: String) -> [String] {
            let all = days[day]["org_list"] as? [[String: Any]] ?? []
            let one = all.first { $0["org_code"] as? String == provider }
            return ["consent_new", "consent_revoke", "consent_own"].map {
                one?[$0] as? String ?? "-"
            }
        }
        #expect(
            (0..<4).map { counts($0, ConsentWorld.bank) }
                == Array(repeating: ["0", "0", "1"], count: 4)
        )
        #expect(counts(4, ConsentWorld.bank) == ["0", "1", "0"])
        #expect(counts(5, ConsentWorld.bank) == ["-", "-", "-"])
        #expect(counts(1, ConsentWorld.card) == ["-", "-", "-"])
        #expect(counts(2, ConsentWorld.card) == ["1", "0", "1"])
        #expect(counts(6, ConsentWorld.card) == ["0", "0", "1"])
        #expect(days.map { $0["svr_usr_cnt"] as? String } == Array(repeating: "1", count: 7))
        #expect(days.map { $0["trsms_dem_cnt"] as? String } == Array(repeating: "1", count: 7))
    }

    @Test(arguments: FoldFixtures.seeds)
    func `persons add up in any order`(seed: UInt64) throws {
        var random = FoldRandom(seed: seed)
        let monday = try sunday().adding(days: 1)
        var persons: [WeeklyStatistics] = []
        for _ in 0..<8 {
            var person = PersonWeek(of: monday)
            for _ in 0..<random.below(20) {
                let at = AgreementAnswerTests.at(monday, Int64(random.below(24)), 0, 0)
                let api = [ProviderAPI.bank003, .bank004][random.below(2)]
                try person.take(received(at, [(api, UInt32(random.below(4_000)))]))
            }
            persons.append(person.finish())
        }
        var there = WeeklyStatistics(of: monday)
        for person in persons { there.merge(person) }
        var back = WeeklyStatistics(of: monday)
        for person in persons.shuffled(using: &random) { back.merge(person) }
        #expect(there == back, "SEED=\(seed)")
    }
}
