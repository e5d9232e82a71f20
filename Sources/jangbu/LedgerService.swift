import EventLog
import Files
import Finance
import Frame
import Foundation
import Projections
import ServiceLifecycle
import Synchronization
import Vault
import Web

/// What the web shows, over the open services; as a service it takes one overview a second for all
/// streams.
final class LedgerService: Web.Ledger, Service {
    let services: Services
    let backups: BackupDesk
    let diary = AccessDiary()
    let histories = HistoryShelf()
    let connections: Connections
    let agreementIndex = AgreementIndex()
    /// Microseconds since 1970-01-01 UTC, by the clock that persons' consents follow.
    private let clock: @Sendable () -> Int64
    private let begin = ContinuousClock.now
    private let state = Mutex(State())
    /// The simulated clock, in seconds since 1970-01-01 UTC; nil is now.
    private let simulated = Mutex<Int64?>(nil)

    private struct State {
        var latest: Overview?
        var samples: [(at: ContinuousClock.Instant, events: UInt64)] = []
        var history: [Double] = []
        var streams: [UInt64: AsyncStream<Overview>.Continuation] = [:]
        var nextStream: UInt64 = 0
    }

    /// Seconds of rates that are kept.
    private static let historySeconds = 120
    private static let minuteSeconds = 60
    private static let recentCount = 10

    init(_ services: Services, clock: @escaping @Sendable () -> Int64 = { Clock.now }) {
        (self.services, self.clock) = (services, clock)
        connections = Connections(services)
        if let providers = services.providers { connections.know(providers) }
        backups = BackupDesk(services.log, allowed: services.settings.backupDirectory)
    }

