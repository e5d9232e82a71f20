/// What may be told of an answer that was put aside: nothing of what is in it.
public struct QuarantineLine: Sendable, Equatable {
    /// Its name in addresses.
    public var id: String
    /// The person's meaningless number.
    public var subject: String
    /// The provider's org_code.
    public var provider: String
    /// The standard's id of the API, such as 은행-004.
    public var api: String
    /// Why: `malformed`, `field-missing`, `field-type`, `field-length`, `code-unknown`,
    /// `inconsistent`.
    public var fault: QuarantineFault
    /// When it was asked, in milliseconds since 1970 UTC.
    public var askedAt: Int64
    /// Bytes of the body.
    public var bytes: UInt64

    /// A line.
    public init(
        id: String,
        subject: String,
        provider: String,
        api: String,
        fault: QuarantineFault,
        askedAt: Int64,
        bytes: UInt64
    ) {
        (self.id, self.subject, self.provider, self.api) = (id, subject, provider, api)
        (self.fault, self.askedAt, self.bytes) = (fault, askedAt, bytes)
    }
}

/// Where an answer breaks the standard.
public struct QuarantineFault: Sendable, Equatable {
    /// The stable word of why.
    public var reason: String
    /// The standard's name of the field; empty when it is the body as a whole.
    public var field: String
    /// The row, from 0.
    public var row: UInt32

    /// A fault.
    public init(reason: String, field: String, row: UInt32) {
        (self.reason, self.field, self.row) = (reason, field, row)
    }

    /// Words of all reasons.
    static let reasons = [
        "malformed", "field-missing", "field-type", "field-length", "code-unknown",
        "inconsistent", "unknown",
    ]
}

/// What came, or would come, of reading an answer again.
public enum QuarantineResult: Sendable, Equatable {
    /// It is read: events that are recorded, movements that are taken back.
    case taken(added: UInt64, retracted: UInt64)
    /// Later answers say all that it could.
    case superseded
    /// It still breaks the standard and stays.
    case broken(QuarantineFault)
    /// The person's consents do not allow that it is recorded; it can be discarded.
    case refused
    /// It is not put aside any more; how it ended: `taken`, `superseded`, `discarded`.
    case released(String)
}

/// Why nothing was done.
public enum QuarantineRefusal: Error, Sendable, Equatable {
    /// There is no such answer, or it went with its asset or person.
    case unknown
    /// The person's consents do not allow that it is recorded.
    case refused
    /// The reason is missing or too long.
    case noteInvalid
}

/// Reasons of a discard take at most so many bytes.
let quarantineNoteBytesMax = 500
