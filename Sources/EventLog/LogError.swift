internal import Files
public import Frame
public import LMDB

/// Why the log could not be opened or read.
///
/// Each names the file or the place.
public enum LogError: Error, Sendable, Equatable {
    /// There is no log in the directory; create one.
    case notALog(path: String)
    /// A log is there already.
    case exists(path: String)
    /// Another process has the log open.
    case inUse(path: String)
    /// The directory cannot be written by this user, or its file system not at all.
    case notWritable(path: String)
    /// Bytes that were written are not what is read; restore that range from a backup.
    case damaged(file: String, place: String)
    /// No backup into the directory was ever finished.
    case notABackup(path: String)
    /// The backup holds blocks that are not this log's.
    case backupDiverged(path: String)
    /// The backup holds blocks that this log has not reached.
    case backupAhead(path: String)
    /// More was asked for than the `size` durable frames that are there.
    case outOfRange(size: UInt64)
    /// LMDB or the file system failed.
    case storage(LMDBError)
    /// A system call failed; named with its errno.
    case system(operation: String, code: Int32)
    /// The log was closed.
    case closed
}

extension LogError: CustomStringConvertible {
    /// One sentence.
    public var description: String {
        switch self {
        case .notALog(let path): "There is no log in \(path)."
        case .exists(let path): "There is a log in \(path) already."
        case .inUse(let path): "Another process has the log in \(path) open."
        case .notWritable(let path): "The log in \(path) cannot be written; check its permissions."
        case .damaged(let file, let place):
            "\(file) is damaged at \(place)" + LogError.remedy(for: file) + "."
        case .notABackup(let path):
            "There is no whole backup in \(path): it has no manifest; back up again and wait for "
                + "its end."
        case .backupDiverged(let path):
            "The backup in \(path) has diverged: its last block is not this log's, which was "
                + "restored from another backup or is another log; start a new backup directory."
        case .backupAhead(let path):
            "The backup in \(path) goes further than this log, which was restored from an older "
                + "one; start a new backup directory, or restore from this one."
        case .outOfRange(let size): "There are only \(size) frames."
        case .storage(let error): "The log's storage failed: \(error)."
        case .system(let operation, let code): "\(operation) failed with errno \(code)."
        case .closed: "The log was closed."
        }
    }
}

extension LogError {
    /// What to do about a file that was derived, to end a sentence with; empty for others.
    static func remedy(for file: String) -> String {
        guard file.hasSuffix(".run") else { return "" }
        return "; `jangbu log reindex` builds the index again from the blocks"
    }

    /// No room: passes by itself when space returns.
    var isSpaceExhausted: Bool {
        switch self {
        case .storage(let error): error.isSpaceExhausted
        case .system(let operation, let code):
            FileError(operation: operation, code: code).isSpaceExhausted
        default: false
        }
    }

    /// Bytes are not what was written: the same the next time.
    var isDamage: Bool {
        if case .damaged = self { true } else { false }
    }
}

/// Why appending stopped until something changes.
public enum ReadOnlyReason: Sendable, Equatable {
    /// The disk or a quota is full; appends work again when space has returned.
    case diskFull
    /// The map size in the configuration is reached; raise it and restart.
    case mapFull
    /// A flush failed, so what is durable is unknown; restart, which reads it from the disk.
    ///
    /// Told of a frame that was committed already, its outcome is unknown: it may be in the log.
    case flushFailed
}

extension ReadOnlyReason: CustomStringConvertible {
    /// One sentence with what to do.
    public var description: String {
        switch self {
        case .diskFull: "The disk is full; appends go on when space has returned."
        case .mapFull: "The log reached its map size; raise log.map_size_bytes and restart."
        case .flushFailed:
            "A flush failed; whether what was being appended is durable is unknown: restart, then "
                + "retry with the same command, which appends it once."
        }
    }
}

/// Why a batch was not appended: nothing of it was, but for `.readOnly(.flushFailed)`, after which
/// that is unknown until the log is opened again.
public enum AppendError: Error, Sendable, Equatable {
    /// Another writer was first; `actual` is the subject's next free revision. Load, decide, seal
    /// again.
    case revisionConflict(subject: SubjectID, actual: UInt64)
    /// The frames are of subjects in different environments; split the batch.
    case spansEnvironments
    /// The batch is larger than one commit takes; split it.
    case tooLarge(limitBytes: Int)
    /// More is queued than memory allows; wait and try again.
    case busy
    /// Only reading is possible; the reason says for how long.
    case readOnly(ReadOnlyReason)
    /// The log was closed.
    case closed
    /// The log is damaged where the append had to look.
    case failed(LogError)
}

extension AppendError: CustomStringConvertible {
    /// One sentence.
    public var description: String {
        switch self {
        case .revisionConflict(_, let actual):
            "Another writer was first; the subject's next revision is \(actual)."
        case .spansEnvironments: "The batch has subjects of several environments; split it."
        case .tooLarge(let limit): "The batch is larger than \(limit) bytes; split it."
        case .busy: "Too much is queued; try again."
        case .readOnly(let reason): reason.description
        case .closed: "The log was closed."
        case .failed(let error): error.description
        }
    }
}
