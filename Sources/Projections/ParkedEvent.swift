internal import Cryptography
internal import Finance
public import Frame
internal import LMDB

/// An event that a fold could not take in: recorded, counted and shown until a rebuild takes it.
///
/// The rest of the subject's events fold on; its state is marked incomplete.
public struct ParkedEvent: Equatable, Sendable {
    /// Which ordered log.
    public let partition: Int
    /// 0-based in the partition.
    public let position: UInt64
    /// 0-based in the frame; `ParkedEvent.wholeFrame` when the frame did not open.
    public let index: UInt32
    /// Whose log.
    public let subject: SubjectID
    /// 0-based in the subject's log.
    public let revision: UInt64
    /// Why.
    public let reason: ParkReason

    /// Stands for every event of a frame.
    public static let wholeFrame = UInt32.max
}

/// Why an event or a frame was parked; says nothing about its content.
public enum ParkReason: UInt8, Sendable, CaseIterable {
    /// The bytes are not an event, or not the fact they claim to be.
    case unreadable = 1
    /// A fact of a type that this build does not know.
    case unknownType = 2
    /// A day, currency or amount outside what the read model represents.
    case unrepresentable = 3
    /// A sum would leave its range.
    case overflow = 4
    /// The subject has more of something than the read model holds.
    case full = 5
    /// The key that the vault lent is not the frame's.
    case wrongKey = 6
    /// The frame was changed after it was sealed.
    case notAuthentic = 7
    /// The frame opened and is not what the format says.
    case malformedFrame = 8
    /// The vault has no key of the frame although nothing says that it was erased.
    case noKey = 9

    init(_ error: FoldError) {
        self =
            switch error {
            case .event, .malformedState: .unreadable
            case .unrepresentable: .unrepresentable
            case .overflow: .overflow
            case .full: .full
            }
    }

    init(_ error: FrameError) {
        self =
            switch error {
            case .wrongKey: .wrongKey
            case .notAuthentic: .notAuthentic
            default: .malformedFrame
            }
    }
}

extension ParkedEvent {
    /// Partition, position and index: parking the same event again changes nothing.
    typealias Key = PairKey<UInt32, PairKey<UInt64, UInt32>>

    var key: Key { Key(UInt32(partition), PairKey(position, index)) }

    /// Subject 16, revision 8, reason 1, three zero, CRC-32C 4 over key and the rest.
    var bytes: [UInt8] {
        var out: [UInt8] = []
        subject.append(to: &out)
        out.appendLittleEndian(revision)
        out.append(reason.rawValue)
        out.append(contentsOf: [0, 0, 0])
        out.appendLittleEndian(ParkedEvent.checksum(key, out.span))
        return out
    }

    init?(_ key: Key, _ bytes: Span<UInt8>) {
        guard bytes.count == 32,
            bytes.littleEndian(UInt32.self, at: 28)
                == ParkedEvent.checksum(key, bytes.extracting(0..<28)),
            let reason = ParkReason(rawValue: bytes[24])
        else { return nil }
        self.init(
            partition: Int(key.first),
            position: key.second.first,
            index: key.second.second,
            subject: SubjectID(bytes),
            revision: bytes.littleEndian(UInt64.self, at: 16),
            reason: reason
        )
    }

    private static func checksum(_ key: Key, _ bytes: Span<UInt8>) -> UInt32 {
        var name: [UInt8] = []
        name.appendLittleEndian(key.first)
        name.appendLittleEndian(key.second.first)
        name.appendLittleEndian(key.second.second)
        return Checksum.crc32c(bytes, continuing: Checksum.crc32c(name.span))
    }
}
