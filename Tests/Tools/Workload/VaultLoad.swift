import Cryptography
import Cryptography
import EventLog
import Frame
import Simulation
import Vault

/// A life of a vault beside its log: persons come, write to their cards, have a card or all of
/// their data destroyed; now and then everything is closed and opened again.
///
/// Arguments: `seed`, `steps`.
final class VaultLoad {
    private let directory: String
    private let steps: Int
    private var chance: Seed
    private var persons: [SubjectID?] = []
    private var texts = 0
    private var open: VaultPair?

    init(_ directory: String, _ arguments: Arguments) throws {
        self.directory = directory
        steps = arguments.number("steps", 40)
        chance = Seed(UInt64(arguments.number("seed", 1)))
        try VaultPair.make(directory)
        Marks.say("created")
        open = try VaultPair(directory)
    }

    private var pair: VaultPair {
        get throws {
            guard let open else { throw Failure("nothing is open") }
            return open
        }
    }

    /// The vault's lock goes with its last reference.
    private func restart() throws {
        try pair.log.close()
        open = nil
        open = try VaultPair(directory)
    }

    func run() async throws {
        for _ in 0..<steps {
            let live = persons.indices.filter { persons[$0] != nil }
            let dice = chance.next() % 16
            guard let number = live.randomElement(using: &chance), dice > 2,
                let subject = persons[number]
            else {
                let ci = VaultPair.ci(persons.count)
                persons.append(try pair.vault.enrol([ci])[0])
                Marks.say("enrolled \(persons.count - 1)")
                continue
            }
            switch dice {
            case 3:
                Marks.say("forget-begin \(number)")
                try await pair.vault.shred(
                    subject: subject,
                    reason: .operatorTest,
                    at: VaultPair.now
                )
                Marks.say("forget-end \(number)")
                persons[number] = nil
            case 4, 5: try await drop(card: Int(chance.next() % 2), of: number, subject)
            case 6:
                try restart()
            default:
                let card = Int(chance.next() % 2)
                texts += 1
                try await pair.write("\(number) \(card) \(texts)", card, subject, &chance)
                Marks.say("wrote \(number) \(card) \(texts)")
            }
        }
        try pair.log.close()
    }

    private func drop(card: Int, of number: Int, _ subject: SubjectID) async throws {
        let key: CompartmentKey
        do {
            key = try pair.vault.newest(VaultPair.card(card), of: subject, for: .collection)
        } catch {
            // Nothing was written to it since it was last destroyed.
            return
        }
        Marks.say("drop-begin \(number) \(card)")
        try await pair.vault.shred(
            compartment: key.id,
            of: subject,
            reason: .operatorTest,
            at: VaultPair.now
        )
        Marks.say("drop-end \(number) \(card)")
    }
}

/// A vault and its log.
final class VaultPair {
    static let now: Int64 = 1_735_689_600_000_000

    let log: EventLog
    let vault: Vault

    /// Makes what is not there.
    static func make(_ directory: String) throws {
        do {
            try Vault.create(
                at: directory + "/vault",
                passphraseFile: directory + "/passphrase"
            )
        } catch {
            guard case .exists = error else { throw error }
        }
        try makeLog(at: directory + "/log", environments: 1)
    }

    init(_ directory: String) throws {
        vault = try Vault(
            opening: directory + "/vault",
            passphraseFile: directory + "/passphrase"
        )
        log = try EventLog(opening: directory + "/log")
        do {
            try vault.attach(log)
        } catch {
            close()
            throw error
        }
    }

    func close() {
        log.close()
        vault.close()
    }

    static func ci(_ number: Int) -> [UInt8] { Array("CI-\(number)".utf8) }

    static func card(_ number: Int) -> CompartmentName {
        .asset(AssetName(provider: "C0001", key: "card-\(number)", kind: 10, industry: 2))
    }

    /// Appends `text` to a card of the subject, with the wraps that it needs.
    func write(
        _ text: String,
        _ card: Int,
        _ subject: SubjectID,
        _ chance: inout Seed
    ) async throws {
        try await write(
            [UInt8(text.utf8.count)] + Array(text.utf8),
            eventCount: 1,
            card,
            subject,
            &chance
        )
    }

    /// Appends a frame of events to a card of the subject, with the wraps that it needs.
    func write(
        _ events: [UInt8],
        eventCount: Int,
        _ card: Int,
        _ subject: SubjectID,
        _ chance: inout Seed
    ) async throws {
        let opening = try vault.open(
            [VaultPair.card(card)],
            of: subject,
            for: .collection,
            at: VaultPair.now
        )
        var sealer = try FrameSealer()
        var batch = FrameBatch()
        var revision = opening.revision
        if let control = opening.control {
            try control.seal(
                with: &sealer,
                at: revision,
                recordedAt: VaultPair.now,
                schemaSet: 1,
                salt: (chance.next(), chance.next()),
                into: &batch
            )
            revision += 1
        }
        let key = opening.compartments[0]
        let content = FrameContent(
            kind: .provider,
            subject: subject,
            compartment: key.id,
            keyEpoch: key.epoch,
            revision: revision,
            command: CommandID(high: chance.next(), low: chance.next()),
            recordedAt: VaultPair.now,
            schemaSet: 1,
            eventCount: eventCount
        )
        try sealer.seal(
            events.span,
            as: content,
            key: key.key,
            salt: (chance.next(), chance.next()),
            into: &batch
        )
        let receipt = try await log.append(batch)
        guard let last = receipt.places.last else { throw Failure("an append without a place") }
        vault.commit(opening, through: last.revision + 1)
    }

    /// The texts of a subject that can be opened.
    func texts(of subject: SubjectID) throws -> Set<String> {
        var texts: Set<String> = []
        try forEachFrame(of: subject) { _, events in
            texts.insert(String(decoding: events.array.dropFirst(), as: UTF8.self))
        }
        return texts
    }

    /// How many events of a subject can be opened.
    func eventCount(of subject: SubjectID) throws -> UInt64 {
        var count: UInt64 = 0
        try forEachFrame(of: subject) { header, _ in count += UInt64(header.eventCount) }
        return count
    }

    /// Opens every frame whose key is not destroyed, but for wraps.
    private func forEachFrame(
        of subject: SubjectID,
        _ body: (FrameHeader, Span<UInt8>) -> Void
    ) throws {
        var opener = try FrameOpener()
        _ = try log.read(subject, from: 0, limit: 10_000) { frame in
            let header = try FrameHeader(frame.bytes)
            guard header.compartment != .keys else { return }
            do {
                let key = try vault.key(
                    of: subject,
                    compartment: header.compartment,
                    epoch: header.keyEpoch,
                    for: .service
                )
                _ = try opener.open(frame.bytes, key: key)
                body(header, opener.events)
            } catch let error as VaultError {
                switch error {
                case .subjectErased, .compartmentErased, .unknownCompartment: break
                default: throw error
                }
            }
        }
    }
}
