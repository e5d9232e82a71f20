internal import Compression
public import Cryptography

/// Opens frames: check the commitment, unseal, unpack.
///
/// Contexts and buffers are reused. Not `Sendable`: one per thread of work. The clear events live
/// in its buffer only until `close`.
public struct FrameOpener: ~Copyable {
    private let compressor: Compressor
    private let aead: AEAD
    private var root = EventRoot()
    private var packed: [UInt8] = []
    private var clear: [UInt8] = []
    private var clearCount = 0
    private var eventCount = 0

    /// Makes the contexts.
    public init(suite: Suite = .first) throws(FrameError) {
        (compressor, aead) = try suite.contexts()
    }

    /// Opens `frame`; the clear bytes are then lent by `events` until the next `open` or `close`.
    ///
    /// The seal's tag covers the header and so the event root in it; `checkingRoot` computes the
    /// root again, which only an auditor of other people's sealers needs.
    /// - Throws: `.wrongKey` before any decryption, `.notAuthentic` after a change.
    public mutating func open(
        _ frame: Span<UInt8>,
        key: SecretKey,
        checkingRoot: Bool = false
    ) throws(FrameError) -> FrameHeader {
        close()
        let header = try FrameHeader(frame)
        guard frame.count == header.frameByteCount else { throw .truncated }
        let keys = DerivedKeys.frame(key, saltHigh: header.saltHigh, saltLow: header.saltLow)
        guard keys.commitment == header.keyCommitment else { throw .wrongKey }
        // Taken out for the call: a span of a stored array would hold all of self.
        var packed = exchange(&packed, with: [])
        var count = 0
        defer {
            packed.zero(first: count)
            self.packed = packed
        }
        count = try unseal(frame, header, key: keys.sealing, into: &packed)
        do {
            try unpack(packed.span.extracting(0..<count))
            try EventCursor.check(Int(header.eventCount), in: events)
            if checkingRoot { try checkRoot(header, blindingKey: keys.blinding) }
        } catch {
            close()
            throw error
        }
        eventCount = Int(header.eventCount)
        return header
    }

    private mutating func checkRoot(
        _ header: FrameHeader,
        blindingKey: Digest
    ) throws(FrameError) {
        let clear = exchange(&clear, with: [])
        defer { self.clear = clear }
        let computed = try root.compute(
            over: clear.span.extracting(0..<clearCount),
            count: Int(header.eventCount),
            blindingKey: blindingKey,
            with: aead
        )
        guard computed == header.eventRoot else { throw .malformedBody(part: "event root") }
    }

    /// The clear, length-delimited events of the open frame; empty after `close`.
    public var events: Span<UInt8> {
        @_lifetime(borrow self) get { clear.span.extracting(0..<clearCount) }
    }

    /// Proof of one event of `frame`: what `EventProof.verify` takes, revealing no other event.
    public mutating func prove(
        _ index: Int,
        of frame: Span<UInt8>,
        key: SecretKey
    ) throws(FrameError) -> EventProof {
        let header = try open(frame, key: key)
        guard index >= 0, index < eventCount else { throw .outOfRange(field: "event index") }
        let keys = DerivedKeys.frame(key, saltHigh: header.saltHigh, saltLow: header.saltLow)
        let clear = exchange(&clear, with: [])
        defer { self.clear = clear }
        let events = clear.span.extracting(0..<clearCount)
        let (aead, count) = (aead, eventCount)
        let (path, blind, bounds) = try root.prove(
            index,
            over: events,
            count: count,
            blindingKey: keys.blinding,
            with: aead
        )
        let proof = EventProof(
            header: frame.extracting(0..<FrameLimit.headerByteCount).array,
            index: index,
            blind: blind,
            event: events.extracting(bounds).array,
            path: path
        )
        return proof
    }

    /// Overwrites what was opened.
    public mutating func close() {
        let count = exchange(&clearCount, with: 0)
        clear.zero(first: count)
    }

    private func unseal(
        _ frame: Span<UInt8>,
        _ header: FrameHeader,
        key: Digest,
        into packed: inout [UInt8]
    ) throws(FrameError) -> Int {
        let count = Int(header.bodyByteCount) - AEAD.tagByteCount
        if packed.count < count { packed = [UInt8](repeating: 0, count: max(count * 2, 4_096)) }
        var all = packed.mutableSpan
        var output = all._mutatingExtracting(0..<count)
        do {
            try aead.openOnce(
                key: key,
                header: frame.extracting(0..<FrameLimit.headerByteCount),
                frame.extracting(FrameLimit.headerByteCount..<frame.count),
                into: &output
            )
        } catch {
            throw .notAuthentic
        }
        return count
    }

    private mutating func unpack(_ padded: Span<UInt8>) throws(FrameError) {
        var clear = exchange(&clear, with: [])
        defer { self.clear = clear }
        do {
            let packedCount = try compressor.packedCount(in: padded)
            for index in packedCount..<padded.count where padded[index] != 0 {
                throw FrameError.malformedBody(part: "padding")
            }
            let count = try compressor.unpackedCount(
                of: padded,
                limitBytes: FrameLimit.unpackedByteCountMax
            )
            if clear.count < count { clear = [UInt8](repeating: 0, count: max(count * 2, 8_192)) }
            var all = clear.mutableSpan
            var output = all._mutatingExtracting(0..<count)
            // Before the call: what a failing call wrote is wiped by the caller's `close`.
            clearCount = count
            try compressor.unpack(padded.extracting(0..<packedCount), into: &output)
        } catch let error as FrameError {
            throw error
        } catch {
            throw .malformedBody(part: "packing")
        }
    }
}

extension Array where Element == UInt8 {
    mutating func zero(first count: Int) {
        var bytes = mutableSpan
        for index in 0..<count { bytes[index] = 0 }
    }
}

/// One event, its blind and its path to the root in a frame's header: enough to prove it alone.
public struct EventProof: Equatable, Sendable {
    /// The frame's clear header, 168 bytes.
    public let header: [UInt8]
    /// 0-based place in the frame.
    public let index: Int
    /// The sixteen bytes hashed before the event.
    public let blind: [UInt8]
    /// The event's bytes.
    public let event: [UInt8]
    /// Sibling hashes from the event up.
    public let path: [Digest]

    /// Collects the parts.
    public init(header: [UInt8], index: Int, blind: [UInt8], event: [UInt8], path: [Digest]) {
        self.header = header
        self.index = index
        self.blind = blind
        self.event = event
        self.path = path
    }

    /// The event is the one at `index` of the frame with this header.
    public func verify() -> Bool {
        guard blind.count == 16, index >= 0 else { return false }
        do {
            let fields = try FrameHeader(header.span)
            let leaf = SHA256.hash(prefix: 0, blind.span, event.span)
            return Merkle.verifyInclusion(
                of: leaf,
                at: UInt64(index),
                count: UInt64(fields.eventCount),
                path: path,
                root: fields.eventRoot
            )
        } catch {
            return false
        }
    }
}
