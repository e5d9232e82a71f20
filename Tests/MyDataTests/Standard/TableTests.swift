import Finance
import MyData
import SwiftProtobuf
import Testing

/// The table of APIs and of codes, and parts that are gone.
@Suite struct TableTests {
    @Test func `windows are those of the standard`() {
        let months = StandardAPI.all.filter { $0.scheduledWindow == .months(3) }.map(\.id)
        for id in [
            "은행-010", "보험-006", "보험-007", "보험-011", "할부금융-004", "할부금융-006",
            "보증보험-003", "카드-004",
        ] {
            #expect(months.contains(id), "\(id)")
        }
        #expect(StandardAPI[.card008]?.scheduledWindow == .days(31))
        #expect(StandardAPI[.bank003]?.scheduledWindow == nil)
    }

    @Test func `folds know which APIs are asked for a period`() {
        let asked = StandardAPI.all.filter { $0.shape == .days || $0.shape == .months }.map(\.api)
        #expect(Set(asked) == Set(ProviderAPI.allCases.filter(\.isOverPeriod)))
    }

    @Test func `what a complete answer speaks for follows from the shape`() throws {
        let day = try #require(CivilDate(year: 2026, month: 9, day: 4))
        let transactions = try #require(StandardAPI[.bank004])
        #expect(transactions.coverage(days: day...day) == .days(day...day))
        #expect(StandardAPI[.bank003]?.coverage(days: nil) == .state)
        // One car, one bill or one insured person of several.
        for api in [ProviderAPI.insu003, .insu007, .card005, .card013] {
            #expect(StandardAPI[api]?.coverage(days: day...day) == .part, "\(api)")
        }
    }

    @Test func `a provider of an old version is not asked for what it cannot have`() throws {
        let row = #"{"account_num":"1","is_consent":true,"account_type":1001}"#
        let bytes = Array(#"{"rsp_code":"00000","account_list":[\#(row)]}"#.utf8)
        var reader = AnswerReader()
        let old = try reader.read(
            bytes.span,
            of: StandardCall(.bank001),
            from: AnswerSource(.bank, version: 1),
            askedAt: 0
        )
        #expect(old.assets[0].calls.map(\.api) == [.bank002, .bank003, .bank004])
        let new = try reader.read(
            bytes.span,
            of: StandardCall(.bank001),
            from: AnswerSource(.bank),
            askedAt: 0
        )
        #expect(new.assets[0].calls.map(\.api) == [.bank002, .bank003, .bank014, .bank004])
    }

    @Test func `a check card has few calls, a customer with a credit card has more assets`() throws
    {
        let check = #"{"card_id":"a","is_consent":"true","card_type":"02"}"#
        let credit = #"{"card_id":"b","is_consent":"true","card_type":"01"}"#
        let call = StandardCall(.card001)
        let few = try read(#"{"rsp_code":"00000","card_list":[\#(check)]}"#, call, .card)
        #expect(few.assets.map(\.kind) == [.card])
        #expect(few.assets[0].calls.map(\.api) == [.card002, .card008, .card009])
        let more = try read(
            #"{"rsp_code":"00000","card_list":[\#(check),\#(credit),\#(credit)]}"#,
            call,
            .card
        )
        #expect(
            more.assets.map(\.kind) == [.card, .cardPoints, .cardBill, .cardLoan, .card, .card]
        )
        #expect(more.assets.filter { $0.key == "-" }.count == 3)
    }

    @Test func `a wallet with accounts is an asset for each`() throws {
        let row =
            #"{"fob_id":"f","is_consent":"true","account_list":[{"account_id":"a"},"#
            + #"{"account_id":"b"}]}"#
        let plain = #"{"fob_id":"g","is_consent":"true"}"#
        let answer = try read(
            #"{"rsp_code":"00000","fob_list":[\#(row),\#(plain)]}"#,
            StandardCall(.efin001),
            .efin
        )
        #expect(answer.assets.map(\.key) == ["f/a", "f/b", "g"])
        #expect(answer.assets[1].calls[0]["account_id"] == "b")
        #expect(try decoded(answer.assets[1].events)[0].prepaidWalletListed.accounts == ["b"])
        #expect(answer.assets[2].calls[0]["account_id"] == nil)
    }

    @Test func `a list within a row is bounded, so that its event can be read`() {
        let part = #"{"insured_no":"1","x":"\#(String(repeating: "y", count: 60_000))"}"#
        let two = #"{"rsp_code":"00000","face_amt":"1","insured_list":[\#(part),\#(part)]}"#
        #expect(
            fault(two, StandardCall(.insu002), .insu)
                == AnswerFault(.fieldLength, "insured_list")
        )
    }

