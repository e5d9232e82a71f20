internal import Cryptography
internal import Frame

/// One key of one compartment: 40 bytes.
struct KeyRecord: Sendable {
    let id: CompartmentID
    /// Keyed hash of an asset's or provider's name; 0 for roles without.
    let tag: UInt64
    let key: SecretKey
    let epoch: UInt32
    let role: CompartmentRole
}

/// The keys of one subject, as its control frames up to a revision give them.
struct Keyring: Sendable {
    /// Epoch of the KEK that the frames were opened with.
    var kekEpoch: UInt32
    /// Every control frame with a revision below this is in.
    var scannedTo: UInt64 = 0
    var records: [KeyRecord] = []
    var erased: [CompartmentID] = []
    /// Wraps whose compartment's opening comes later in the same frame.
    private var loose: [ControlEvent.KeyWrap] = []

    init(kekEpoch: UInt32) { self.kekEpoch = kekEpoch }

    /// The compartment's newest key, asset tag and role given.
    func newest(_ role: CompartmentRole, tag: UInt64) -> KeyRecord? {
        var found: KeyRecord?
        for record in records where record.role == role && record.tag == tag {
            if record.epoch >= found?.epoch ?? 0 { found = record }
        }
        return found
    }

    func contains(_ id: CompartmentID) -> Bool { records.contains { $0.id == id } }

    /// Takes in what another ring of the same KEK knows.
    mutating func merge(_ others: [KeyRecord]) {
        for other in others
        where !records.contains(where: { $0.id == other.id && $0.epoch == other.epoch }) {
            records.append(other)
        }
    }

    /// Takes in one event of a control frame.
    mutating func take(
        _ event: ControlEvent,
        of subject: SubjectID,
        tags: AssetTags
    ) {
        switch event {
        case .wrapped(let wrap): loose.append(wrap)
        case .opened(let id, let role, let name):
            let tag = role.isNamed ? tags.tag(of: name, subject) : 0
            let own = loose.filter { $0.compartment == id }
            loose.removeAll { $0.compartment == id }
            merge(
                own.map {
                    KeyRecord(id: id, tag: tag, key: $0.key, epoch: $0.epoch, role: role)
                }
            )
        case .rewrapped(_, let wraps):
            // Nothing sealed under an older KEK counts any more; the openings follow.
            records = []
            loose = wraps
        case .shredded(let shredding):
            guard let id = shredding.compartment, !erased.contains(id) else { return }
            erased.append(id)
            records.removeAll { $0.id == id }
        }
    }

    /// A frame has been taken in whole: wraps of a new epoch follow the compartment's first
    /// opening.
    mutating func endFrame() {
        for wrap in loose {
            guard let first = records.first(where: { $0.id == wrap.compartment }) else { continue }
            merge([
                KeyRecord(
                    id: first.id,
                    tag: first.tag,
                    key: wrap.key,
                    epoch: wrap.epoch,
                    role: first.role
                )
            ])
        }
        loose = []
    }
}

/// Names assets by 64 bits of a keyed hash, so that memory and equality need no natural key.
struct AssetTags: Sendable {
    private let key: SecretKey

    init(key: SecretKey) { self.key = key }

    func tag(of name: AssetName, _ subject: SubjectID) -> UInt64 {
        var bytes = subject.bytes
        bytes.appendLittleEndian(UInt32(name.provider.utf8.count))
        bytes.append(contentsOf: name.provider.utf8)
        bytes.appendLittleEndian(UInt32(name.key.utf8.count))
        bytes.append(contentsOf: name.key.utf8)
        bytes.appendLittleEndian(name.issuedOn)
        bytes.appendLittleEndian(name.kind)
        let code = key.withBytes { HMAC(key: $0).code(bytes.span) }
        // 0 is "no asset"; one tag in 2^64 is moved.
        return max(1, code.withBytes { $0.littleEndian(UInt64.self, at: 0) })
    }
}
