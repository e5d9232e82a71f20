internal import Cryptography
internal import Frame

/// Seals states, opens them and computes their hash terms, for one projection.
///
/// Not `Sendable`: one per thread of work. Clear bytes live in its buffers only within a call.
struct StateSeal {
    private static let info = Array("jangbu state 1".utf8)
    /// Public: it only keeps terms of other formats from being taken for these.
    private static let hashKey = Array("jangbu state hash 1".utf8)

    private let aead: AEAD
    private let terms: HMAC
    private let identity: [UInt8]
    private var clear: [UInt8] = []
    private var state: [UInt8] = []

    /// What is kept of an opened state besides its bytes.
    struct Prefix {
        /// The subject's summand of the state hash.
        var term: Digest
        /// Newest epoch of the subject's own keys that was folded.
        var keysEpoch: UInt32
    }

    /// A seal for the projection whose name, version and configuration these bytes are.
    init(identity: [UInt8]) throws(ProjectionError) {
        do {
            aead = try AEAD()
        } catch {
            throw .library(operation: "EVP_CIPHER_CTX_new")
        }
        terms = HMAC(key: StateSeal.hashKey.span)
        self.identity = identity
    }

    /// The subject's summand of the state hash, over the canonical bytes of its state.
    func term(of subject: SubjectID, _ state: Span<UInt8>) -> Digest {
        let who = subject.bytes
        return terms.code(identity.span, who.span, state)
    }

    /// Encodes, hashes and seals `state` and appends the record to `out`.
    ///
    /// Returns the hash term; `encode` appends the canonical bytes.
    mutating func seal(
        of subject: SubjectID,
        _ record: StateRecord,
        keysEpoch: UInt32,
        under key: SecretKey,
        into out: inout [UInt8],
        _ encode: (inout [UInt8]) -> Void
    ) throws(ProjectionError) -> Digest {
        // A buffer of its own: what a state appends to may be copied while it grows.
        state.removeAll(keepingCapacity: true)
        encode(&state)
        let term = term(of: subject, state.span)
        let start = out.count
        record.append(to: &out)
        let headerEnd = out.count
        term.append(to: &out)
        out.appendLittleEndian(keysEpoch)
        out.append(contentsOf: state)
        state.zero(first: state.count)
        out.append(contentsOf: repeatElement(0, count: AEAD.tagByteCount))
        let associated = associated(subject, out.span.extracting(start..<headerEnd))
        let derived = StateSeal.derive(record, key)
        var all = out.mutableSpan
        var sealed = all._mutatingExtracting(headerEnd..<all.count)
        do {
            try aead.sealOnce(key: derived.first, header: associated.span, &sealed)
        } catch {
            throw .library(operation: "EVP_EncryptFinal_ex")
        }
        return term
    }

    /// Opens what `seal` made and lends the canonical bytes.
    ///
    /// What `body` returned; nil when the record does not open.
    mutating func open<R>(
        _ bytes: Span<UInt8>,
        of subject: SubjectID,
        _ record: StateRecord,
        under key: SecretKey,
        _ body: (Prefix, Span<UInt8>) -> R
    ) -> R? {
        let header = StateRecord.headerByteCount
        let count = bytes.count - header - AEAD.tagByteCount
        guard count >= StateRecord.prefixByteCount else { return nil }
        let associated = associated(subject, bytes.extracting(0..<header))
        let derived = StateSeal.derive(record, key)
        // Taken out for the call: a span of a stored array would hold all of self.
        var clear = exchange(&clear, with: [])
        defer { self.clear = clear }
        if clear.count < count { clear = [UInt8](repeating: 0, count: max(count * 2, 4_096)) }
        do {
            var room = clear.mutableSpan
            var output = room._mutatingExtracting(0..<count)
            try aead.openOnce(
                key: derived.first,
                header: associated.span,
                bytes.extracting(header..<bytes.count),
                into: &output
            )
        } catch {
            return nil
        }
        let result = StateSeal.lend(clear.span.extracting(0..<count), body)
        clear.zero(first: count)
        return result
    }

    private static func lend<R>(
        _ opened: Span<UInt8>,
        _ body: (Prefix, Span<UInt8>) -> R
    ) -> R {
        let prefix = Prefix(
            term: Digest(opened.extracting(0..<32)),
            keysEpoch: opened.littleEndian(UInt32.self, at: 32)
        )
        return body(prefix, opened.extracting(StateRecord.prefixByteCount..<opened.count))
    }

    /// Appends a record that says why there is no state.
    func mark(_ subject: SubjectID, _ record: StateRecord, into out: inout [UInt8]) {
        let start = out.count
        record.append(to: &out)
        let checksum = StateSeal.checksum(out.span.extracting(start..<out.count), of: subject)
        out.appendLittleEndian(checksum)
    }

    /// Whether bytes are what `mark` made for this subject.
    static func isWhole(_ bytes: Span<UInt8>, of subject: SubjectID) -> Bool {
        let header = StateRecord.headerByteCount
        guard bytes.count == header + 4 else { return false }
        return bytes.littleEndian(UInt32.self, at: header)
            == checksum(bytes.extracting(0..<header), of: subject)
    }

    private static func checksum(_ header: Span<UInt8>, of subject: SubjectID) -> UInt32 {
        let who = subject.bytes
        return Checksum.crc32c(header, continuing: Checksum.crc32c(who.span))
    }

    private func associated(_ subject: SubjectID, _ header: Span<UInt8>) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(identity.count + 16 + header.count)
        bytes.append(contentsOf: identity)
        subject.append(to: &bytes)
        bytes.append(span: header)
        return bytes
    }

    private static func derive(_ record: StateRecord, _ key: SecretKey) -> DerivedKeys {
        HKDF.derive(key: key, salt: (record.saltHigh, record.saltLow), info: info.span)
    }
}

extension Array where Element == UInt8 {
    /// Overwrites the first `count` bytes, which were clear, and keeps the memory.
    mutating func zero(first count: Int) {
        var bytes = mutableSpan
        for index in 0..<count { bytes[index] = 0 }
    }
}
