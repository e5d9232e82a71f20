public import Cryptography
public import EventLog
public import Files
public import Frame

/// Why the vault gave no answer.
///
/// None of them says anything about keys or content.
public enum VaultError: Error, Sendable, Equatable {
    /// There is no vault in the directory; create one.
    case notAVault(path: String)
    /// A vault is there already.
    case exists(path: String)
    /// Another process, or this one, has the vault open.
    case inUse(path: String)
    /// The passphrase file is not there; without it nothing can be opened. Put it back.
    case passphraseFileMissing(path: String)
    /// Others than the owner can read or write the passphrase file; `chmod 600` it.
    case passphraseFileUnsafe(path: String)
    /// The passphrase file holds nothing, or more than 4,096 bytes.
    case passphraseFileMalformed(path: String)
    /// The passphrase is not the one that the vault was created with.
    case wrongPassphrase
    /// Bytes that were written are not what is read; restore that file from a key backup.
    case damaged(file: String, place: String)
    /// No subject has this id.
    case unknownSubject
    /// The subject was erased: its keys are destroyed.
    case subjectErased
    /// The subject has no such compartment.
    case unknownCompartment
    /// The compartment, or its key of that epoch, was erased.
    case compartmentErased
    /// The purpose does not reach compartments of that role.
    case purposeRefused(Purpose)
    /// The call needs the log, which is not attached yet.
    case notAttached
    /// Frames of the subject are committed and not readable yet; try again after their flush.
    case notYetDurable
    /// Others appended to the subject's log each time; try again.
    case contended
    /// A flush of the slot file failed, so what is durable is unknown; restart.
    case writesStopped
    /// The log refused an append.
    case append(AppendError)
    /// The log could not be read.
    case log(LogError)
    /// A frame could not be sealed or opened.
    case frame(FrameError)
    /// A cryptographic call failed.
    case cryptography(CryptographyError)
    /// A system call on a file failed; named with its errno.
    case file(FileError, path: String)
}

extension VaultError: CustomStringConvertible {
    /// One sentence, with what to do where something can be done.
    public var description: String {
        switch self {
        case .notAVault(let path): "There is no vault in \(path)."
        case .exists(let path): "There is a vault in \(path) already."
        case .inUse(let path): "The vault in \(path) is open already."
        case .passphraseFileMissing(let path):
            "The passphrase file \(path) is missing; put it back, nothing opens without it."
        case .passphraseFileUnsafe(let path):
            "The passphrase file \(path) is open to others than its owner; run chmod 600 on it."
        case .passphraseFileMalformed(let path):
            "The passphrase file \(path) is empty or longer than 4,096 bytes."
        case .wrongPassphrase: "The passphrase is not the one that the vault was created with."
        case .damaged(let file, let place): "\(file) is damaged at \(place)."
        case .unknownSubject: "No subject has this id."
        case .subjectErased: "The subject was erased."
        case .unknownCompartment: "The subject has no such compartment."
        case .compartmentErased: "The compartment was erased."
        case .purposeRefused(let purpose): "The purpose \(purpose) does not open this compartment."
        case .notAttached: "The vault has no log yet."
        case .notYetDurable: "The subject's last frames are not durable yet; try again."
        case .contended: "Others wrote to the subject's log each time; try again."
        case .writesStopped: "A flush of the slot file failed; restart to go on."
        case .append(let error): error.description
        case .log(let error): error.description
        case .frame(let error): error.description
        case .cryptography(let error): error.description
        case .file(let error, let path): "\(path): \(error)."
        }
    }
}
