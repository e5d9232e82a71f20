import Files
import Foundation
import Synchronization

/// A directory for this process alone, removed when it ends: also by a second Ctrl-C or because
/// nobody reads its output; not by SIGKILL.
enum TemporaryData {
    private static let path = Mutex<String?>(nil)

    /// Makes it; a name that nothing had, so that nobody else's is ever adopted or removed.
    static func make(keeping isKept: Bool) throws -> String {
        let folder = FileManager.default.temporaryDirectory.path
        let made = try Files.makeTemporaryDirectory(folder + "/jangbu-demo-")
        guard !isKept else { return made }
        path.withLock { $0 = made }
        // Foundation.exit runs this wherever it is called.
        atexit { TemporaryData.remove() }
        return made
    }

    /// Removes it if it is still there.
    static func remove() {
        path.withLock { path in
            guard let made = path else { return }
            path = nil
            // Threads that still write may put a file into what was just emptied.
            for isLast in [false, false, true] {
                do {
                    return try Files.removeTree(made)
                } catch {
                    if isLast { Terminal.shared.note("\(made) could not be removed (\(error))") }
                }
            }
        }
    }
}
