/// That a movement no longer stands, read in place.
public struct RetractionView: ~Escapable {
    /// The event that no longer stands, as it was recorded, without a length before it.
    public private(set) var event: Span<UInt8>
    private var reasonCode: Int32 = 0
    /// Revision of the frame that it was recorded in.
    public private(set) var revision: UInt64 = 0
    /// Its place in the frame, from 0.
    public private(set) var index: UInt32 = 0

    /// A retraction to be written.
    @_lifetime(copy event)
    public init(of event: Span<UInt8>, reason: RetractionReason, revision: UInt64, index: UInt32) {
        self.event = event
        reasonCode = Int32(truncatingIfNeeded: reason.rawValue)
        self.revision = revision
        self.index = index
    }

    @_lifetime(copy fact)
    init(_ fact: Span<UInt8>) throws(EventError) {
        event = Span()
        var reader = WireReader(fact)
        while let tag = try reader.tag() {
            switch tag {
            case 1 << 3 | 2: event = try reader.delimited()
            case 2 << 3: reasonCode = try reader.int32()
            case 3 << 3: revision = try reader.varint()
            case 4 << 3: index = try reader.uint32()
            default: try reader.skip(tag)
            }
        }
    }

    /// Why.
    public var reason: RetractionReason {
        RetractionReason(rawValue: Int(reasonCode)) ?? .unspecified
    }

    var size: Int {
        WireSize.text(1, event) + WireSize.number(2, UInt64(bitPattern: Int64(reasonCode)))
            + WireSize.number(3, revision) + WireSize.number(4, UInt64(index))
    }

    func write(into output: inout OutputSpan<UInt8>) {
        output.text(1, event)
        output.number(2, UInt64(bitPattern: Int64(reasonCode)))
        output.number(3, revision)
        output.number(4, UInt64(index))
    }
}

extension EventView {
    /// The retraction, or nil when this is another fact.
    ///
    /// - Throws: why the fact's bytes cannot be read.
    @_lifetime(copy self)
    public func retraction() throws(EventError) -> RetractionView? {
        guard type == .transactionRetracted else { return nil }
        return try RetractionView(fact)
    }

    /// The event that a retraction takes back, or nil when this is another fact.
    ///
    /// - Throws: why the bytes of either cannot be read.
    @_lifetime(copy self)
    public func retracted() throws(EventError) -> EventView? {
        guard let retraction = try retraction() else { return nil }
        return try EventView(retraction.event, of: asset)
    }
}

extension EventWriter {
    /// Appends a retraction.
    public static func append(
        _ retraction: RetractionView,
        at envelope: EventEnvelope,
        to body: inout [UInt8]
    ) {
        append(.transactionRetracted, retraction.size, envelope, to: &body) { output in
            retraction.write(into: &output)
        }
    }
}
