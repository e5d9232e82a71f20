public import Cryptography
internal import Compression

/// Seals events into frames: pack, pad, derive, root, seal.
///
/// Contexts and buffers are reused. Not `Sendable`: one per thread of work. Wipes its own copies of
/// a frame's content before it returns; the caller's events stay the caller's to wipe.
public struct FrameSealer: ~Copyable {
    private let suite: Suite
    private let compressor: Compressor
    private let aead: AEAD
    private var root = EventRoot()
    private var packed: [UInt8] = []
    private var headerBytes = [UInt8](repeating: 0, count: FrameLimit.headerByteCount)

    /// Makes the contexts.
    public init(suite: Suite = .first) throws(FrameError) {
        (self.suite, (compressor, aead)) = (suite, try suite.contexts())
    }

    /// Seals `events` (length-delimited) under the compartment's key and appends the frame.
    ///
    /// `salt` is 16 fresh random bytes; the same salt twice under one key is a breach.
    /// - Throws: `.tooLarge` when the events do not fit one frame: split them.
    public mutating func seal(
        _ events: Span<UInt8>,
        as content: FrameContent,
        key: SecretKey,
        salt: (UInt64, UInt64),
        into batch: inout FrameBatch
    ) throws(FrameError) {
        guard content.eventCount >= 1, content.eventCount <= FrameLimit.eventCountMax,
            events.count <= FrameLimit.unpackedByteCountMax
        else { throw .tooLarge }
        var header = FrameHeader(sealing: content, salt: salt, suite: suite.number)
        let keys = DerivedKeys.frame(key, saltHigh: salt.0, saltLow: salt.1)
        header.keyCommitment = keys.commitment
        header.eventRoot = try root.compute(
            over: events,
            count: content.eventCount,
            blindingKey: keys.blinding,
            with: aead
        )
        // Taken out for the call: a span of a stored array would hold all of self.
        var packed = exchange(&packed, with: [])
        var packedCount = 0
        defer {
            packed.zero(first: packedCount)
            self.packed = packed
        }
        packedCount = try pack(events, into: &packed)
        let padded =
            content.counterpartyText ? Padding.bucket(packedCount) : Padding.padme(packedCount)
        header.bodyByteCount = UInt32(padded + AEAD.tagByteCount)
        guard header.frameByteCount <= FrameLimit.byteCountMax else { throw .tooLarge }
        try append(
            header,
            packed.span.extracting(0..<packedCount),
            key: keys.sealing,
            to: &batch
        )
    }

    private mutating func append(
        _ header: FrameHeader,
        _ packed: Span<UInt8>,
        key: Digest,
        to batch: inout FrameBatch
    ) throws(FrameError) {
        let offset = batch.bytes.count
        var fields = headerBytes.mutableSpan
        header.write(into: &fields, at: 0)
        batch.bytes.append(span: headerBytes.span)
        // Room first, content after: content appended before the array grows would stay behind,
        // unsealed, in the memory that the array leaves.
        batch.bytes.append(contentsOf: repeatElement(0, count: Int(header.bodyByteCount)))
        do {
            try sealBody(packed, of: header, at: offset, key: key, in: &batch.bytes)
        } catch {
            batch.bytes.removeLast(header.frameByteCount)
            throw error
        }
        batch.note(header, at: offset)
    }

    private func pack(
        _ events: Span<UInt8>,
        into packed: inout [UInt8]
    ) throws(FrameError) -> Int {
        let needed = Compressor.packedCountMax(events.count)
        if packed.count < needed { packed = [UInt8](repeating: 0, count: needed * 2) }
        var output = packed.mutableSpan
        do {
            return try compressor.pack(events, into: &output)
        } catch {
            throw .libraryFailure(operation: "ZSTD_compress2")
        }
    }

    private func sealBody(
        _ packed: Span<UInt8>,
        of header: FrameHeader,
        at offset: Int,
        key: Digest,
        in bytes: inout [UInt8]
    ) throws(FrameError) {
        let body = offset + FrameLimit.headerByteCount
        var whole = bytes.mutableSpan
        var sealed = whole._mutatingExtracting(body..<body + Int(header.bodyByteCount))
        sealed.copy(packed, at: 0)
        do {
            try aead.sealOnce(key: key, header: headerBytes.span, &sealed)
        } catch {
            for index in 0..<sealed.count { sealed[index] = 0 }
            throw .libraryFailure(operation: "EVP_EncryptFinal_ex")
        }
    }
}
