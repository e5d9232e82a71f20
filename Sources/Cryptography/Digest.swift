internal import COpenSSL

/// A SHA-256 value: 32 bytes, held as four words in memory order so that it is copied without ARC.
public struct Digest: Hashable, Sendable {
    /// Bytes of a digest.
    public static let byteCount = 32

    var w0: UInt64 = 0
    var w1: UInt64 = 0
    var w2: UInt64 = 0
    var w3: UInt64 = 0

    /// The digest of 32 zero bytes' value; a placeholder before hashing, never a valid root.
    public init() {}

    /// Reads a digest from exactly 32 bytes.
    public init(_ bytes: Span<UInt8>) {
        precondition(bytes.count == Digest.byteCount, "a digest is 32 bytes")
        w0 = bytes.littleEndian(UInt64.self, at: 0)
        w1 = bytes.littleEndian(UInt64.self, at: 8)
        w2 = bytes.littleEndian(UInt64.self, at: 16)
        w3 = bytes.littleEndian(UInt64.self, at: 24)
    }

    /// Reads a digest from exactly 32 bytes.
    public init(_ bytes: [UInt8]) {
        self.init(bytes.span)
    }

    /// The 32 bytes.
    public var bytes: [UInt8] {
        var out: [UInt8] = []
        out.reserveCapacity(Digest.byteCount)
        append(to: &out)
        return out
    }

    /// Appends the 32 bytes.
    public func append(to out: inout [UInt8]) {
        out.appendLittleEndian(w0)
        out.appendLittleEndian(w1)
        out.appendLittleEndian(w2)
        out.appendLittleEndian(w3)
    }

    /// Writes the 32 bytes at `offset`.
    public func write(into out: inout MutableSpan<UInt8>, at offset: Int) {
        out.setLittleEndian(w0, at: offset)
        out.setLittleEndian(w1, at: offset + 8)
        out.setLittleEndian(w2, at: offset + 16)
        out.setLittleEndian(w3, at: offset + 24)
    }

    /// Lends the 32 bytes without copying them to the heap.
    @inlinable
    public func withBytes<R: ~Copyable, E: Error>(
        _ body: (Span<UInt8>) throws(E) -> R
    ) throws(E) -> R {
        // A digest is exactly its four words in memory; the span does not outlive the call.
        try unsafe withUnsafeBytes(of: self) { raw throws(E) in
            try unsafe body(Span(_unsafeBytes: raw))
        }
    }

    /// Overwrites the value, for digests that are keys.
    public mutating func wipe() {
        // The value's own storage.
        unsafe OPENSSL_cleanse(&self, Digest.byteCount)
    }

    /// Adds as a 256-bit little-endian number, modulo 2^256: the order-free sum of state hashes.
    public static func &+= (sum: inout Digest, other: Digest) {
        var carry = false
        (sum.w0, carry) = addWithCarry(sum.w0, other.w0, false)
        (sum.w1, carry) = addWithCarry(sum.w1, other.w1, carry)
        (sum.w2, carry) = addWithCarry(sum.w2, other.w2, carry)
        (sum.w3, _) = addWithCarry(sum.w3, other.w3, carry)
    }

    /// Takes a summand out again, modulo 2^256.
    public static func &-= (sum: inout Digest, other: Digest) {
        var negated = Digest()
        (negated.w0, negated.w1) = (~other.w0, ~other.w1)
        (negated.w2, negated.w3) = (~other.w2, ~other.w3)
        var one = Digest()
        one.w0 = 1
        sum &+= negated
        sum &+= one
    }

    private static func addWithCarry(_ a: UInt64, _ b: UInt64, _ carry: Bool) -> (UInt64, Bool) {
        let (partial, first) = a.addingReportingOverflow(b)
        let (whole, second) = partial.addingReportingOverflow(carry ? 1 : 0)
        return (whole, first || second)
    }
}

extension Digest: CustomStringConvertible {
    /// Lower-case hexadecimal, 64 characters.
    public var description: String { Hex.encode(bytes) }
}
