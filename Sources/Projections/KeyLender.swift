public import Cryptography
public import Frame

/// What a runner may open and how it seals what it derives: the vault, or keys made for a
/// benchmark.
///
/// Called once a frame and once a state, from several threads at once; answers from memory nearly
/// always. A key is used within the call that asked for it and not kept. A projection appends
/// nothing: a person's `view` compartment is opened with the person's first, so states have a key
/// before there is a state.
public protocol KeyLender: AnyObject, Sendable {
    /// The key that opens the frame with this header.
    func lend(for header: FrameHeader) throws(KeyFailure) -> Lease

    /// The newest key of a person's `view` compartment.
    func viewKey(of subject: SubjectID) throws(KeyFailure) -> ViewLease

    /// The key of one epoch of a person's `view` compartment; nil when it is gone.
    func viewKey(of subject: SubjectID, epoch: UInt32) throws(KeyFailure) -> SecretKey?

    /// Takes in a frame of wraps that the runner came by, so that the log is not read again for it,
    /// and appends to `events`, each with its length before it, those that hold no key and say
    /// something to a read model: which asset a compartment is.
    func take(
        _ frame: Span<UInt8>,
        using opener: inout FrameOpener,
        into events: inout [UInt8]
    ) throws(KeyFailure)

    /// Whether wraps of this epoch of the subject's own key are in force: what they leave out
    /// cannot be opened any more. Until then a runner waits, or it would fold what is being erased.
    func isInForce(_ epoch: UInt32, of subject: SubjectID) throws(KeyFailure) -> Bool

    /// Every person whose keys are destroyed.
    var erasedSubjects: [SubjectID] { get }
}

/// Whether a frame can be opened.
public enum Lease: Sendable {
    /// With this key.
    case key(SecretKey)
    /// Never again: its compartment was erased, the subject lives.
    case compartmentErased
    /// Never again: its subject was erased.
    case subjectErased
    /// Not with what the vault and the log hold: one of them is damaged, or older than the other.
    case unavailable
}

/// Whether a state can be sealed.
public enum ViewLease: Sendable {
    /// Under this key of this epoch.
    case key(SecretKey, epoch: UInt32)
    /// The subject was erased.
    case subjectErased
    /// There is none in what the vault and the log hold: one of them is damaged or older than the
    /// other.
    case absent
}

/// Why no key was lent although none was erased: wait and try again, or look at the vault.
public struct KeyFailure: Error, Equatable, Sendable, CustomStringConvertible {
    /// One sentence without key, name or payload.
    public let description: String

    /// A failure with its sentence.
    public init(_ description: String) { self.description = description }
}
