import Collector
import Commands
import EventLog
import Files
import Finance
import Foundation
import Projections
import Vault

/// The ledger's parts over one data directory, open in this process.
final class Services: Sendable {
    let settings: Settings
    let directory: DataDirectory
    let vault: Vault
    let log: EventLog
    let recorder: Recorder
    let projections: Projections
    let integrated: Projection<IntegratedView>
    let spending: Projection<SpendingProfile>
    let counters: Projection<SubjectCounters>
    let consents: Projection<ConsentRegister>
    let coverage: Projection<Coverage>
    let netWorth: Projection<NetWorth>
    let obligations: Projection<Obligations>
    let collection: Projection<CollectionBoard>
    /// Whom the configuration collects from; nil when it names no file.
    let providers: Providers?
    let quarantine: QuarantineDesk
    let desk: ConsentDesk
    let preferences: PreferenceDesk
    let rules: CategoryRules

    /// Opens what is there; makes a ledger where there is none and `creating` allows it.
    convenience init(_ settings: Settings, creating: Bool) throws {
        let directory = DataDirectory(settings)
        if creating { try directory.create() }
        let (vault, log) = try directory.open()
        try vault.attach(log)
        try self.init(settings, vault, log)
    }

    /// Opens the rest beside a vault and its log.
    init(_ settings: Settings, _ vault: Vault, _ log: EventLog) throws {
        (self.settings, self.vault, self.log) = (settings, vault, log)
        directory = DataDirectory(settings)
        rules = try Services.rules(settings)
        desk = try ConsentDesk(vault: vault, log: log)
        preferences = try PreferenceDesk(vault: vault, log: log, rules: rules)
        recorder = try Recorder(vault: vault, log: log, eventsPerFrame: settings.eventsPerFrameMax)
        providers = try Services.providers(settings)
        quarantine = try Services.quarantine(log, vault, recorder, providers)
        var options = ProjectionOptions()
        options.shardsPerEnvironment = settings.projectionShardCount
        options.checkpointIntervalMilliseconds = settings.checkpointIntervalMilliseconds
        options.stateCountMax = settings.stateCountMax
        options.stateByteCountMax = settings.stateBytesMax
        options.rebuildThreadsPerEnvironment = settings.rebuildThreadCount
        options.mapSizeBytes = settings.projectionMapSizeBytes
        projections = try Projections(
            log: log,
            keys: VaultKeys(vault),
            registry: try EventRegistry.released(),
            directory: directory.projections,
            options: options,
            clock: Clock.monotonicNanoseconds
        )
        integrated = try Services.add(IntegratedView(), to: projections)
        spending = try Services.add(SpendingProfile(rules: rules), to: projections)
        counters = try Services.add(SubjectCounters(), to: projections)
        consents = try Services.add(ConsentRegister(), to: projections)
        coverage = try Services.add(Coverage(), to: projections)
        netWorth = try Services.add(NetWorth(), to: projections)
        obligations = try Services.add(Obligations(), to: projections)
        collection = try Services.add(CollectionBoard(), to: projections)
        projections.start()
    }

    /// Opens a read model; one whose store is of no use is folded anew, because all of it is in the
    /// log.
    private static func add<F: Fold>(
        _ fold: F,
        to projections: Projections
    ) throws -> Projection<F> {
        do throws(ProjectionError) {
            return try projections.add(fold)
        } catch {
            switch error {
            case .damagedStore, .otherLog:
                Terminal.shared.note("\(error) It is folded anew now.")
                try projections.discard(F.name)
                return try projections.add(fold)
            default: throw error
            }
        }
    }

    /// Ends folding with a checkpoint and closes the log; nothing is lost if it is not called.
    func close() throws {
        defer { log.close() }
        try projections.stop()
    }

    /// Waits until every read model has folded what is durable; fails when one cannot go on.
    func waitUntilCaughtUp(
        _ progress: Progress? = nil,
        standingStillAtMost patience: Duration = .seconds(60)
    ) async throws {
        var lastFrames: UInt64 = 0
        var lastChange = ContinuousClock.now
        while true {
            let statuses = try statuses()
            let frames = statuses.reduce(0) { $0 + $1.frames }
            let lag = statuses.reduce(0) { $0 + $1.lagFrames }
            if lag == 0, statuses.allSatisfy(\.isReady) { return }
            let share = Double(frames) / Double(max(1, frames + lag))
            progress?.show(Int(frames), share: share)
            if frames != lastFrames { (lastFrames, lastChange) = (frames, .now) }
            // A read model that stands still for so long will not go on by itself.
            if ContinuousClock.now - lastChange > patience {
                if let error = statuses.compactMap(\.lastError).first { throw error }
                throw Failure(.program, "The read models stand still before the log's end.")
            }
            try await Task.sleep(for: .milliseconds(20))
        }
    }

