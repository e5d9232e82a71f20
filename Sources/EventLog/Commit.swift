internal import Frame
internal import LMDB
internal import Synchronization
internal import Threads

extension LogEnvironment {
    /// Checks, commits and takes in a group; called by the writer's thread only.
    ///
    /// `onFlushed` gets the sequence below which every block is durable now (the group's own flush
    /// covered the meta page before it), before the group is taken in: who waited for that flush
    /// goes on meanwhile. Returns one result a submission: committed but not durable, or refused.
    func commit(
        _ submissions: [Submission],
        onFlushed: (UInt64) -> Void
    ) -> [Result<Receipt, AppendError>] {
        if let reason = readOnlyNow() {
            return submissions.map { _ in .failure(.readOnly(reason)) }
        }
        var (staged, results) = stage(submissions)
        guard !staged.isEmpty else { return results }
        let plan = BlockPlan(staged, submissions)
        do {
            let started = clock.now
            let first = state.withLock { $0.sequence }
            try write(plan, staged, submissions, first: first)
            clock.note(flushSince: started)
            onFlushed(first)
            apply(plan, staged, submissions, first: first)
            foldIfLong()
        } catch {
            let reason = ReadOnlyReason(error)
            state.withLock { state in
                state.unstage(staged)
                state.readOnly = reason
            }
            if reason == .flushFailed { stop() } else { clock.postponeProbe() }
            for index in Set(staged.map(\.submission)) {
                results[index] = .failure(.readOnly(reason))
            }
        }
        return results
    }

    /// Pays for the last commit when nobody else comes to; nil when all blocks are durable now.
    func sync() -> ReadOnlyReason? {
        // A flush that succeeds after one that failed says nothing of the pages of the first.
        guard state.withLock({ $0.readOnly }) != .flushFailed else { return .flushFailed }
        do {
            let started = clock.now
            try store.sync()
            clock.note(flushSince: started)
            makeVisible(
                below: state.withLock { state in
                    state.flushes += 1
                    return state.sequence
                }
            )
            return nil
        } catch {
            stop()
            return .flushFailed
        }
    }

    /// After a failed flush nothing is known of what is durable: no more appends, no more waiting.
    private func stop() {
        state.withLock { $0.readOnly = .flushFailed }
        durable.signal { $0.isStuck = true }
    }

    /// Lets readers see every block below `sequence`.
    func makeVisible(below sequence: UInt64) {
        durable.signal { $0.below = max($0.below, sequence) }
    }

    /// Why appending is refused at this moment; after a while with a full disk it is tried again.
    private func readOnlyNow() -> ReadOnlyReason? {
        guard let reason = state.withLock({ $0.readOnly }) else { return nil }
        guard reason != .flushFailed, clock.mayProbe() else { return reason }
        state.withLock { $0.readOnly = nil }
        return nil
    }

    private func stage(
        _ submissions: [Submission]
    ) -> ([LogState.Staged], [Result<Receipt, AppendError>]) {
        var staged: [LogState.Staged] = []
        staged.reserveCapacity(submissions.reduce(0) { $0 + $1.batch.entries.count })
        var results: [Result<Receipt, AppendError>] = []
        results.reserveCapacity(submissions.count)
        for (number, submission) in submissions.enumerated() {
            let before = staged.count
            do {
                let receipt = try stage(submission.batch, number: number, into: &staged)
                results.append(.success(receipt))
            } catch {
                let dropped = staged[before...]
                state.withLock { $0.unstage(dropped) }
                staged.removeSubrange(before...)
                results.append(.failure(error))
            }
        }
        return (staged, results)
    }

    private func stage(
        _ batch: FrameBatch,
        number: Int,
        into staged: inout [LogState.Staged]
    ) throws(AppendError) -> Receipt {
        var receipt = Receipt(places: [])
        receipt.places.reserveCapacity(batch.entries.count)
        var next = 0
        while next < batch.entries.count {
            // One lock for as many frames as memory alone can answer for.
            let runs = index.runs
            let reached = state.withLock { state in
                state.stage(
                    batch,
                    from: next,
                    number: number,
                    layout: identity.layout,
                    runs: runs,
                    into: &staged,
                    &receipt
                )
            }
            next = try reached.get()
            guard next < batch.entries.count else { break }
            try consultIndex(batch.entries[next], &receipt, at: &next)
        }
        return receipt
    }

