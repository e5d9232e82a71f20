internal import Commands
public import Finance
public import Frame
internal import MyData

extension Collector {
    /// Collects one person's data at one provider.
    ///
    /// `trigger` is why; it decides how far back and how often.
    /// - Returns: what came of it; durable when this returns.
    /// - Throws: why nothing was asked, or nothing recorded.
    public func collect(
        _ subject: SubjectID,
        from code: String,
        for trigger: TransferTrigger
    ) async throws(CollectError) -> TransferOutcome {
        let asked = try await ask(subject, code, trigger).get()
        return try await record([asked], of: subject)[0].result.get()
    }

    /// Collects one person's data at all providers with a live request, at once.
    ///
    /// - Returns: one a provider, by org_code.
    public func collect(
        _ subject: SubjectID,
        for trigger: TransferTrigger
    ) async throws(CollectError) -> [Ended] {
        let codes = try readBook(of: subject).register.liveRequests.map(\.provider)
        return await withTaskGroup(of: Part.self) { tasks in
            for code in codes {
                tasks.addTask { .asked(code, await self.ask(subject, code, trigger)) }
            }
            var (left, isHeld) = (codes.count, false)
            var (answered, all): ([Asked], [Ended]) = ([], [])
            while let part = await tasks.next() {
                switch part {
                case .asked(_, .success(let asked)):
                    left -= 1
                    answered.append(asked)
                    if !isHeld {
                        isHeld = true
                        tasks.addTask { await self.hold() }
                    }
                case .asked(let code, .failure(let error)):
                    left -= 1
                    all.append((code, .failure(error)))
                case .heldLongEnough: isHeld = false
                }
                if left == 0 { tasks.cancelAll() }
                guard !isHeld || left == 0, !answered.isEmpty else { continue }
                all += await record(answered, of: subject)
                answered = []
            }
            return all.sorted { $0.provider < $1.provider }
        }
    }

    /// A provider with what came of asking it.
    public typealias Ended = (provider: String, result: Result<TransferOutcome, CollectError>)

    private enum Part: Sendable {
        case asked(String, Result<Asked, CollectError>)
        case heldLongEnough
    }

    /// What the first provider to answer waits for the others of the person: their evidence shares
    /// a frame, whose header is as long as the evidence itself, and one flush.
    private static let holdMilliseconds: Int64 = 150

    private func hold() async -> Part {
        do {
            try await clock.sleep(.milliseconds(Collector.holdMilliseconds))
        } catch {
            // All have answered.
            return .heldLongEnough
        }
        return .heldLongEnough
    }

    private func ask(
        _ subject: SubjectID,
        _ code: String,
        _ trigger: TransferTrigger
    ) async -> Result<Asked, CollectError> {
        await turnstile.pass { () -> Result<Asked, CollectError> in
            do throws(CollectError) {
                return .success(try await transfer(subject, code, trigger))
            } catch {
                return .failure(error)
            }
        }
    }

    private func transfer(
        _ subject: SubjectID,
        _ code: String,
        _ trigger: TransferTrigger
    ) async throws(CollectError) -> Asked {
        guard let desk = desks[code] else { throw .unknownProvider }
        let startedAt = clock.seconds
        let today = KoreanClock.day(at: startedAt)
        if trigger == .scheduled {
            let slot = TimeSlot.next(in: desk.provider.slots, from: startedAt)
            guard slot <= startedAt else { throw .outsideSlot(until: slot) }
        }
        if let until = desk.stoppedUntil { throw .stopped(until: until) }
        let book = try readBook(of: subject)
        let permit: CollectionPermit
        do throws(ConsentRefusal) {
            permit = try book.register.permit(
                provider: code,
                trigger: trigger,
                on: today,
                at: startedAt
            )
        } catch {
            throw .refused(error)
        }
        guard let token = book.state.providers[code]?.token, token.end == .unspecified,
            token.request == permit.request.bytes
        else { throw .noToken }
        let holder = IssuedTokens.Holder(subject: subject, request: permit.request)
        let keeper = TokenKeeper(token, of: holder, at: desk, issued: issued)
        desk.board.count { $0.active += 1 }
        defer { desk.board.count { $0.active -= 1 } }
        let answers = await answers(permit, at: desk, with: keeper, book, today)
        guard !Task.isCancelled else { throw .cancelled }
        if answers.isRequestOver { keeper.end(.refused) }
        return Asked(
            permit: permit,
            desk: desk,
            keeper: keeper,
            startedAt: startedAt,
            answers: answers
        )
    }

    private func answers(
        _ permit: CollectionPermit,
        at desk: ProviderDesk,
        with keeper: TokenKeeper,
        _ book: SubjectBook,
        _ today: CivilDate
    ) async -> PersonTransfer.Answers {
        let provider = desk.provider
        let source = provider.source
        let transfer = PersonTransfer(
            runner: CallRunner(desk: desk, token: keeper, readers: readers, source: source),
            plan: AssetPlan(
                permit: permit,
                provider: provider,
                today: today,
                history: today.adding(months: -options.historyMonths)
            ),
            lists: StandardAPI.lists(of: provider.industry, version: source.version)
                .map(\.api)
                .filter { permit.allows($0) },
            state: book.state
        )
        return await transfer.run()
    }
}

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
            try await suspendFirstHolders()
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
            report: TransferReport(permit, startedAt: asked.startedAt),
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
