public import Cryptography
public import Frame
public import Vault

/// The vault as a lender: every key is leased for the purpose `projection`.
public final class VaultKeys: KeyLender {
    private let vault: Vault

    /// Lends what `vault` has.
    public init(_ vault: Vault) { self.vault = vault }

    /// The key that opens the frame with this header.
    public func lend(for header: FrameHeader) throws(KeyFailure) -> Lease {
        do throws(VaultError) {
            return .key(
                try vault.key(
                    of: header.subject,
                    compartment: header.compartment,
                    epoch: header.keyEpoch,
                    for: .projection
                )
            )
        } catch {
            switch error {
            case .compartmentErased: return .compartmentErased
            case .subjectErased: return .subjectErased
            case .unknownCompartment, .unknownSubject, .damaged: return .unavailable
            default: throw KeyFailure(error.description)
            }
        }
    }

    /// The newest key of a person's `view` compartment.
    public func viewKey(of subject: SubjectID) throws(KeyFailure) -> ViewLease {
        do throws(VaultError) {
            let newest = try vault.newest(.role(.view), of: subject, for: .projection)
            return .key(newest.key, epoch: newest.epoch)
        } catch {
            switch error {
            case .subjectErased: return .subjectErased
            case .unknownCompartment, .unknownSubject, .damaged: return .absent
            default: throw KeyFailure(error.description)
            }
        }
    }

    /// The key of one epoch of a person's `view` compartment; nil when it is gone.
    public func viewKey(
        of subject: SubjectID,
        epoch: UInt32
    ) throws(KeyFailure) -> SecretKey? {
        do throws(VaultError) {
            let newest = try vault.newest(.role(.view), of: subject, for: .projection)
            guard newest.epoch != epoch else { return newest.key }
            return try vault.key(
                of: subject,
                compartment: newest.id,
                epoch: epoch,
                for: .projection
            )
        } catch {
            switch error {
            case .subjectErased, .compartmentErased, .unknownCompartment, .unknownSubject,
                .damaged:
                return nil
            default: throw KeyFailure(error.description)
            }
        }
    }

    /// Takes in a frame of wraps that the runner came by and hands on its openings of assets.
    public func take(
        _ frame: Span<UInt8>,
        using opener: inout FrameOpener,
        into events: inout [UInt8]
    ) throws(KeyFailure) {
        do throws(VaultError) {
            try vault.observe(frame, using: &opener, into: &events)
        } catch {
            guard error != .subjectErased else { return }
            throw KeyFailure(error.description)
        }
    }

    /// Every person whose keys are destroyed.
    public var erasedSubjects: [SubjectID] { vault.erasedSubjects }

    /// Whether wraps of this epoch of the subject's own key are in force.
    ///
    /// Each new epoch of a subject's own key brings a new epoch of its `view`, and both begin at 0.
    public func isInForce(
        _ epoch: UInt32,
        of subject: SubjectID
    ) throws(KeyFailure) -> Bool {
        switch try viewKey(of: subject) {
        case .key(_, epoch: let viewEpoch): viewEpoch >= epoch
        // Nothing can be opened, so there is nothing to wait for.
        case .subjectErased, .absent: true
        }
    }
}
