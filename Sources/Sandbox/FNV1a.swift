/// FNV-1a of 64 bits: the same in every run, for what nobody has a reason to make meet.
enum FNV1a {
    /// The digest of bytes; among a few million contents two meet once in a million times.
    static func hash(_ bytes: some Sequence<UInt8>) -> UInt64 {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        return hash
    }
}
