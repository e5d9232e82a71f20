import Cryptography
import EventLog
import Files
import Frame
import Simulation

@testable import Vault

#if canImport(Glibc)
    import Glibc
#else
    import Musl
#endif

/// A vault and a log in a fresh directory, and what tests do with them.
final class World {
    static let now: Int64 = 1_735_689_600_000_000

    let directory: TemporaryDirectory
    private(set) var log: EventLog
    private(set) var vault: Vault
    private var salts: Seed

    init(_ seed: Seed = Seed(1), label: String = #function) throws {
        directory = try TemporaryDirectory(label)
        salts = seed
        try Vault.create(
            at: directory.path + "/vault",
            passphraseFile: directory.path + "/passphrase"
        )
        try EventLog.create(
            at: directory.path + "/log",
            layout: LogLayout(environments: 1, partitions: 4),
            id: (salts.next(), salts.next())
        )
        (log, vault) = try World.open(directory.path)
        try vault.attach(log)
    }

    deinit { log.close() }

    private static func open(_ path: String) throws -> (EventLog, Vault) {
        (
            try EventLog(opening: path + "/log"),
            try Vault(opening: path + "/vault", passphraseFile: path + "/passphrase")
        )
    }

    /// Closes and opens both, as a restart does; `between` runs while they are closed.
    func restart(between: () throws -> Void = {}) throws {
        log.close()
        vault.close()
        try between()
        (log, vault) = try World.open(directory.path)
        try vault.attach(log)
    }

    func salt() -> (UInt64, UInt64) { (salts.next(), salts.next()) }

    /// Seals `text` as an event of the asset and appends it, with the wraps that it needs.
    @discardableResult
    func record(
        _ text: String,
        of name: CompartmentName = .role(.preference),
        for subject: SubjectID
    ) async throws -> CompartmentKey {
        let opening = try vault.open([name], of: subject, for: .collection, at: World.now)
        var sealer = try FrameSealer()
        var batch = FrameBatch()
        var revision = opening.revision
        if let control = opening.control {
            try control.seal(
                with: &sealer,
                at: revision,
                recordedAt: World.now,
                schemaSet: 1,
                salt: salt(),
                into: &batch
            )
            revision += 1
        }
        let key = opening.compartments[0]
        let event: [UInt8] = [UInt8(text.utf8.count)] + Array(text.utf8)
        try sealer.seal(
            event.span,
            as: FrameContent(
                kind: .provider,
                subject: subject,
                compartment: key.id,
                keyEpoch: key.epoch,
                revision: revision,
                command: CommandID(high: salts.next(), low: 1),
                recordedAt: World.now,
                schemaSet: 1,
                eventCount: 1
            ),
            key: key.key,
            salt: salt(),
            into: &batch
        )
        let receipt = try await log.append(batch)
        guard let last = receipt.places.last else { throw VaultError.contended }
        vault.commit(opening, through: last.revision + 1)
        return key
    }

    /// What can be opened of the subject's frames, and why the others cannot.
    func texts(of subject: SubjectID) throws -> (texts: [String], failures: [VaultError]) {
        var texts: [String] = []
        var failures: [VaultError] = []
        var opener = try FrameOpener()
        let (vault, log) = (vault, log)
        _ = try log.read(subject, from: 0, limit: 10_000) { frame in
            let header = try FrameHeader(frame.bytes)
            guard header.compartment != .keys else { return }
            do throws(VaultError) {
                let key = try vault.key(
                    of: subject,
                    compartment: header.compartment,
                    epoch: header.keyEpoch,
                    for: .service
                )
                _ = try framing { () throws(FrameError) in
                    try opener.open(frame.bytes, key: key)
                }
                texts.append(String(decoding: opener.events.array.dropFirst(), as: UTF8.self))
            } catch {
                failures.append(error)
            }
        }
        return (texts, failures)
    }

    /// Every file below the data directory but the passphrase: a backup of everything.
    func files() throws -> [String: [UInt8]] { try World.files(directory.path) }

    static func files(_ root: String) throws -> [String: [UInt8]] {
        var all: [String: [UInt8]] = [:]
        func walk(_ path: String) throws {
            guard let names = try directory(path) else {
                all[String(path.dropFirst(root.count + 1))] = try Files.read(path)
                return
            }
            for name in names { try walk(path + "/" + name) }
        }
        try walk(root)
        return all
    }

    /// The names in a directory; nil for a file.
    private static func directory(_ path: String) throws -> [String]? {
        do {
            return try Files.names(in: path)
        } catch {
            guard error.code == ENOTDIR else { throw error }
            return nil
        }
    }
}

extension AssetName {
    static func card(_ key: String) -> AssetName {
        AssetName(provider: "C0001", key: key, kind: 10, industry: 2)
    }
}

extension CompartmentName {
    static func card(_ key: String) -> CompartmentName { .asset(.card(key)) }
}

extension [UInt8] {
    /// Whether `part` is somewhere in the bytes.
    func contains(_ part: [UInt8]) -> Bool {
        guard let first = part.first, part.count <= count else { return false }
        var start = 0
        while let found = self[start...].firstIndex(of: first), found <= count - part.count {
            if self[found..<found + part.count].elementsEqual(part) { return true }
            start = found + 1
        }
        return false
    }
}
