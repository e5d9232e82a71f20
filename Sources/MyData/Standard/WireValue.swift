internal import Finance

/// Why a value is none of its field; whoever reads the row adds which field and which row.
struct ValueFault: Error {
    let reason: QuarantineReason

    static let type = ValueFault(reason: .fieldType)
    static let length = ValueFault(reason: .fieldLength)
    static let code = ValueFault(reason: .codeUnknown)
    static let inconsistent = ValueFault(reason: .inconsistent)
}

/// One value, read in place as what its field is.
struct WireValue: ~Escapable {
    let kind: JSONValue.Kind
    /// A string's content without quotes and escapes; anything else as it was sent.
    let bytes: Span<UInt8>

    @inline(__always)
    @_lifetime(copy bytes)
    init(_ kind: JSONValue.Kind, _ bytes: Span<UInt8>) {
        self.kind = kind
        self.bytes = bytes
    }

    private var isText: Bool { kind == .string || kind == .unescaped }

    private func requireScalar() throws(ValueFault) {
        guard kind != .object, kind != .array else { throw .type }
    }

    /// AH: at most `bytesMax` bytes.
    @inline(__always)
    @_lifetime(copy self)
    func text(_ bytesMax: Int) throws(ValueFault) -> Span<UInt8> {
        try requireScalar()
        guard bytes.count <= bytesMax else { throw .length }
        return bytes
    }

    /// Letters, digits and signs: printable ASCII, at most `countMax`.
    @inline(__always)
    @_lifetime(copy self)
    func word(_ countMax: Int) throws(ValueFault) -> Span<UInt8> {
        try requireScalar()
        guard bytes.count <= countMax else { throw .length }
        for index in bytes.indices where bytes[index] < 0x20 || bytes[index] > 0x7E {
            throw .type
        }
        return bytes
    }

    /// `true` or `false`, as either type.
    func boolean() throws(ValueFault) -> Bool {
        guard kind == .boolean || isText else { throw .type }
        if bytes.count == 4, bytes[0] == 0x74, bytes[1] == 0x72, bytes[2] == 0x75,
            bytes[3] == 0x65
        {
            return true
        }
        guard bytes.count == 5, bytes[0] == 0x66, bytes[1] == 0x61, bytes[2] == 0x6C,
            bytes[3] == 0x73, bytes[4] == 0x65
        else { throw .type }
        return false
    }

    /// A number without sign of at most `digits` digits.
    func count(_ digits: Int) throws(ValueFault) -> UInt32 {
        let value = try exact(digits: digits, scale: 0, unit: 0)
        guard let count = UInt32(exactly: value) else { throw value < 0 ? .type : .length }
        return count
    }

    /// The number of a code that is written in digits; nil when it is written otherwise.
    @inline(__always)
    func codeNumber(_ digits: Int) throws(ValueFault) -> Int? {
        guard kind == .number || isText else { throw .type }
        guard bytes.count <= digits else { throw .length }
        guard !bytes.isEmpty else { return nil }
        var value = 0
        for index in bytes.indices {
            guard bytes[index] >= 0x30, bytes[index] <= 0x39 else { return nil }
            value = value &* 10 &+ Int(bytes[index] &- 0x30)
        }
        return value
    }

    @inline(__always)
    private func number(_ start: Int, _ end: Int) throws(ValueFault) -> Int {
        var value = 0
        for index in start..<end {
            let digit = bytes[index] &- 0x30
            guard digit <= 9 else { throw .type }
            value = value &* 10 &+ Int(digit)
        }
        return value
    }

    @inline(__always)
    private func day() throws(ValueFault) -> CivilDate {
        let year = try number(0, 4)
        guard
            let day = CivilDate(year: year, month: try number(4, 6), day: try number(6, 8))
        else { throw .type }
        return day
    }

    /// DATE, as YYYYMMDD.
    func date() throws(ValueFault) -> UInt32 {
        guard kind == .number || isText else { throw .type }
        guard bytes.count <= 8 else { throw .length }
        guard bytes.count == 8 else { throw .type }
        _ = try day()
        return UInt32(try number(0, 8))
    }

    /// YYYYMM.
    func month() throws(ValueFault) -> UInt32 {
        guard kind == .number || isText else { throw .type }
        guard bytes.count <= 6 else { throw .length }
        guard bytes.count == 6 else { throw .type }
        guard Month(year: try number(0, 4), month: try number(4, 6)) != nil else { throw .type }
        return UInt32(try number(0, 6))
    }

    /// DTIME or DATE in Korea.
    @inline(__always)
    func moment() throws(ValueFault) -> Moment {
        guard kind == .number || isText else { throw .type }
        guard bytes.count <= 14 else { throw .length }
        guard bytes.count == 14 || bytes.count == 8 else { throw .type }
        let midnight = Int64(try day().daysSinceEpoch) * 86_400 - Moment.koreaSeconds
        guard bytes.count == 14 else { return Moment(seconds: midnight, precision: .day) }
        let hour = try number(8, 10)
        let minute = try number(10, 12)
        let second = try number(12, 14)
        guard hour < 24, minute < 60, second < 60 else { throw .type }
        return Moment(
            seconds: midnight + Int64(hour * 3_600 + minute * 60 + second),
            precision: .unspecified
        )
    }
}

/// When something happened, as exactly as the provider says.
struct Moment {
    /// Seconds since 1970-01-01T00:00:00Z.
    var seconds: Int64
    /// To the second, or to the day.
    var precision: TimePrecision

    /// The envelope of what happened then.
    @inline(__always)
    func envelope(_ api: ProviderAPI) -> EventEnvelope {
        EventEnvelope(occurredAt: seconds, precision: precision, api: api)
    }

    /// Korea's clock is nine hours ahead of UTC all year.
    static let koreaSeconds: Int64 = 9 * 3_600
}