    /// Answers what memory could not: loads the subject, and looks whether the command is in a run.
    private func consultIndex(
        _ entry: FrameBatch.Entry,
        _ receipt: inout Receipt,
        at next: inout Int
    ) throws(AppendError) {
        if let place = try duplicate(of: entry) {
            receipt.places.append(place)
            next += 1
            return
        }
        do {
            _ = try slot(of: entry.subject)
        } catch {
            throw .failed(error)
        }
        state.withLock { $0.lookedUp = entry.command }
    }

    private func duplicate(of entry: FrameBatch.Entry) throws(AppendError) -> Receipt.Place? {
        guard entry.command != .none else { return nil }
        if let known = state.withLock({ $0.findInTail(entry.command) }) {
            guard known.subject == entry.subject else { return nil }
            return known.place
        }
        do {
            guard let location = try index.find(entry.command) else { return nil }
            return try place(at: location, ifOf: entry)
        } catch {
            throw .failed(LogError(error))
        }
    }

    private func place(
        at location: Location,
        ifOf entry: FrameBatch.Entry
    ) throws -> Receipt.Place? {
        try withFrame(at: location) { frame in
            guard let facts = FrameFacts(frame.bytes, isTombstone: frame.isTombstone),
                facts.command == entry.command, facts.subject == entry.subject
            else { return nil }
            return Receipt.Place(
                outcome: .duplicate,
                partition: frame.partition,
                position: frame.position,
                subject: facts.subject,
                revision: facts.revision
            )
        }
    }

    private func write(
        _ plan: BlockPlan,
        _ staged: [LogState.Staged],
        _ submissions: [Submission],
        first: UInt64
    ) throws(LMDBError) {
        try store.write { transaction throws(LMDBError) in
            for (number, range) in plan.ranges.enumerated() {
                let sequence = first + UInt64(number)
                try transaction.reserve(
                    byteCount: plan.byteCounts[number],
                    for: sequence,
                    in: blocks,
                    mode: .append
                ) { out in
                    var writer = BlockWriter(frames: range.count)
                    for index in range {
                        let frame = staged[index]
                        let batch = submissions[frame.submission].batch
                        writer.add(
                            batch.frame(frame.entry),
                            partition: frame.partition,
                            position: frame.position,
                            to: &out
                        )
                    }
                    writer.finish(sequence: sequence, &out)
                }
            }
        }
    }

    private func apply(
        _ plan: BlockPlan,
        _ staged: [LogState.Staged],
        _ submissions: [Submission],
        first: UInt64
    ) {
        state.withLock { state in
            for (number, range) in plan.ranges.enumerated() {
                let sequence = first + UInt64(number)
                for index in range {
                    let frame = staged[index]
                    state.apply(
                        frame,
                        submissions[frame.submission].batch.entries[frame.entry],
                        at: Location(sequence: sequence, slot: index - range.lowerBound)
                    )
                }
            }
            state.sequence = first + UInt64(plan.ranges.count)
            state.groups += 1
            state.flushes += 1
        }
    }
}

/// How a group's frames are cut into blocks.
struct BlockPlan {
    private(set) var ranges: [Range<Int>] = []
    private(set) var byteCounts: [Int] = []

    init(_ staged: [LogState.Staged], _ submissions: [Submission]) {
        var start = 0
        var frameBytes = 0
        for index in staged.indices {
            let size = submissions[staged[index].submission]
                .batch.entries[staged[index].entry].byteCount
            let grown = BlockWriter.byteCount(
                frames: index - start + 1,
                frameBytes: frameBytes + size
            )
            if index > start, grown > Block.byteCountMax || index - start >= 65_535 {
                close(start..<index, frameBytes)
                (start, frameBytes) = (index, 0)
            }
            frameBytes += size
        }
        close(start..<staged.count, frameBytes)
    }

    private mutating func close(_ range: Range<Int>, _ frameBytes: Int) {
        ranges.append(range)
        byteCounts.append(BlockWriter.byteCount(frames: range.count, frameBytes: frameBytes))
    }
}

extension ReadOnlyReason {
    init(_ error: LMDBError) {
        switch error.code {
        case .mapFull: self = .mapFull
        case .noSpace, .quotaExceeded, .fileTooLarge: self = .diskFull
        default: self = .flushFailed
        }
    }
}
