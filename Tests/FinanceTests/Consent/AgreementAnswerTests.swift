import Finance
import Testing

/// 지원-105 to -107, against answers written by hand.
@Suite struct AgreementAnswerTests {
    /// 2026-06-11 19:42:10 and the like, in Korea.
    static func at(_ day: CivilDate, _ hour: Int64, _ minute: Int64, _ second: Int64) -> Int64 {
        Int64(day.daysSinceEpoch) * 86_400 + (hour - 9) * 3_600 + minute * 60 + second
    }

    static func day(_ year: Int, _ month: Int, _ day: Int) throws -> CivilDate {
        try #require(CivilDate(year: year, month: month, day: day))
    }

    private func text(_ json: StandardJSON?) -> String {
        String(decoding: json?.bytes ?? [], as: UTF8.self)
    }

    /// Two agreements, one of them withdrawn.
    private func register() throws -> (TransferRegister, first: ConsentID, second: ConsentID) {
        var world = try ConsentWorld()
        var insurance = world.agreement("PC-20260611-000000413")
        insurance.terms.revocationNote = "철회하면 맞춤 보험 안내가 중단됩니다."
        var loan = world.agreement("PC-20260202-000000088")
        loan.terms.isOnce = true
        loan.terms.serviceName = "대출 갈아타기"
        loan.terms.consentName = "개인신용정보 제3자 제공 동의서(대출)"
        loan.terms.recipientName = "(주)물결은행"
        loan.terms.purpose = "대출 한도 조회"
        loan.terms.period = "제공 후 1개월"
        let (second, first) = (loan.id, insurance.id)
        func take(_ at: Int64, _ decide: () throws -> [Event]) throws {
            var events = try decide()
            for index in events.indices { events[index].occurredAt = at }
            try world.take(events)
        }
        let register = { world.register }
        let today = world.today
        try take(Self.at(try Self.day(2026, 2, 2), 11, 20, 30)) {
            try register().decide(loan, at: 0, on: today)
        }
        try take(Self.at(try Self.day(2026, 3, 10), 8, 15, 0)) {
            try register().decide(WithdrawConsent(id: second), at: 0, on: today)
        }
        try take(Self.at(try Self.day(2026, 3, 11), 8, 15, 0)) {
            let command = WithdrawConsent(id: second, step: .withdrawn)
            return try register().decide(command, at: 0, on: today)
        }
        try take(Self.at(try Self.day(2026, 6, 11), 19, 42, 10)) {
            try register().decide(insurance, at: 0, on: today)
        }
        return (world.register, first, second)
    }

    @Test func `agreements are answered as the standard has them`() throws {
        let (register, _, _) = try register()
        let expected =
            #"{"rsp_code":"00000","rsp_msg":"정상처리","prov_consent_cnt":"2","prov_consent_list":["#
            + #"{"prov_consent_num":"PC-20260611-000000413","prov_consent_status":"01","#
            + #""is_once":"false","revoke_info":"철회하면 맞춤 보험 안내가 중단됩니다.","#
            + #""prov_service_name":"보험 맞춤 안내","#
            + #""prov_consent_name":"개인신용정보 제3자 제공 동의서(보험)","#
            + #""prov_consent_dtime":"20260611194210","snd_org_code":"Z1OP010000","#
            + #""consent_rcv_name":"들판보험대리점(주)","prov_consent_purpose":"보험 상품 비교 안내","#
            + #""prov_consent_period":"동의일로부터 6개월"},"#
            + #"{"prov_consent_num":"PC-20260202-000000088","prov_consent_status":"03","#
            + #""is_once":"true","prov_revoke_dtime":"20260310081500","#
            + #""prov_service_name":"대출 갈아타기","#
            + #""prov_consent_name":"개인신용정보 제3자 제공 동의서(대출)","#
            + #""prov_consent_dtime":"20260202112030","snd_org_code":"Z1OP010000","#
            + #""consent_rcv_name":"(주)물결은행","prov_consent_purpose":"대출 한도 조회","#
            + #""prov_consent_period":"제공 후 1개월"}]}"#
        #expect(
            text(AgreementAnswers.agreements(of: register, operatorCode: "Z1OP010000"))
                == expected
        )
    }

    @Test func `who has no agreement gets an empty list`() {
        let answer = AgreementAnswers.agreements(of: TransferRegister(), operatorCode: "Z1OP010000")
        #expect(
            text(answer)
                == #"{"rsp_code":"00000","rsp_msg":"정상처리","prov_consent_cnt":"0","#
                + #""prov_consent_list":[]}"#
        )
    }

    private func handOver(_ number: String, _ at: Int64) throws -> HandOver {
        var event = Event()
        event.occurredAt = at
        event.thirdPartyProvided.number = number
        event.thirdPartyProvided.senderCode = "Z1OP010000"
        event.thirdPartyProvided.recipientName = "들판보험대리점(주)"
        event.thirdPartyProvided.purpose = "보험 상품 비교 안내"
        event.thirdPartyProvided.period = "6개월"
        event.thirdPartyProvided.items = "보험 \"계약\""
        return try #require(HandOver(event))
    }

    @Test func `hand-overs between two instants come newest first, page by page`() throws {
        let noon = Self.at(try Self.day(2026, 11, 21), 12, 0, 0)
        var all = try (0..<5).map { try handOver("PC-1", noon + $0) }
        all.append(try handOver("PC-2", noon))
        func answer(_ page: String?) -> String {
            text(
                AgreementAnswers.handOvers(
                    all,
                    under: "PC-1",
                    between: noon + 1...noon + 3,
                    page: page,
                    limit: 2
                )
            )
        }
        let row = { (time: String) in
            #"{"snd_org_code":"Z1OP010000","prov_rcv_name":"들판보험대리점(주)","#
                + #""prov_purpose":"보험 상품 비교 안내","prov_period":"6개월","#
                + #""prov_asset":"보험 \"계약\"","is_reward":"false","prov_dtime":"\#(time)"}"#
        }
        let head = #"{"rsp_code":"00000","rsp_msg":"정상처리","#
        #expect(
            answer(nil)
                == head + #""next_page":"2","prov_cnt":"2","prov_list":["#
                + row("20261121120003") + "," + row("20261121120002") + "]}"
        )
        #expect(
            answer("2")
                == head + #""prov_cnt":"1","prov_list":["# + row("20261121120001") + "]}"
        )
        #expect(answer("4").isEmpty && answer("x").isEmpty && answer("-1").isEmpty)
    }

    @Test func `a number that is none is found in no register`() throws {
        let (register, first, _) = try register()
        let found = AgreementAnswers.agreement("PC-20260611-000000413", in: register)
        #expect(found?.id == first)
        #expect(AgreementAnswers.agreement("PC-0", in: register) == nil)
        #expect(text(AgreementAnswers.revoked) == #"{"rsp_code":"00000","rsp_msg":"정상처리"}"#)
        #expect(text(AgreementAnswers.unknown).contains("40001"))
    }
}
