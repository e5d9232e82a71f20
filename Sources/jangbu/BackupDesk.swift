import EventLog
import Files
import Foundation
import Synchronization
import Threads
import Web

/// Makes the backups that a running server is asked for, one at a time, beside everything else.
final class BackupDesk: Sendable {
    private struct State {
        var latest: BackupState?
        var thread: OwnedThread?
    }

    private let log: EventLog
    /// Folder that backups must be inside of; empty allows none.
    private let allowed: String
    private let state = Mutex(State())

    init(_ log: EventLog, allowed: String) { (self.log, self.allowed) = (log, allowed) }

    /// The running one, or the last.
    var latest: BackupState? { state.withLock(\.latest) }

    /// Begins one, or finds it running.
    func start(_ directory: String) throws(BackupRefusal) -> BackupState {
        guard BackupDesk.isInside(directory, allowed) else { throw .outside }
        return try state.withLock { state throws(BackupRefusal) in
            if let running = state.latest, running.phase == .running {
                guard running.directory == directory else { throw .running }
                return running
            }
            state.thread?.join()
            let begun = BackupState(directory: directory, phase: .running, blocks: 0, total: 0)
            state.latest = begun
            state.thread = OwnedThread { self.run(directory) }
            return begun
        }
    }

    /// Waits for a running one; called once, before the log is closed.
    func finish() {
        let thread = state.withLock { state in
            defer { state.thread = nil }
            if state.latest?.phase == .running {
                Terminal.shared.note("a backup is being finished; Ctrl-C once more ends it")
            }
            return state.thread
        }
        thread?.join()
    }

    private func run(_ directory: String) {
        var phase = BackupState.Phase.done
        do {
            try log.backup(to: directory) { progress in
                state.withLock { state in
                    state.latest?.blocks = progress.blocks
                    state.latest?.total = progress.total
                }
            }
        } catch {
            phase = .failed(Failure(error)?.sentence ?? "\(error)")
        }
        state.withLock { $0.latest?.phase = phase }
    }

    /// Whether a folder, which may not be there yet, is `base` or inside it, links followed.
    static func isInside(_ folder: String, _ base: String) -> Bool {
        guard !base.isEmpty, folder.hasPrefix("/") else { return false }
        let parts = folder.split(separator: "/")
        guard !parts.contains(".."), !parts.contains(".") else { return false }
        // What is there may be a link; what is not will be made as it is written.
        var there = "/" + parts.joined(separator: "/")
        var rest = ""
        while !Files.exists(there) {
            rest = "/" + there.split(separator: "/").suffix(1).joined() + rest
            there = Files.parent(of: there)
        }
        let root = URL(fileURLWithPath: base).resolvingSymlinksInPath().path
        let real = URL(fileURLWithPath: there).resolvingSymlinksInPath().path
        let whole = (real == "/" ? "" : real) + rest
        return whole == root || whole.hasPrefix(root + "/")
    }
}
