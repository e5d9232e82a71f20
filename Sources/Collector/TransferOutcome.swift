public import Commands
public import Finance
public import Logging

/// How a collector works.
public struct CollectorOptions: Sendable {
    /// org_code of this operator, ten letters.
    public var operatorCode: String
    /// Transfers under way at once: each is a few calls and their answers in memory.
    public var transfersAtOnceMax = 256
    /// Regular ones of them: the rest is for people who wait.
    var regularAtOnceMax: Int { max(1, transfersAtOnceMax * 3 / 4) }
    /// Months of movements that are wanted at the first collection, at most 60.
    public var historyMonths: Int32 = 24
    /// Told what somebody should look at and nobody waits for; nothing personal.
    public var logger = Logger(label: "jangbu.collector")

    /// For this operator.
    public init(operatorCode: String) { self.operatorCode = operatorCode }
}

/// Why a transfer brought nothing.
public enum CollectError: Error, Sendable, Equatable {
    /// The configuration has no such provider.
    case unknownProvider
    /// The person's register gives no permit.
    case refused(ConsentRefusal)
    /// There is no token for the request: the person must authenticate.
    case noToken
    /// The provider is left alone until then, seconds since 1970-01-01 UTC.
    case stopped(until: Int64)
    /// It takes regular transfers only from then on.
    case outsideSlot(until: Int64)
    /// The person's book cannot be read.
    case book(BookError)
    /// What was learnt could not be recorded.
    case record(RecordError)
    /// The task was cancelled.
    case cancelled
}

/// What a transfer came to.
public struct TransferOutcome: Sendable, Equatable {
    /// The provider's org_code.
    public var provider: String
    /// Assets that were listed.
    public var assets = 0
    /// Calls that were answered.
    public var calls = 0
    /// Calls that were given up.
    public var failedCalls = 0
    /// Answers put aside.
    public var quarantined = 0
    /// Rows in the answers.
    public var rows = 0
    /// Events that were recorded.
    public var added = 0
    /// Movements that were taken back.
    public var retracted = 0

    init(provider: String) { self.provider = provider }

    /// Whether all that was asked was answered.
    public var isComplete: Bool { failedCalls == 0 && quarantined == 0 }
}

extension TransferOutcome {
    mutating func count(_ answers: PersonTransfer.Answers) {
        assets = answers.assets.count
        for result in answers.lists + answers.assets.flatMap(\.results) {
            switch result.end {
            case .complete, .unchanged: calls += 1
            case .failed, .skipped: failedCalls += 1
            case .quarantined: quarantined += 1
            case .closed, .absent: break
            }
            rows += Int(result.made.rows)
        }
    }
}
