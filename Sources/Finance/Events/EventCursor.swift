/// Walks a frame's body: events, each with its length before it as a varint.
///
/// ```swift
/// var cursor = EventCursor(body, of: asset)
/// while let event = try cursor.next() { … }
/// ```
/// After an error the cursor is at its end: what follows a length that lies cannot be trusted.
public struct EventCursor: ~Escapable {
    /// One event takes at most this many bytes: a frame's body is of that order, and a length
    /// above it is damage rather than data.
    public static let eventBytesMax = 1 << 20

    private var reader: WireReader
    private let asset: AssetID

    /// A cursor before the first event of `body`, which belongs to one asset.
    @_lifetime(copy body)
    public init(_ body: Span<UInt8>, of asset: AssetID) {
        reader = WireReader(body)
        self.asset = asset
    }

    /// The next event, or nil after the last.
    ///
    /// - Throws: why the next bytes are no event. An event whose bytes are whole but whose
    ///   envelope is wrong is also an error here; `nextBytes()` gets past it.
    @_lifetime(copy self)
    @_lifetime(self: copy self)
    public mutating func next() throws(EventError) -> EventView? {
        guard let bytes = try nextBytes() else { return nil }
        return try EventView(bytes, of: asset)
    }

    /// The next event's bytes, unread, or nil after the last: for parking and proofs.
    ///
    /// - Throws: `.truncated`, `.numberTooLong`, `.eventTooLong`; the rest is then unreadable.
    @_lifetime(copy self)
    @_lifetime(self: copy self)
    public mutating func nextBytes() throws(EventError) -> Span<UInt8>? {
        guard !reader.isAtEnd else { return nil }
        let bytes: Span<UInt8>
        do throws(EventError) {
            bytes = try reader.delimited()
        } catch {
            reader.end()
            throw error
        }
        guard bytes.count <= EventCursor.eventBytesMax else {
            reader.end()
            throw .eventTooLong
        }
        return bytes
    }
}
