public import Cryptography
public import Frame
internal import Synchronization

/// Keys of a benchmark or a rehearsal: each derived from one secret and its name, so none is
/// stored.
///
/// Erasing keeps the vault's rules: a compartment or a subject that was erased is not lent again,
/// and an erased compartment takes the `view` key with it.
public final class DerivedLender: KeyLender {
    private struct Erased {
        var subjects: Set<SubjectID> = []
        var compartments: Set<CompartmentID> = []
        var viewEpochs: [SubjectID: UInt32] = [:]
    }

    private let secret: SecretKey
    private let erased = Mutex(Erased())

    /// A compartment id that stands for `view` in derivations.
    private static let view = CompartmentID(high: .max, low: 7)

    /// Keys derived from `secret`.
    public init(secret: SecretKey) { self.secret = secret }

    /// The key of one compartment's epoch, erased or not: for sealing what is then opened.
    public func key(
        of subject: SubjectID,
        _ compartment: CompartmentID,
        epoch: UInt32
    ) -> SecretKey {
        var name = subject.bytes
        compartment.append(to: &name)
        name.appendLittleEndian(epoch)
        var code = secret.withBytes { HMAC(key: $0).code(name.span) }
        defer { code.wipe() }
        return code.withBytes { SecretKey(copying: $0) }
    }

    /// Lends nothing of the subject from now on.
    public func erase(_ subject: SubjectID) {
        erased.withLock { _ = $0.subjects.insert(subject) }
    }

    /// Lends nothing of the compartment from now on; the subject's `view` gets a new key.
    public func erase(_ compartment: CompartmentID, of subject: SubjectID) {
        erased.withLock { erased in
            erased.compartments.insert(compartment)
            erased.viewEpochs[subject, default: 0] += 1
        }
    }

    /// The key that opens the frame with this header.
    public func lend(for header: FrameHeader) throws(KeyFailure) -> Lease {
        let lease = erased.withLock { erased -> Lease? in
            if erased.subjects.contains(header.subject) { return .subjectErased }
            if erased.compartments.contains(header.compartment) { return .compartmentErased }
            return nil
        }
        return lease
            ?? .key(key(of: header.subject, header.compartment, epoch: header.keyEpoch))
    }

    /// The newest key of a person's `view`.
    public func viewKey(of subject: SubjectID) throws(KeyFailure) -> ViewLease {
        let epoch = erased.withLock { erased -> UInt32? in
            erased.subjects.contains(subject) ? nil : erased.viewEpochs[subject] ?? 0
        }
        guard let epoch else { return .subjectErased }
        return .key(key(of: subject, DerivedLender.view, epoch: epoch), epoch: epoch)
    }

    /// The key of one epoch of a person's `view`; nil when a compartment was erased since.
    public func viewKey(
        of subject: SubjectID,
        epoch: UInt32
    ) throws(KeyFailure) -> SecretKey? {
        guard case .key(let key, epoch: let newest) = try viewKey(of: subject), newest == epoch
        else { return nil }
        return key
    }

    /// Every subject of which nothing is lent.
    public var erasedSubjects: [SubjectID] { erased.withLock { Array($0.subjects) } }

    /// Wraps say nothing where keys are derived.
    public func take(
        _ frame: Span<UInt8>,
        using opener: inout FrameOpener,
        into events: inout [UInt8]
    ) throws(KeyFailure) {}

    /// Whether the compartments that wraps of this epoch leave out are erased.
    public func isInForce(_ epoch: UInt32, of subject: SubjectID) throws(KeyFailure) -> Bool {
        erased.withLock { ($0.viewEpochs[subject] ?? 0) >= epoch || $0.subjects.contains(subject) }
    }
}
