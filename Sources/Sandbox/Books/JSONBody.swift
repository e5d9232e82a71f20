internal import Finance

/// Writes an answer's body, byte by byte: histories are long, and a person has many.
///
/// Attachment 2 of the standard has every value as a string; some providers send numbers and
/// booleans as such. A value that is not there is left out by its caller.
struct JSONBody: Sendable {
    var bytes: [UInt8]
    /// Whether numbers and booleans are sent as such.
    let isBare: Bool
    /// Whether amounts of F(18,3) have three decimals.
    let hasDecimals: Bool

    init(_ quirks: ProviderQuirks, capacity: Int = 1_024) {
        bytes = []
        bytes.reserveCapacity(capacity)
        (isBare, hasDecimals) = (quirks.bareValues, quirks.decimals)
    }

    @inline(__always)
    mutating func raw(_ text: String) { bytes.append(contentsOf: text.utf8) }

    @inline(__always)
    mutating func separate() {
        if let last = bytes.last, last != UInt8(ascii: "{"), last != UInt8(ascii: "[") {
            bytes.append(UInt8(ascii: ","))
        }
    }

    @inline(__always)
    private mutating func name(_ name: String) {
        separate()
        bytes.append(UInt8(ascii: "\""))
        raw(name)
        bytes.append(UInt8(ascii: "\""))
        bytes.append(UInt8(ascii: ":"))
    }

    @inline(__always)
    private mutating func quote(_ isQuoted: Bool = true) {
        if isQuoted { bytes.append(UInt8(ascii: "\"")) }
    }

    mutating func open(_ bracket: UInt8) {
        if bracket == UInt8(ascii: "{") { separate() }
        bytes.append(bracket)
    }

    mutating func close(_ bracket: UInt8) { bytes.append(bracket) }

    mutating func list(_ name: String) {
        self.name(name)
        bytes.append(UInt8(ascii: "["))
    }

    /// Text that needs no escape: nothing in this world has a quote or a backslash.
    @inline(__always)
    mutating func text(_ name: String, _ value: String) {
        self.name(name)
        quote()
        raw(value)
        quote()
    }

    @inline(__always)
    mutating func text(_ name: String, ifAny value: String?) {
        if let value, !value.isEmpty { text(name, value) }
    }

    /// N(p).
    @inline(__always)
    mutating func integer(_ name: String, _ value: Int64) {
        self.name(name)
        quote(!isBare)
        digits(value)
        quote(!isBare)
    }

    /// A code of fixed width, always a string: its zeros count.
    @inline(__always)
    mutating func code(_ name: String, _ value: Int, width: Int = 2) {
        self.name(name)
        quote()
        padded(value, width)
        quote()
    }

    mutating func flag(_ name: String, _ value: Bool) {
        self.name(name)
        quote(!isBare)
        raw(value ? "true" : "false")
        quote(!isBare)
    }

    /// N(15) of thousandths: whole units.
    @inline(__always)
    mutating func units(_ name: String, _ thousandths: Int64) {
        integer(name, thousandths / 1_000)
    }

    /// F(18,3).
    @inline(__always)
    mutating func amount(_ name: String, _ thousandths: Int64) {
        decimal(name, thousandths, places: 3, least: hasDecimals ? 3 : 0)
    }

    /// F(p,places) of a whole number of its last places; trailing zeros beyond `least` are cut.
    mutating func decimal(_ name: String, _ value: Int64, places: Int, least: Int = 0) {
        self.name(name)
        quote(!isBare)
        if value < 0 { bytes.append(UInt8(ascii: "-")) }
        var scale: UInt64 = 1
        for _ in 0..<places { scale *= 10 }
        let (whole, rest) = value.magnitude.quotientAndRemainder(dividingBy: scale)
        digits(Int64(whole))
        var (fraction, width) = (Int(rest), places)
        while width > least, fraction % 10 == 0 { (fraction, width) = (fraction / 10, width - 1) }
        if width > 0 {
            bytes.append(UInt8(ascii: "."))
            padded(fraction, width)
        }
        quote(!isBare)
    }

    /// DATE.
    @inline(__always)
    mutating func day(_ name: String, _ day: CivilDate) {
        self.name(name)
        quote()
        write(day)
        quote()
    }

    mutating func day(_ name: String, ifAny day: CivilDate?) {
        if let day { self.day(name, day) }
    }

    /// DTIME of Korea's clock, or its day where a provider has no more.
    @inline(__always)
    mutating func instant(_ name: String, _ second: Int64, daysOnly: Bool = false) {
        self.name(name)
        quote()
        let day = KoreanClock.day(of: second)
        write(CivilDate(daysSinceEpoch: day))
        if !daysOnly {
            let rest = Int(second - KoreanClock.start(of: day))
            padded(rest / 3_600, 2)
            padded(rest / 60 % 60, 2)
            padded(rest % 60, 2)
        }
        quote()
    }

    private mutating func write(_ day: CivilDate) {
        let (year, month, number) = day.components
        padded(year * 10_000 + month * 100 + number, 8)
    }

    @inline(__always)
    mutating func padded(_ value: Int, _ width: Int) {
        let start = bytes.count
        var rest = value
        for _ in 0..<width { bytes.append(UInt8(ascii: "0")) }
        var place = start + width - 1
        while rest > 0, place >= start {
            bytes[place] = UInt8(ascii: "0") + UInt8(rest % 10)
            (rest, place) = (rest / 10, place - 1)
        }
    }

    @inline(__always)
    mutating func digits(_ value: Int64) {
        if value < 0 { bytes.append(UInt8(ascii: "-")) }
        var (rest, width) = (value.magnitude, 1)
        var probe = rest / 10
        while probe > 0 { (probe, width) = (probe / 10, width + 1) }
        let start = bytes.count
        for _ in 0..<width { bytes.append(UInt8(ascii: "0")) }
        for place in stride(from: start + width - 1, through: start, by: -1) {
            bytes[place] = UInt8(ascii: "0") + UInt8(rest % 10)
            rest /= 10
        }
    }
}
