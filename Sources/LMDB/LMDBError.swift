internal import CLMDB

#if canImport(Glibc)
    internal import Glibc
#else
    internal import Musl
#endif

/// A call into LMDB, or into the file system below it, that did not succeed.
///
/// It names the call and its code, never a path, key or value.
public struct LMDBError: Error, Equatable, CustomStringConvertible {
    /// What happened: an LMDB code (−30799…−30780), an `errno` (positive), or a fact of this module
    /// (−1…−9).
    public struct Code: RawRepresentable, Hashable, Sendable {
        /// The code as the C library returned it.
        public let rawValue: Int32

        /// Any code, known or not.
        public init(rawValue: Int32) {
            self.rawValue = rawValue
        }
    }

    /// What happened.
    public let code: Code

    /// The C call that failed, or the operation of this module that refused.
    public let operation: String

    /// An error of `operation`.
    public init(code: Code, operation: String) {
        self.code = code
        self.operation = operation
    }

    /// No room: the map, the disk, a quota or the process's file-size limit is full.
    ///
    /// The transaction was undone and the environment still reads and writes; try again when
    /// space has returned.
    public var isSpaceExhausted: Bool {
        [.mapFull, .noSpace, .quotaExceeded, .fileTooLarge].contains(code)
    }

    /// The operation and the library's sentence for the code.
    public var description: String {
        "\(operation): \(code.description)"
    }
}

extension LMDBError.Code {
    /// The key is there already, or is not greater than the last one when appending (MDB_KEYEXIST).
    public static let keyExists = Self(rawValue: MDB_KEYEXIST)
    /// The table or key is not there (MDB_NOTFOUND).
    public static let notFound = Self(rawValue: MDB_NOTFOUND)
    /// A page the tree points to is not there: the file is damaged (MDB_PAGE_NOTFOUND).
    public static let pageNotFound = Self(rawValue: MDB_PAGE_NOTFOUND)
    /// A page is of the wrong kind, or a stored key cannot be decoded: the file is damaged.
    public static let corrupted = Self(rawValue: MDB_CORRUPTED)
    /// LMDB could not undo a failed write of its meta page; reopen (MDB_PANIC).
    public static let panic = Self(rawValue: MDB_PANIC)
    /// The file was written by another version of LMDB (MDB_VERSION_MISMATCH).
    public static let versionMismatch = Self(rawValue: MDB_VERSION_MISMATCH)
    /// The file is not an LMDB file (MDB_INVALID).
    public static let invalidFile = Self(rawValue: MDB_INVALID)
    /// The map size is reached (MDB_MAP_FULL).
    public static let mapFull = Self(rawValue: MDB_MAP_FULL)
    /// More tables than `Options.tablesMax` (MDB_DBS_FULL).
    public static let tablesFull = Self(rawValue: MDB_DBS_FULL)
    /// More read transactions at once than `Options.readersMax` (MDB_READERS_FULL).
    public static let readersFull = Self(rawValue: MDB_READERS_FULL)
    /// The transaction changed too many pages; split it (MDB_TXN_FULL).
    public static let transactionFull = Self(rawValue: MDB_TXN_FULL)
    /// An earlier call in the transaction failed, so it can only be aborted (MDB_BAD_TXN).
    public static let badTransaction = Self(rawValue: MDB_BAD_TXN)
    /// The key is empty or longer than 511 bytes, or the value is too long (MDB_BAD_VALSIZE).
    public static let badValueSize = Self(rawValue: MDB_BAD_VALSIZE)
    /// The disk is full (ENOSPC).
    public static let noSpace = Self(rawValue: ENOSPC)
    /// The quota is used up (EDQUOT).
    public static let quotaExceeded = Self(rawValue: EDQUOT)
    /// The process may not write a file so long (EFBIG).
    public static let fileTooLarge = Self(rawValue: EFBIG)
    /// There is no memory (ENOMEM).
    public static let noMemory = Self(rawValue: ENOMEM)
    /// The device failed (EIO).
    public static let inputOutput = Self(rawValue: EIO)
    /// There is no such file or directory (ENOENT).
    public static let noSuchFile = Self(rawValue: ENOENT)
    /// The file or directory exists (EEXIST).
    public static let fileExists = Self(rawValue: EEXIST)
    /// Access is denied (EACCES).
    public static let accessDenied = Self(rawValue: EACCES)
    /// A flush failed before, so how much is durable is unknown: close, check, and recover.
    public static let poisoned = Self(rawValue: -1)
    /// This process has the environment open already.
    public static let alreadyOpen = Self(rawValue: -2)
    /// The file ends before the last page its meta page counts.
    public static let truncated = Self(rawValue: -3)
    /// The environment was opened read-only.
    public static let readOnly = Self(rawValue: -4)

    var description: String {
        switch self {
        case .poisoned: return "refused, because an earlier flush failed"
        case .alreadyOpen: return "this process has it open already"
        case .truncated: return "the file is shorter than its meta page says"
        case .readOnly: return "the environment is open for reading only"
        default:
            guard let text = unsafe mdb_strerror(rawValue) else { return "code \(rawValue)" }
            return unsafe String(cString: text)
        }
    }
}

/// Turns a non-zero return code into an error that names the call.
@inline(__always)
func check(_ code: Int32, _ operation: StaticString) throws(LMDBError) {
    guard code != 0 else { return }
    throw LMDBError(code: .init(rawValue: code), operation: "\(operation)")
}

/// Turns `errno` into an error when a POSIX call returned −1.
func checkErrno(_ result: some SignedInteger, _ operation: StaticString) throws(LMDBError) {
    guard result == -1 else { return }
    throw LMDBError(code: .init(rawValue: errno), operation: "\(operation)")
}

extension LMDBError.Code {
    /// Whether `mdb_txn_commit` gives this code before any flush has failed: the transaction is
    /// undone and what was durable still is.
    var isHarmlessAtCommit: Bool {
        [.mapFull, .badTransaction, .transactionFull, .noMemory].contains(self)
            || [.noSpace, .quotaExceeded, .fileTooLarge].contains(self)
    }
}
