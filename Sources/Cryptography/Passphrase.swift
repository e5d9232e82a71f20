internal import COpenSSL

/// Derives the master key from a passphrase by scrypt (RFC 7914).
public enum Passphrase {
    /// scrypt cost N = 2^15, r = 8, p = 1: 32 MiB and about 0.1 s, once at start.
    public static let cost: UInt64 = 1 << 15

    /// The 256-bit key of `passphrase` and `salt`.
    public static func deriveKey(
        from passphrase: [UInt8],
        salt: [UInt8],
        cost: UInt64 = Passphrase.cost
    ) throws(CryptographyError) -> SecretKey {
        var key = [UInt8](repeating: 0, count: SecretKey.byteCount)
        defer { wipe(&key) }
        let memoryMax: UInt64 = 128 << 20
        // All buffers are arrays borrowed for the call.
        let status = unsafe passphrase.withUnsafeBytes { text in
            unsafe EVP_PBE_scrypt(
                text.bindMemory(to: CChar.self).baseAddress,
                text.count,
                salt,
                salt.count,
                cost,
                8,
                1,
                memoryMax,
                &key,
                key.count
            )
        }
        guard status == 1 else { throw .libraryFailure(operation: "EVP_PBE_scrypt") }
        return SecretKey(copying: key.span)
    }
}
