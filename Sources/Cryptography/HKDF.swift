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
        _ first: Span<UInt8>,
        _ second: Span<UInt8> = Span(),
        _ third: Span<UInt8> = Span()
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
        // A state that ended in a key tells the key.
        defer {
            running.wipe()
            last.wipe()
        }
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
    /// 96 bytes of a key, a 16-byte salt and a purpose, as three values.
    ///
    /// The salt is its two big-endian words.
    public static func derive(
        key: SecretKey,
        salt: (high: UInt64, low: UInt64),
        info: Span<UInt8>
    ) -> DerivedKeys {
        let saltBytes = (salt.high.bigEndian, salt.low.bigEndian)
        // Reads the tuple's 16 bytes.
        var extract = unsafe withUnsafeBytes(of: saltBytes) { raw in
            unsafe HMAC(key: Span(_unsafeBytes: raw))
        }
        var pseudorandom = key.withBytes { extract.code($0) }
        var expand = pseudorandom.withBytes { HMAC(key: $0) }
        var keys = DerivedKeys()
        keys.first = block(1, after: nil, info: info, expand)
        keys.second = block(2, after: keys.first, info: info, expand)
        keys.third = block(3, after: keys.second, info: info, expand)
        extract.wipe()
        expand.wipe()
        pseudorandom.wipe()
        return keys
    }

    /// The first 32 bytes for a key, a salt of any length up to 64 bytes and a purpose.
    public static func derive(
        key: SecretKey,
        salt: Span<UInt8>,
        info: Span<UInt8>
    ) -> SecretKey {
        var extract = HMAC(key: salt)
        var pseudorandom = key.withBytes { extract.code($0) }
        var expand = pseudorandom.withBytes { HMAC(key: $0) }
        var derived = block(1, after: nil, info: info, expand)
        defer {
            extract.wipe()
            expand.wipe()
            pseudorandom.wipe()
            derived.wipe()
        }
        return derived.withBytes { SecretKey(copying: $0) }
    }

    private static func block(
        _ counter: UInt8,
        after previous: Digest?,
        info: Span<UInt8>,
        _ expand: HMAC
    ) -> Digest {
        var running = expand.start()
        if let previous { running.update(previous) }
        running.update(info)
        running.update(byte: counter)
        return expand.finish(&running)
    }
}

/// Three derived 256-bit values; zeroed when they go out of scope.
///
/// They are values, so an unoptimised build may leave copies on the stack; a `SecretKey` never
/// does.
public struct DerivedKeys: ~Copyable {
    /// Bytes 0...31.
    public fileprivate(set) var first = Digest()
    /// Bytes 32...63.
    public fileprivate(set) var second = Digest()
    /// Bytes 64...95.
    public fileprivate(set) var third = Digest()

    /// Zeros.
    init() {}

    deinit {
        // A noncopyable value's last stop; volatile writes inside OPENSSL_cleanse are not elided.
        var words = (first, second, third)
        unsafe OPENSSL_cleanse(&words, 96)
    }
}
