internal import SwiftProtobuf

/// Events as a frame's body has them: each with its length before it, as a varint.
public enum EventBytes {
    /// Appends an event with its length before it.
    public static func append(_ event: Event, to body: inout [UInt8]) {
        let encoded: [UInt8]
        do {
            encoded = try event.serializedBytes()
        } catch {
            // Proto3 has no required fields, and texts are bounded.
            preconditionFailure("an event of bounded texts does not encode")
        }
        append(encoded: encoded, to: &body)
    }

    /// Appends an event that is encoded already.
    public static func append(encoded event: [UInt8], to body: inout [UInt8]) {
        append(length: event.count, to: &body)
        body += event
    }

    /// Appends the length of an event that follows.
    public static func append(length: Int, to body: inout [UInt8]) {
        precondition(length >= 0, "a length counts bytes")
        body.append(varint: UInt64(length))
    }
}
