import Finance
import Testing

@Suite struct CivilDateTests {
    @Test func `four hundred years of days are counted one by one`() throws {
        var expected = (year: 1900, month: 1, day: 1)
        for days in Int32(-25_567)..<Int32(-25_567 + 146_097) {
            let date = CivilDate(daysSinceEpoch: days)
            #expect(date.components == expected)
            #expect(
                CivilDate(year: expected.year, month: expected.month, day: expected.day) == date
            )
            guard date.components == expected else { return }
            expected.day += 1
            if CivilDate(year: expected.year, month: expected.month, day: expected.day) == nil {
                expected =
                    expected.month == 12
                    ? (expected.year + 1, 1, 1) : (expected.year, expected.month + 1, 1)
            }
        }
        #expect(expected == (2300, 1, 1))
    }

    @Test func `known days are where the calendar has them`() throws {
        let table: [(Int, Int, Int, Int32, Int, String)] = [
            (1970, 1, 1, 0, 3, "1970-01-01"), (2000, 2, 29, 11_016, 1, "2000-02-29"),
            (2026, 11, 21, 20_778, 5, "2026-11-21"), (1969, 12, 31, -1, 2, "1969-12-31"),
            (1, 1, 1, -719_162, 0, "0001-01-01"), (9_999, 12, 31, 2_932_896, 4, "9999-12-31"),
        ]
        for (year, month, day, days, weekday, text) in table {
            let date = try #require(CivilDate(year: year, month: month, day: day))
            #expect(date.daysSinceEpoch == days)
            #expect(date.weekday == weekday)
            #expect(date.description == text)
        }
        for (year, month, day) in [
            (2023, 2, 29), (1900, 2, 29), (2024, 4, 31), (2024, 13, 1), (0, 1, 1),
        ] {
            #expect(CivilDate(year: year, month: month, day: day) == nil)
        }
    }

    @Test func `a second is on the day of its place`() throws {
        // 2023-11-14T22:13:20Z.
        #expect(CivilDate(secondsSinceEpoch: 1_700_000_000)?.description == "2023-11-15")
        let london = CivilDate(secondsSinceEpoch: 1_700_000_000, utcOffsetMinutes: 0)
        #expect(london?.description == "2023-11-14")
        #expect(CivilDate(secondsSinceEpoch: -1, utcOffsetMinutes: 0)?.description == "1969-12-31")
        for seconds in [Int64.min, .max, -62_135_683_200, 253_402_387_200] {
            #expect(CivilDate(secondsSinceEpoch: seconds) == nil)
        }
        #expect(CivilDate(secondsSinceEpoch: 0, utcOffsetMinutes: 1_440) == nil)
    }

    @Test func `months are added to the same day or the last`() throws {
        let date = try #require(CivilDate(year: 2024, month: 1, day: 31))
        #expect(date.adding(months: 1).description == "2024-02-29")
        #expect(date.adding(months: 13).description == "2025-02-28")
        #expect(date.adding(months: -2).description == "2023-11-30")
        #expect(date.month.adding(-1).description == "2023-12")
        #expect(Month(index: -1).description == "1969-12")
        for index in Int32(-500)...1_000 {
            let (year, month) = Month(index: index).components
            #expect(Month(year: year, month: month) == Month(index: index))
            #expect(Month(index: index).day(1).month == Month(index: index))
            #expect(Month(index: index).day(31).month == Month(index: index))
        }
    }
}
