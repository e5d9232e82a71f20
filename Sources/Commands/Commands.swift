// Commands: the write side. Load what is known, decide, seal, append; when another writer was
// first, do it again.
//
// Rows of providers and files carry no ids that can be trusted, so a row is known by its content
// and by which of several equal rows of its source it is: the n-th equal row is appended only when
// the asset's log holds fewer than n. Importing twice, in parts or overlapping, adds nothing, and
// two equal purchases of one day stay two.
//
// Invariants: what is appended was decided against the asset's whole log at the expected revision;
// a batch is appended whole or not at all; nothing here is trusted after a restart but the log.

public import EventLog
public import Frame
public import Vault

/// Limits of the write side and the reason for each.
public enum RecordLimit {
    /// Events in a frame: one frame opens in a fraction of a millisecond.
    public static let eventsPerFrameMax = 128
    /// Bytes of events in a frame, which packed and padded stay below a frame's limit.
    public static let bytesPerFrameMax = 32 * 1_024
    /// Bytes of events decided and sealed together, 2 MiB: memory, and work lost by a conflict.
    public static let bytesPerBatchMax = 2 << 20
    /// Times that a batch is decided again.
    public static let attemptsMax = 8
    /// Rows whose hashes are kept in memory: 16 bytes and the table's slack, 22 to 43 each.
    public static let rowsKeptMax = 1_000_000
    /// Batches being decided or flushed at once in each environment.
    public static let lanesPerEnvironment = 4
}

/// Why rows were not recorded.
///
/// Batches before the failed one are; recording again adds the rest.
public enum RecordError: Error, Sendable, Equatable {
    /// The rows' bytes are not events with lengths before them, or their ordinals are not as many.
    case malformedRows(group: Int)
    /// A row is longer than a frame may be; 0-based in its group.
    case rowTooLong(group: Int, row: Int)
    /// Others appended to the same subjects each time; try again.
    case contended
    /// The vault refused or failed.
    case vault(VaultError)
    /// The log refused.
    case append(AppendError)
    /// The log could not be read.
    case log(LogError)
    /// A frame could not be sealed or opened.
    case frame(FrameError)
}

extension RecordError: CustomStringConvertible {
    /// One sentence without content.
    public var description: String {
        switch self {
        case .malformedRows(let group): "The rows of group \(group) are malformed."
        case .rowTooLong(let group, let row): "Row \(row) of group \(group) is too long."
        case .contended: "Others wrote to the same subjects each time; try again."
        case .vault(let error): error.description
        case .append(let error): error.description
        case .log(let error): error.description
        case .frame(let error): error.description
        }
    }
}

extension RecordError {
    static func framing<R>(_ body: () throws(FrameError) -> R) throws(RecordError) -> R {
        do throws(FrameError) {
            return try body()
        } catch {
            throw .frame(error)
        }
    }
}
