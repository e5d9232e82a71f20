import ArgumentParser
import Files
import Finance
import Foundation
import Logging
import Sandbox
import ServiceLifecycle
import UnixSignals

/// `jangbu sandbox`: providers that do not exist, over the standard's own wire.
struct SandboxCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sandbox",
        abstract: "Serve made-up people's data over the MyData standard, on loopback.",
        discussion: """
            All providers and the authentication body answer on one port, mutual TLS 1.3. The \
            directory gets the certificates, providers.yaml and operator.yaml.

            Examples:
              jangbu sandbox --people 100
              jangbu sandbox serve --port 0 --seed 7 --faults slow=200%50
              jangbu sandbox people --limit 3
              jangbu sandbox statement 0
            """,
        subcommands: [
            SandboxServeCommand.self, SandboxPeopleCommand.self, SandboxStatementCommand.self,
        ],
        defaultSubcommand: SandboxServeCommand.self
    )
}

/// What world a sandbox has.
struct SandboxOptions: ParsableArguments {
    @OptionGroup var options: SettingsOptions
    @Option(help: "Where its certificates are, and what it writes for the operator.")
    var directory: String?
    @Option(help: "How many people there are.") var people: Int?
    @Option(help: "Months of their lives that are told at the beginning.") var months: Int?
    @Option(help: "All chance comes from it.") var seed: Int?
    @Option(help: "First day of the books, YYYY-MM-DD.") var firstDay: String?

    func settings() throws -> Settings {
        var settings = try options.settings()
        if let directory { settings.sandboxDirectory = directory }
        if let people {
            try settings.set("sandbox.people_count", to: "\(people)", from: "--people")
        }
        if let months { try settings.set("sandbox.month_count", to: "\(months)", from: "--months") }
        if let seed { try settings.set("sandbox.seed", to: "\(seed)", from: "--seed") }
        if let firstDay { settings.sandboxFirstDay = firstDay }
        if settings.sandboxDirectory.isEmpty {
            settings.sandboxDirectory = Places.defaultData + "-sandbox"
        }
        return settings
    }
}

extension Settings {
    /// The world of these settings; `now` is seconds since 1970-01-01 UTC.
    func sandboxWorld(at now: Int64) throws -> SandboxWorld {
        SandboxWorld(
            WorldConfiguration(
                seed: UInt64(sandboxSeed),
                personCount: sandboxPeopleCount,
                firstDay: try sandboxFirstDay(at: now),
                months: sandboxMonthCount
            )
        )
    }

    private func sandboxFirstDay(at now: Int64) throws -> CivilDate {
        guard !sandboxFirstDay.isEmpty else {
            guard let today = CivilDate(secondsSinceEpoch: now) else {
                throw Failure(.configuration, "The clock of this machine is no time of ours.")
            }
            return today.adding(months: -Int32(sandboxMonthCount)).month.day(1)
        }
        let parts = sandboxFirstDay.split(separator: "-").compactMap { Int($0) }
        guard parts.count == 3,
            let day = CivilDate(year: parts[0], month: parts[1], day: parts[2])
        else {
            throw Failure(.configuration, "sandbox.first_day must be a day such as 2024-11-01.")
        }
        return day
    }

    /// The faults by their texts.
    func sandboxFaultList() throws -> [Fault] {
        try sandboxFaults.split(separator: " ").map { text in
            guard let fault = Fault(String(text)) else {
                throw Failure(.configuration, "sandbox.faults: \(text) is no fault.")
            }
            return fault
        }
    }
}

