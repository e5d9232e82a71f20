internal import SwiftProtobuf

/// One encoded event, read in place: nothing is copied, allocated or counted.
///
/// The envelope is read when the view is made; a fact when it is asked for, in one pass. Texts
/// come as bytes and are not checked to be UTF-8, `message()` checks. Facts without an accessor
/// of their own are decoded by `message()`.
public struct EventView: ~Escapable {
    /// Which fact this is.
    public let type: EventType
    /// When it happened, in seconds since 1970-01-01T00:00:00Z.
    public let occurredAt: Int64
    /// Minutes east of UTC of the clock where it happened; +540, Korea, if not said.
    public let utcOffsetMinutes: Int32
    /// Which of several rows with the same natural key this is, from 0.
    public let occurrence: UInt32
    /// Number of the standard's API that said so (`ProviderAPI`); 0 for imports and own facts.
    public let apiCode: UInt32
    /// The asset that the event is about.
    public let asset: AssetID
    /// The whole event as it is encoded.
    public let bytes: Span<UInt8>
    /// The fact's message as it is encoded.
    public let fact: Span<UInt8>
    private let precisionCode: Int32

    /// Korea's offset, which an event leaves out.
    public static let utcOffsetMinutesDefault: Int32 = 540

    /// Reads the envelope of one event.
    ///
    /// - Parameters:
    ///   - bytes: exactly one encoded `jangbu.v1.Event`, without a length before it.
    ///   - asset: the compartment of the frame that the event is in.
    /// - Throws: why the bytes are not one event; any bytes at all may be given.
    @_lifetime(copy bytes)
    public init(_ bytes: Span<UInt8>, of asset: AssetID) throws(EventError) {
        var reader = WireReader(bytes)
        var envelope = Envelope()
        var fact = Span<UInt8>()
        while let tag = try reader.tag() {
            switch tag {
            case 1 << 3: envelope.occurredAt = Int64(bitPattern: try reader.varint())
            case 2 << 3: envelope.utcOffsetMinutes = try reader.zigzag32()
            case 3 << 3: envelope.precisionCode = try reader.int32()
            case 5 << 3: envelope.occurrence = try reader.uint32()
            case 6 << 3: envelope.apiCode = try reader.uint32()
            case let tag where tag & 7 == 2 && tag >> 3 >= EventType.first:
                guard envelope.type == 0 else { throw .factRepeated }
                envelope.type = tag >> 3
                fact = try reader.delimited()
            default: try reader.skip(tag)
            }
        }
        guard envelope.type != 0 else { throw .factMissing }
        type = EventType(rawValue: envelope.type)
        occurredAt = envelope.occurredAt
        utcOffsetMinutes = envelope.utcOffsetMinutes
        occurrence = envelope.occurrence
        apiCode = envelope.apiCode
        precisionCode = envelope.precisionCode
        self.asset = asset
        self.bytes = bytes
        self.fact = fact
    }

    /// How exactly `occurredAt` is known.
    public var precision: TimePrecision {
        TimePrecision(rawValue: Int(precisionCode)) ?? .unspecified
    }

    /// Which API of the standard said so.
    public var api: ProviderAPI {
        ProviderAPI(rawValue: Int(Int32(bitPattern: apiCode))) ?? .unspecified
    }

    /// The event as a message, decoded whole.
    ///
    /// - Throws: `BinaryDecodingError` when the fact's bytes or a text in them are malformed.
    public func message() throws -> Event {
        try Event(serializedBytes: bytes.bytesCopied)
    }
}

private struct Envelope {
    var type: UInt32 = 0
    var occurredAt: Int64 = 0
    var utcOffsetMinutes = EventView.utcOffsetMinutesDefault
    var precisionCode: Int32 = 0
    var occurrence: UInt32 = 0
    var apiCode: UInt32 = 0
}