    /// Samples until shut down; streams end then.
    func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                do {
                    try self.sample()
                } catch {
                    Terminal.shared.note("overview: \(Failure(error)?.sentence ?? "\(error)")")
                }
                do {
                    try await Task.sleep(for: .seconds(1))
                } catch {
                    break
                }
            }
        }
        let streams = state.withLock { state in
            defer { state.streams.removeAll() }
            return Array(state.streams.values)
        }
        for stream in streams { stream.finish() }
    }

    private func sample() throws {
        var overview = try takeOverview()
        let streams = state.withLock { state in
            let now = ContinuousClock.now
            if let last = state.samples.last {
                // What is not folded yet is estimated; a counter never goes back.
                overview.events = max(overview.events, last.events)
                let seconds = max((now - last.at) / .seconds(1), 0.001)
                overview.eventsPerSecond = Double(overview.events - last.events) / seconds
                state.history.append(overview.eventsPerSecond)
                state.history.removeFirst(
                    max(0, state.history.count - LedgerService.historySeconds)
                )
            }
            state.samples.append((now, overview.events))
            state.samples.removeFirst(
                max(0, state.samples.count - LedgerService.minuteSeconds - 1)
            )
            if let first = state.samples.first, now > first.at {
                let seconds = max((now - first.at) / .seconds(1), 1)
                overview.eventsPerSecondMinute =
                    Double(overview.events - first.events) / seconds
            }
            overview.eventsPerSecondHistory = state.history
            state.latest = overview
            return Array(state.streams.values)
        }
        for stream in streams { stream.yield(overview) }
    }

    func overview() async throws -> Overview {
        if let latest = state.withLock({ $0.latest }) { return latest }
        return try takeOverview()
    }

    func subscribe() async -> AsyncStream<Overview> {
        let (stream, continuation) = AsyncStream.makeStream(
            of: Overview.self,
            bufferingPolicy: .bufferingNewest(1)
        )
        let (number, latest) = state.withLock { state in
            let number = state.nextStream
            state.nextStream += 1
            state.streams[number] = continuation
            return (number, state.latest)
        }
        continuation.onTermination = { _ in
            self.state.withLock { _ = $0.streams.removeValue(forKey: number) }
        }
        if let latest { continuation.yield(latest) }
        return stream
    }

    func readiness() async -> Readiness {
        let isFolded: Bool
        do {
            isFolded = try services.statuses().allSatisfy(\.isReady)
        } catch {
            isFolded = false
        }
        return Readiness(checks: [
            .init(name: "log", passes: services.log.readOnlyReason == nil),
            .init(name: "projections", passes: isFolded),
        ])
    }

    func startBackup(to directory: String) async throws -> BackupState {
        try backups.start(directory)
    }

    func backup() async -> BackupState? { backups.latest }

    func today() async -> CivilDate { day }

    var day: CivilDate {
        CivilDate(secondsSinceEpoch: now / 1_000_000) ?? CivilDate(daysSinceEpoch: 0)
    }

    /// Microseconds since 1970-01-01 UTC, by the simulated clock where there is one.
    var now: Int64 { simulated.withLock { $0 }.map { $0 * 1_000_000 } ?? clock() }

    /// Moves the simulated clock on; it never goes back.
    func advance(to seconds: Int64) {
        // In Korea, as without a simulation.
        guard CivilDate(secondsSinceEpoch: seconds) != nil else { return }
        simulated.withLock { $0 = max($0 ?? seconds, seconds) }
    }

    private func takeOverview() throws -> Overview {
        let figures = try services.log.figures()
        let statuses = try services.statuses()
        let disk = DiskState(
            total: try DiskSpace.total(at: services.directory.path),
            free: try Files.freeBytes(at: services.directory.path),
            log: figures.reduce(0) { $0 + $1.logBytes },
            indexes: figures.reduce(0) { $0 + $1.indexBytes }
                + DiskSpace.used(by: services.directory.projections)
        )
        var overview = Overview(
            takenAt: Clock.now / 1_000,
            uptimeMilliseconds: Int64((ContinuousClock.now - begin) / .milliseconds(1)),
            disk: disk
        )
        if let reason = services.log.readOnlyReason {
            overview.mode = .readOnly(reason: reason.word)
        }
        overview.partitions = try partitions(figures)
        overview.frames = overview.partitions.reduce(0) { $0 + $1.frames }
        overview.subjects = UInt64(services.vault.subjectCount)
        overview.erasures = UInt64(services.vault.erasedCount)
        overview.damagedSlots = UInt64(services.vault.damagedSlots.count)
        overview.indexFailures = UInt64(figures.count { $0.indexFailure != nil })
        overview.flushes = figures.reduce(0) { $0 + $1.flushes }
        overview.projections = statuses.map { status in
            ProjectionState(
                name: status.name,
                version: status.version,
                folded: status.frames,
                lagFrames: status.lagFrames,
                lagEvents: status.lagEvents,
                lagMilliseconds: status.lagMilliseconds,
                parked: status.parked,
                lastError: status.lastError?.word
            )
        }
        overview.events = statuses.map { $0.events + $0.lagEvents }.max() ?? 0
        overview.recent = try recent()
        return overview
    }

    private func partitions(_ figures: [LogFigures]) throws -> [PartitionState] {
        try (0..<services.log.layout.partitions).map { partition in
            let environment = figures[services.log.layout.environment(ofPartition: partition)]
            let frames = services.log.nextPosition(partition: partition)
            // Blocks mix partitions, so a partition's part of the file is its part of the frames.
            let bytes =
                environment.frames == 0
                ? 0
                : UInt64(Double(environment.logBytes) * Double(frames) / Double(environment.frames))
            let last = try heads(partition, from: frames - min(frames, 1), limit: 1).heads.last
            return PartitionState(
                partition: partition,
                frames: frames,
                bytes: bytes,
                lastRecordedAt: last?.recordedAt
            )
        }
    }

    /// The newest frames of all partitions.
    private func recent() throws -> [FrameHead] {
        var all: [FrameHead] = []
        for partition in 0..<services.log.layout.partitions {
            let next = services.log.nextPosition(partition: partition)
            let from = next - min(next, UInt64(LedgerService.recentCount))
            all += try heads(partition, from: from, limit: LedgerService.recentCount).heads
        }
        return Array(
            all.sorted { ($1.recordedAt, $1.position) < ($0.recordedAt, $0.position) }
                .prefix(LedgerService.recentCount)
        )
    }
}

extension FrameKind {
    /// The stable word of the interface.
    var word: String {
        switch self {
        case .provider: "provider-data"
        case .consent: "consent"
        case .decision: "decision"
        case .preference: "preference"
        case .personal: "self"
        case .control: "control"
        }
    }
}

extension ReadOnlyReason {
    /// The stable word of the interface.
    var word: String {
        switch self {
        case .diskFull: "disk-full"
        case .mapFull: "map-full"
        case .flushFailed: "flush-failed"
        }
    }
}

extension ProjectionError {
    /// The stable word of the interface.
    var word: String {
        switch self {
        case .damaged, .damagedStore: "damaged"
        case .storage, .files: "storage"
        case .log: "log"
        case .keys: "keys"
        case .library: "library"
        case .otherLog: "other-log"
        case .stopped: "stopped"
        case .catchingUp: "catching-up"
        case .busy: "busy"
        case .hashMismatch: "hash-mismatch"
        case .overflow: "overflow"
        }
    }
}
