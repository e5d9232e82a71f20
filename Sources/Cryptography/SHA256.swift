internal import COpenSSL

/// SHA-256 over libcrypto's plain calls: no context allocation, a few hundred bytes of stack.
public enum SHA256 {
    /// Hash of `bytes`.
    public static func hash(_ bytes: Span<UInt8>) -> Digest {
        var hasher = SHA256Hasher()
        hasher.update(bytes)
        return hasher.finish()
    }

    /// Hash of `bytes`.
    public static func hash(_ bytes: [UInt8]) -> Digest { hash(bytes.span) }

    /// Hash of one prefix byte and `bytes`: the leaf form of RFC 6962 §2.1.
    public static func hash(prefix: UInt8, _ bytes: Span<UInt8>) -> Digest {
        var hasher = SHA256Hasher()
        hasher.update(byte: prefix)
        hasher.update(bytes)
        return hasher.finish()
    }

    /// Hash of one prefix byte and two parts: a blinded leaf.
    public static func hash(prefix: UInt8, _ first: Span<UInt8>, _ second: Span<UInt8>) -> Digest {
        var hasher = SHA256Hasher()
        hasher.update(byte: prefix)
        hasher.update(first)
        hasher.update(second)
        return hasher.finish()
    }

    /// Hash of one prefix byte and two digests: the node form of RFC 6962 §2.1.
    public static func hash(prefix: UInt8, _ left: Digest, _ right: Digest) -> Digest {
        var hasher = SHA256Hasher()
        hasher.update(byte: prefix)
        hasher.update(left)
        hasher.update(right)
        return hasher.finish()
    }
}

/// A running SHA-256; a value, so a copied hasher forks the computation.
public struct SHA256Hasher {
    private var context = SHA256_CTX()

    /// An empty hash.
    public init() {
        // Plain C struct initialised in place; cannot fail with a valid pointer.
        unsafe SHA256_Init(&context)
    }

    /// Feeds bytes.
    public mutating func update(_ bytes: Span<UInt8>) {
        // The pointer is read within the call only.
        unsafe bytes.withUnsafeBytes { raw in
            _ = unsafe SHA256_Update(&context, raw.baseAddress, raw.count)
        }
    }

    /// Feeds one byte.
    public mutating func update(byte: UInt8) {
        var byte = byte
        // One byte on the stack.
        unsafe SHA256_Update(&context, &byte, 1)
    }

    /// Feeds a digest's 32 bytes.
    public mutating func update(_ digest: Digest) {
        var digest = digest
        // A digest is exactly its 32 bytes in memory.
        unsafe SHA256_Update(&context, &digest, Digest.byteCount)
    }

    /// Ends the hash; the hasher must not be fed again.
    public mutating func finish() -> Digest {
        var digest = Digest()
        // Writes exactly the digest's 32 bytes.
        unsafe withUnsafeMutableBytes(of: &digest) { raw in
            _ = unsafe SHA256_Final(raw.bindMemory(to: UInt8.self).baseAddress, &context)
        }
        return digest
    }

    /// Overwrites the state; for hashers that were fed a key.
    mutating func wipe() {
        // The struct's own storage.
        unsafe OPENSSL_cleanse(&context, MemoryLayout<SHA256_CTX>.size)
    }
}