    func statuses() throws -> [ProjectionStatus] {
        [
            try counters.status(), try integrated.status(), try spending.status(),
            try consents.status(), try coverage.status(), try netWorth.status(),
            try obligations.status(), try collection.status(),
        ]
    }

    static func rules(_ settings: Settings) throws -> CategoryRules {
        let folder =
            settings.rulesDirectory.isEmpty
            ? try Places.need("conf/categories") : settings.rulesDirectory
        let files = try RuleFiles { (name: String) throws(Failure) -> [UInt8] in
            do {
                return try Files.read(folder + "/" + name, limit: 16 << 20)
            } catch {
                throw Failure(.input, "The rules \(folder)/\(name) cannot be read (\(error)).")
            }
        }
        return try CategoryRules(files)
    }
}

/// The files of one ledger.
struct DataDirectory: Sendable {
    let path: String
    let passphraseFile: String
    private let settings: Settings

    init(_ settings: Settings) {
        self.settings = settings
        path = settings.dataDirectory
        passphraseFile =
            settings.passphraseFile.isEmpty ? path + "/passphrase" : settings.passphraseFile
    }

    var vault: String { path + "/vault" }
    var log: String { path + "/log" }
    var projections: String { path + "/projections" }
    /// How a running server is asked for a backup.
    var serverRecord: String { path + "/serve.json" }

    /// Makes what is not there.
    ///
    /// A log that is missing beside a vault with persons is a loss, not a beginning.
    func create() throws {
        do {
            try Files.makeDirectories(path)
        } catch {
            throw Failure(Failure.exit(error), "\(path) cannot be made (\(error)).")
        }
        guard FileManager.default.isWritableFile(atPath: path) else {
            throw Failure(.directory, "\(path) cannot be written; check its permissions.")
        }
        if !Files.exists(vault) {
            guard !EventLog.exists(at: log) else {
                throw Failure(
                    .damaged,
                    "\(path) has a log and no vault: restore the vault from its key backup."
                )
            }
            try Vault.create(at: vault, passphraseFile: passphraseFile)
        }
        guard !EventLog.exists(at: log) else { return }
        let opened = try Vault(opening: vault, passphraseFile: passphraseFile)
        guard opened.subjectCount == 0, opened.erasedCount == 0 else {
            throw Failure(
                .damaged,
                "\(path) has a vault with persons and no log: restore it with jangbu log restore."
            )
        }
        try Files.makeDirectories(log)
        var random = SystemRandomNumberGenerator()
        try EventLog.create(
            at: log,
            layout: LogLayout(
                environments: settings.environmentCount,
                partitions: settings.partitionCount
            ),
            id: (random.next(), random.next())
        )
    }

    /// Opens vault and log.
    func open() throws -> (Vault, EventLog) {
        guard Files.exists(vault) else {
            throw Failure(
                .input,
                "There is no ledger in \(path); jangbu serve or jangbu import makes one."
            )
        }
        let vault = try Vault(opening: vault, passphraseFile: passphraseFile)
        return (vault, try openLog())
    }

    func openLog() throws -> EventLog {
        try EventLog(
            opening: log,
            options: LogOptions(
                mapSizeBytes: settings.logMapSizeBytes,
                queuedByteCountMax: settings.queuedBytesMax,
                tailFrameCountMax: settings.tailFrameCountMax
            )
        )
    }
}

/// The process's clocks.
enum Clock {
    private static let begin = ContinuousClock.now

    /// Microseconds since 1970-01-01 UTC.
    static var now: Int64 {
        // A Double of microseconds is exact to a quarter of one until the year 2255.
        Int64(Date().timeIntervalSince1970 * 1_000_000)
    }

    /// Nanoseconds that only go forward.
    static let monotonicNanoseconds: @Sendable () -> UInt64 = {
        // First touched here, so that it is never later than the time it is subtracted from.
        let begin = Clock.begin
        let components = (ContinuousClock.now - begin).components
        return UInt64(components.seconds) * 1_000_000_000
            + UInt64(components.attoseconds / 1_000_000_000)
    }

    /// The same as a duration.
    static let monotonic: @Sendable () -> Duration = {
        let begin = Clock.begin
        return ContinuousClock.now - begin
    }
}
