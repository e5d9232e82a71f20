import ArgumentParser

/// `jangbu demo-import`: files of included real data.
struct DemoImportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "demo-import",
        abstract: "Import real card transactions, then let more come in live.",
        discussion: """
            181,335 real purchases of Birmingham City Council's cards and a synthetic person of \
            IBM's sample are sealed \
            and appended in a fresh directory; a share of the rows is held back and comes live \
            on a simulated clock \
            while the pages are served on loopback.

            With --once it runs to the end instead, and proves the result: rows in = events + \
            duplicates + rejected, \
            the sums by currency are the same in the files, in a replay of every frame, in the \
            counters and in \
            the spending profiles, the stored states hash to what they should, and importing \
            again adds \
            nothing. It ends with 0, or with 1 and what differs.
            """
    )

    @OptionGroup var options: SettingsOptions
    @Flag(help: "Run to the end, reconcile, and end.") var once = false
    @Flag(help: "Print the summary of --once as JSON.") var json = false
    @Option(help: "Port to listen on; 0 takes a free one.") var port: Int?
    @Flag(help: "Keep the temporary directory when the demo ends.") var keep = false

    func run() async throws {
        var settings = try options.settings()
        if let port { try settings.set("web.port", to: String(port), from: "--port") }
        EndSignals.watch(isGraceful: false)
        if options.dataDirectory == nil {
            settings.dataDirectory = try TemporaryData.make(keeping: keep)
            settings.passphraseFile = ""
        }
        let directory = settings.dataDirectory
        defer { TemporaryData.remove() }
        let services = try Services(settings, creating: true)
        try await services.closing {
            let demo = ImportDemo(services, ledger: LedgerService(services))
            if once {
                try await runOnce(demo)
            } else {
                try await demo.serve(at: directory)
            }
        }
    }

    private func runOnce(_ demo: ImportDemo) async throws {
        let proof = try await demo.runOnce()
        Terminal.shared.data(try json ? proof.json : proof.text)
        guard proof.isProven else { throw ExitCode(ExitClass.differs.rawValue) }
    }
}
