import ArgumentParser

/// `jangbu demo`: the main job, from people who agree to pages that show what they have.
struct DemoCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "demo",
        abstract: "See it work: people's data is collected from providers, folded and shown.",
        discussion: """
            A sandbox of banks, card companies, insurers and more runs as a process of its own, \
            with people who do not exist. They sign transfer requests, their data is collected \
            over mutual TLS into a fresh directory, and the pages are served on loopback. The \
            sandbox's clock then runs a day every few seconds, and regular transfers bring what \
            happened.

            With --once it ends after one collection and proves the result: every asset's sums \
            and balance are the sandbox's to the won, in the log and in the read models; the \
            stored states hash to what they should; and collecting again adds nothing. It ends \
            with 0, or with 1 and what differs.
            """
    )

    @OptionGroup var options: SettingsOptions
    @Flag(help: "Collect once, reconcile, and end.") var once = false
    @Flag(help: "Print the summary of --once as JSON.") var json = false
    @Option(help: "How many people there are.") var people = 40
    @Option(help: "Months of their lives.") var months = 24
    @Option(help: "All chance of the sandbox comes from it.") var seed = 1
    @Option(help: "Port to listen on; 0 takes a free one.") var port: Int?
    @Flag(help: "Keep the temporary directory when the demo ends.") var keep = false

    func validate() throws {
        guard people >= 1, (1...60).contains(months) else {
            throw ValidationError("--people begins at 1; --months is 1 to 60.")
        }
        guard !options.overrides.contains(where: { $0.hasPrefix("sandbox.") }) else {
            throw ValidationError(
                "The demo has a sandbox of its own: --people, --months and --seed set it, "
                    + "and no --set sandbox."
            )
        }
    }

    func run() async throws {
        var settings = try options.settings()
        if let port { try settings.set("web.port", to: String(port), from: "--port") }
        EndSignals.watch(isGraceful: false)
        if options.dataDirectory == nil {
            settings.dataDirectory = try TemporaryData.make(keeping: keep)
            settings.passphraseFile = ""
        }
        defer { TemporaryData.remove() }
        let sandbox = try await SandboxProcess(
            directory: settings.dataDirectory + "/sandbox",
            people: people,
            months: months,
            seed: seed
        )
        defer { sandbox.end() }
        settings.webSignInFile = sandbox.directory + "/sign-in.yaml"
        settings.providersFile = sandbox.directory + "/providers.yaml"
        let services = try Services(settings, creating: true)
        try await services.closing { try await show(services, sandbox) }
    }

    private func show(_ services: Services, _ sandbox: SandboxProcess) async throws {
        let demo = try await CollectionDemo(services, sandbox, people: people, months: months)
        do {
            if once {
                let proof = try await demo.runOnce()
                Terminal.shared.data(try json ? proof.json : proof.text)
                guard proof.isProven else { throw ExitCode(ExitClass.differs.rawValue) }
            } else {
                try await demo.serve()
            }
        } catch {
            await demo.shutdown()
            throw error
        }
        await demo.shutdown()
    }
}
