public import Finance
public import Frame
public import Vault

/// What a provider's complete answer to one API says of one asset, to be brought into its log.
///
/// Unlike rows of a file, an answer speaks for what it leaves out: a movement of a covered day that
/// it does not have no longer stands, and a part of a state that it does not have is gone.
public struct Observation: Sendable {
    /// The asset, or another compartment.
    public var name: CompartmentName
    /// Number of the API (`ProviderAPI`), which is also in each event's envelope.
    public var apiCode: UInt32
    /// What it speaks for.
    public var scope: Scope
    /// Encoded events, each with its length before it as a varint; `occurrence` is left out.
    public var events: [UInt8]
    /// A counterparty chose some of the text: sealed sizes then tell less.
    public var hasCounterpartyText: Bool

    /// Which events known before must be among these.
    public enum Scope: Hashable, Sendable {
        /// All movements that happened on these days, in Korea, inclusive; days that are not over
        /// when the answer is recorded are left out.
        case days(ClosedRange<CivilDate>)
        /// All parts of a state; `occurred_at` is when it was asked and makes no difference.
        case state
        /// All lines of the bill of a month, YYYYMM, and of its number where there are several.
        case bill(month: UInt32, number: String)
        /// None: it can only add.
        case part
    }

    /// What one answer says.
    public init(
        name: CompartmentName,
        apiCode: UInt32,
        scope: Scope,
        events: [UInt8],
        hasCounterpartyText: Bool = false
    ) {
        (self.name, self.apiCode, self.scope) = (name, apiCode, scope)
        (self.events, self.hasCounterpartyText) = (events, hasCounterpartyText)
    }
}

/// What became of one observation.
public struct ObservedChanges: Sendable, Equatable {
    /// Compartment that the observation is of.
    public internal(set) var compartment: CompartmentID
    /// Events that were recorded because the log did not have them, parts that are gone included.
    public internal(set) var added = 0
    /// Movements that were taken back.
    public internal(set) var retracted = 0
}

/// What is recorded of having asked, in the same batch as what was learnt, or after it.
public struct Evidence: Sendable {
    /// Compartments that something is recorded in.
    public var names: [CompartmentName]
    /// What is recorded, one a name: encoded events, each with its length before it as a varint.
    ///
    /// Asked with what became of each observation, in their order, and again when another writer
    /// was first: it depends on nothing else.
    public var events: @Sendable ([ObservedChanges]) -> [[UInt8]]

    /// Evidence that follows from the changes.
    public init(
        in names: [CompartmentName],
        _ events: @escaping @Sendable ([ObservedChanges]) -> [[UInt8]]
    ) {
        (self.names, self.events) = (names, events)
    }

    /// Nothing is recorded.
    public static let none = Evidence(in: []) { _ in [] }
}

/// What was learnt of one person, and from whom.
public struct PersonObservations: Sendable {
    /// Whose log.
    public var subject: SubjectID
    /// What providers answered, taken in this order.
    public var observations: [Observation]
    /// What is recorded of it.
    public var evidence: Evidence

    /// Answers about a person who is enrolled.
    public init(
        of subject: SubjectID,
        _ observations: [Observation],
        evidence: Evidence = .none
    ) {
        (self.subject, self.observations, self.evidence) = (subject, observations, evidence)
    }
}
