internal import COpenSSL

/// A 256-bit secret: one heap cell that is overwritten with zeros when the last reference goes.
///
/// Never printed, never compared except in constant time, never turned into a `String`.
@safe public final class SecretKey: Sendable {
    /// Bytes of a key.
    public static let byteCount = 32

    // Written in init only, so sharing it between threads is reading.
    nonisolated(unsafe) private let storage: UnsafeMutableRawBufferPointer

    /// Takes a copy of 32 bytes; the caller zeroes its own.
    public init(copying bytes: Span<UInt8>) {
        precondition(bytes.count == SecretKey.byteCount, "a key is 32 bytes")
        unsafe storage = .allocate(byteCount: SecretKey.byteCount, alignment: 8)
        // Both are 32 bytes.
        unsafe bytes.withUnsafeBytes { unsafe storage.copyMemory(from: $0) }
    }

    /// A new key from the operating system's generator.
    /// - Throws: `.randomnessUnavailable`; stop, a key must never be guessed.
    public static func random() throws(CryptographyError) -> SecretKey {
        var bytes = try Random.bytes(SecretKey.byteCount)
        defer { wipe(&bytes) }
        return SecretKey(copying: bytes.span)
    }

    deinit {
        // Frees exactly what init allocated.
        unsafe OPENSSL_cleanse(storage.baseAddress, storage.count)
        unsafe storage.deallocate()
    }

    /// Lends the bytes; they must not be copied out except into another sealed place.
    public func withBytes<R: ~Copyable, E: Error>(
        _ body: (Span<UInt8>) throws(E) -> R
    ) throws(E) -> R {
        // The cell lives as long as self, which this call holds.
        let span = unsafe Span(
            _unsafeElements: UnsafeBufferPointer(storage.bindMemory(to: UInt8.self))
        )
        return try body(span)
    }

    /// Equal keys, in constant time.
    public func isEqual(to other: SecretKey) -> Bool {
        // Both cells are 32 bytes.
        unsafe CRYPTO_memcmp(storage.baseAddress, other.storage.baseAddress, storage.count) == 0
    }
}

/// Overwrites bytes that held a secret, in a way the optimiser keeps.
public func wipe(_ bytes: inout [UInt8]) {
    // The array's own storage.
    unsafe bytes.withUnsafeMutableBytes { unsafe OPENSSL_cleanse($0.baseAddress, $0.count) }
}

/// Equal bytes, in constant time for equal lengths.
public func constantTimeEqual(_ first: [UInt8], _ second: [UInt8]) -> Bool {
    guard first.count == second.count else { return false }
    // Both are `count` bytes.
    return unsafe first.withUnsafeBytes { a in
        unsafe second.withUnsafeBytes { b in
            unsafe CRYPTO_memcmp(a.baseAddress, b.baseAddress, a.count) == 0
        }
    }
}
