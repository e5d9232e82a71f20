// Vault: who may open what.
//
// A subject's key encryption key (KEK) lives in a 256-byte slot of `slots`, sealed under a secret
// that the passphrase opens, and nowhere else. It seals the subject's control frames in the log,
// which carry the random keys of the subject's compartments. So keys travel with the log, and one
// overwritten slot destroys all that the log, its backups and its mirrors hold of a subject.
//
// Invariants: no key leaves this process but sealed; a slot is old or new after any crash; an
// erased subject or compartment never comes back, whatever older copy of the log is put in place; a
// key is lent only for a purpose that reaches its compartment. Knows no schema but its own events.

internal import Cryptography
public import EventLog
internal import Files
public import Frame
internal import Synchronization

/// Limits of the vault and the reason for each.
public enum VaultLimit {
    /// Subjects whose keys are kept in memory: about 350 bytes each with one asset.
    public static let keyringCountMax = 131_072
    /// Compartments opened by one call: their wraps fit one frame.
    public static let namesPerOpeningMax = 256
    /// Times that an append is decided again because others were first.
    public static let attemptsMax = 8
}

/// Where a subject stands.
public enum SubjectState: Sendable, Equatable {
    /// Has keys.
    case live
    /// Its keys were destroyed.
    case erased
    /// Was never enrolled here.
    case unknown
}

/// The keys of all subjects, open in one process at a time.
public final class Vault: Sendable {
    let file: Mutex<SlotFile>
    let table: Mutex<SubjectTable>
    let cache: KeyringCache
    let tags: AssetTags
    let sealer: Mutex<FrameSealer>
    let opener: Mutex<FrameOpener>
    private let attached = Mutex<EventLog?>(nil)
    private let signing: SigningKey
    private let lookupKey: SecretKey
    private let commandKey: SecretKey
    let isTruncated: Bool
    /// Told of each step of a shredding before the next begins; tests stop the work there.
    let steps = Mutex<(@Sendable (ShredStep) throws(VaultError) -> Void)?>(nil)

    /// Lets one task at a time write to a subject's log; see `SubjectGate`.
    public let gate = SubjectGate()
    /// Damaged slots by number: their subjects cannot be opened, all others can.
    public let damagedSlots: [Int]

    /// Makes a vault with the platform's ledgers in `directory`, and the passphrase file unless it
    /// is there.
    ///
    /// After any crash there is the whole vault or none.
    public static func create(
        at directory: String,
        passphraseFile: String
    ) throws(VaultError) {
        let names = ["keys", "slots"]
        guard !names.contains(where: { Files.exists(directory + "/" + $0) }) else {
            throw .exists(path: directory)
        }
        try PassphraseFile.createIfMissing(passphraseFile)
        var passphrase = try PassphraseFile.read(passphraseFile)
        defer { wipe(&passphrase) }
        let (secrets, keys) = try crypting { () throws(CryptographyError) in
            try KeysFile.make(passphrase: passphrase)
        }
        let temporary = directory + ".creating"
        try onDisk(temporary) { () throws(FileError) in
            try Files.removeTree(temporary)
            try Files.makeDirectories(temporary)
            try Files.replace(temporary + "/keys", with: keys)
            try Files.replace(temporary + "/slots", with: SlotFile.empty())
        }
        try enrolPlatform(at: temporary + "/slots", key: secrets.slots)
        try onDisk(directory) { () throws(FileError) in
            try Files.rename(temporary, to: directory)
        }
    }

    private static func enrolPlatform(at path: String, key: SecretKey) throws(VaultError) {
        var content = SlotFile.Content()
        var file = try SlotFile.open(path, key: key, content: &content)
        let slots = SubjectID.platform.map { Slot(state: .live, subject: $0) }
        _ = try file.add(slots, keks: try newKeys(slots.count))
        try file.flush()
    }

