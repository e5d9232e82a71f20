import Finance
import MyData
import Testing

/// Values of every type at their edges, through one row of 은행-004.
@Suite struct ValueTests {
    private let call = StandardCall(.bank004, [.init("account_num", "1")])

    private func body(_ members: String) -> String {
        #"{"rsp_code":"00000","trans_cnt":"1","trans_list":[{"trans_type":"03",\#(members)}]}"#
    }

    private func posted(_ amount: String) throws -> BankTransactionPosted {
        let body = body(#""trans_dtime":"20260904","trans_amt":\#(amount)"#)
        return try read(body, call).decoded()[0].bankTransactionPosted
    }

    private func reason(_ members: String) -> QuarantineReason? {
        fault(body(members), call)?.reason
    }

    @Test(
        arguments: [
            ("\"0\"", 0), ("0", 0), ("\"12800\"", 12_800_000), ("12800.5", 12_800_500),
            ("\"1843200.000\"", 1_843_200_000), ("\"0000031500.0000\"", 31_500_000),
            ("\"999999999999999.999\"", 999_999_999_999_999_999), ("0.001", 1),
            ("1.28E4", 12_800_000), ("1.28e+4", 12_800_000), ("31500e-3", 31_500), ("5e0", 5_000),
            ("0.0000000", 0), ("12e-4", nil), ("1e15", nil), ("1e999999999", nil),
            ("\"1000000000000000\"", nil), ("\"0.0001\"", nil),
        ] as [(String, Int64?)]
    )
    func `amounts are exact or refused`(text: String, thousandths: Int64?) throws {
        guard let thousandths else {
            #expect(
                reason(#""trans_dtime":"20260904","trans_amt":\#(text)"#) == .fieldLength,
                "\(text)"
            )
            return
        }
        #expect(try posted(text).amount == thousandths, "\(text)")
    }

    @Test(arguments: [
        "\"\\u0031 \"", "\"1,000\"", "\"+5\"", "\"-\"", "\".5\"", "\"5.\"", "\"1e3\"", "\"0x10\"",
        "\"٣\"", "true", "[1]", "{}",
    ])
    func `what is no number is refused`(text: String) {
        #expect(
            reason(#""trans_dtime":"20260904","trans_amt":\#(text)"#) == .fieldType,
            "\(text)"
        )
    }

    @Test func `a negative movement contradicts its kind, a negative balance does not`() throws {
        #expect(reason(#""trans_dtime":"20260904","trans_amt":"-1""#) == .inconsistent)
        let body = body(#""trans_dtime":"20260904","trans_amt":"1","balance_amt":"-0.5""#)
        #expect(try read(body, call).decoded()[0].bankTransactionPosted.balanceAfter == -500)
    }

    @Test(arguments: [
        ("20240229", true), ("20250229", false), ("20260931", false), ("20260001", false),
        ("20260904235959", true), ("20260904240000", false), ("20260904235960", false),
        ("202609041200", false), ("2026-09-04", false), ("99991231", true), ("00000101", false),
    ])
    func `moments are days and times that exist`(text: String, exists: Bool) {
        let reason = reason(#""trans_dtime":"\#(text)","trans_amt":"1""#)
        #expect(reason == (exists ? nil : .fieldType), "\(text)")
    }

    @Test func `texts come without their escapes, and bytes are what is counted`() throws {
        let memo = #""trans_memo":"\ud55c\uac15 \"\ud83c\udf5c\"\n\/""#
        let event = try read(
            body(#""trans_dtime":"20260904","trans_amt":"1",\#(memo)"#),
            call
        ).decoded()[0]
        #expect(event.bankTransactionPosted.memo == "한강 \"🍜\"\n/")
        let thirty = String(repeating: "가", count: 30)
        #expect(
            reason(#""trans_dtime":"20260904","trans_amt":"1","trans_memo":"\#(thirty)""#) == nil
        )
        #expect(
            reason(#""trans_dtime":"20260904","trans_amt":"1","trans_memo":"\#(thirty)x""#)
                == .fieldLength
        )
        #expect(
            reason(#""trans_dtime":"20260904","trans_amt":"1","trans_memo":"\ud83c""#) == .malformed
        )
    }

    @Test(arguments: [
        "", " ", "{", "[]", "\"x\"", "{\"rsp_code\":\"00000\"", "{\"rsp_code\":\"00000\",}",
        "{\"rsp_code\":\"00000\"}{}", "{rsp_code:1}", "{\"rsp_code\":01}", "{\"a\":\"\u{1}\"}",
        "{\"rsp_code\":\"00000\",\"trans_list\":[}", "{\"rsp_code\" \"00000\"}",
        "{\"rsp_code\":\"00000\",\"trans_list\":[{]}", "{\"rsp_code\":\"00000\" \"x\":1}",
        "{\"rsp_code\":\"00000\",\"x\":[1,]}", "{\"rsp_code\":\"00000\",\"x\":nul}",
        "{\"rsp_code\":\"00000\",\"trans_list\":[{\"trans_amt\":\"1\"",
    ])
    func `what is no JSON is malformed`(text: String) {
        #expect(fault(text, call)?.reason == .malformed, "\(text)")
    }

    @Test func `a page contradicts itself by its count, by a field twice, by what is no list`() {
        let row = #"{"trans_dtime":"20260904","trans_type":"02","trans_amt":"1"}"#
        let short = #"{"rsp_code":"00000","trans_cnt":"3","trans_list":[\#(row)]}"#
        #expect(fault(short, call) == AnswerFault(.inconsistent, "trans_cnt"))
        #expect(
            fault(body(#""trans_dtime":"20260904","trans_amt":"1","trans_amt":"2""#), call)
                == AnswerFault(.inconsistent, "trans_amt")
        )
        let second = #"{"rsp_code":"00000","trans_cnt":"2","trans_list":[\#(row),5]}"#
        #expect(fault(second, call) == AnswerFault(.fieldType, "trans_list", row: 1))
        let codeless = #"{"trans_cnt":"0","trans_list":[]}"#
        #expect(fault(codeless, call) == AnswerFault(.fieldMissing, "rsp_code"))
    }

    @Test func `a fault names its row and never a value`() throws {
        let row = #"{"trans_dtime":"20260904","trans_type":"02","trans_amt":"1"}"#
        let odd = #"{"trans_dtime":"20260904","trans_type":"55","trans_amt":"1","trans_memo":"비밀"}"#
        let body = #"{"rsp_code":"00000","trans_list":[\#(row),\#(odd)]}"#
        let found = try #require(fault(body, call))
        #expect(found == AnswerFault(.codeUnknown, "trans_type", row: 1))
        #expect(!"\(found)".contains("비밀") && !"\(found)".contains("55"))
    }

    @Test func `no list is needed of an answer that is no success`() throws {
        let refused = try read(#"{"rsp_code":"42901","rsp_msg":"quota"}"#, call)
        #expect(refused.code == 42901 && refused.events.isEmpty)
        let same = try read(#"{"rsp_code":"00001","rsp_msg":"UP_TO_DATE"}"#, call)
        #expect(same.isUnchanged)
        let bare = try read(#"{"rsp_code":40305}"#, call)
        #expect(bare.code == 40305)
    }

    @Test func `fields beside a list that are unknown touch no row`() throws {
        let row = #"{"trans_dtime":"20260904","trans_type":"02","trans_amt":"1"}"#
        let plain = try read(#"{"rsp_code":"00000","trans_list":[\#(row)]}"#, call)
        let more = try read(
            #"{"rsp_code":"00000","server_time":"1","trans_list":[\#(row)],"x":{"y":[]}}"#,
            call
        )
        #expect(more.events == plain.events && more.listDigest == plain.listDigest)
        #expect(more.unmapped.map(\.name) == ["server_time", "x"])
    }
}
