internal import Cryptography
internal import Frame

/// What an environment keeps in memory; guarded by one lock, changed only by the writer.
struct LogState: Sendable {
    var subjects = SubjectTable()
    var tail: Tail
    /// The tail that is being written to an index run, still looked at until that is done.
    var folding: Tail?
    /// Blocks below this left memory for a run since the log was opened.
    private var foldedTo: UInt64 = 0
    var partitions: [Int: PartitionTree] = [:]
    /// Staged frames per partition of the group being built.
    private var stagedPositions: [Int: UInt64] = [:]
    /// Blocks committed.
    var sequence: UInt64 = 0
    /// Frames committed.
    var frames: UInt64 = 0
    var groups: UInt64 = 0
    var flushes: UInt64 = 0
    var readOnly: ReadOnlyReason?
    /// The command that the writer has just looked up in the runs and not found.
    var lookedUp: CommandID?
    /// Why the last index run could not be written; `folding` then stays in memory.
    var foldFailure: FoldFailure?

    init(tail: Tail) { self.tail = tail }

    /// A frame that passed every check and waits for its commit.
    struct Staged {
        let submission: Int
        let entry: Int
        let slot: Int
        let partition: Int
        let position: UInt64
        let command: CommandID
        /// What its ordinal in the tail will be.
        let ordinal: UInt64
    }

    /// Newest-first walk over a subject's frames that are not in a run, until `visit` says stop.
    func chain(from newest: UInt64, _ visit: (TailEntry) -> Bool) {
        var ordinal = newest
        while let entry = tail.entry(ordinal) ?? folding?.entry(ordinal) {
            guard visit(entry) else { return }
            ordinal = entry.previous
        }
    }

    func findInTail(_ command: CommandID) -> TailEntry? {
        tail.find(command) ?? folding?.find(command)
    }

    /// The revision that the next frame of `slot` must have.
    func nextRevision(_ slot: Int) -> UInt64 {
        subjects.states[slot].frontier.count + subjects.states[slot].staged
    }

    /// Gives a frame the next position of its partition and the tail's ordinal after `others`.
    private mutating func stage(
        _ entry: FrameBatch.Entry,
        slot: Int,
        partition: Int,
        submission: Int,
        index: Int,
        after others: Int
    ) -> Staged {
        let waiting = stagedPositions[partition, default: 0]
        let position = partitions[partition, default: PartitionTree()].count + waiting
        subjects.states[slot].staged += 1
        stagedPositions[partition] = waiting + 1
        let ordinal = tail.end + UInt64(others)
        tail.note(entry.command, at: ordinal)
        return Staged(
            submission: submission,
            entry: index,
            slot: slot,
            partition: partition,
            position: position,
            command: entry.command,
            ordinal: ordinal
        )
    }

    /// Stages frames of a batch from `start` on until one needs the index: its place is returned.
    mutating func stage(
        _ batch: FrameBatch,
        from start: Int,
        number: Int,
        layout: LogLayout,
        runs: [IndexRun],
        into staged: inout [Staged],
        _ receipt: inout Receipt
    ) -> Result<Int, AppendError> {
        // Good for this call only: once appended and folded, the same command is in a run.
        let cleared = exchange(&lookedUp, with: nil)
        for index in start..<batch.entries.count {
            let entry = batch.entries[index]
            do throws(AppendError) {
                if let place = try known(entry, of: batch, number: number, staged) {
                    receipt.places.append(place)
                    continue
                }
            } catch {
                return .failure(error)
            }
            guard isCleared(entry.command, cleared, by: runs),
                let slot = subjects.slot(of: entry.subject)
            else { return .success(index) }
            let next = nextRevision(slot)
            guard entry.revision == next else {
                return .failure(.revisionConflict(subject: entry.subject, actual: next))
            }
            let frame = stage(
                entry,
                slot: slot,
                partition: layout.partition(of: entry.subject),
                submission: number,
                index: index,
                after: staged.count
            )
            staged.append(frame)
            receipt.places.append(frame.place(entry, .appended))
        }
        return .success(batch.entries.count)
    }

