import ArgumentParser
import Collector
import Finance
import Foundation
import Logging
import ServiceLifecycle

/// `jangbu collect`: people's data from providers into the data directory.
struct CollectCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "collect",
        abstract: "Enrol people of a sandbox and collect their data over the MyData standard.",
        discussion: """
            Reads providers.yaml and operator.yaml of a running sandbox. People who are enrolled \
            already are refreshed; collecting again adds nothing.

            Examples:
              jangbu collect --certificates ~/.local/share/jangbu-sandbox --people 100 --once
              jangbu collect --certificates DIR --people 10 --once --reconcile --json
            """
    )

    @OptionGroup var options: SettingsOptions
    @Option(help: "Registry of providers; providers.yaml beside the certificates.")
    var providers: String?
    @Option(help: "Directory with operator.yaml and the certificates that it names.")
    var certificates: String
    @Option(help: "How many people of the sandbox, from the first.") var people = 1
    @Option(help: "Months of movements that are wanted.") var months = 25
    @Option(help: "People at work at once.") var atOnce = 48
    @Option(name: .customLong("for"), help: "Why data is asked for.")
    var reason = CollectReason.refresh
    @Flag(help: "Collect once and end; else regular transfers go on until Ctrl-C.")
    var once = false
    @Flag(help: "Have people agree at each provider instead of signing once for all.")
    var individually = false
    @Flag(help: "Compare log and read models with the sandbox's own ledger, to the won.")
    var reconcile = false
    @Flag(help: "Print the summary as JSON.") var json = false

    func validate() throws {
        guard people >= 1, atOnce >= 1, (1...60).contains(months) else {
            throw ValidationError("--people and --at-once begin at 1; --months is 1 to 60.")
        }
    }

    func run() async throws {
        let identity = try OperatorFile(certificates + "/operator.yaml")
        let registry = try Providers(
            providers ?? certificates + "/providers.yaml",
            registration: identity.registration
        )
        let services = try Services(try options.settings(), creating: true)
        try await services.closing {
            let run = try await CollectRun(
                services: services,
                identity: identity,
                registry: registry,
                certificates: certificates,
                months: Int32(months),
                isIndividual: individually
            )
            do {
                try await collect(with: run)
            } catch {
                await run.shutdown()
                throw error
            }
            await run.shutdown()
        }
    }

    private func collect(with run: CollectRun) async throws {
        // Nothing may happen between the last answer and the comparison.
        if reconcile { try await run.runClock(false) }
        var summary = try await run.collect(people: people, atOnce: atOnce, for: reason)
        if reconcile {
            summary.differences = try await run.verdict().sentences
            try await run.runClock(true)
        }
        Terminal.shared.data(try json ? summary.json : summary.text)
        for line in summary.differences ?? [] { Terminal.shared.note(line) }
        guard summary.differences?.isEmpty ?? true else {
            throw Failure(.differs, "Log, read models and the sandbox's ledger differ.")
        }
        guard summary.failures.isEmpty else {
            throw Failure(.differs, "Some transfers were given up; collect again for the rest.")
        }
        guard !once else { return }
        try await run.serve()
    }
}

/// Why data is asked for, which decides how far back and how often.
enum CollectReason: String, CaseIterable, ExpressibleByArgument {
    /// The person looks at their data.
    case refresh
    /// The person looks at all of it, days long ago too.
    case search
    /// It is the week of a regular transfer.
    case regular

    var trigger: TransferTrigger {
        switch self {
        case .refresh: .userRefresh
        case .search: .userSearch
        case .regular: .scheduled
        }
    }
}

/// What a collection came to.
struct CollectSummary: Encodable {
    var people = 0
    var enrolled = 0
    var transfers = 0
    var calls = 0
    var rows = 0
    var added = 0
    var retracted = 0
    var quarantined = 0
    /// What the signing and the tokens took; nil when people were enrolled before.
    var enrolSeconds: Double?
    /// What asking and recording took.
    var seconds = 0.0
    /// What all providers of a person took together.
    var personMillisecondsMedian = 0
    var personMillisecondsP99 = 0
    /// Transfers that brought nothing or not all, by reason.
    var failures: [String: Int] = [:]
    /// Where log and ledger differ; nil when nobody compared.
    var differences: [String]?

    mutating func add(_ result: Result<TransferOutcome, CollectError>) {
        transfers += 1
        switch result {
        case .success(let outcome):
            calls += outcome.calls
            rows += outcome.rows
            added += outcome.added
            retracted += outcome.retracted
            quarantined += outcome.quarantined
            if !outcome.isComplete { failures["incomplete", default: 0] += 1 }
        case .failure(let error): failures["\(error)", default: 0] += 1
        }
    }

    var json: String { get throws { try JSONText.encode(self) } }

    var text: String {
        let rate = Int(Double(rows) / max(seconds, 0.001))
        var lines = [
            "\(Text.grouped(people)) people, \(Text.grouped(enrolled)) new; "
                + "\(Text.grouped(transfers)) transfers, \(Text.grouped(calls)) calls",
            "\(Text.grouped(rows)) rows in \(Text.seconds(seconds)), \(Text.grouped(rate)) rows/s",
            "\(Text.grouped(added)) events added, \(Text.grouped(retracted)) taken back, "
                + "\(Text.grouped(quarantined)) answers put aside",
            "a person took \(personMillisecondsMedian) ms, \(personMillisecondsP99) ms at p99",
        ]
        if let enrolSeconds { lines.insert("enrolled in \(Text.seconds(enrolSeconds))", at: 1) }
        for (reason, count) in failures.sorted(by: { $0.key < $1.key }) {
            lines.append("given up: \(reason), \(Text.grouped(count)) times")
        }
        if let differences {
            lines.append(
                differences.isEmpty
                    ? "reconciled: the log and the sandbox's ledger agree to the won"
                    : "NOT RECONCILED: \(Text.grouped(differences.count)) differences"
            )
        }
        return lines.joined(separator: "\n")
    }
}
