import Commands
import Cryptography
import EventLog
import Finance
import Frame
import Simulation
import Vault

/// A log, a vault and a consent desk in a fresh directory, which can be closed and opened again.
final class ConsentOffice {
    /// 2026-11-21 12:00 in Korea, in microseconds.
    static let noon: Int64 = 1_795_230_000_000_000
    static let bank = "Z1BK010000"
    static let card = "Z1CD010000"

    let directory: TemporaryDirectory
    private(set) var log: EventLog
    private(set) var vault: Vault
    private(set) var desk: ConsentDesk
    private(set) var recorder: Recorder
    let subject: SubjectID
    var now = ConsentOffice.noon
    private var idCount: UInt64 = 0

    init(label: String = #function) throws {
        directory = try TemporaryDirectory(label)
        let path = directory.path
        try Vault.create(at: path + "/vault", passphraseFile: path + "/passphrase")
        try EventLog.create(
            at: path + "/log",
            layout: LogLayout(environments: 1, partitions: 2),
            id: (1, 2)
        )
        log = try EventLog(opening: path + "/log")
        vault = try Vault(opening: path + "/vault", passphraseFile: path + "/passphrase")
        try vault.attach(log)
        desk = try ConsentDesk(vault: vault, log: log)
        recorder = try Recorder(vault: vault, log: log)
        subject = try vault.enrol([Array("CI".utf8)])[0]
    }

    deinit { log.close() }

    /// What a process that died and was started again finds.
    func restart() throws {
        let path = directory.path
        vault.close()
        log.close()
        log = try EventLog(opening: path + "/log")
        vault = try Vault(opening: path + "/vault", passphraseFile: path + "/passphrase")
        try vault.attach(log)
        desk = try ConsentDesk(vault: vault, log: log)
        recorder = try Recorder(vault: vault, log: log)
    }

    var register: TransferRegister { get throws { try desk.register(of: subject) } }
    var today: CivilDate { CivilDate(daysSinceEpoch: Int32((now / 1_000_000 + 32_400) / 86_400)) }

    func newID() -> ConsentID {
        idCount += 1
        return ConsentID(high: 1, low: idCount)
    }

    @discardableResult
    func carryOut(_ decide: @escaping ConsentDesk.Decision) async throws -> [Event] {
        try await desk.carryOut(of: subject, at: now, decide)
    }

    func join() async throws {
        let join = Join(years: 30, until: today.adding(months: 60))
        try await carryOut { register, now, today throws(ConsentRefusal) in
            try register.decide(join, at: now, on: today)
        }
    }

    @discardableResult
    func ask(_ provider: String, _ scope: String) async throws -> ConsentID {
        let terms = RequestTerms(
            scope: DataScope(scope),
            endsOn: today.adding(months: 12),
            purpose: "통합조회"
        )
        let command = RequestTransfer(
            id: newID(),
            provider: provider,
            terms: terms,
            signed: SignedRequest(digest: Array(repeating: 7, count: 32))
        )
        try await carryOut { register, now, today throws(ConsentRefusal) in
            try register.decide(command, at: now, on: today)
        }
        return command.id
    }

    func withdraw(_ provider: String, isDeleting: Bool) async throws {
        let command = WithdrawTransfer(provider: provider, isDeleting: isDeleting)
        try await carryOut { register, now, today throws(ConsentRefusal) in
            try register.decide(command, at: now, on: today)
        }
    }

    /// Records approvals of a card at a provider.
    func collect(_ provider: String, _ key: String, _ amounts: [Int64]) async throws {
        let rows = try AssetRows(
            person: [],
            name: name(provider, key),
            allEvents: amounts.flatMap { Office.approval($0) }
        )
        _ = try await recorder.record([rows], of: [subject], at: now)
    }

    func name(_ provider: String, _ key: String) -> CompartmentName {
        .asset(AssetName(provider: provider, key: key, kind: .card, industry: .card))
    }

    /// The amounts that can still be read.
    func amounts() throws -> [Int64] {
        var found: [Int64] = []
        var opener = try FrameOpener()
        let (vault, subject) = (vault, subject)
        _ = try log.read(subject, from: 0, limit: 100_000) { frame in
            let header = try FrameHeader(frame.bytes)
            guard header.kind == .provider else { return }
            let key: SecretKey
            do throws(VaultError) {
                key = try vault.key(
                    of: subject,
                    compartment: header.compartment,
                    epoch: header.keyEpoch,
                    for: .service
                )
            } catch .compartmentErased {
                return
            }
            _ = try opener.open(frame.bytes, key: key)
            var cursor = Frame.EventCursor()
            while let range = try cursor.next(in: opener.events) {
                let view = try EventView(
                    opener.events.extracting(range),
                    of: AssetID(header.compartment)
                )
                if let approval = try view.cardApproval() { found.append(approval.amount) }
            }
        }
        return found.sorted()
    }
}
