internal import Synchronization

/// What collectors did since they started, for metrics and the operator's console.
public struct CollectionFigures: Sendable, Equatable {
    /// Requests to data APIs.
    public var requests: UInt64 = 0
    /// Rows in their answers.
    public var rows: UInt64 = 0
    /// Bytes of their answers.
    public var bytes: UInt64 = 0
    /// Answers that were refusals, by rsp_code; 0 is none or an unreadable one.
    public var refusals: [UInt32: UInt64] = [:]
    /// Requests without an answer.
    public var unanswered: UInt64 = 0
    /// Answers put aside.
    public var quarantined: UInt64 = 0
    /// Transfers of one person at one provider that were taken in, in part or whole.
    public var transfers: UInt64 = 0
    /// Those that were given up.
    public var failures: UInt64 = 0
    /// Events that were recorded.
    public var added: UInt64 = 0
    /// Movements that were taken back.
    public var retracted: UInt64 = 0
    /// Transfers under way.
    public var active: Int = 0

    /// Nothing yet.
    public init() {}
}

/// Figures of one provider.
public struct ProviderFigures: Sendable, Equatable {
    /// org_code.
    public var code: String
    /// Name.
    public var name: String
    /// What was asked of it.
    public var figures: CollectionFigures
    /// Until when it is left alone, in seconds since 1970-01-01 UTC.
    public var stoppedUntil: Int64?
    /// Calls that wait for their turn.
    public var waiting: Int
}

/// Counts one provider's figures.
final class FigureBoard: Sendable {
    private let figures = Mutex(CollectionFigures())

    func count(_ change: (inout CollectionFigures) -> Void) {
        figures.withLock { change(&$0) }
    }

    var snapshot: CollectionFigures { figures.withLock { $0 } }
}
