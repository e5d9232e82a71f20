import ArgumentParser
import CFloor
import Files
import Foundation

/// `jangbu bench`: the figures of docs/performance.md, each beside a floor of the same run.
struct BenchCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench",
        abstract: "Measure appends, replay and projections beside floors in plain C.",
        discussion: """
            Without a shim the flushes are the disk's own. `make bench` preloads one that turns \
            each \
            flush into a sleep of exactly 1 ms and puts the data on memory-backed storage, so that \
            stores can be compared whatever the disk does.

            Example: jangbu bench --only clients --directory /dev/shm/bench
            """
    )

    /// Parts of the benchmark that can be asked for alone.
    enum Part: String, CaseIterable, ExpressibleByArgument {
        case flush, clients, bulk, storage, sharing, projections, pages, refresh
    }

    @Option(help: "Where to put the data; memory-backed by default where there is some.")
    var directory: String?
    @Option(help: "Only this part; several times for several.")
    var only: [Part] = []
    @Flag(help: "The size that every test run uses: seconds, and figures that mean nothing.")
    var smoke = false
    @Flag(help: "Print JSON lines.")
    var json = false
    @Option(help: .hidden)
    var fill: String?
    @Option(help: .hidden)
    var fillRounds = 1

    func run() async throws {
        if let fill { return try await StorageBench.fill(fill, rounds: fillRounds) }
        let base = directory ?? (Files.exists("/dev/shm") ? "/dev/shm" : "/tmp")
        let place = base + "/jangbu-bench-\(ProcessInfo.processInfo.processIdentifier)"
        try Files.makeDirectories(place)
        var failed = 0
        do {
            defer { removeQuietly(place) }
            for part in only.isEmpty ? Part.allCases : only {
                for row in try await rows(of: part, in: place) {
                    try show(row)
                    if row.isMet == false { failed += 1 }
                }
            }
        }
        if failed > 0 && !smoke { throw ExitCode(1) }
    }

    private func rows(of part: Part, in place: String) async throws -> [BenchRow] {
        let log = try LogBench(directory: place, isSmoke: smoke)
        let storage = StorageBench(
            directory: place,
            isSmoke: smoke,
            executable: CommandLine.arguments[0]
        )
        switch part {
        case .flush: return [try log.flushFloor()]
        case .clients: return try await log.clients(64) + log.clients(1)
        case .bulk:
            return try await log.bulk(eventsPerFrame: 25, must: 700_000)
                + log.bulk(eventsPerFrame: 1, must: 120_000)
        case .storage: return try await storage.reopen()
        case .sharing: return try await storage.sharing()
        case .pages: return try await PageBench(directory: place, isSmoke: smoke).rows()
        case .refresh: return try await RefreshBench(directory: place, isSmoke: smoke).rows()
        case .projections:
            return try await ProjectionBench(directory: place, isSmoke: smoke).rows()
        }
    }

    private func show(_ row: BenchRow) throws {
        guard json else { return Terminal.shared.data(BenchFormat.line(row)) }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        Terminal.shared.data(String(decoding: try encoder.encode(row), as: UTF8.self))
    }

    private func removeQuietly(_ place: String) {
        do {
            try Files.removeTree(place)
        } catch {
            Terminal.shared.note("\(place) could not be removed (\(error))")
        }
    }
}
