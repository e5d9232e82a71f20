internal import Cryptography

/// The clear 32 bytes before a sealed state, all of them authenticated by its seal.
///
/// ```
///  0  1  version 1             8  8  next revision
///  1  1  flags                16 16  salt
///  2  1  damage, 0 for none
///  3  1  reserved, zero
///  4  4  epoch of the view key
/// ```
/// Then AES-256-GCM, under a key derived from the subject's `view` key and the salt, of the hash
/// term (32), the epoch of the subject's own keys (4) and the canonical state. Without a state
/// (flags erased or damaged) a checksum over subject and header follows instead.
struct StateRecord: Equatable {
    static let headerByteCount = 32
    static let prefixByteCount = 36

    struct Flags: OptionSet {
        let rawValue: UInt8
        /// An event of the subject was parked, so its state lacks that event.
        static let incomplete = Flags(rawValue: 1)
        /// The subject was erased: no state, and none will be.
        static let erased = Flags(rawValue: 2)
        /// The state was found damaged and waits for a rebuild.
        static let damaged = Flags(rawValue: 4)
    }

    var flags: Flags
    var damage: ProjectionError.Damage?
    var viewEpoch: UInt32
    /// The subject's revision to fold next.
    var next: UInt64
    var saltHigh: UInt64
    var saltLow: UInt64

    var hasState: Bool { flags.isDisjoint(with: [.erased, .damaged]) }

    init(
        flags: Flags,
        damage: ProjectionError.Damage?,
        viewEpoch: UInt32,
        next: UInt64,
        salt: (UInt64, UInt64)
    ) {
        (self.flags, self.damage) = (flags, damage)
        (self.viewEpoch, self.next) = (viewEpoch, next)
        (saltHigh, saltLow) = salt
    }

    /// Nil when the bytes are no record of this version.
    init?(_ bytes: Span<UInt8>) {
        guard bytes.count >= StateRecord.headerByteCount + 4, bytes[0] == 1, bytes[1] < 8,
            bytes[3] == 0
        else { return nil }
        flags = Flags(rawValue: bytes[1])
        damage = ProjectionError.Damage(rawValue: bytes[2])
        viewEpoch = bytes.littleEndian(UInt32.self, at: 4)
        next = bytes.littleEndian(UInt64.self, at: 8)
        saltHigh = bytes.bigEndian(UInt64.self, at: 16)
        saltLow = bytes.bigEndian(UInt64.self, at: 24)
    }

    func append(to out: inout [UInt8]) {
        out.append(1)
        out.append(flags.rawValue)
        out.append(damage?.rawValue ?? 0)
        out.append(0)
        out.appendLittleEndian(viewEpoch)
        out.appendLittleEndian(next)
        out.appendBigEndian(saltHigh)
        out.appendBigEndian(saltLow)
    }
}
