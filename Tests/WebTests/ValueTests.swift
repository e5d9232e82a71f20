import Finance
import Testing

@testable import Web

struct ValueTests {
    @Test(arguments: [
        (0, "KRW", "0", "₩0"), (-45_000_000, "KRW", "-45000", "-₩45,000"),
        (9_999_000, "KRW", "9999", "₩9,999"),
        (1_234_567_890_000, "KRW", "1234567890", "₩1,234,567,890"),
        (500, "KRW", "0.5", "₩0.5"), (-1, "KRW", "-0.001", "-₩0.001"),
        (12_500, "GBP", "12.50", "£12.50"), (12_345, "GBP", "12.345", "£12.345"),
        (-999, "USD", "-0.999", "-US$0.999"), (1_000, "CZK", "1.00", "CZK\u{A0}1.00"),
        (1_500, "KWD", "1.500", "KWD\u{A0}1.500"), (100_000, "JPY", "100", "JPY\u{A0}100"),
        (Int64.max, "KRW", "9223372036854775.807", "₩9,223,372,036,854,775.807"),
        (Int64.min, "KRW", "-9223372036854775.808", "-₩9,223,372,036,854,775.808"),
    ])
    func `an amount is exact as a number and as text`(
        thousandths: Int64,
        currency: String,
        decimal: String,
        text: String
    ) throws {
        let currency = try #require(Currency(alphabeticCode: currency))
        let amount = Money(thousandths: thousandths, currency: currency)
        #expect(amount.decimal == decimal)
        #expect(amount.text == text)
    }

    @Test(arguments: [
        (-45_000, "마이너스 4만 5,000원"), (9_999, "9,999원"), (10_000, "1만원"),
        (123_465_000, "1억 2,346만 5,000원"), (0, "0원"), (1_000_000_000_000, "1조원"),
        (100_010_000, "1억 1만원"),
    ])
    func `an amount is spoken exactly by 만, 억 and 조`(won: Int64, spoken: String) {
        let amount = Money(thousandths: won * 1000, currency: .krw)
        #expect(amount.spoken(.korean) == spoken)
    }

    @Test(arguments: [
        "2026-02-29", "2026-13-01", "2026-00-10", "2026-1-01", "26-01-01", "2026-01-01x", "", "-",
        "+026-01-01", "2026-01-0１", "0000-01-01",
    ])
    func `what is no date is refused`(text: String) {
        #expect(CivilDate(text: text) == nil)
    }

    @Test(arguments: [
        (Period.thisMonth, "2026-03", "2026-03"), (.lastMonth, "2026-02", "2026-02"),
        (.months(3), "2026-01", "2026-03"), (.months(12), "2025-04", "2026-03"),
        (.months(24), "2024-04", "2026-03"),
    ])
    func `a period is whole months with the running one`(
        period: Period,
        from: String,
        through: String
    ) throws {
        let months = period.months(today: TestPerson.today)
        #expect("\(months.from)" == from)
        #expect("\(months.through)" == through)
        let read = try Period.read(period: Substring(period.word), from: nil, through: nil)
        #expect(read == period)
    }

    @Test(arguments: [[], [0], [1, 2, 3], [UInt64.max, 0]] as [[UInt64]])
    func `a cursor reads back what it wrote`(counts: [UInt64]) {
        guard !counts.isEmpty else {
            #expect(Cursor(text: "c") == nil)
            return
        }
        #expect(Cursor(text: Cursor(counts).description) == Cursor(counts))
    }

    @Test(arguments: [
        "", "c", "c.", "c1.", "c-1", "c+1", "c 1", "d1", "c1,2", "c3w5e11264sgsg", "cé",
    ])
    func `what is no cursor is refused`(text: String) {
        #expect(Cursor(text: text) == nil)
    }

    @Test(arguments: ["", ".", "1", "1.", "1.2.3", "-1.0", "1.x", "1.4294967296", "1. 2"])
    func `what is no event is refused`(text: String) {
        #expect(EventID(text: text) == nil)
        #expect(EventID(text: "12.3")?.description == "12.3")
    }

    @Test(arguments: [
        ("{merchant}: {amount}", "{amount}: 1"), ("{amount}{amount}", "11"),
        ("{nothing} {merchant}", "{nothing} {amount}"), ("{{amount}}", "{1}"),
        ("{amount", "{amount"),
        ("", ""), ("}{", "}{"), ("{merchant", "{merchant"),
    ])
    func `a value is never taken for a place`(template: String, text: String) {
        #expect(filled(template, ["merchant": "{amount}", "amount": "1"]) == text)
    }

    @Test func `JSON text survives any character, and numbers that JSON lacks are null`() throws {
        var text = "</script>\u{2028}\"\\ 가 👍🏽"
        for scalar in 0..<32 { text.unicodeScalars.append(Unicode.Scalar(UInt8(scalar))) }
        let json: JSON = ["a": .string(text), "b": .number(.nan), "c": .number(.infinity)]
        let back = try Value(json: json.bytes)
        #expect(back["a"] == .string(text))
        #expect(back["b"] == .null)
        #expect(back["c"] == .null)
        #expect(!json.text.contains("<"))
    }

    @Test(
        arguments: [
            (nil, nil, nil, Language.korean), (nil, nil, "en", .english), (nil, nil, "fr", .korean),
            (nil, nil, "fr,en;q=0.5,ko;q=0.9", .korean), (nil, nil, "en-GB,ko;q=0.9", .english),
            (nil, "en", "ko", .english), ("ko", "en", "en", .korean), ("xx", nil, "en", .english),
            (nil, nil, "en;q=0", .korean),
        ] as [(String?, String?, String?, Language)]
    )
    func `the language is the address's, then the cookie's, then the browser's`(
        query: String?,
        cookie: String?,
        accept: String?,
        language: Language
    ) {
        let chosen = Language.choose(
            query: query.map { Substring($0) },
            cookie: cookie,
            accept: accept
        )
        #expect(chosen == language)
    }

    @Test(
        arguments: [
            (0, "0 B"), (1023, "1023 B"), (1024, "1 KiB"), (1536, "1.5 KiB"),
            (1_048_575, "1,023 KiB"), (104_857, "102 KiB"), (102_399, "99.9 KiB"),
            (5 << 30, "5 GiB"), (UInt64.max, "16,384 PiB"),
        ] as [(UInt64, String)]
    )
    func `bytes are never shown as more than they are`(count: UInt64, text: String) {
        #expect(Display.bytes(count) == text)
    }

    @Test func `a moment is shown on Korean clocks`() {
        #expect(Display.moment(0) == "1970-01-01 09:00:00")
        #expect(Display.moment(-32_400_001) == "1969-12-31 23:59:59")
        #expect(Display.moment(TestLedger.start) == "2026-03-18 11:20:00")
        #expect(Display.moment(.max) == "–")
        #expect(Display.moment(.min) == "–")
    }
}
