/// What a person says of their own transactions, and their transactions as a history.
///
/// As with `Ledger`, nil is a subject that is unknown or erased, and what is thrown beside
/// `PersonRefusal` is shown as 503.
public protocol PersonHistory: PersonLinks {
    /// The categories that a transaction can be put into, in the order to show.
    func categories() async -> [CategoryChoice]

    /// What a correction would move if it were made now; nothing is recorded.
    func previewCorrection(
        _ id: String,
        _ order: CorrectionOrder
    ) async throws -> CorrectionPreview?

    /// Records a correction; durable, and in the views, when this returns. The same request again
    /// is answered from the log.
    func correct(
        _ id: String,
        _ order: CorrectionOrder,
        request: PersonRequest
    ) async throws -> Answered<CorrectionLine>?

    /// Takes a correction back, once however often it is asked for.
    func withdrawCorrection(
        _ id: String,
        correction: EventID
    ) async throws -> Answered<CorrectionLine>?

    /// Every correction, the newest first.
    func corrections(
        _ id: String,
        after cursor: Cursor?,
        limit: Int
    ) async throws -> Listing<CorrectionLine>?

    /// Everything of a person, to be written when it is asked for.
    func export(_ id: String, _ format: ExportFormat) async throws -> PersonExport?

    /// What changed among a person's transactions after a cursor, up to another if one is given:
    /// the same whenever it is asked for.
    func changes(
        _ id: String,
        after cursor: Cursor?,
        through last: Cursor?,
        limit: Int
    ) async throws -> ChangeListing?
}

/// A category to choose.
public struct CategoryChoice: Sendable, Hashable {
    /// Stable id.
    public var id: String
    /// Name to show.
    public var name: LocalizedName
    /// Name of the group to show it in.
    public var group: LocalizedName

    /// A choice.
    public init(id: String, name: LocalizedName, group: LocalizedName) {
        (self.id, self.name, self.group) = (id, name, group)
    }
}

/// A request by the name that the caller gave it and all that it asks.
public struct PersonRequest: Sendable, Hashable {
    /// The caller's name for it.
    public var name: String
    /// Method, address and body.
    public var content: [UInt8]

    /// A request.
    public init(name: String, content: [UInt8]) { (self.name, self.content) = (name, content) }
}

/// An answer, and whether it had been given before.
public struct Answered<Value: Sendable>: Sendable {
    /// The answer.
    public var value: Value
    /// Whether the request was carried out before.
    public var isReplayed: Bool

    /// An answer.
    public init(_ value: Value, isReplayed: Bool) {
        (self.value, self.isReplayed) = (value, isReplayed)
    }
}

/// Why what a person asks for is not done.
public enum PersonRefusal: Error, Sendable, Hashable, CaseIterable {
    /// No such transaction stands, or it has no category.
    case transactionUnknown
    /// There is no such category.
    case categoryUnknown
    /// Nothing tells the transaction's merchant from others.
    case merchantUnnamed
    /// There is no such correction.
    case correctionUnknown
    /// The correction no longer holds.
    case correctionNotInForce
    /// As many as a person may have.
    case full
    /// The two are no pair of that kind.
    case linkUnknown
    /// A request of that name asked something else.
    case requestReused
    /// A request of that name is being carried out.
    case requestInFlight
}

extension Problem {
    init(_ refusal: PersonRefusal) {
        let kind: Kind =
            switch refusal {
            case .transactionUnknown: .eventUnknown
            case .categoryUnknown: .categoryUnknown
            case .merchantUnnamed: .merchantUnnamed
            case .correctionUnknown: .correctionUnknown
            case .correctionNotInForce: .correctionNotInForce
            case .full: .correctionsFull
            case .linkUnknown: .linkUnknown
            case .requestReused: .requestReused
            case .requestInFlight: .requestInFlight
            }
        self.init(kind)
    }
}
