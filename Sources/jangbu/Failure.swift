import ArgumentParser
import Collector
import Commands
import EventLog
import Files
import Finance
import LMDB
import MyData
import NIOCore
import Projections
import Sandbox
import Vault
import Web

/// The classes of failure, each with its exit code; numbers follow sysexits(3) where one fits.
enum ExitClass: Int32, CaseIterable {
    case differs = 1
    case usage = 64
    case data = 65
    case input = 66
    case address = 69
    case program = 70
    case diskFull = 71
    case passphraseFile = 72
    case directory = 73
    case storage = 74
    case inUse = 75
    case damaged = 76
    case passphrase = 77
    case configuration = 78
    case busy = 79
    case refused = 80

    var meaning: String {
        switch self {
        case .differs: "checked, and something differs; what, stands in the output"
        case .usage: "the command line is wrong"
        case .data: "the input is not what the importer reads"
        case .input: "a file, subject or other named thing is not there"
        case .address: "the web address cannot be used: port taken, or no such address"
        case .program: "a bug; please report it"
        case .diskFull: "the disk or a quota is full"
        case .passphraseFile: "the passphrase file is missing, empty, or open to others"
        case .directory: "a directory cannot be written, or is not what it should be"
        case .storage: "the disk or a system call failed"
        case .inUse: "another process has the data directory open"
        case .damaged: "stored data is damaged; the file and place are named"
        case .passphrase: "the passphrase is not this vault's"
        case .configuration: "the configuration is wrong; the key is named"
        case .busy: "too much else was asked for at the same time; try again"
        case .refused: "the person's consents do not allow it; why, is said"
        }
    }

    /// The table as help shows it.
    static var table: String {
        "Exit codes:\n    0  done\n"
            + allCases.map { exit in
                let code = String(exit.rawValue)
                return String(repeating: " ", count: 5 - code.count) + code + "  " + exit.meaning
            }.joined(separator: "\n")
            + "\n  130  ended at once by Ctrl-C: a demo without its pages yet, else at the second"
    }
}

/// What went wrong, in one sentence and one class.
struct Failure: Error {
    let exit: ExitClass
    let sentence: String

    init(_ exit: ExitClass, _ sentence: String) {
        self.exit = exit
        self.sentence = sentence
    }

    /// Nil for what the argument parser reports itself.
    init?(_ error: any Error) {
        switch error {
        case let failure as Failure: self = failure
        case is ValidationError, is CleanExit: return nil
        case let error as VaultError: self.init(Failure.exit(error), error.description)
        case let error as LogError: self.init(Failure.exit(error), error.description)
        case let error as AppendError: self.init(Failure.exit(error), error.description)
        case let error as RecordError: self.init(Failure.exit(error), error.description)
        case let error as ConsentError: self.init(Failure.exit(error), error.description)
        case let error as QuarantineError: self.init(Failure.exit(error), error.description)
        case let error as ProjectionError: self.init(Failure.exit(error), error.description)
        case let error as FileError: self.init(Failure.exit(error), "\(error).")
        case let error as ImportError: self.init(Failure.exit(error), error.description)
        case let error as WebRefusal: self.init(.configuration, error.description)
        case let error as SandboxError: self.init(.directory, error.description)
        case let error as RuleError: self.init(.configuration, "conf/categories/\(error).")
        case let error as IOError:
            let why = FileError(operation: "bind", code: error.errnoCode)
            self.init(
                .address,
                "The web address cannot be used (\(why)); set web.host or web.port."
            )
        default:
            guard !Failure.isParsers(error) else { return nil }
            self.init(.program, "Unexpected: \(String(describing: type(of: error))): \(error)")
        }
    }

    /// Why a person's tokens, and all else of theirs, cannot be deleted now.
    init(deletionWaitsFor error: CollectError) {
        let exit: ExitClass =
            switch error {
            case .record(let error): Failure.exit(error)
            case .book: .damaged
            case .unknownProvider, .refused, .noToken, .stopped, .outsideSlot, .cancelled: .program
            }
        self.init(
            exit,
            "The deletion is owed: what became of the person's tokens could not be recorded "
                + "(\(error))."
        )
    }

    private static func isParsers(_ error: any Error) -> Bool {
        String(reflecting: type(of: error)).hasPrefix("ArgumentParser.")
    }

    private static func exit(_ error: VaultError) -> ExitClass {
        switch error {
        case .notAVault, .exists: .directory
        case .inUse: .inUse
        case .passphraseFileMissing, .passphraseFileUnsafe, .passphraseFileMalformed:
            .passphraseFile
        case .wrongPassphrase: .passphrase
        case .damaged: .damaged
        case .unknownSubject, .subjectErased, .unknownCompartment, .compartmentErased: .input
        case .append(let error): exit(error)
        case .log(let error): exit(error)
        case .file(let error, path: _): exit(error)
        case .notYetDurable, .contended: .busy
        case .purposeRefused, .notAttached, .frame: .program
        case .writesStopped, .cryptography: .storage
        }
    }

    private static func exit(_ error: LogError) -> ExitClass {
        switch error {
        case .notALog, .exists, .notWritable: .directory
        case .notABackup, .backupDiverged, .backupAhead: .directory
        case .inUse: .inUse
        case .damaged: .damaged
        case .outOfRange: .input
        case .storage(let error): exit(error)
        case .system(operation: _, let code):
            exit(FileError(operation: "", code: code))
        case .closed: .program
        }
    }

    private static func exit(_ error: AppendError) -> ExitClass {
        switch error {
        case .readOnly(.diskFull): .diskFull
        case .readOnly(.mapFull): .configuration
        case .readOnly(.flushFailed): .storage
        case .failed(let error): exit(error)
        case .busy: .busy
        case .revisionConflict, .spansEnvironments, .tooLarge, .closed: .program
        }
    }

    private static func exit(_ error: RecordError) -> ExitClass {
        switch error {
        case .vault(let error): exit(error)
        case .append(let error): exit(error)
        case .log(let error): exit(error)
        case .contended: .busy
        case .malformedRows, .rowTooLong, .frame: .program
        }
    }

    private static func exit(_ error: ConsentError) -> ExitClass {
        switch error {
        case .refused: .refused
        case .fold: .damaged
        case .record(let error): exit(error)
        }
    }

    private static func exit(_ error: QuarantineError) -> ExitClass {
        switch error {
        case .unknown: .input
        case .incomplete, .book: .damaged
        case .refused: .refused
        case .noteNeeded: .usage
        case .record(let error): exit(error)
        }
    }

    private static func exit(_ error: ProjectionError) -> ExitClass {
        switch error {
        case .damaged, .damagedStore: .damaged
        case .storage(let error): exit(error)
        case .files(let error): exit(error)
        case .log(let error): exit(error)
        case .otherLog: .directory
        case .hashMismatch: .differs
        case .catchingUp, .busy: .busy
        case .keys, .library, .stopped, .overflow: .program
        }
    }

    private static func exit(_ error: LMDBError) -> ExitClass {
        if error.code == .mapFull { return .configuration }
        return error.isSpaceExhausted ? .diskFull : .storage
    }

    static func exit(_ error: FileError) -> ExitClass {
        if error.isSpaceExhausted { return .diskFull }
        if error.isMissing { return .input }
        return error.isDenied || error.isNoDirectory ? .directory : .storage
    }

    private static func exit(_ error: ImportError) -> ExitClass {
        switch error {
        case .unreadable: .input
        case .damaged, .empty, .headerMalformed, .columnMissing, .columnRepeated, .columnUnknown,
            .tooManyRows, .companionUnusable:
            .data
        }
    }
}
