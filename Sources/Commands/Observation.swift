public import Finance
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
    /// Encoded events, each with its length before it as a varint.
    public var events: [UInt8]
    /// A counterparty chose some of the text: sealed sizes then tell less.
    public var hasCounterpartyText: Bool

    /// Which events known before must be among these.
    public enum Scope: Hashable, Sendable {
        /// All movements of these days, in Korea, inclusive.
        case days(ClosedRange<CivilDate>)
        /// All parts of a state; `occurred_at` is when it was asked and makes no difference.
        case state
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
    /// Events that were recorded because the log did not have them.
    public var added = 0
    /// Movements that were taken back.
    public var retracted = 0

    /// Nothing new.
    public init() {}
}
