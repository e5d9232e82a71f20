internal import Cryptography

/// The RFC 6962 root over a frame's events, each blinded by sixteen bytes of the frame's own key
/// stream, so that one event can be shown and proven without telling anything of its neighbours.
///
/// The blinds are wiped before each call returns: with a blind, a leaf hash would confirm a guess.
struct EventRoot {
    private var blinds: [UInt8] = []
    private var leaves: [Digest] = []

    /// Hashes `count` length-delimited events.
    /// - Throws: `.malformedBody` when the bytes are not exactly `count` events.
    mutating func compute(
        over events: Span<UInt8>,
        count: Int,
        blindingKey: Digest,
        with aead: AEAD
    ) throws(FrameError) -> Digest {
        defer { blinds.zero(first: count * 16) }
        try fillLeaves(over: events, count: count, blindingKey: blindingKey, with: aead)
        return Merkle.reduce(&leaves)
    }

    /// Sibling hashes from event `index` up to the root, with the event's blind and bounds.
    mutating func prove(
        _ index: Int,
        over events: Span<UInt8>,
        count: Int,
        blindingKey: Digest,
        with aead: AEAD
    ) throws(FrameError) -> (path: [Digest], blind: [UInt8], bytes: Range<Int>) {
        precondition(index >= 0 && index < count, "the event is in the frame")
        defer { blinds.zero(first: count * 16) }
        try fillLeaves(over: events, count: count, blindingKey: blindingKey, with: aead)
        var cursor = EventCursor()
        var bounds = 0..<0
        for _ in 0...index {
            guard let next = try cursor.next(in: events) else {
                throw .malformedBody(part: "event count")
            }
            bounds = next
        }
        let path = Merkle.inclusionProof(of: index, in: leaves)
        return (path, Array(blinds[index * 16..<index * 16 + 16]), bounds)
    }

    private mutating func fillLeaves(
        over events: Span<UInt8>,
        count: Int,
        blindingKey: Digest,
        with aead: AEAD
    ) throws(FrameError) {
        // Taken out for the call: a span of a stored array would hold all of self. It grows to the
        // largest frame seen and stays, so no allocation per frame.
        var blinds = exchange(&blinds, with: [])
        defer { self.blinds = blinds }
        if blinds.count < count * 16 {
            blinds = [UInt8](repeating: 0, count: max(count, 64) * 16)
        }
        try fill(&blinds, count: count, blindingKey: blindingKey, with: aead)
        leaves.removeAll(keepingCapacity: true)
        var cursor = EventCursor()
        while let range = try cursor.next(in: events) {
            let index = leaves.count
            guard index < count else { throw .malformedBody(part: "event count") }
            leaves.append(
                SHA256.hash(
                    prefix: 0,
                    blinds.span.extracting(index * 16..<index * 16 + 16),
                    events.extracting(range)
                )
            )
        }
        guard leaves.count == count else { throw .malformedBody(part: "event count") }
    }

    private func fill(
        _ blinds: inout [UInt8],
        count: Int,
        blindingKey: Digest,
        with aead: AEAD
    ) throws(FrameError) {
        var all = blinds.mutableSpan
        var stream = all._mutatingExtracting(0..<count * 16)
        do {
            try aead.keyStream(key: blindingKey, into: &stream)
        } catch {
            throw .libraryFailure(operation: "EVP_EncryptUpdate")
        }
    }
}

/// Walks length-delimited events: `varint length ‖ bytes`, lengths as Protobuf writes them.
///
/// After an error the cursor's place means nothing; stop.
public struct EventCursor: Sendable {
    @usableFromInline
    var position = 0

    /// At the first event.
    public init() {}

    /// Bounds of the next event, or nil at the end.
    /// - Throws: `.malformedBody` when a length reaches past the end or is not the shortest form.
    @inlinable
    public mutating func next(in events: Span<UInt8>) throws(FrameError) -> Range<Int>? {
        guard position < events.count else { return nil }
        var length = 0
        var shift = 0
        while true {
            guard position < events.count, shift <= 21 else {
                throw .malformedBody(part: "event length")
            }
            let byte = events[position]
            position += 1
            length |= Int(byte & 0x7f) << shift
            if byte < 0x80 {
                // One content has one form: a length with a needless last byte is refused.
                guard byte != 0 || shift == 0 else { throw .malformedBody(part: "event length") }
                break
            }
            shift += 7
        }
        guard length <= events.count - position else { throw .malformedBody(part: "event length") }
        let start = position
        position += length
        return start..<start + length
    }

    /// Exactly `count` events are in `events`.
    static func check(_ count: Int, in events: Span<UInt8>) throws(FrameError) {
        var cursor = EventCursor()
        var found = 0
        while try cursor.next(in: events) != nil { found += 1 }
        guard found == count else { throw .malformedBody(part: "event count") }
    }
}
