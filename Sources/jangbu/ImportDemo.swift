import Files
import Foundation
import Frame
import MyData
import Projections
import ServiceLifecycle
import Vault

/// Files of the included data: most of it at once, the rest live on a simulated clock.
struct ImportDemo {
    let services: Services
    let ledger: LedgerService
    private let reports = RejectionReports(max: 20)

    init(_ services: Services, ledger: LedgerService) {
        self.services = services
        self.ledger = ledger
    }

    private func path(_ name: String) throws -> String { try Places.need("Replay/data/" + name) }
    private var cardsPath: String {
        get throws { try path("birmingham/purchase_card_transactions.csv.zst") }
    }

    private func samples() async throws -> [FileOutcome] {
        let importing = SetImport(services: services, set: .ibm) { reports.show($0, $1) }
        var outcomes: [FileOutcome] = []
        for file in try DataSet.ibm.files(Files.parent(of: path("ibm/sd254_cards.csv"))) {
            outcomes.append(try await importing.run(file))
        }
        return outcomes
    }

    /// Rows that are imported before the live ones.
    private func headCount() throws -> Int {
        var reader = try ImportReader(ByteSource(path: cardsPath), Birmingham())
        let progress = Progress("look at the data", unit: "rows")
        while try reader.next() != nil {
            if reader.rowCount % 4_096 == 0 {
                progress.show(reader.rowCount, share: reader.progress)
            }
        }
        progress.end(reader.rowCount)
        return reader.rowCount - reader.rowCount * services.settings.demoHeldBackPerMille / 1_000
    }

    /// Imports, serves, and lets the held-back rows come until a signal.
    func serve(at directory: String) async throws {
        var importing = try PurchaseImport(services, path: cardsPath, rowsBeforeLive: headCount())
        try await importing.importHead()
        _ = try await samples()
        try await waitForReadModels()
        ledger.advance(to: importing.lastOccurredAt)
        let rate = services.settings.demoEventsPerSecond
        let live = LiveRows(importing, ledger: ledger, eventsPerSecond: rate)
        // Nobody of this data is a member, so nobody signs in for them.
        let first = services.vault.subjects.first?.description
        let server = ServerRun(services, ledger)
        try await server.run([live]) { address in
            let terminal = Terminal.shared
            terminal.note("")
            terminal.note(terminal.strong("Open one of these:"))
            address.tellLink()
            if let first { address.tellPersonLink(first) }
            terminal.note("data directory: \(directory)")
            terminal.note("\(rate) real purchases a second keep coming. Ctrl-C ends.")
        }
    }

    private func waitForReadModels() async throws {
        let progress = Progress("read models", unit: "frames folded")
        try await services.waitUntilCaughtUp(progress)
        progress.end(Int(try services.statuses().reduce(0) { $0 + $1.frames }))
    }

    /// Imports everything, the held-back rows as they would come live, and proves the result.
    func runOnce() async throws -> ImportProof {
        var importing = try PurchaseImport(services, path: cardsPath, rowsBeforeLive: headCount())
        try await importing.importHead()
        try await importing.importTail()
        let cards = try await importing.complete()
        let outcomes = [cards] + (try await samples())
        try await waitForReadModels()
        let check = Progress("replay every frame", unit: "events")
        var proof = ImportProof(report: ImportReport(outcomes))
        proof.reconciliation = try await Reconciliation(
            services,
            file: proof.report.total,
            progress: check
        )
        check.end(proof.reconciliation?.replayedEvents ?? 0)
        proof.stateHashes = try StateHashes(services).all(progress: true)
        var again = try await [importing.repeated()]
        again += try await samples()
        proof.again = ImportReport(again).total
        return proof
    }
}

/// The card rows: a head that is imported at once and a tail that comes later, from one reader.
struct PurchaseImport {
    private let services: Services
    private let path: String
    private let source: ByteSource
    private let rowsBeforeLive: Int
    private var reader: ImportReader<Birmingham>
    private(set) var summary = ImportSummary()
    private(set) var lastOccurredAt: Int64 = 0
    private static let name = "purchase_card_transactions.csv.zst"
    /// Rows that come together when the tail is run through without a clock.
    private static let tailBatchRows = 500

    init(_ services: Services, path: String, rowsBeforeLive: Int) throws {
        self.services = services
        self.path = path
        self.rowsBeforeLive = rowsBeforeLive
        source = try ByteSource(path: path)
        reader = try ImportReader(source, Birmingham())
    }

    private var importing: FileImport {
        FileImport(services: services, fileName: PurchaseImport.name) { row in
            Terminal.shared.note("\(PurchaseImport.name):\(row.line): \(row.reason)")
        }
    }

    mutating func importHead() async throws {
        let progress = Progress("import \(PurchaseImport.name)", unit: "rows")
        try await take(rowsBeforeLive, perBatch: nil, progress)
        progress.end(summary.rows)
    }

    mutating func importTail() async throws {
        let progress = Progress("live rows", unit: "rows")
        let before = summary.rows
        try await take(.max, perBatch: PurchaseImport.tailBatchRows, progress)
        progress.end(summary.rows - before)
    }

    /// Records the next `count` rows; false when there are no more.
    mutating func takeLive(_ count: Int) async throws -> Bool {
        let before = summary.rows
        try await take(count, perBatch: count, nil)
        return summary.rows > before
    }

    private mutating func take(
        _ count: Int,
        perBatch: Int?,
        _ progress: Progress?
    ) async throws {
        var last = lastOccurredAt
        let part = try await importing.run(
            &reader,
            progress: progress,
            rowsMax: count,
            rowsPerBatch: perBatch
        ) { last = max(last, $0) }
        lastOccurredAt = last
        summary.add(part)
    }

    func complete() async throws -> FileOutcome {
        try await importing.complete(Birmingham.name, source.digest(), summary)
        return FileOutcome(file: PurchaseImport.name, summary: summary)
    }

    /// The whole file once more.
    func repeated() async throws -> FileOutcome {
        let again = SetImport(services: services, set: .birmingham) { _, _ in }
        return try await again.run(path)
    }
}

/// The held-back rows, so many a second; the simulated clock follows them.
private actor LiveRows: Service {
    private var importing: PurchaseImport
    private let ledger: LedgerService
    private let eventsPerSecond: Int
    private static let ticksPerSecond = 10

    init(_ importing: PurchaseImport, ledger: LedgerService, eventsPerSecond: Int) {
        self.importing = importing
        self.ledger = ledger
        self.eventsPerSecond = eventsPerSecond
    }

    func run() async throws {
        await cancelWhenGracefulShutdown {
            do {
                try await self.feed()
            } catch is CancellationError {
                // Asked to end.
            } catch {
                Terminal.shared.note("live rows: \(Failure(error)?.sentence ?? "\(error)")")
            }
        }
    }

    private func feed() async throws {
        let begin = ContinuousClock.now
        var fed = 0
        while !Task.isCancelled {
            // By the clock, not by ticks: what a busy machine held up comes after.
            let due = Int((ContinuousClock.now - begin) / .seconds(1) * Double(eventsPerSecond))
            let count = min(due - fed, eventsPerSecond)
            if count > 0 {
                var importing = importing
                guard try await importing.takeLive(count) else { break }
                self.importing = importing
                fed += count
                ledger.advance(to: importing.lastOccurredAt)
            }
            try await Task.sleep(for: .milliseconds(1_000 / LiveRows.ticksPerSecond))
        }
        guard !Task.isCancelled else { return }
        _ = try await importing.complete()
        Terminal.shared.note("all held-back rows have come; the pages stay until Ctrl-C")
    }
}
