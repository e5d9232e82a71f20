// Collector: asks providers over the MyData standard, under transfer requests, and records what
// they answer.
//
// One transfer is one person at one provider: token, lists, the calls of each asset, all pages;
// then one batch with what changed and the evidence of having asked, for all of the person's
// providers that have answered. Nothing is kept between that the log does not have, so a crash
// anywhere costs the calls of transfers under way and no more.
//
// Invariants: nobody is asked without a permit of their register, and nothing is recorded that the
// register does not confirm afterwards; one history of one asset has one call under way; tokens and
// personal data are in no error and no log.

public import Commands
internal import Finance
internal import Frame
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
    let readers = AnswerReaders(count: 8)
    let issued = IssuedTokens()
    let turnstile: Turnstile
    /// Whose revocations are under way: of two answers to one token the second is `not valid`.
    let revoking = PersonTurnstiles()
    /// For who records suspensions.
    let suspending = Turnstile(width: 1)
    /// Runs between deciding and recording; tests let another writer be first there.
    let beforeRecording = Mutex<(@Sendable () async -> Void)?>(nil)

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

    func readBook(of subject: SubjectID) throws(CollectError) -> SubjectBook {
        do throws(BookError) {
            return try books.book(of: subject)
        } catch {
            throw .book(error)
        }
    }

    /// Does what was decided at a revision until nobody else was first.
    func attempting<Result>(
        _ body: () async throws(CollectError) -> Result
    ) async throws(CollectError) -> Result {
        for _ in 0..<RecordLimit.attemptsMax {
            do throws(CollectError) {
                return try await body()
            } catch .record(.contended) {
                continue
            }
        }
        throw .record(.contended)
    }

    /// Lets a test be first.
    func reachRecording() async {
        if let hook = beforeRecording.withLock({ $0 }) { await hook() }
    }

    /// Records events of roles as they are; none is nothing.
    ///
    /// `expecting` is the revision that they were decided at, if they depend on it; `.contended`
    /// when the log has gone on.
    func record(
        _ events: [(role: CompartmentRole, events: [Event])],
        of subject: SubjectID,
        expecting revision: UInt64? = nil
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
        await reachRecording()
        let expected = revision.map { [subject: $0] } ?? [:]
        do throws(RecordError) {
            _ = try await recorder.observe([person], at: clock.now(), expecting: expected)[0].get()
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
