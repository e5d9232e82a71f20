/// What an event says beside its fact.
public struct EventEnvelope: Hashable, Sendable {
    /// When it happened, in seconds since 1970-01-01T00:00:00Z.
    public var occurredAt: Int64
    /// Minutes east of UTC of the clock where it happened; +540, Korea, is left out.
    public var utcOffsetMinutes: Int32
    /// How exactly `occurredAt` is known.
    public var precision: TimePrecision
    /// Which of several rows with the same natural key this is, from 0.
    public var occurrence: UInt32
    /// API of the standard that said so.
    public var api: ProviderAPI

    /// An envelope; what is not said is Korea, to the second, the only row.
    public init(
        occurredAt: Int64,
        utcOffsetMinutes: Int32 = EventView.utcOffsetMinutesDefault,
        precision: TimePrecision = .unspecified,
        occurrence: UInt32 = 0,
        api: ProviderAPI = .unspecified
    ) {
        self.occurredAt = occurredAt
        self.utcOffsetMinutes = utcOffsetMinutes
        self.precision = precision
        self.occurrence = occurrence
        self.api = api
    }

    private var offset: UInt64? {
        // A sint32 unfolds within 32 bits, which the 64-bit form does for any value that fits.
        utcOffsetMinutes == EventView.utcOffsetMinutesDefault
            ? nil : WireSize.zigzag(Int64(utcOffsetMinutes))
    }

    private var time: UInt64 { UInt64(bitPattern: occurredAt) }
    private var precisionCode: UInt64 { UInt64(bitPattern: Int64(precision.rawValue)) }
    private var apiCode: UInt64 { UInt64(bitPattern: Int64(api.rawValue)) }

    @inline(__always)
    var size: Int {
        WireSize.number(1, time) + WireSize.number(2, ifSet: offset)
            + WireSize.number(3, precisionCode) + WireSize.number(5, UInt64(occurrence))
            + WireSize.number(6, apiCode)
    }

    @inline(__always)
    func write(into output: inout OutputSpan<UInt8>) {
        output.number(1, time)
        output.number(2, ifSet: offset)
        output.number(3, precisionCode)
        output.number(5, UInt64(occurrence))
        output.number(6, apiCode)
    }
}
