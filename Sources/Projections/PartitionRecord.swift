internal import Cryptography

/// How far one partition is folded and what came of it; commits with the states it speaks of.
///
/// 80 bytes: sequence 8, position 8, hash 32, states 8, events 8, parked 4, damaged 4, CRC-32C 4
/// over the partition's number and the rest, 4 zero.
struct PartitionRecord: Equatable, Sendable {
    static let byteCount = 80

    /// Blocks of the environment below this are folded.
    var sequence: UInt64 = 0
    /// Positions of the partition below this are folded.
    var position: UInt64 = 0
    /// Sum of the hash terms of the partition's states.
    var hash = Digest()
    /// Subjects with a state.
    var states: UInt64 = 0
    /// Events folded or parked.
    var events: UInt64 = 0
    /// Events parked.
    var parked: UInt32 = 0
    /// Subjects whose state was found damaged.
    var damaged: UInt32 = 0

    init() {}

    /// Nil when the bytes are not the record of `partition`.
    init?(_ bytes: Span<UInt8>, partition: UInt32) {
        guard bytes.count == PartitionRecord.byteCount,
            bytes.littleEndian(UInt32.self, at: 72)
                == PartitionRecord.checksum(bytes.extracting(0..<72), partition),
            bytes.littleEndian(UInt32.self, at: 76) == 0
        else { return nil }
        sequence = bytes.littleEndian(UInt64.self, at: 0)
        position = bytes.littleEndian(UInt64.self, at: 8)
        hash = Digest(bytes.extracting(16..<48))
        states = bytes.littleEndian(UInt64.self, at: 48)
        events = bytes.littleEndian(UInt64.self, at: 56)
        parked = bytes.littleEndian(UInt32.self, at: 64)
        damaged = bytes.littleEndian(UInt32.self, at: 68)
    }

    func bytes(partition: UInt32) -> [UInt8] {
        var out: [UInt8] = []
        out.reserveCapacity(PartitionRecord.byteCount)
        out.appendLittleEndian(sequence)
        out.appendLittleEndian(position)
        hash.append(to: &out)
        out.appendLittleEndian(states)
        out.appendLittleEndian(events)
        out.appendLittleEndian(parked)
        out.appendLittleEndian(damaged)
        out.appendLittleEndian(PartitionRecord.checksum(out.span, partition))
        out.appendLittleEndian(UInt32(0))
        return out
    }

    private static func checksum(_ bytes: Span<UInt8>, _ partition: UInt32) -> UInt32 {
        var name: [UInt8] = []
        name.appendLittleEndian(partition)
        return Checksum.crc32c(bytes, continuing: Checksum.crc32c(name.span))
    }
}
