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
        guard !Task.isCancelled else {
            keeper.abandon()
            throw .cancelled
        }
        if answers.isRequestOver { keeper.end(.refused) }
        return Asked(
            permit: permit,
            desk: desk,
            keeper: keeper,
            startedAt: startedAt,
            begunOn: trigger == .scheduled ? book.begunDay(at: code, on: today) : nil,
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
