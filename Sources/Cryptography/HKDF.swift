internal import COpenSSL

/// HMAC-SHA-256 (RFC 2104) with its two padded blocks hashed once, for many messages.
public struct HMAC {
    private var inner = SHA256Hasher()
    private var outer = SHA256Hasher()

    /// Prepares a key of any length up to 64 bytes.
    public init(key: Span<UInt8>) {
        precondition(key.count <= 64, "longer keys are hashed first, which nothing here needs")
        var pad = HMACBlock()
        pad.fill(key: key, with: 0x36)
        pad.feed(&inner)
        pad.fill(key: key, with: 0x5c)
        pad.feed(&outer)
        pad.wipe()
    }

    /// Code of the concatenation of up to three parts.
    public func code(
        _ first: Span<UInt8>, _ second: Span<UInt8> = Span(), _ third: Span<UInt8> = Span()
    ) -> Digest {
        var running = inner
        running.update(first)
        if !second.isEmpty { running.update(second) }
        if !third.isEmpty { running.update(third) }
        return finish(&running)
    }

    func start() -> SHA256Hasher { inner }

    func finish(_ running: inout SHA256Hasher) -> Digest {
        let digest = running.finish()
        var last = outer
        last.update(digest)
        return last.finish()
    }

    /// Overwrites the key's state.
    public mutating func wipe() {
        inner.wipe()
        outer.wipe()
    }
}

/// One 64-byte key block of HMAC.
private struct HMACBlock {
    private var words: (UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64) =
        (0, 0, 0, 0, 0, 0, 0, 0)

    mutating func fill(key: Span<UInt8>, with value: UInt8) {
        // The tuple is 64 contiguous bytes and the key is at most as long.
        unsafe withUnsafeMutableBytes(of: &words) { raw in
            for index in 0..<64 { unsafe raw[index] = value }
            for index in 0..<key.count { unsafe raw[index] ^= key[index] }
        }
    }

    func feed(_ hasher: inout SHA256Hasher) {
        // Reads the tuple's 64 bytes.
        unsafe withUnsafeBytes(of: words) { raw in
            unsafe hasher.update(Span(_unsafeBytes: raw))
        }
    }

    mutating func wipe() {
        // The tuple's own storage.
        unsafe OPENSSL_cleanse(&words, 64)
    }
}

/// HKDF with SHA-256 (RFC 5869), as WebCrypto offers it.
public enum HKDF {
    /// Fills `output` (at most 8,160 bytes) from a key, a salt and a purpose.
    public static func derive(
        key: Span<UInt8>, salt: Span<UInt8>, info: Span<UInt8>, into output: inout MutableSpan<UInt8>
    ) {
        precondition(output.count <= 255 * Digest.byteCount, "RFC 5869 §2.3")
        var extract = HMAC(key: salt)
        var pseudorandom = extract.code(key)
        // The digest is its 32 bytes in memory.
        var expand = unsafe withUnsafeBytes(of: &pseudorandom) { raw in
            unsafe HMAC(key: Span(_unsafeBytes: raw))
        }
        var previous = Digest()
        var offset = 0
        var counter: UInt8 = 1
        while offset < output.count {
            var running = expand.start()
            if counter > 1 { running.update(previous) }
            running.update(info)
            running.update(byte: counter)
            previous = expand.finish(&running)
            let count = min(Digest.byteCount, output.count - offset)
            unsafe withUnsafeBytes(of: &previous) { raw in
                // `count` bytes of the digest into the output, both in bounds.
                unsafe output.copy(Span(_unsafeBytes: raw).extracting(0..<count), at: offset)
            }
            offset += count
            counter += 1
        }
        extract.wipe()
        expand.wipe()
        unsafe OPENSSL_cleanse(&pseudorandom, Digest.byteCount)
        unsafe OPENSSL_cleanse(&previous, Digest.byteCount)
    }
}
