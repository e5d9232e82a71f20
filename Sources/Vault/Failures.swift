internal import Cryptography
internal import EventLog
internal import Files
internal import Frame
internal import LMDB

/// Runs calls on files; a failure is named with the file.
func onDisk<R: ~Copyable>(
    _ path: String,
    _ body: () throws(FileError) -> R
) throws(VaultError) -> R {
    do throws(FileError) {
        return try body()
    } catch {
        throw .file(error, path: path)
    }
}

/// Runs calls into the log.
func onLog<R: ~Copyable>(_ body: () throws(LogError) -> R) throws(VaultError) -> R {
    do throws(LogError) {
        return try body()
    } catch {
        throw .log(error)
    }
}

/// Runs cryptographic calls.
func crypting<R: ~Copyable>(
    _ body: () throws(CryptographyError) -> R
) throws(VaultError) -> R {
    do throws(CryptographyError) {
        return try body()
    } catch {
        throw .cryptography(error)
    }
}

/// Runs calls on frames.
func framing<R: ~Copyable>(_ body: () throws(FrameError) -> R) throws(VaultError) -> R {
    do throws(FrameError) {
        return try body()
    } catch {
        throw .frame(error)
    }
}

extension VaultError {
    /// What a read of the log threw: the log's own errors, or those of a body of this module.
    init(_ error: any Error) {
        switch error {
        case let error as VaultError: self = error
        case let error as LogError: self = .log(error)
        case let error as LMDBError: self = .log(.storage(error))
        case let error as FrameError: self = .frame(error)
        case is WireFault: self = .log(.damaged(file: "the log", place: "a control event"))
        default: self = .log(.damaged(file: "the log", place: "a block"))
        }
    }
}
