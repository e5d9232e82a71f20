internal import Commands
internal import Finance
internal import Frame

// Recording what was answered.
extension Collector {
    /// A transfer as it is recorded.
    private struct Recording {
        var asked: Asked
        var report: TransferReport
        /// The person withdrew while the provider was answering: its answers are not taken.
        var refusal: ConsentRefusal?
        var outcome: TransferOutcome
    }

    /// Records what providers answered about one person, as one batch where it fits one.
    ///
    /// Each batch is appended at the revision at which the register confirmed it: who withdrew in
    /// the meantime has nothing recorded and no compartment opened again.
    func record(_ asked: [Asked], of subject: SubjectID) async -> [Ended] {
        var ended: [Ended] = []
        var rest = asked[...]
        do throws(CollectError) {
            await suspendFirstHolders()
            while !rest.isEmpty {
                let part = try await attempting { () throws(CollectError) in
                    let (book, now) = (try readBook(of: subject), clock.now())
                    let together = recordings(rest, book.register, now)
                    await reachRecording()
                    return try await record(together, of: subject, at: now, book.revision)
                }
                ended += part
                rest = rest.dropFirst(part.count)
            }
        } catch {
            for one in rest { one.keeper.abandon() }
            ended += rest.map { ($0.permit.provider, .failure(error)) }
        }
        return ended
    }

    /// As many of these transfers, from the first on, as one batch takes.
    private func recordings(
        _ asked: ArraySlice<Asked>,
        _ register: TransferRegister,
        _ now: Int64
    ) -> [Recording] {
        var together: [Recording] = []
        var nameCount = 0
        for one in asked {
            let recording = recording(one, register, now)
            nameCount += recording.report.nameCount
            if nameCount > TransferReport.namesAtOnceMax, !together.isEmpty { break }
            together.append(recording)
        }
        return together
    }

    private func recording(
        _ asked: Asked,
        _ register: TransferRegister,
        _ now: Int64
    ) -> Recording {
        let permit = asked.permit
        var recording = Recording(
            asked: asked,
            report: TransferReport(
                permit,
                startedAt: asked.startedAt,
                begunOn: asked.begunOn
            ),
            outcome: TransferOutcome(provider: permit.provider)
        )
        recording.outcome.count(asked.answers)
        do throws(ConsentRefusal) {
            let seconds = now / 1_000_000
            try register.confirm(permit, on: KoreanClock.day(at: seconds), at: seconds)
            recording.report.take(asked.answers, industry: asked.desk.provider.industry)
        } catch {
            recording.refusal = error
        }
        let token = asked.keeper.event
        // A renewed token of a request that has ended is not kept: what revokes the pair ends it,
        // and after an erasure there would be a credential again.
        if recording.refusal == nil || token?.isTokenEnd == true {
            recording.report.take(token: token)
        } else {
            asked.keeper.release()
        }
        return recording
    }

    private func record(
        _ recordings: [Recording],
        of subject: SubjectID,
        at now: Int64,
        _ revision: UInt64
    ) async throws(CollectError) -> [Ended] {
        let (persons, ranges) = TransferReport.persons(subject, recordings.map(\.report))
        var changes: [ObservedChanges] = []
        if recordings.contains(where: { !$0.report.isEmpty }) {
            do throws(RecordError) {
                // Whatever fails stops what follows it: the last answers for all.
                let results = await recorder.observe(
                    persons,
                    at: now,
                    expecting: [subject: revision]
                )
                changes = try results[results.count - 1].get()
            } catch {
                throw .record(error)
            }
        }
        return zip(recordings, ranges).map { recording, range in
            (
                recording.asked.permit.provider,
                end(recording, range.isEmpty ? [] : changes[range])
            )
        }
    }

    private func end(
        _ recording: Recording,
        _ changes: ArraySlice<ObservedChanges>
    ) -> Result<TransferOutcome, CollectError> {
        if let refusal = recording.refusal { return .failure(.refused(refusal)) }
        let desk = recording.asked.desk
        guard !recording.report.isEmpty else {
            if let until = desk.stoppedUntil { return .failure(.stopped(until: until)) }
            // Nothing was asked of what was due: the provider was left alone, and is no longer.
            guard recording.outcome.failedCalls == 0 else {
                return .failure(.stopped(until: clock.seconds + Circuit.pauseSeconds))
            }
            return .success(recording.outcome)
        }
        var outcome = recording.outcome
        for change in changes {
            outcome.added += change.added
            outcome.retracted += change.retracted
        }
        let counted = outcome
        desk.board.count { figures in
            if counted.isComplete { figures.transfers += 1 } else { figures.failures += 1 }
            figures.added += UInt64(counted.added)
            figures.retracted += UInt64(counted.retracted)
        }
        return .success(outcome)
    }
}
