internal import Cryptography
public import EventLog
public import Frame
internal import Synchronization
public import Vault

/// Records rows of providers and files, each once.
public final class Recorder: Sendable {
    private let vault: Vault
    private let log: EventLog
    private let models: WriteModels
    private let lanes: [Lane]
    private let eventsPerFrame: Int
    /// Runs between deciding and appending; tests let another writer be first there.
    let beforeAppend = Mutex<(@Sendable () async -> Void)?>(nil)
    private let schemaSet: UInt32

    /// What one lane works with, one batch at a time.
    private final class Lane: Sendable {
        let desk: Mutex<Desk>

        init(rowKey: SecretKey) throws(FrameError) { desk = Mutex(try Desk(rowKey: rowKey)) }
    }

    /// A recorder over a vault that is attached to `log`.
    ///
    /// `eventsPerFrame` is 1...`RecordLimit.eventsPerFrameMax`; `schemaSet` is the version of the
    /// schema lock that the events are of.
    /// - Throws: `.frame` or `.vault` when a library has no memory or the system no randomness.
    public init(
        vault: Vault,
        log: EventLog,
        eventsPerFrame: Int = RecordLimit.eventsPerFrameMax,
        rowsKeptMax: Int = RecordLimit.rowsKeptMax,
        schemaSet: UInt32 = 1
    ) throws(RecordError) {
        precondition(
            eventsPerFrame >= 1 && eventsPerFrame <= RecordLimit.eventsPerFrameMax,
            "a frame holds at least one event and a bounded number"
        )
        (self.vault, self.log) = (vault, log)
        (self.eventsPerFrame, self.schemaSet) = (eventsPerFrame, schemaSet)
        models = WriteModels(rowsMax: rowsKeptMax)
        do {
            let rowKey = try SecretKey.random()
            var lanes: [Lane] = []
            for _ in 0..<log.layout.environments * RecordLimit.lanesPerEnvironment {
                lanes.append(try Lane(rowKey: rowKey))
            }
            self.lanes = lanes
        } catch let error as CryptographyError {
            throw .vault(.cryptography(error))
        } catch let error as FrameError {
            throw .frame(error)
        } catch {
            preconditionFailure("neither call throws anything else")
        }
    }

    /// Appends the rows that are not in the log yet; durable when this returns.
    ///
    /// Groups of one compartment are taken in their order. Fewer, larger calls are faster: persons
    /// are enrolled with one flush, and batches of different persons are sealed side by side. `now`
    /// is the frames' recorded-at, in microseconds since 1970-01-01 UTC.
    /// - Returns: one a group, in that order.
    /// - Throws: `.malformedRows` and `.rowTooLong` before anything is appended.
    public func record(
        _ groups: [AssetRows],
        at now: Int64
    ) async throws(RecordError) -> [RecordedRows] {
        let subjects: [SubjectID]
        do throws(VaultError) {
            subjects = try vault.enrol(groups.map(\.person))
        } catch {
            throw .vault(error)
        }
        return try await record(groups, of: subjects, at: now)
    }

    /// The same for persons who are enrolled; the groups' `person` is not looked at.
    public func record(
        _ groups: [AssetRows],
        of subjects: [SubjectID],
        at now: Int64
    ) async throws(RecordError) -> [RecordedRows] {
        precondition(groups.count == subjects.count, "each group has a subject")
        var work = [[Piece]](repeating: [], count: lanes.count)
        for (index, rows) in groups.enumerated() {
            let subject = subjects[index]
            work[lane(of: subject)] += try Piece.split(rows, group: index, subject: subject)
        }
        var results = groups.indices.map { index in
            RecordedRows(
                subject: subjects[index],
                isAppended: Array(repeating: false, count: groups[index].ordinals.count)
            )
        }
        let pieces = work
        let ended = await vault.gate.hold(subjects) {
            await withTaskGroup(of: Result<[RowMark], RecordError>.self) { tasks in
                for (pieces, lane) in zip(pieces, self.lanes) where !pieces.isEmpty {
                    tasks.addTask { await self.run(pieces, of: groups, at: now, in: lane) }
                }
                var all: [Result<[RowMark], RecordError>] = []
                for await result in tasks { all.append(result) }
                return all
            }
        }
        for result in ended {
            for mark in try result.get() { results[mark.group].isAppended[mark.row] = true }
        }
        return results
    }

    /// A row that was appended.
    private struct RowMark { let group, row: Int }