    /// Where the command's frame is, when the subject has one that is in no run.
    ///
    /// - Throws: a conflict when the frame waits for the same commit in another submission: nobody
    ///   is told "duplicate" of a frame that this very commit may still lose. Who loads and decides
    ///   again finds it.
    private func known(
        _ entry: FrameBatch.Entry,
        of batch: FrameBatch,
        number: Int,
        _ staged: [Staged]
    ) throws(AppendError) -> Receipt.Place? {
        guard let ordinal = tail.ordinal(of: entry.command) ?? folding?.ordinal(of: entry.command)
        else { return nil }
        guard ordinal >= tail.end else {
            let known = tail.entry(ordinal) ?? folding?.entry(ordinal)
            return known?.subject == entry.subject ? known?.place : nil
        }
        let frame = staged[Int(ordinal - tail.end)]
        guard subjects.slot(of: entry.subject) == frame.slot else { return nil }
        guard frame.submission == number else {
            throw .revisionConflict(subject: entry.subject, actual: nextRevision(frame.slot))
        }
        return frame.place(batch.entries[frame.entry], .duplicate)
    }

    /// The run of the folding tail is in use: its frames are found there from now on.
    mutating func endFolding(to sequence: UInt64) {
        folding = nil
        foldedTo = sequence
    }

    /// No run holds the command: their filters say so, or the writer has just looked.
    ///
    /// Runs that were listed before a fold ended say nothing of the frames that it took.
    private func isCleared(
        _ command: CommandID,
        _ cleared: CommandID?,
        by runs: [IndexRun]
    ) -> Bool {
        guard command != .none, command != cleared else { return true }
        guard runs.last?.summary.to ?? 0 >= foldedTo else { return false }
        return runs.allSatisfy { !$0.summary.commands.mayContain(command) }
    }

    /// Forgets frames that were staged and not committed.
    mutating func unstage(_ frames: some Sequence<Staged>) {
        for staged in frames {
            subjects.states[staged.slot].staged -= 1
            stagedPositions[staged.partition, default: 0] -= 1
            tail.forget(staged.command, at: staged.ordinal)
        }
    }

    /// Takes a committed frame into the trees and the tail.
    mutating func apply(_ staged: Staged, _ entry: FrameBatch.Entry, at location: Location) {
        precondition(staged.ordinal == tail.end, "frames are taken in as they were staged")
        subjects.states[staged.slot].staged -= 1
        stagedPositions[staged.partition, default: 0] -= 1
        append(
            TailEntry(
                subject: entry.subject,
                command: entry.command,
                revision: entry.revision,
                position: staged.position,
                location: location,
                leaf: entry.leaf,
                previous: subjects.states[staged.slot].newest,
                partition: staged.partition
            ),
            slot: staged.slot
        )
    }

    /// Takes a frame that is read back; false when it is not the next one of its logs.
    mutating func adopt(
        _ facts: FrameFacts,
        _ entry: BlockEntry,
        slot: Int,
        at location: Location
    ) -> Bool {
        guard subjects.states[slot].frontier.count == facts.revision,
            partitions[entry.partition, default: PartitionTree()].count == entry.position
        else { return false }
        tail.note(facts.command, at: tail.end)
        append(
            TailEntry(
                subject: facts.subject,
                command: facts.command,
                revision: facts.revision,
                position: entry.position,
                location: location,
                leaf: facts.leaf,
                previous: subjects.states[slot].newest,
                partition: entry.partition
            ),
            slot: slot
        )
        return true
    }

    private mutating func append(_ entry: TailEntry, slot: Int) {
        subjects.states[slot].newest = tail.end
        subjects.states[slot].frontier.append(entry.leaf)
        partitions[entry.partition, default: PartitionTree()].append(entry.leaf)
        tail.append(entry)
        frames += 1
    }
}

extension LogState.Staged {
    fileprivate func place(
        _ entry: FrameBatch.Entry,
        _ outcome: Receipt.Outcome
    ) -> Receipt.Place {
        Receipt.Place(
            outcome: outcome,
            partition: partition,
            position: position,
            subject: entry.subject,
            revision: entry.revision
        )
    }
}

/// An index run that could not be written, and when it is tried again.
struct FoldFailure: Sendable {
    let error: LogError
    /// Blocks below this are in the tail that waits.
    let to: UInt64
    /// Ordinal of the tail's end from which on it is tried again.
    let retryEnd: UInt64
}
