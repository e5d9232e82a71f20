/// A read model of one subject: what it knows after the subject's events, in the order of its log.
///
/// Pure: the new state depends on the old one, the event and the fold's own constants, never on a
/// clock, a disk, chance or another subject. So a rebuild, a replay and another machine get the
/// same bytes. The log delivers each event exactly once; a fold does not look for repeats.
public protocol Fold: Sendable {
    /// What is known of one subject.
    associatedtype State: FoldState

    /// Name of the read model, in lower case with hyphens: `spending-profile`.
    static var name: String { get }
    /// Raised whenever the same events give another state or a state is encoded otherwise: older
    /// states are then folded anew.
    static var version: UInt32 { get }

    /// Digest of the data the fold was made with, such as rules; 0 when there is none.
    ///
    /// A state folded under another digest is folded anew, as with another version.
    var configuration: UInt64 { get }

    /// Takes one event into `state`; an event that says nothing to this read model changes nothing.
    ///
    /// - Throws: why the event cannot be taken in. `state` is then as it was: the event is parked.
    func fold(_ event: borrowing EventView, into state: inout State) throws(FoldError)
}

extension Fold {
    /// Nothing but the code decides.
    public var configuration: UInt64 { 0 }
}

/// What a fold knows of one subject.
///
/// Its encoding is canonical: equal knowledge gives equal bytes, whatever the path to it, and
/// `encode(decode(bytes)) == bytes` for all bytes that decode. State hashes are sums of keyed
/// hashes of these bytes, so that machines and rebuilds agree in any order of subjects; the runner
/// keeps the key.
public protocol FoldState: Sendable {
    /// What is known before the first event.
    init()

    /// Reads what `encode` wrote; any bytes at all may be given.
    ///
    /// - Throws: `.malformedState`; decoding never traps and allocates at most in proportion to the
    ///   bytes.
    init(decoding bytes: Span<UInt8>) throws(FoldError)

    /// Appends the canonical encoding to `bytes`.
    func encode(into bytes: inout [UInt8])
}

/// Why an event was not taken in, or a state not read; carries nothing of either.
public enum FoldError: Error, Hashable, Sendable {
    /// The event's bytes are not what its type says.
    case event(EventError)
    /// A day outside the years 1970...2139, or a currency that is none.
    case unrepresentable
    /// A sum would leave 64 bits. No honest history does.
    case overflow
    /// The subject has more of something than the read model's stated bound.
    case full
    /// Bytes that no state is encoded to: another version, or damage.
    case malformedState
}