    private func lane(of subject: SubjectID) -> Int {
        let mixed = (subject.high ^ subject.low) &* 0x9e37_79b9_7f4a_7c15
        let lane = Int(truncatingIfNeeded: mixed >> 60) % RecordLimit.lanesPerEnvironment
        return log.environment(of: subject) * RecordLimit.lanesPerEnvironment + lane
    }

    private func run(
        _ pieces: [Piece],
        of groups: [AssetRows],
        at now: Int64,
        in lane: Lane
    ) async -> Result<[RowMark], RecordError> {
        var marks: [RowMark] = []
        do throws(RecordError) {
            for batch in PieceBatch.pack(pieces) {
                marks += try await record(batch, of: groups, at: now, in: lane)
            }
            return .success(marks)
        } catch {
            return .failure(error)
        }
    }

    private func record(
        _ batch: PieceBatch,
        of groups: [AssetRows],
        at now: Int64,
        in lane: Lane
    ) async throws(RecordError) -> [RowMark] {
        for _ in 0..<RecordLimit.attemptsMax {
            let decided: Decided
            do throws(RecordError) {
                decided = try lane.desk.withLock { desk throws(RecordError) in
                    try decide(batch, of: groups, at: now, with: &desk)
                }
            } catch .vault(.notYetDurable) {
                continue
            }
            guard !decided.frames.entries.isEmpty else {
                keep(decided)
                return []
            }
            if let hook = beforeAppend.withLock({ $0 }) { await hook() }
            do throws(AppendError) {
                let receipt = try await log.append(decided.frames)
                // A command that was there before means that the models are behind: look again.
                guard receipt.places.allSatisfy({ $0.outcome == .appended }) else { continue }
                keep(decided)
                return decided.marks
            } catch {
                guard case .revisionConflict = error else { throw .append(error) }
            }
        }
        throw .contended
    }

    /// What a batch comes to: frames to append, and what is known once they are durable.
    private struct Decided {
        var frames = FrameBatch()
        var marks: [RowMark] = []
        var models: [(SubjectID, WriteModel)] = []
        var openings: [(opening: Opening, next: UInt64)] = []
    }

    private func keep(_ decided: Decided) {
        for (opening, next) in decided.openings { vault.commit(opening, through: next) }
        for (subject, model) in decided.models { models.put(model, of: subject) }
    }

    private func decide(
        _ batch: PieceBatch,
        of groups: [AssetRows],
        at now: Int64,
        with desk: inout Desk
    ) throws(RecordError) -> Decided {
        var decided = Decided()
        let loader = ModelLoader(vault: vault, log: log)
        var order: [SubjectID] = []
        var piecesOf: [SubjectID: [Piece]] = [:]
        for piece in batch.pieces {
            if piecesOf[piece.subject] == nil { order.append(piece.subject) }
            piecesOf[piece.subject, default: []].append(piece)
        }
        for subject in order {
            let pieces = piecesOf[subject] ?? []
            let opening: Opening
            do throws(VaultError) {
                opening = try vault.open(
                    pieces.map(\.name),
                    of: subject,
                    for: .collection,
                    at: now
                )
            } catch {
                throw .vault(error)
            }
            var model = models.take(subject) ?? WriteModel()
            try loader.catchUp(
                &model,
                of: subject,
                with: opening.compartments.map(\.id),
                to: opening.revision,
                using: &desk
            )
            var draft = SubjectDraft(opening: opening, model: model, now: now)
            (draft.schemaSet, draft.eventsPerFrame) = (schemaSet, eventsPerFrame)
            for (number, piece) in pieces.enumerated() {
                let rows = try draft.take(
                    piece,
                    number,
                    of: groups[piece.group],
                    vault: vault,
                    with: &desk,
                    into: &decided.frames
                )
                decided.marks += rows.map { RowMark(group: piece.group, row: $0) }
            }
            if draft.next > opening.revision {
                decided.openings.append((opening, draft.next))
                draft.model.scannedTo = draft.next
            }
            decided.models.append((subject, draft.model))
        }
        return decided
    }
}

/// The contexts that a lane decides with.
struct Desk: ~Copyable {
    var sealer: FrameSealer
    var opener: FrameOpener
    let hash: RowHash

    init(rowKey: SecretKey) throws(FrameError) {
        let sealer = try FrameSealer()
        let opener = try FrameOpener()
        self.sealer = sealer
        self.opener = opener
        hash = RowHash(key: rowKey)
    }
}