/// `jangbu sandbox serve`.
struct SandboxServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Serve until Ctrl-C or SIGTERM; a second one ends at once."
    )

    @OptionGroup var world: SandboxOptions
    @Option(help: "Port on 127.0.0.1; 0 takes a free one.") var port: Int?
    @Option(parsing: .upToNextOption, help: "Faults, such as slow=200@A1BK010000/104%50.")
    var faults: [String] = []
    @Option(help: "Seconds since 1970 that its clock begins at.") var clockAt: Int64?
    @Flag(help: "End when standard input does, as that of a process that started this one.")
    var untilInputEnds = false

    func run() async throws {
        var settings = try world.settings()
        if let port { try settings.set("sandbox.port", to: "\(port)", from: "--port") }
        if !faults.isEmpty { settings.sandboxFaults = faults.joined(separator: " ") }
        let directory = settings.sandboxDirectory
        try Files.makeDirectories(directory)
        var configuration = SandboxServerConfiguration(
            directory: directory,
            operators: [
                OperatorRegistration(clientSecret: try RegistryFiles.clientSecret(in: directory))
            ]
        )
        configuration.port = settings.sandboxPort
        // Who takes a free one for the providers has more than one sandbox.
        configuration.signInPort =
            settings.sandboxPort == 0 ? 0 : settings.sandboxSignInPort
        configuration.faults = try settings.sandboxFaultList()
        configuration.seed = UInt64(settings.sandboxSeed)
        configuration.keepsSlots = settings.sandboxSlots == "kept"
        let clock = SandboxClock(
            world: { Clock.now / 1_000_000 },
            start: clockAt,
            isRunning: settings.sandboxClock == "running"
        )
        let books = try settings.sandboxWorld(at: clock.seconds)
        var logger = Logger(label: "sandbox") { StreamLogHandler.standardError(label: $0) }
        logger.logLevel = Logger.Level(rawValue: settings.logLevel) ?? .warning
        let final = configuration
        let server = try SandboxServer(
            books: books,
            clock: clock,
            configuration: configuration,
            logger: logger
        ) { port in
            do throws(FileError) {
                try RegistryFiles.write(final, books: books, port: port)
                Terminal.shared.note(
                    "\(books.peopleCount) people at \(books.providers.count) providers on "
                        + "https://127.0.0.1:\(port); \(directory)/providers.yaml has them"
                )
            } catch {
                Terminal.shared.note("\(directory) cannot be written (\(error))")
            }
        }
        let group = ServiceGroup(
            configuration: .init(
                services: [.init(service: server)],
                gracefulShutdownSignals: [.sigint, .sigterm],
                logger: logger
            )
        )
        EndSignals.watch(isGraceful: true)
        if untilInputEnds {
            Thread.detachNewThread {
                while !FileHandle.standardInput.availableData.isEmpty {}
                kill(getpid(), SIGTERM)
            }
        }
        do {
            try await group.run()
        } catch is CancellationError {
            // A signal during start-up: nothing is running any more, which is what was asked for.
        }
        Terminal.shared.note("ended")
    }
}

/// `jangbu sandbox people`: who there is, without a server.
struct SandboxPeopleCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "people",
        abstract: "List people of the world of these settings, and their providers."
    )

    @OptionGroup var world: SandboxOptions
    @Option(help: "First of them.") var from = 0
    @Option(help: "How many.") var limit = 20

    func run() throws {
        let books = try world.settings().sandboxWorld(at: Clock.now / 1_000_000)
        for person in max(0, from)..<max(0, min(books.peopleCount, from + limit)) {
            let providers = books.providers(of: person).joined(separator: " ")
            Terminal.shared.data("\(person)\t\(books.ci(of: person))\t\(providers)")
        }
    }
}

/// `jangbu sandbox statement`: the truth about one person, without a server.
struct SandboxStatementCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "statement",
        abstract: "Print what a person's ledger says of each asset, as of now."
    )

    @OptionGroup var world: SandboxOptions
    @Argument(help: "Which person, from 0.") var person: Int

    func run() throws {
        let now = Clock.now / 1_000_000
        let books = try world.settings().sandboxWorld(at: now)
        guard (0..<books.peopleCount).contains(person) else {
            throw Failure(.input, "There is no person \(person) in this world.")
        }
        for line in books.statements(of: person, through: now) {
            let sums = [line.paidIn, line.paidOut, line.balance ?? 0].map { amount in
                Text.decimal(Int128(amount), decimals: 0)
            }
            Terminal.shared.data(
                ([line.provider, line.key, "\(line.kind)", "\(line.movements)"] + sums)
                    .joined(separator: "\t")
            )
        }
    }
}
