public import EventLog
public import Files
public import Frame
public import LMDB

/// Why a projection did not answer.
///
/// Names subjects by their id only.
public enum ProjectionError: Error, Equatable, Sendable {
    /// The subject's state is not what was stored, or not there; the rest stays readable. Rebuild.
    case damaged(subject: SubjectID, Damage)
    /// A record or the file of the projection's store is not what was written. Rebuild.
    case damagedStore(file: String, place: String)
    /// LMDB or the file system below the projection's store failed.
    case storage(LMDBError)
    /// A file of the projections' directory could not be read or written.
    case files(FileError)
    /// The log could not be read.
    case log(LogError)
    /// The vault could not lend a key.
    case keys(KeyFailure)
    /// A library call failed that cannot fail on valid arguments; named.
    case library(operation: String)
    /// The store belongs to another log.
    case otherLog(path: String)
    /// The runner is not running, or was stopped during the call.
    case stopped
    /// Frames that were durable at the start are not folded yet; try again soon.
    case catchingUp
    /// A rebuild of this projection runs already.
    case busy
    /// A rebuild of the same version gave other states; the old generation stays.
    case hashMismatch(partition: Int)
    /// A sum over subjects left 64 bits.
    case overflow

    /// What is wrong with one subject's state.
    public enum Damage: UInt8, Sendable, CaseIterable {
        /// Frames were folded before and no state is there.
        case missing = 1
        /// The state is older than what was folded.
        case older = 2
        /// The seal does not open: bytes were changed.
        case altered = 3
        /// It opens and cannot be decoded.
        case malformed = 4
        /// It needs a key that is gone although the subject is not erased.
        case keyless = 5

        var words: String {
            switch self {
            case .missing: "missing"
            case .older: "older than the projection"
            case .altered: "altered"
            case .malformed: "malformed"
            case .keyless: "without its key"
            }
        }
    }
}

extension ProjectionError: CustomStringConvertible {
    /// One sentence.
    public var description: String {
        switch self {
        case .damaged(let subject, let damage):
            "The state of subject \(subject) is \(damage.words); rebuild the projection."
        case .damagedStore(let file, let place):
            "\(file) is damaged at \(place); rebuild the projection."
        case .storage(let error): "The projection's store failed: \(error)."
        case .files(let error): "The projections' directory failed: \(error)."
        case .log(let error): error.description
        case .keys(let failure): failure.description
        case .library(let operation): "\(operation) failed."
        case .otherLog(let path):
            "The projection in \(path) was folded from another log, or from more of this one."
        case .stopped: "The projections are not running."
        case .catchingUp: "The projection is still catching up with the log."
        case .busy: "A rebuild of this projection is running."
        case .hashMismatch(let partition):
            "The rebuilt states of partition \(partition) differ; the old generation stays."
        case .overflow: "A total left 64 bits."
        }
    }
}
