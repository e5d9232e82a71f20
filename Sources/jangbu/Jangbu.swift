// jangbu: the executable. Reads the configuration, builds the services, runs one command on them.
//
// Data goes to standard output, everything else to standard error. What fails is said in one
// sentence and by an exit code of its class (`ExitClass`). Time, chance and top-level tasks begin
// here and are handed down.

import ArgumentParser
import Cryptography
import Foundation

/// The command line.
@main
struct Jangbu: AsyncParsableCommand {
    static let version = "0.1.0"

    static let configuration = CommandConfiguration(
        commandName: "jangbu",
        abstract: "The ledger: sealed, durable, provable events of people's finances.",
        discussion: """
            Examples:
              jangbu demo                       see it work on people who do not exist
              jangbu demo --once                the same to its end, reconciled
              jangbu demo-import                see it work on included real data
              jangbu serve                      serve the data directory on 127.0.0.1
              jangbu sandbox                    providers to collect from, for trials
              jangbu collect                    collect from them
              jangbu mydata check FILE...       read answers of the standard API
              jangbu log stats --json           what is in the log

            The data directory is ~/.local/share/jangbu, or --data-directory, or \
            JANGBU_DATA_DIRECTORY. Every key of \
            conf/jangbu.yaml can be set by the environment (log.partition_count is \
            JANGBU_LOG_PARTITION_COUNT) and by --set KEY=VALUE, which wins.

            \(ExitClass.table)
            """,
        version: version,
        subcommands: [
            ServeCommand.self, DemoCommand.self, DemoImportCommand.self, ImportCommand.self,
            LogCommand.self, ReplayCommand.self, StateHashCommand.self, ShredCommand.self,
            SandboxCommand.self, CategoriesCommand.self, ForecastCommand.self,
            CollectCommand.self, MyDataCommand.self, ConsentCommand.self, ReportCommand.self,
            OperatorCommand.self, ExportCommand.self, BenchCommand.self,
            CompletionsCommand.self,
        ]
    )

    static func main() async {
        // A limit on file sizes is a full disk (EFBIG), not a reason to die.
        signal(SIGXFSZ, SIG_IGN)
        // A reader that goes away is told by the write (EPIPE).
        signal(SIGPIPE, SIG_IGN)
        do {
            try LibraryCleanup.omit()
            var command = try parseAsRoot()
            if var asynchronous = command as? any AsyncParsableCommand {
                try await asynchronous.run()
            } else {
                try command.run()
            }
        } catch let code as ExitCode {
            Foundation.exit(code.rawValue)
        } catch {
            // ArgumentParser knows its own: help, version, and usage with its hint.
            guard let failure = Failure(error) else { exit(withError: error) }
            Terminal.shared.note("jangbu: \(failure.sentence)")
            Foundation.exit(failure.exit.rawValue)
        }
    }
}

/// `jangbu completions`: what a shell loads to complete commands and options.
struct CompletionsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "completions",
        abstract: "Print the completion script of a shell.",
        discussion: "Example: jangbu completions zsh > ~/.zfunc/_jangbu"
    )

    /// The shells that scripts are made for.
    enum Shell: String, CaseIterable, ExpressibleByArgument {
        case bash, zsh, fish
    }

    @Argument(help: "bash, zsh or fish.") var shell: Shell

    func run() throws {
        let completion: CompletionShell =
            switch shell {
            case .bash: .bash
            case .zsh: .zsh
            case .fish: .fish
            }
        Terminal.shared.data(Jangbu.completionScript(for: completion))
    }
}
