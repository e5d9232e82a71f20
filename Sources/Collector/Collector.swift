// Collector: asks providers over the MyData standard, under transfer requests, and records what
// they answer.
//
// One transfer is one person at one provider: token, lists, the calls of each asset, all pages;
// then one batch with what changed and the evidence of having asked. Nothing is kept between that
// the log does not have, so a crash anywhere costs the calls of transfers under way and no more.
//
// Invariants: nobody is asked without a permit of their register, and nothing is recorded that the
// register does not confirm afterwards; one history of one asset has one call under way; tokens and
// personal data are in no error and no log.

public import Commands
public import Finance
public import Frame
internal import MyData
internal import Synchronization
internal import Vault

/// Collects persons' data from providers.
public final class Collector: Sendable {
    /// Whom it asks.
    public let providers: Providers
    /// Where it reads consents, tokens and marks.
    public let books: SubjectBooks
    let clock: CollectorClock
    let options: CollectorOptions
    let recorder: Recorder
    let desks: [String: ProviderDesk]
    private let readers = AnswerReaders(count: 8)
    let issued = IssuedTokens()
    private let turnstile: Turnstile

    /// A collector over open connections; end `client` after it.
    public init(
        providers: Providers,
        client: ProviderClient,
        books: SubjectBooks,
        recorder: Recorder,
        clock: CollectorClock,
        options: CollectorOptions
    ) {
        (self.providers, self.books, self.recorder) = (providers, books, recorder)
        (self.clock, self.options) = (clock, options)
        let ids = TransactionIDs(operator: options.operatorCode, chance: clock.chance)
        var desks: [String: ProviderDesk] = [:]
        for provider in providers.all {
            desks[provider.code] = ProviderDesk(
                provider,
                client: client,
                ids: ids,
                clock: clock,
                board: FigureBoard()
            )
        }
        self.desks = desks
        turnstile = Turnstile(width: options.transfersAtOnceMax)
    }

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
        let result = await turnstile.pass { () -> Result<TransferOutcome, CollectError> in
            do throws(CollectError) {
                return .success(try await transfer(subject, code, trigger))
            } catch {
                return .failure(error)
            }
        }
        return try result.get()
    }

    /// Collects one person's data at all providers with a live request, at once.
    ///
    /// - Returns: one a provider, by org_code.
    public func collect(
        _ subject: SubjectID,
        for trigger: TransferTrigger
    ) async throws(CollectError) -> [(
        provider: String, result: Result<TransferOutcome, CollectError>
    )] {
        let codes: [String]
        do throws(BookError) {
            codes = try books.book(of: subject).register.liveRequests.map(\.provider)
        } catch {
            throw .book(error)
        }
        return await withTaskGroup(
            of: (String, Result<TransferOutcome, CollectError>).self
        ) { tasks in
            for code in codes {
                tasks.addTask {
                    do throws(CollectError) {
                        return (
                            code,
                            .success(try await self.collect(subject, from: code, for: trigger))
                        )
                    } catch {
                        return (code, .failure(error))
                    }
                }
            }
            var all: [(provider: String, result: Result<TransferOutcome, CollectError>)] = []
            for await (code, result) in tasks { all.append((code, result)) }
            return all.sorted { $0.provider < $1.provider }
        }
    }

    private func transfer(
        _ subject: SubjectID,
        _ code: String,
        _ trigger: TransferTrigger
    ) async throws(CollectError) -> TransferOutcome {
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
        let keeper = TokenKeeper(token, of: subject, at: desk, issued: issued)
        desk.board.count { $0.active += 1 }
        defer { desk.board.count { $0.active -= 1 } }
        let answers = await answers(permit, at: desk, with: keeper, book, today)
        guard !Task.isCancelled else { throw .cancelled }
        return try await record(answers, permit, subject, keeper, desk, startedAt: startedAt)
    }

    private func answers(
        _ permit: CollectionPermit,
        at desk: ProviderDesk,
        with keeper: TokenKeeper,
        _ book: SubjectBook,
        _ today: CivilDate
    ) async -> PersonTransfer.Answers {
        let provider = desk.provider
        let version = Int(provider.version.dropFirst()) ?? 1
        let source = AnswerSource(provider.industry, version: version)
        let transfer = PersonTransfer(
            runner: CallRunner(desk: desk, token: keeper, readers: readers, source: source),
            plan: AssetPlan(
                permit: permit,
                provider: provider,
                today: today,
                history: today.adding(months: -options.historyMonths)
            ),
            lists: StandardAPI.lists(of: provider.industry, version: version).map(\.api)
                .filter { permit.allows($0) },
            state: book.state,
            closed: book.closed
        )
        return await transfer.run()
    }

    private func record(
        _ answers: PersonTransfer.Answers,
        _ permit: CollectionPermit,
        _ subject: SubjectID,
        _ keeper: TokenKeeper,
        _ desk: ProviderDesk,
        startedAt: Int64
    ) async throws(CollectError) -> TransferOutcome {
        if answers.isRequestOver { keeper.end(.refused) }
        var report = TransferReport(permit, startedAt: startedAt)
        var outcome = TransferOutcome(provider: permit.provider)
        outcome.count(answers)
        let now = clock.now()
        let register = try readBook(of: subject).register
        do throws(ConsentRefusal) {
            // The person may have withdrawn while the provider was answering.
            try register.confirm(permit, on: permit.day, at: now / 1_000_000)
            report.take(answers, industry: desk.provider.industry)
        } catch {
            report.take(keeper.events)
            if !report.isEmpty { _ = try await observe(report, subject, now) }
            throw .refused(error)
        }
        report.take(keeper.events)
        guard !report.isEmpty else {
            if let until = desk.stoppedUntil { throw .stopped(until: until) }
            return outcome
        }
        for change in try await observe(report, subject, now) {
            outcome.added += change.added
            outcome.retracted += change.retracted
        }
        let counted = outcome
        desk.board.count { figures in
            if counted.isComplete { figures.transfers += 1 } else { figures.failures += 1 }
            figures.added += UInt64(counted.added)
            figures.retracted += UInt64(counted.retracted)
        }
        return outcome
    }

    private func observe(
        _ report: TransferReport,
        _ subject: SubjectID,
        _ now: Int64
    ) async throws(CollectError) -> [ObservedChanges] {
        do throws(RecordError) {
            return try await recorder.observe([report.person(subject)], at: now)[0].get()
        } catch {
            throw .record(error)
        }
    }

    func readBook(of subject: SubjectID) throws(CollectError) -> SubjectBook {
        do throws(BookError) {
            return try books.book(of: subject)
        } catch {
            throw .book(error)
        }
    }

    /// Records events of roles as they are; none is nothing.
    func record(
        _ events: [(role: CompartmentRole, events: [Event])],
        of subject: SubjectID
    ) async throws(CollectError) {
        let parts = events.filter { !$0.events.isEmpty }
        guard !parts.isEmpty else { return }
        let encoded = parts.map { part in
            var bytes: [UInt8] = []
            for event in part.events { EventBytes.append(event, to: &bytes) }
            return bytes
        }
        let evidence = Evidence(in: parts.map { .role($0.role) }) { _ in encoded }
        let person = PersonObservations(of: subject, [], evidence: evidence)
        do throws(RecordError) {
            _ = try await recorder.observe([person], at: clock.now())[0].get()
        } catch {
            throw .record(error)
        }
    }

    /// What it did at each provider, by org_code.
    public var figures: [ProviderFigures] {
        providers.all.compactMap { provider in
            desks[provider.code].map { desk in
                ProviderFigures(
                    code: provider.code,
                    name: provider.name,
                    figures: desk.board.snapshot,
                    stoppedUntil: desk.stoppedUntil,
                    waiting: desk.waitingCount
                )
            }
        }
    }
}
