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
}
