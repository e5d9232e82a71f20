public import Finance

/// A part of each day in which a provider takes regular transfers (`np_time_list`), in Korea.
public struct TimeSlot: Hashable, Sendable {
    /// First minute, 0...1,439 after midnight.
    public var from: Int
    /// The minute at which it ends; at or before `from`, it ends the next day.
    public var to: Int

    /// A slot from `from` up to `to`, both 0...1,439.
    public init?(from: Int, to: Int) {
        guard (0..<1_440).contains(from), (0..<1_440).contains(to) else { return nil }
        (self.from, self.to) = (from, to)
    }

    /// Reads `hhmm:hhmm`; 2400 is midnight.
    public init?(_ text: String) {
        let digits = Array(text.utf8)
        guard digits.count == 9, digits[4] == UInt8(ascii: ":") else { return nil }
        var values: [Int] = []
        for part in [digits[0..<4], digits[5..<9]] {
            var value = 0
            for digit in part {
                guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(digit) else { return nil }
                value = value * 10 + Int(digit - UInt8(ascii: "0"))
            }
            guard value % 100 < 60, value <= 2_400 else { return nil }
            values.append((value / 100 * 60 + value % 100) % 1_440)
        }
        self.init(from: values[0], to: values[1])
    }

    /// Whether the minute of a day is in it.
    public func contains(_ minute: Int) -> Bool {
        from < to ? minute >= from && minute < to : minute >= from || minute < to
    }

    /// The first time at or after `seconds` that is in one of the slots.
    ///
    /// `seconds` itself when there are none. Seconds since 1970-01-01 UTC.
    public static func next(in slots: [TimeSlot], from seconds: Int64) -> Int64 {
        let minute = KoreanClock.minute(at: seconds)
        guard !slots.isEmpty, !slots.contains(where: { $0.contains(minute) }) else {
            return seconds
        }
        let waits = slots.map { ($0.from - minute + 1_440) % 1_440 }
        let start = seconds - KoreanClock.secondOfDay(at: seconds) % 60
        return start + Int64(waits.min() ?? 0) * 60
    }
}

/// Days and minutes as providers count them; Korea has had no other clock since 1988.
public enum KoreanClock {
    /// Seconds that Korea's clock is ahead of UTC.
    public static let offset: Int64 = 9 * 3_600

    /// The day at a time in seconds since 1970-01-01 UTC.
    public static func day(at seconds: Int64) -> CivilDate {
        CivilDate(daysSinceEpoch: Int32(clamping: quotient(seconds + offset, 86_400)))
    }

    /// 0..<86,400.
    public static func secondOfDay(at seconds: Int64) -> Int64 {
        let local = seconds + offset
        return local - quotient(local, 86_400) * 86_400
    }

    /// 0..<1,440.
    public static func minute(at seconds: Int64) -> Int { Int(secondOfDay(at: seconds) / 60) }

    /// The second at which a day begins.
    public static func start(of day: CivilDate) -> Int64 {
        Int64(day.daysSinceEpoch) * 86_400 - offset
    }

    private static func quotient(_ value: Int64, _ divisor: Int64) -> Int64 {
        let (quotient, remainder) = value.quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? quotient - 1 : quotient
    }
}

extension CivilDate {
    /// As the standard writes a month, YYYYMM.
    var monthDigits: UInt32 { digits / 100 }
}
