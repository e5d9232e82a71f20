// Frame: the unit of everything. A sealed batch of 1...1,024 events of one subject and one
// compartment: a clear header of 168 bytes and an AEAD body. `Schemas/frame.md` is the normative
// text; this module is one reader and writer of it. It knows no schema, no disk and no clock.
//
// Invariants: the same frame bytes everywhere (log, backup, topic, device, proof); the leaf hash
// is over those bytes; a frame's key is used once.

/// Limits of the frame format and the reason for each.
public enum FrameLimit {
    /// Bytes of the clear header.
    public static let headerByteCount = 168
    /// Events in a frame: an event's place fits ten bits, and one frame opens in under 1 ms.
    public static let eventCountMax = 1_024
    /// Bytes of a whole frame: bundles prefix a frame with a 16-bit length.
    public static let byteCountMax = 60 * 1_024
    /// Bytes that a body may unpack to: bounds what a hostile frame can make a reader allocate.
    public static let unpackedByteCountMax = 1 << 20
}

/// What a frame holds, in clear, so that a reader can route without a key.
public enum FrameKind: UInt8, Sendable, CaseIterable {
    /// Facts of a provider: accounts, transactions, bills.
    case provider = 1
    /// Transfer requests, consents, grants.
    case consent = 2
    /// Credit decisions.
    case decision = 3
    /// Corrections, budgets and other choices of the person that the operator may read.
    case preference = 4
    /// What only the person can open.
    case personal = 5
    /// Keys, compartments, erasures.
    case control = 6
}

/// Why bytes are not a frame, or a frame does not open; says nothing about content.
public enum FrameError: Error, Equatable, Sendable {
    /// Fewer bytes than the header or the body length it gives.
    case truncated
    /// The first four bytes are not `JBF1`, or the version is not 1.
    case notAFrame
    /// A suite this reader does not know; upgrade the reader.
    case unknownSuite(UInt8)
    /// A kind this reader does not know; upgrade the reader.
    case unknownKind(UInt8)
    /// A number in the header is outside its limit; the field is named.
    case outOfRange(field: String)
    /// The key is not the one that the header commits to.
    case wrongKey
    /// The body or the header was changed after sealing.
    case notAuthentic
    /// The body opened but is not what the format says; the part is named.
    case malformedBody(part: String)
    /// The events are more or longer than a frame may hold; split them.
    case tooLarge
    /// A library call failed that cannot fail on valid arguments; named.
    case libraryFailure(operation: String)
}

extension FrameError: CustomStringConvertible {
    /// One sentence without content.
    public var description: String {
        switch self {
        case .truncated: "The frame is shorter than its header says."
        case .notAFrame: "The bytes do not start with a frame header."
        case .unknownSuite(let suite): "Frame suite \(suite) is not known to this version."
        case .unknownKind(let kind): "Frame kind \(kind) is not known to this version."
        case .outOfRange(let field): "The frame header's \(field) is out of range."
        case .wrongKey: "The key is not the one that the frame commits to."
        case .notAuthentic: "The frame was changed after it was sealed."
        case .malformedBody(let part): "The opened frame has a malformed \(part)."
        case .tooLarge: "The events do not fit in one frame; split them."
        case .libraryFailure(let operation): "\(operation) failed."
        }
    }
}
