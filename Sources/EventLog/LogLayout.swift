public import Frame
internal import Cryptography

/// How a log is divided; fixed when it is created, because positions and topics depend on it.
public struct LogLayout: Sendable, Equatable {
    /// LMDB environments, each with one writer and one stream of flushes: one a disk.
    public var environments: Int
    /// Ordered logs, one a Kafka partition; partition p lives in environment p mod `environments`.
    public var partitions: Int

    /// At most this many partitions: a frame's directory entry gives its partition 16 bits.
    public static let partitionCountMax = 65_535

    /// One environment and sixteen partitions suit one machine with one disk.
    public init(environments: Int = 1, partitions: Int = 16) {
        precondition(
            environments >= 1 && partitions >= environments
                && partitions <= LogLayout.partitionCountMax,
            "every environment holds a partition"
        )
        self.environments = environments
        self.partitions = partitions
    }

    /// The partition of a subject: SplitMix64's finalizer of its two words, modulo the count.
    public func partition(of subject: SubjectID) -> Int {
        var word = subject.high ^ subject.low
        word = (word ^ word >> 30) &* 0xbf58_476d_1ce4_e5b9
        word = (word ^ word >> 27) &* 0x94d0_49bb_1331_11eb
        word ^= word >> 31
        return Int(word % UInt64(partitions))
    }

    /// The environment of a partition.
    public func environment(ofPartition partition: Int) -> Int { partition % environments }

    /// The partitions of an environment, in order.
    public func partitions(ofEnvironment environment: Int) -> [Int] {
        Array(stride(from: environment, to: partitions, by: environments))
    }
}

/// The record that every environment of a log carries: 40 bytes and a checksum.
struct LogIdentity: Equatable {
    /// Random, made once: two logs are never mistaken for one another.
    var high: UInt64
    var low: UInt64
    var layout: LogLayout
    var environment: Int

    static let byteCount = 44
    private static let magic: UInt32 = 0x314c_424a  // JBL1

    init(high: UInt64, low: UInt64, layout: LogLayout, environment: Int) {
        (self.high, self.low) = (high, low)
        (self.layout, self.environment) = (layout, environment)
    }

    /// The same log's record in another environment.
    func of(environment: Int) -> LogIdentity {
        LogIdentity(high: high, low: low, layout: layout, environment: environment)
    }

    /// Nil when the bytes are damaged or of another version.
    init?(_ bytes: Span<UInt8>) {
        guard bytes.count == LogIdentity.byteCount,
            bytes.littleEndian(UInt32.self, at: 0) == LogIdentity.magic,
            bytes.littleEndian(UInt32.self, at: 40)
                == Checksum.crc32c(bytes.extracting(0..<40))
        else { return nil }
        high = bytes.littleEndian(UInt64.self, at: 8)
        low = bytes.littleEndian(UInt64.self, at: 16)
        let environments = Int(bytes.littleEndian(UInt32.self, at: 24))
        let partitions = Int(bytes.littleEndian(UInt32.self, at: 28))
        environment = Int(bytes.littleEndian(UInt32.self, at: 32))
        guard environments >= 1, partitions >= environments,
            partitions <= LogLayout.partitionCountMax, environment < environments
        else { return nil }
        layout = LogLayout(environments: environments, partitions: partitions)
    }

    var bytes: [UInt8] {
        var out: [UInt8] = []
        out.appendLittleEndian(LogIdentity.magic)
        out.appendLittleEndian(UInt32(1))
        out.appendLittleEndian(high)
        out.appendLittleEndian(low)
        out.appendLittleEndian(UInt32(layout.environments))
        out.appendLittleEndian(UInt32(layout.partitions))
        out.appendLittleEndian(UInt32(environment))
        out.appendLittleEndian(UInt32(0))
        out.appendLittleEndian(Checksum.crc32c(out.span))
        return out
    }
}
