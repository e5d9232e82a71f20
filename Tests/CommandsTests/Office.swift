import Commands
import Cryptography
import EventLog
import Finance
import Files
import Frame
import Simulation
import Vault

/// A log, a vault and a recorder in a fresh directory.
final class Office {
    static let now: Int64 = 1_735_689_600_000_000

    let directory: TemporaryDirectory
    private(set) var log: EventLog
    private(set) var vault: Vault
    private(set) var recorder: Recorder
    private let eventsPerFrame: Int
    private let rowsKeptMax: Int

    init(
        label: String = #function,
        environments: Int = 1,
        eventsPerFrame: Int = 25,
        rowsKeptMax: Int = 1_000_000
    ) throws {
        directory = try TemporaryDirectory(label)
        (self.eventsPerFrame, self.rowsKeptMax) = (eventsPerFrame, rowsKeptMax)
        let path = directory.path
        try Vault.create(at: path + "/vault", passphraseFile: path + "/passphrase")
        try EventLog.create(
            at: path + "/log",
            layout: LogLayout(environments: environments, partitions: 4),
            id: (1, 2)
        )
        log = try EventLog(opening: path + "/log")
        vault = try Vault(opening: path + "/vault", passphraseFile: path + "/passphrase")
        try vault.attach(log)
        recorder = try Recorder(
            vault: vault,
            log: log,
            eventsPerFrame: eventsPerFrame,
            rowsKeptMax: rowsKeptMax
        )
    }

    deinit { log.close() }

    /// Another recorder that knows nothing but the log.
    func secondRecorder() throws -> Recorder {
        try Recorder(
            vault: vault,
            log: log,
            eventsPerFrame: eventsPerFrame,
            rowsKeptMax: rowsKeptMax
        )
    }

    /// A card approval of `amount` thousandths, with its length before it.
    static func approval(_ amount: Int64, at seconds: Int64 = 1_735_689_600) -> [UInt8] {
        var bytes: [UInt8] = []
        let shop = Array("shop".utf8)
        EventWriter.append(
            CardApprovalView(amount: amount, merchantName: shop.span),
            .cardApproved,
            at: EventEnvelope(occurredAt: seconds),
            to: &bytes
        )
        return bytes
    }

    static func rows(
        _ person: String,
        _ card: String,
        _ amounts: [Int64]
    ) throws -> AssetRows {
        try AssetRows(
            person: Array(person.utf8),
            name: name(card),
            allEvents: amounts.flatMap { approval($0) }
        )
    }

    static func name(_ card: String) -> CompartmentName {
        .asset(AssetName(provider: "C0001", key: card, kind: .card, industry: .card))
    }

    /// The amounts in an asset's log, in order.
    func amounts(_ person: String, _ card: String) throws -> [Int64] {
        guard let subject = vault.subject(forCI: Array(person.utf8)) else { return [] }
        let target = try vault.newest(Office.name(card), of: subject, for: .service)
        return try amounts(of: subject).filter { $0.compartment == target.id }.map(\.amount)
    }

    func amounts(
        of subject: SubjectID
    ) throws -> [(compartment: CompartmentID, amount: Int64)] {
        var found: [(CompartmentID, Int64)] = []
        var opener = try FrameOpener()
        let vault = vault
        _ = try log.read(subject, from: 0, limit: 100_000) { frame in
            let header = try FrameHeader(frame.bytes)
            guard header.compartment != .keys else { return }
            let key = try vault.key(
                of: subject,
                compartment: header.compartment,
                epoch: header.keyEpoch,
                for: .service
            )
            _ = try opener.open(frame.bytes, key: key)
            var cursor = Frame.EventCursor()
            while let range = try cursor.next(in: opener.events) {
                let view = try EventView(
                    opener.events.extracting(range),
                    of: AssetID(high: 0, low: 0)
                )
                guard let approval = try view.cardApproval() else { continue }
                found.append((header.compartment, approval.amount))
            }
        }
        return found
    }
}
