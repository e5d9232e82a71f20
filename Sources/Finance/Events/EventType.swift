/// Which fact an event states: the number of the field that is set in `Event.fact`.
///
/// Open: a number that this build does not know is a fact of a later one, to be parked.
/// Source: Schemas/jangbu/v1/event.proto.
public struct EventType: RawRepresentable, Hashable, Sendable {
    /// Field number in `Event.fact`: 10 and more.
    public let rawValue: UInt32

    /// A type by its number.
    public init(rawValue: UInt32) {
        self.rawValue = rawValue
    }

    /// Numbers below this belong to the envelope.
    static let first: UInt32 = 10

    /// Money went in or out of a deposit account.
    public static let bankTransactionPosted = EventType(rawValue: 60)
    /// A deposit account's balance was reported.
    public static let balanceReported = EventType(rawValue: 61)
    /// A card purchase was approved.
    public static let cardApproved = EventType(rawValue: 80)
    /// An approval was cancelled.
    public static let cardApprovalCancelled = EventType(rawValue: 81)
    /// The amount of an approval was corrected.
    public static let cardApprovalCorrected = EventType(rawValue: 82)
    /// Money moved at a wallet or payment service.
    public static let emoneyTransactionPosted = EventType(rawValue: 140)
}