    /// Opens the vault in `directory` with the content of `passphraseFile`.
    public init(opening directory: String, passphraseFile: String) throws(VaultError) {
        let keysPath = directory + "/keys"
        guard Files.exists(keysPath) else { throw .notAVault(path: directory) }
        var passphrase = try PassphraseFile.read(passphraseFile)
        defer { wipe(&passphrase) }
        let secrets = try KeysFile.open(
            onDisk(keysPath) { () throws(FileError) in try Files.read(keysPath, limit: 4_096) },
            path: keysPath,
            passphrase: passphrase
        )
        var content = SlotFile.Content()
        let slots = try SlotFile.open(
            directory + "/slots",
            key: secrets.slots,
            content: &content
        )
        var subjects = SubjectTable()
        subjects.reserve(content.slots.count)
        for slot in content.slots { subjects.append(slot) }
        (damagedSlots, isTruncated) = (content.damaged, content.isTruncated)
        file = Mutex(slots)
        table = Mutex(subjects)
        cache = KeyringCache(capacity: VaultLimit.keyringCountMax)
        tags = AssetTags(key: Vault.derive(secrets.index, "asset tag"))
        lookupKey = Vault.derive(secrets.index, "subject lookup")
        commandKey = Vault.derive(secrets.index, "command")
        signing = try crypting { () throws(CryptographyError) in
            try secrets.signing.withBytes { seed throws(CryptographyError) in
                try SigningKey(seed: seed.array)
            }
        }
        do throws(FrameError) {
            sealer = Mutex(try FrameSealer())
            opener = Mutex(try FrameOpener())
        } catch {
            throw .frame(error)
        }
    }

    /// Gives the vault the log that its control frames are in, and ends what a crash interrupted:
    /// a shredding whose new wraps are in the log is finished, another is dropped.
    ///
    /// Call it once, before anything else and with no other writer; it may append to `operations`.
    public func attach(_ log: EventLog) throws(VaultError) {
        attached.withLock { $0 = log }
        try recover()
    }

    /// Lets another open the vault; what needs the slots fails from here on.
    ///
    /// Nothing is lost without it: all that was promised is durable when the call returns.
    public func close() {
        file.withLock { $0.close() }
    }

    /// The Ed25519 key, 32 bytes, that heads and erasures are signed for.
    public var publicKey: [UInt8] { signing.publicKey }

    /// The operator's Ed25519 signature, 64 bytes.
    public func sign(_ message: [UInt8]) throws(VaultError) -> [UInt8] {
        try crypting { () throws(CryptographyError) in try signing.sign(message) }
    }

    /// The id of a command: a keyed hash of what asked for it, the same for the same bytes.
    public func command(_ content: Span<UInt8>) -> CommandID {
        CommandID(truncating: commandKey.withBytes { HMAC(key: $0).code(content) })
    }

    var log: EventLog {
        get throws(VaultError) {
            guard let log = attached.withLock({ $0 }) else { throw .notAttached }
            return log
        }
    }

    func lookups(of keys: [[UInt8]]) -> [Digest] {
        lookupKey.withBytes { key in
            var hash = HMAC(key: key)
            defer { hash.wipe() }
            return keys.map { hash.code($0.span) }
        }
    }

    func reached(_ step: ShredStep) throws(VaultError) {
        if let hook = steps.withLock({ $0 }) { try hook(step) }
    }

    var signingKey: SigningKey { signing }

    static func newKeys(_ count: Int) throws(VaultError) -> [SecretKey] {
        var bytes = try crypting { () throws(CryptographyError) in
            try Random.bytes(count * SecretKey.byteCount)
        }
        defer { wipe(&bytes) }
        return (0..<count).map {
            SecretKey(copying: bytes.span.extracting($0 * 32..<($0 + 1) * 32))
        }
    }

    /// `count` identifiers of 16 random bytes.
    static func newIDs<T: Identifier>(_ count: Int) throws(VaultError) -> [T] {
        let bytes = try crypting { () throws(CryptographyError) in
            try Random.bytes(count * T.byteCount)
        }
        return (0..<count).map { T(bytes.span, at: $0 * T.byteCount) }
    }

    private static func derive(_ key: SecretKey, _ purpose: String) -> SecretKey {
        HKDF.derive(key: key, salt: [UInt8]().span, info: Array("jangbu \(purpose) 1".utf8).span)
    }
}
