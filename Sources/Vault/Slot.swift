internal import Cryptography
internal import Frame

/// One subject in the slot file.
///
/// 256 bytes never cross a 512-byte sector, so a slot is old or new
/// after a power failure, never a mixture.
///
/// Layout, little-endian: 0 magic `JBSL`, 4 state, 5 flags, 8 KEK epoch, 12 pending KEK epoch,
/// 16 subject, 32 lookup (keyed hash of the CI), 64 salt, 80 sealed KEK 32 ‖ pending KEK 32 ‖ tag
/// 16, 160 reason, 168 erased at (seconds since 1970), 176 last revision then, 252 CRC-32C of
/// all before it. Seal: AES-256-GCM, key by HKDF of the slots' secret and the salt, associated data
/// slot number ‖ bytes 0..<80. An erased slot holds zeros in 8..<16 and 32..<160.
struct Slot: Equatable {
    static let byteCount = 256

    enum State: UInt8 {
        /// Has a KEK.
        case live = 1
        /// Its KEK was overwritten; goes nowhere from here.
        case erased = 2
        /// Was reserved by an enrolment that a crash cut off; never used.
        case void = 3
    }

    /// Why, when and up to where a subject was erased.
    struct Erasure: Equatable {
        var reason: UInt32
        /// Seconds since 1970-01-01 UTC.
        var at: Int64
        /// Revision of the last frame at that time; 0 also when there was none.
        var throughRevision: UInt64
    }

    var state: State
    var subject: SubjectID
    var lookup = Digest()
    var kekEpoch: UInt32 = 0
    /// Epoch of the KEK that will replace this one, while a compartment is being shredded.
    var pendingEpoch: UInt32?
    /// Something was shredded and `operations` may not say so yet.
    var owesAnnouncement = false
    var erasure: Erasure?
}

/// Why bytes are not a slot.
enum SlotFault: Error { case damaged, empty }

extension Slot {
    static let magic: UInt32 = 0x4c53_424a  // JBSL
    static let sealedHeaderByteCount = 80
    static let sealed = 80..<160
    private static let pendingFlag: UInt8 = 1
    private static let announcementFlag: UInt8 = 2

    /// Reads what is in clear at `offset` of `bytes`.
    init(_ bytes: Span<UInt8>, at offset: Int) throws(SlotFault) {
        let slot = bytes.extracting(offset..<offset + Slot.byteCount)
        guard slot.littleEndian(UInt32.self, at: 0) == Slot.magic,
            slot.littleEndian(UInt32.self, at: 252)
                == Checksum.crc32c(slot.extracting(0..<252)),
            let state = State(rawValue: slot[4])
        else { throw slot.isZero ? .empty : .damaged }
        self.state = state
        subject = SubjectID(slot, at: 16)
        lookup = Digest(slot.extracting(32..<64))
        kekEpoch = slot.littleEndian(UInt32.self, at: 8)
        if slot[5] & Slot.pendingFlag != 0 {
            pendingEpoch = slot.littleEndian(UInt32.self, at: 12)
        }
        owesAnnouncement = slot[5] & Slot.announcementFlag != 0
        if state == .erased {
            erasure = Erasure(
                reason: slot.littleEndian(UInt32.self, at: 160),
                at: slot.littleEndian(Int64.self, at: 168),
                throughRevision: slot.littleEndian(UInt64.self, at: 176)
            )
        }
    }

    /// Writes everything but the sealed part and the checksum.
    func writeClear(into out: inout MutableSpan<UInt8>) {
        out.setLittleEndian(Slot.magic, at: 0)
        out[4] = state.rawValue
        if pendingEpoch != nil { out[5] |= Slot.pendingFlag }
        out.setLittleEndian(kekEpoch, at: 8)
        out.setLittleEndian(pendingEpoch ?? 0, at: 12)
        subject.write(into: &out, at: 16)
        lookup.write(into: &out, at: 32)
        if owesAnnouncement { out[5] |= Slot.announcementFlag }
        guard let erasure else { return }
        out.setLittleEndian(erasure.reason, at: 160)
        out.setLittleEndian(erasure.at, at: 168)
        out.setLittleEndian(erasure.throughRevision, at: 176)
    }

    static func writeChecksum(into out: inout MutableSpan<UInt8>) {
        out.setLittleEndian(Checksum.crc32c(out.span.extracting(0..<252)), at: 252)
    }
}

extension Span where Element == UInt8 {
    fileprivate var isZero: Bool {
        for index in indices where self[index] != 0 { return false }
        return true
    }
}

/// Seals and opens the KEKs of slots.
///
/// Not `Sendable`: lives under the slot file's lock.
final class SlotSealer {
    private let aead: AEAD
    private let key: SecretKey
    private static let info = Array("jangbu slot 1".utf8)

    init(key: SecretKey) throws(CryptographyError) {
        (aead, self.key) = (try AEAD(), key)
    }

    /// Writes a live slot into `out`, which is 256 zero bytes.
    func seal(
        _ slot: Slot,
        number: Int,
        kek: SecretKey,
        pending: SecretKey?,
        salt: (UInt64, UInt64),
        into out: inout MutableSpan<UInt8>
    ) throws(CryptographyError) {
        slot.writeClear(into: &out)
        out.setLittleEndian(salt.0.byteSwapped, at: 64)
        out.setLittleEndian(salt.1.byteSwapped, at: 72)
        kek.withBytes { out.copy($0, at: 80) }
        pending?.withBytes { out.copy($0, at: 112) }
        let header = associatedData(number, out.span)
        var sealed = out._mutatingExtracting(Slot.sealed)
        try aead.sealOnce(
            key: HKDF.derive(key: key, salt: salt, info: SlotSealer.info.span).first,
            header: header.span,
            &sealed
        )
        Slot.writeChecksum(into: &out)
    }

    /// The KEK of the slot in `bytes`, and the pending one if there is one.
    /// - Throws: `.notAuthentic`.
    func open(
        _ bytes: Span<UInt8>,
        number: Int,
        hasPending: Bool
    ) throws(CryptographyError) -> (kek: SecretKey, pending: SecretKey?) {
        var clear = [UInt8](repeating: 0, count: 64)
        defer { wipe(&clear) }
        var target = clear.mutableSpan
        let salt = (bytes.bigEndian(UInt64.self, at: 64), bytes.bigEndian(UInt64.self, at: 72))
        try aead.openOnce(
            key: HKDF.derive(key: key, salt: salt, info: SlotSealer.info.span).first,
            header: associatedData(number, bytes).span,
            bytes.extracting(Slot.sealed),
            into: &target
        )
        let kek = SecretKey(copying: target.span.extracting(0..<32))
        return (kek, hasPending ? SecretKey(copying: target.span.extracting(32..<64)) : nil)
    }

    private func associatedData(_ number: Int, _ slot: Span<UInt8>) -> [UInt8] {
        var out: [UInt8] = []
        out.reserveCapacity(8 + Slot.sealedHeaderByteCount)
        out.appendLittleEndian(UInt64(number))
        out.append(span: slot.extracting(0..<Slot.sealedHeaderByteCount))
        return out
    }
}
