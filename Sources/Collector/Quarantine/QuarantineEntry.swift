public import Commands
public import Finance
public import MyData

/// What may be told of an answer that was put aside, without any of its content.
public struct QuarantineEntry: Sendable, Equatable {
    /// Which answer.
    public var id: QuarantineID
    /// The provider's org_code.
    public var provider: String
    /// API that answered so.
    public var api: ProviderAPI
    /// Why it cannot be taken in, as it was read last.
    public var fault: AnswerFault
    /// When it was asked, in seconds since 1970-01-01 UTC.
    public var askedAt: Int64
    /// Bytes of its body.
    public var byteCount: UInt32
    /// What became of it; nil while it is put aside.
    public var outcome: QuarantineOutcome?
}

/// What came, or would come, of reading an answer again.
public enum RedriveResult: Sendable, Equatable {
    /// It says something: events that were or would be recorded, and movements taken back.
    case taken(added: Int, retracted: Int)
    /// Later answers say all that it could; nothing is recorded of it.
    case superseded
    /// It still breaks the standard, and stays.
    case broken(AnswerFault)
    /// It is not put aside any more, since this became of it.
    case released(QuarantineOutcome)
}

/// Why nothing was done with an answer that was put aside.
public enum QuarantineError: Error, Sendable, Equatable {
    /// There is no such answer, or it was deleted with its asset or person.
    case unknown
    /// Parts of it are missing from the log.
    case incomplete
    /// Nothing may be recorded of what it is about: the person's register says why.
    case refused(ConsentRefusal)
    /// A discard needs a reason of 1 to 500 bytes.
    case noteNeeded
    /// The log or the vault could not be read.
    case book(BookError)
    /// What came of it could not be recorded.
    case record(RecordError)
}

extension QuarantineError: CustomStringConvertible {
    /// One sentence without content.
    public var description: String {
        switch self {
        case .unknown: "There is no such answer in quarantine."
        case .incomplete: "Parts of the answer are missing from the log."
        case .refused(let why): "The person's consents do not allow it (\(why))."
        case .noteNeeded: "Say in 1 to 500 bytes why the answer is discarded."
        case .book(let error): "The person's log could not be read (\(error))."
        case .record(let error): error.description
        }
    }
}
