internal import COpenSSL

/// Random bytes of the operating system, through libcrypto.
public enum Random {
    /// `count` random bytes.
    /// - Throws: `.randomnessUnavailable`.
    public static func bytes(_ count: Int) throws(CryptographyError) -> [UInt8] {
        var out = [UInt8](repeating: 0, count: count)
        try fill(&out)
        return out
    }

    /// Overwrites all of `bytes` with random ones.
    public static func fill(_ bytes: inout [UInt8]) throws(CryptographyError) {
        // The array's own storage.
        let status = unsafe bytes.withUnsafeMutableBytes { raw in
            unsafe RAND_bytes(
                raw.bindMemory(to: UInt8.self).baseAddress,
                Int32(truncatingIfNeeded: raw.count)
            )
        }
        guard status == 1 else { throw .randomnessUnavailable }
    }
}
