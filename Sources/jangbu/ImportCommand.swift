import ArgumentParser
import MyData

/// `jangbu import`: tables of a known source into the data directory.
struct ImportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Import tables of a known source; importing again adds nothing.",
        discussion: """
            A row that cannot be used is reported by file, line, field and reason, never by its \
            value, and the rest \
            goes on. The summary holds exactly: rows = events + duplicates + rejected, in rows \
            and in money.

            Examples:
              jangbu import birmingham Replay/data/birmingham
              jangbu import berka "$JANGBU_DATA/berka" --json
            """
    )

    @OptionGroup var options: SettingsOptions
    @Argument(help: "birmingham, ibm or berka.") var source: DataSet
    @Argument(help: "Files of it, or the folder that has them.", completion: .file())
    var paths: [String]
    @Flag(help: "Print the summary as JSON.") var json = false
    @Option(help: "Report at most this many rejected rows; all are counted.")
    var reportedMax = 100

    func run() async throws {
        let files = try paths.flatMap { try source.files($0) }
        let services = try Services(try options.settings(), creating: true)
        let reports = RejectionReports(max: reportedMax)
        var outcomes: [FileOutcome] = []
        let importing = SetImport(services: services, set: source) { reports.show($0, $1) }
        try await services.closing {
            for file in files { outcomes.append(try await importing.run(file)) }
        }
        let report = ImportReport(outcomes)
        Terminal.shared.data(try json ? report.json : report.text)
        guard report.total.isReconciled else {
            throw Failure(.differs, "The import does not reconcile; please report this.")
        }
    }
}

/// Shows rejected rows up to a bound.
final class RejectionReports {
    private let max: Int
    private var shown = 0

    init(max: Int) { self.max = max }

    func show(_ file: String, _ row: RejectedRow) {
        shown += 1
        guard shown <= max else {
            if shown == max + 1 { Terminal.shared.note("further rejected rows are only counted") }
            return
        }
        let field = row.field.map { "\($0): " } ?? ""
        Terminal.shared.note("\(file):\(row.line): \(field)\(row.reason)")
    }
}