    @Test func `a bill is followed by its lines`() throws {
        let bill =
            #"{"seqno":"2","charge_amt":"5","charge_month":"202608","paid_out_date":"20260914"}"#
        let answer = try read(
            #"{"rsp_code":"00000","bill_list":[\#(bill)]}"#,
            StandardCall(.card004),
            .card
        )
        #expect(
            answer.calls == [
                StandardCall(.card005, [.init("seqno", "2"), .init("charge_month", "202608")])
            ]
        )
    }

    @Test func `what is owed on card loans is told apart by number, else by count`() throws {
        func row(_ number: String?, _ count: Int, _ owed: Int) -> String {
            let own = number.map { "\"loan_num\":\"\($0)\"," } ?? ""
            return #"{\#(own)"loan_cnt":"\#(count)","loan_dtime":"20260801","loan_amt":"900","#
                + #""balance_amt":"\#(owed)"}"#
        }
        let rows = [row("77", 1, 5), row(nil, 1, 6), row(nil, 2, 7)].joined(separator: ",")
        let answer = try read(
            #"{"rsp_code":"00000","long_term_list":[\#(rows)]}"#,
            StandardCall(.card012),
            .card
        )
        let owed = try answer.decoded().compactMap { event -> LoanBalanceReported? in
            if case .loanBalanceReported(let owed) = event.fact { owed } else { nil }
        }
        #expect(owed.map(\.loanNumber) == ["77", "", ""])
        #expect(owed.map(\.loanCount) == [0, 1, 2])
        #expect(owed.map(\.balance) == [5_000, 6_000, 7_000])
        #expect(answer.calls == [StandardCall(.card013, [.init("loan_num", "77")])])
    }

    @Test(
        arguments: [
            ("f", nil, "f"), ("f", "a", "f/a"), ("f/g", nil, "f%2Fg"), ("f/g", "a/b", "f%2Fg/a/b"),
            ("50%2F", "a", "50%252F/a"),
        ] as [(String, String?, String)]
    )
    func `a key of two values is taken apart again, whatever is in them`(
        first: String,
        second: String?,
        key: String
    ) throws {
        let own = second.map { #","account_list":[{"account_id":"\#($0)"}]"# } ?? ""
        let answer = try read(
            #"{"rsp_code":"00000","fob_list":[{"fob_id":"\#(first)","is_consent":"true"\#(own)}]}"#,
            StandardCall(.efin001),
            .efin
        )
        #expect(answer.assets.map(\.key) == [key])
        let wallet = try #require(StandardAPI[.efin002])
        #expect(
            AssetKey.parameters(wallet.parameters, of: key) == answer.assets[0].calls[0].parameters
        )
    }

    @Test func `a key of one value is that value`() throws {
        for api in [ProviderAPI.efin102, .prepaid002, .card002, .insu002] {
            let entry = try #require(StandardAPI[api])
            let found = AssetKey.parameters(entry.parameters, of: "a/b%2Fc")
            #expect(found.map(\.value) == ["a/b%2Fc"], "\(api)")
        }
        // A round is said only where the API has it.
        let isa = try #require(StandardAPI[.bank011])
        let found = AssetKey.parameters(isa.parameters, of: "1/2")
        #expect(found == [StandardCall.Parameter("account_num", "1")])
    }
}
