/// Why bytes are not an event, or not the fact that they claim to be.
///
/// Whoever reads cannot repair it: the event is parked as it is, with this reason.
public enum EventError: Error, Hashable, Sendable {
    /// The bytes end inside a number, a text or a nested message.
    case truncated
    /// A variable-length number runs past ten bytes.
    case numberTooLong
    /// A field's tag has number 0, a wire type that does not exist, or is too large.
    case malformedTag
    /// A field has the old group encoding, which no writer of this format uses.
    case group
    /// The envelope holds no fact.
    case factMissing
    /// The envelope holds more than one fact.
    case factRepeated
    /// An event is longer than `EventCursor.eventBytesMax`.
    case eventTooLong
}
