/// A backup of the log that the server makes while it serves: the one it is at, or its last one.
public struct BackupState: Sendable {
    /// How far it is.
    public enum Phase: Sendable, Equatable {
        /// Blocks are being copied.
        case running
        /// All that was durable at its beginning is in the backup.
        case done
        /// It stopped; what was copied stays, and the next one goes on there. A sentence.
        case failed(String)
    }

    /// The backup's folder.
    public var directory: String
    /// How far it is.
    public var phase: Phase
    /// Blocks copied by this run.
    public var blocks: UInt64
    /// Blocks that this run will copy, as far as is known.
    public var total: UInt64

    /// A backup's state.
    public init(directory: String, phase: Phase, blocks: UInt64, total: UInt64) {
        self.directory = directory
        self.phase = phase
        self.blocks = blocks
        self.total = total
    }
}

/// Why no backup begins.
public enum BackupRefusal: Error, Equatable {
    /// The folder is not inside the one that the configuration allows, or none is allowed.
    case outside
    /// Another one is running.
    case running
}
