import Commands
import Finance
import Frame
import Synchronization

/// Histories of transfers as far as they are read, for pages that come back for the same person:
/// only what was recorded since is read anew.
final class HistoryShelf: Sendable {
    private struct Key: Hashable {
        let subject: SubjectID
        let days: ClosedRange<CivilDate>
    }

    private struct Entry {
        var history: TransferHistory
        /// Frames that are in it.
        var frames: UInt64
    }

    /// Of one person and span of days, some 100 bytes a transfer; beyond, all are let go.
    private static let countMax = 64

    private let entries = Mutex<[Key: Entry]>([:])

    /// The history of these days.
    func history(
        of subject: SubjectID,
        _ days: ClosedRange<CivilDate>,
        from desk: ConsentDesk
    ) throws(ConsentError) -> TransferHistory {
        let key = Key(subject: subject, days: days)
        let known = entries.withLock { $0[key] }
        var entry = known ?? Entry(history: TransferHistory(days), frames: 0)
        var history = entry.history
        let end = try desk.forEachEvent(of: subject, from: entry.frames) { history.take($0) }
        guard end > entry.frames else { return history }
        entry = Entry(history: history, frames: end)
        entries.withLock { entries in
            if entries.count >= HistoryShelf.countMax { entries.removeAll() }
            // Another reader may have come further.
            guard entries[key]?.frames ?? 0 <= end else { return }
            entries[key] = entry
        }
        return history
    }
}
