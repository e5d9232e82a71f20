internal import Files
public import Frame
internal import LMDB

/// A damaged log, for reading only: what is sound reads as in an `EventLog`, what is not is named.
///
/// A damaged log does not open as an `EventLog`, because what it would append to might be wrong.
/// This reads its file without LMDB and answers only what is certain: a frame whose block checks
/// out, the head of a subject none of whose frames can be in a block that is lost. Keeps some 100
/// bytes a block and 24 a frame in memory.
public final class SalvagedLog: Sendable {
    /// Every fault, by file and place.
    public let damages: [VerificationReport.Damage]
    /// Environments that are there in part at least.
    private let environments: [Int: SalvagedEnvironment]
    private let layout: LogLayout?
    private let directory: String

    /// Reads every block of the log in `directory`, which no process may have open.
    ///
    /// - Throws: `.notALog`; `.inUse`; `.damaged` when nothing leads to the blocks of any
    ///   environment.
    public init(opening directory: String) throws(LogError) {
        self.directory = directory
        do {
            var damages = try EventLog.verify(directory).damages
            var environments: [Int: SalvagedEnvironment] = [:]
            var failure: LogError?
            for number in try EventLog.environmentNumbers(in: directory) {
                do {
                    let path = EventLog.environmentPath(directory, number)
                    environments[number] = try SalvagedEnvironment(path)
                } catch LogError.damaged(let file, let place) {
                    // The others are read without it.
                    failure = .damaged(file: file, place: place)
                } catch LogError.notALog(let path) {
                    failure = .notALog(path: path)
                }
            }
            if environments.isEmpty, let failure { throw failure }
            let known = environments.sorted { $0.key < $1.key }.map(\.value)
            for environment in known where damages.isEmpty { damages += environment.damages }
            layout = known.lazy.compactMap(\.identity).first?.layout
            self.environments = environments
            self.damages = damages
        } catch {
            throw LogError(error)
        }
    }

    /// Environments that the log has; of one that was found alone and without its record, those
    /// that there are.
    public var environmentCount: Int {
        layout?.environments ?? (environments.keys.max() ?? -1) + 1
    }

    /// Calls `body` with the frames of up to `blockLimit` sound blocks in environment order.
    ///
    /// - Returns: the sequence to go on from; equal to `sequence` when there is nothing more.
    /// - Throws: `.damaged` when nothing of the environment is left.
    public func scan(
        environment: Int,
        from sequence: UInt64,
        blockLimit: Int,
        _ body: (borrowing StoredFrame) throws -> Void
    ) throws -> UInt64 {
        try salvaged(environment).scan(from: sequence, blockLimit: blockLimit, body)
    }

    /// Calls `body` with up to `limit` of the subject's frames in order, up to the first lost one.
    ///
    /// - Returns: the revision to go on from; equal to `revision` when there is nothing more.
    /// - Throws: `.damaged` when the frame at `revision` is, or may be, in a block that is lost;
    ///   the
    ///   next one that is not is at ``nextReadable(of:from:)``.
    public func read(
        _ subject: SubjectID,
        from revision: UInt64 = 0,
        limit: Int,
        _ body: (borrowing StoredFrame) throws -> Void
    ) throws -> UInt64 {
        guard let environment = try holder(of: subject) else { return revision }
        return try environment.read(subject, from: revision, limit: limit, body)
    }

    /// The subject's first readable revision at or after `revision`; nil when there is none.
    public func nextReadable(of subject: SubjectID, from revision: UInt64) -> UInt64? {
        environments.values.lazy.compactMap { $0.nextReadable(of: subject, from: revision) }.first
    }

    /// Size and root of a subject's log.
    ///
    /// - Throws: `.damaged` when a block that is lost may hold a frame of it.
    public func head(of subject: SubjectID) throws(LogError) -> TreeHead {
        guard let environment = try holder(of: subject) else {
            return TreeHead(size: 0, root: TreeFrontier().root)
        }
        return try environment.head(of: subject)
    }

    /// The environment that has frames of the subject; nil when certainly none has.
    private func holder(of subject: SubjectID) throws(LogError) -> SalvagedEnvironment? {
        var candidates = Array(environments.values)
        if let layout {
            let number = layout.environment(ofPartition: layout.partition(of: subject))
            candidates = [try salvaged(number)]
        }
        if let holder = candidates.first(where: { $0.holds(subject) }) { return holder }
        for environment in candidates { try environment.requireNoneLost(of: subject) }
        return nil
    }

    private func salvaged(_ number: Int) throws(LogError) -> SalvagedEnvironment {
        guard let environment = environments[number] else {
            throw .damaged(
                file: EventLog.environmentPath(directory, number),
                place: "all of its blocks"
            )
        }
        return environment
    }
}
