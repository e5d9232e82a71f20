import EventLog
import Finance
import Frame
import Projections
import Vault
import Web

/// A person as they were known: the log's beginning folded anew, with what can still be opened.
extension LedgerService {
    /// Where a person's log is read, and the day from which it is looked at.
    struct Point {
        /// Frames that count; nil is all there are.
        let revision: UInt64?
        let day: CivilDate
    }

    /// Where a question is asked; nil is now.
    func point(of subject: SubjectID, _ asOf: AsOf?) throws -> Point {
        guard let asOf else { return Point(revision: nil, day: day) }
        let revision = try revision(of: subject, asOf: asOf)
        switch asOf {
        case .frames: return Point(revision: revision, day: day)
        case .day(let day): return Point(revision: revision, day: day)
        }
    }

    /// What a read model has of a person at a point; nil when nothing was known.
    func read<F: Fold>(
        _ projection: Projection<F>,
        _ subject: SubjectID,
        at point: Point
    ) throws -> Reading<F.State>? {
        guard let revision = point.revision else { return try projection.read(subject) }
        return try projection.read(subject, asOf: revision)
    }

    /// Frames of the person's log that were there.
    ///
    /// Of a day, those before the first that was recorded after it: recorded-at is data, and only
    /// the order of the log is order.
    private func revision(of subject: SubjectID, asOf: AsOf) throws -> UInt64 {
        let size = try services.log.durableSize(of: subject)
        switch asOf {
        case .frames(let count): return min(count, size)
        case .day(let day):
            // Midnight in Korea after it, in microseconds.
            let end = (Int64(day.daysSinceEpoch) + 1) * 86_400_000_000 - 32_400_000_000
            var revision: UInt64 = 0
            var isAfter = false
            while revision < size, !isAfter {
                let next = try services.log.read(subject, from: revision, limit: 256) { frame in
                    guard !isAfter else { return }
                    // A tombstone tells no time; it is as old as its neighbours.
                    if !frame.isTombstone {
                        isAfter = try FrameHeader(frame.bytes).recordedAt >= end
                    }
                    if !isAfter { revision += 1 }
                }
                guard isAfter || next == revision else { break }
            }
            return revision
        }
    }
}
