public import Cryptography
public import Frame
internal import Synchronization

/// What a compartment is for.
///
/// The numbers are `CompartmentPurpose`'s in `control.proto`.
public enum CompartmentRole: UInt8, Sendable, CaseIterable {
    /// One account, card, policy or wallet at one provider.
    case asset = 1
    /// Transfer requests, consents, grants.
    case consent = 2
    /// Kept by duty; of a platform ledger, all of it.
    case evidence = 3
    /// Credit decisions and the features they used.
    case decision = 4
    /// Corrections and budgets; the operator may read it.
    case preference = 5
    /// The person's alone; never wrapped to the operator.
    case own = 6
    /// What the server derived.
    case view = 7
    /// What opens the person's data at providers: tokens. Collection and its
    /// read model alone reach it.
    case credential = 8
    /// What one provider answered beside its assets and nobody could read: lists that were put
    /// aside. They name assets, so they go with any of the provider's.
    case quarantine = 9

    /// Whether a subject may have several, each with a name.
    var isNamed: Bool { self == .asset || self == .quarantine }
}

/// The natural key of an asset: equal names are the same asset of a person.
public struct AssetName: Hashable, Sendable {
    /// The provider's org_code, or the name of an import's source.
    public var provider: String
    /// The asset's key at the provider.
    public var key: String
    /// Day of issue where a key is used again, YYYYMMDD; 0 elsewhere.
    public var issuedOn: UInt32
    /// `AssetKind` of `common.proto`.
    public var kind: UInt32
    /// `Industry` of `common.proto`; not part of the identity.
    public var industry: UInt32

    /// Collects the fields.
    public init(
        provider: String,
        key: String,
        issuedOn: UInt32 = 0,
        kind: UInt32,
        industry: UInt32 = 0
    ) {
        self.provider = provider
        self.key = key
        self.issuedOn = issuedOn
        self.kind = kind
        self.industry = industry
    }
}

/// Which compartment of a subject is asked for.
public enum CompartmentName: Hashable, Sendable {
    /// That of an asset.
    case asset(AssetName)
    /// That of a provider's lists that were put aside, by its org_code.
    case quarantine(of: String)
    /// The one of a role that has but one.
    case role(CompartmentRole)

    /// The role.
    public var role: CompartmentRole {
        switch self {
        case .asset: .asset
        case .quarantine: .quarantine
        case .role(let role): role
        }
    }

    /// What tells it from others of its role; nil where there is but one.
    var key: AssetName? {
        switch self {
        case .asset(let name): name
        case .quarantine(let provider): AssetName(provider: provider, key: "", kind: 0)
        case .role: nil
        }
    }
}

/// A compartment's newest key.
public struct CompartmentKey: Sendable {
    /// Which compartment.
    public let id: CompartmentID
    /// What it is for.
    public let role: CompartmentRole
    /// Which of its keys.
    public let epoch: UInt32
    /// The key.
    public let key: SecretKey
}

/// An asset of a subject, or the lists of a provider, as the compartment was opened.
public struct Asset: Sendable, Equatable {
    /// Its compartment.
    public let compartment: CompartmentID
    /// Its natural key; of lists the provider alone.
    public let name: AssetName
}

/// Compartments opened for writing: what is to be appended first, and the keys to seal under.
///
/// Valid for the revision it was made at. Append `control`, if there is one, as the frame before
/// those that need it, in the same batch; when the batch is durable tell the vault by `commit`.
/// Dropped without that, new keys are forgotten and nothing was opened.
public struct Opening: Sendable {
    /// Whose.
    public let subject: SubjectID
    /// The subject's next revision: that of the control frame, or else of the first frame.
    public let revision: UInt64
    /// One for each name asked for, in that order.
    public let compartments: [CompartmentKey]
    /// Which of them were made by this call, in that order.
    public let isNew: [Bool]
    /// The wraps of new keys.
    public let control: ControlFrame?

    let kekEpoch: UInt32
    let records: [KeyRecord]
}

/// The events of a frame that wraps keys, and the key encryption key that seals it.
///
/// The frame's seal is the wrap: within it the keys are as they are. Zeroed with the last
/// reference.
public final class ControlFrame: Sendable {
    /// Whose log.
    public let subject: SubjectID
    let bytes: WipedBytes
    let eventCount: Int
    let kek: SecretKey
    let kekEpoch: UInt32
    let command: CommandID

    init(
        subject: SubjectID,
        bytes: WipedBytes,
        eventCount: Int,
        kek: SecretKey,
        kekEpoch: UInt32,
        command: CommandID
    ) {
        self.subject = subject
        self.bytes = bytes
        self.eventCount = eventCount
        self.kek = kek
        self.kekEpoch = kekEpoch
        self.command = command
    }

    /// Seals the frame and appends it to `batch`.
    ///
    /// `recordedAt` in microseconds since 1970-01-01 UTC; `salt` is 16 fresh random bytes.
    /// - Throws: what the sealer throws; the batch is then as it was.
    public func seal(
        with sealer: inout FrameSealer,
        at revision: UInt64,
        recordedAt: Int64,
        schemaSet: UInt32,
        salt: (UInt64, UInt64),
        into batch: inout FrameBatch
    ) throws(FrameError) {
        let content = FrameContent(
            kind: .control,
            subject: subject,
            compartment: .keys,
            keyEpoch: kekEpoch,
            revision: revision,
            command: command,
            recordedAt: recordedAt,
            schemaSet: schemaSet,
            eventCount: eventCount
        )
        try bytes.withSpan { events throws(FrameError) in
            try sealer.seal(events, as: content, key: kek, salt: salt, into: &batch)
        }
    }
}

/// Bytes that are zeroed with the last reference.
final class WipedBytes: Sendable {
    // Under a lock only so that `deinit` may write to the array's own storage.
    private let bytes: Mutex<[UInt8]>

    /// Takes over `bytes`, of which the caller keeps no copy.
    init(_ bytes: consuming sending [UInt8]) { self.bytes = Mutex(bytes) }

    deinit {
        bytes.withLock { wipe(&$0) }
    }

    func withSpan<R, E: Error>(_ body: (Span<UInt8>) throws(E) -> R) throws(E) -> R {
        try bytes.withLock { bytes throws(E) in try body(bytes.span) }
    }
}
