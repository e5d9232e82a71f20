public import Finance

/// Everything the pages and the API read, and what they can have done: a backup, and what becomes
/// of answers that were put aside.
///
/// One implementation stands over the real log, vault and projections (in the executable), one in
/// the tests with the same limits. Every function reads memory or a bounded number of records, and
/// answers from durable state only. Whatever it throws is shown as 503 to the caller; only its type
/// and case go to the server's log.
public protocol Ledger: PersonHistory, PersonReports, AgreementOffice {
    /// The platform as of now: counters, partitions, projections, disk.
    func overview() async throws -> Overview

    /// One overview at once, then one at least every two seconds, also when nothing changed, so
    /// that a reader can tell an idle ledger from a broken connection. Ends when the caller stops
    /// reading.
    func subscribe() async -> AsyncStream<Overview>

    /// Newest frames' clear headers after `cursor`, in order, of all partitions; `nil` starts at
    /// the oldest frame kept. At most `limit` of them and the cursor that continues after the last;
    /// erased frames are passed over, so a page may hold fewer, even none, and go on.
    func frames(after cursor: Cursor?, limit: Int) async throws -> Listing<FrameHead>

    /// Subjects in a stable order, so that a page does not change under a reader while others are
    /// added.
    func subjects(after cursor: Cursor?, limit: Int) async throws -> Listing<SubjectSummary>

    /// The integrated view of one person, now or as it was known; `nil` when unknown or erased.
    ///
    /// How connections stand is only of now.
    func subject(_ id: String, asOf: AsOf?) async throws -> SubjectView?

    /// Spending of one person from a month through another, in one currency (`nil`: the one with
    /// most spending); `nil` when the subject is unknown or erased.
    func spending(
        _ id: String,
        from: Month,
        through: Month,
        currency: Currency?,
        asOf: AsOf?
    ) async throws -> SpendingView?

    /// A person's transactions from a month through another, each in the category that holds, or
    /// held then; `nil` when unknown or erased.
    ///
    /// Pages go back through the person's log, so that a transaction that comes meanwhile moves
    /// none; inside a page the newest day is first. A page may hold fewer than `limit`, even none,
    /// and go on: only without a next cursor is it the last.
    func transactions(
        _ id: String,
        from: Month,
        through: Month,
        category: String?,
        asOf: AsOf?,
        after cursor: Cursor?,
        limit: Int
    ) async throws -> Listing<TransactionLine>?

    /// Why one event is in its category; `nil` when there is no such event or it has no category.
    func explanation(_ id: String, event: EventID) async throws -> CategoryReason?

    /// What the process can do now; asked by load balancers, must answer without reading the disk.
    func readiness() async -> Readiness

    /// Begins a backup of the log into a folder and answers at once; the same folder again, while
    /// it is being written, begins nothing.
    ///
    /// - Throws: `BackupRefusal`.
    func startBackup(to directory: String) async throws -> BackupState

    /// The backup that is running, or the last one since the process started.
    func backup() async -> BackupState?

    /// How the collection from providers stands, folded from the log.
    func collection() async throws -> CollectionReport

    /// Answers that are put aside now, by person; a page may hold fewer than `limit`, even none,
    /// and go on: only without a next cursor is it the last.
    func quarantine(after cursor: Cursor?, limit: Int) async throws -> Listing<QuarantineLine>

    /// One answer that was put aside, and what redriving it would come to; nothing is recorded.
    ///
    /// - Throws: `QuarantineRefusal`.
    func quarantined(_ id: String) async throws -> (QuarantineLine, QuarantineResult)

    /// Reads an answer that was put aside again and records what it says; again changes nothing.
    ///
    /// - Throws: `QuarantineRefusal`.
    func redrive(_ id: String, by actor: String) async throws -> QuarantineResult

    /// Puts an answer away for good, for a reason in words; again changes nothing.
    ///
    /// - Throws: `QuarantineRefusal`.
    func discard(_ id: String, note: String, by actor: String) async throws -> QuarantineResult

    /// The day on which "this month" stands: today's, or the simulated clock's.
    func today() async -> CivilDate
}

/// One page of a longer list.
public struct Listing<Element: Sendable>: Sendable {
    /// The entries, in the list's order.
    public var items: [Element]
    /// Continues after the last entry; `nil` when this was the end.
    public var next: Cursor?

    /// A page with its continuation.
    public init(items: [Element], next: Cursor?) {
        self.items = items
        self.next = next
    }
}

/// Whether requests should be sent here.
public struct Readiness: Sendable {
    /// One thing that must hold: its stable name and whether it does.
    public struct Check: Sendable {
        /// Stable, lower-case name, such as `log` or `projections`.
        public var name: String
        /// Whether it holds.
        public var passes: Bool

        /// A check's result.
        public init(name: String, passes: Bool) {
            self.name = name
            self.passes = passes
        }
    }

    /// All checks, also those that pass.
    public var checks: [Check]

    /// The results of all checks.
    public init(checks: [Check]) { self.checks = checks }

    /// Ready only when every check passes.
    public var isReady: Bool { checks.allSatisfy(\.passes) }
}
