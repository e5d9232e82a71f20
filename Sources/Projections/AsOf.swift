public import Finance
public import Frame
internal import EventLog

extension Projection {
    /// The subject's state as it was known after the frames below `revision`, folded from the log
    /// now: what the log still opens, so nothing of what was erased since.
    ///
    /// It costs as much as folding these frames does; a person's log is bounded by a life. At the
    /// newest revision it is the state that `read(_:)` gives, bit for bit.
    /// - Returns: nil when nothing was known then.
    public func read(
        _ subject: SubjectID,
        asOf revision: UInt64
    ) throws(ProjectionError) -> Reading<F.State>? {
        let generation = lane.generation
        let size: UInt64
        do throws(LogError) {
            size = try generation.log.durableSize(of: subject)
        } catch {
            throw .log(error)
        }
        let end = min(revision, size)
        guard end > 0 else { return nil }
        let reader = try SubjectReader(log: generation.log, keys: generation.keys)
        return try lane.shelf(of: subject).read(subject, below: end, with: reader)
    }
}
