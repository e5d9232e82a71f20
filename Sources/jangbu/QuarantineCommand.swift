import ArgumentParser
import Collector
import Finance
import Foundation
import Frame
import Projections
import Vault
import Web

/// `jangbu mydata quarantine`: answers that were put aside because they break the standard.
struct QuarantineCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "quarantine",
        abstract: "Answers that were put aside: list, look at, take in after a fix, discard.",
        discussion: """
            An answer that breaks the standard is kept sealed with its reason. After a fix, a \
            newer reader or a tolerance of its provider (`tolerates` in the registry that \
            collection.providers_file names), redrive takes it in as if it had been answered \
            then. What later answers say already is not recorded again.

            While a server has the data directory, list, redrive and discard are done by that \
            server; show is for when none has it.
            """,
        subcommands: [List.self, Show.self, Redrive.self, Discard.self]
    )

    /// Which answer a command is about.
    struct Answer: ParsableArguments {
        @Argument(help: "The answer's id, as list prints it.") var id: String

        func validate() throws {
            guard QuarantineID(text: id) != nil else {
                throw ValidationError("An answer's id is 32 hexadecimal digits, a hyphen, 16 more.")
            }
        }

        func name() throws -> QuarantineID {
            guard let name = QuarantineID(text: id) else {
                throw Failure(.input, "There is no such answer.")
            }
            return name
        }
    }

    /// Who acts when it is done from the command line.
    static let actor = "command-line"

    /// `jangbu mydata quarantine list`.
    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list",
            abstract: "What is put aside now: reason, API, provider, day, size; never content.",
            discussion: "Example: jangbu mydata quarantine list --json"
        )

        @OptionGroup var options: SettingsOptions
        @Flag(help: "Print JSON.") var json = false

        func run() async throws {
            let settings = try options.settings()
            let lines = try await QuarantineCommand.lines(settings).map(EntryLine.init)
            Terminal.shared.data(
                try json
                    ? JSONText.encode(lines)
                    : lines.isEmpty
                        ? "nothing is quarantined" : lines.map(\.text).joined(separator: "\n")
            )
        }
    }

    /// `jangbu mydata quarantine show`.
    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "show",
            abstract: "Print what was asked and answered; the look is recorded.",
            discussion: "Example: jangbu mydata quarantine show ID | tail -n +2 | jq ."
        )

        @OptionGroup var options: SettingsOptions
        @OptionGroup var answer: Answer

        func run() async throws {
            let settings = try options.settings()
            if let server = try DataDirectory(settings).runningServer() {
                throw Failure(
                    .inUse,
                    "The server at \(server.address) has the data directory, and it gives the "
                        + "content to nobody: end it, then ask again."
                )
            }
            let services = try Services(settings, creating: false)
            let content = try await services.closing {
                try await services.quarantine.content(
                    try answer.name(),
                    for: QuarantineCommand.actor,
                    at: Clock.now
                )
            }
            Terminal.shared.data(String(decoding: content.query, as: UTF8.self))
            Terminal.shared.data(String(decoding: content.body, as: UTF8.self))
        }
    }

    /// `jangbu mydata quarantine redrive`.
    struct Redrive: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "redrive",
            abstract: "Read it again with today's reader and record what it says.",
            discussion: """
                Ends with 1 while it still breaks the standard; it then stays, with the new \
                reason. Again changes nothing.

                Examples:
                  jangbu mydata quarantine redrive ID --dry-run
                  jangbu mydata quarantine redrive ID
                """
        )

        @OptionGroup var options: SettingsOptions
        @OptionGroup var answer: Answer
        @Flag(help: "Say what would be recorded; record nothing.") var dryRun = false
        @Flag(help: "Print JSON.") var json = false

        func run() async throws {
            let settings = try options.settings()
            let line = ResultLine(try await result(settings))
            Terminal.shared.data(try json ? JSONText.encode(line) : line.text)
            guard line.fault == nil else { throw ExitCode(ExitClass.differs.rawValue) }
        }

        private func result(_ settings: Settings) async throws -> Web.QuarantineResult {
            let name = try answer.name()
            if let server = try DataDirectory(settings).runningServer() {
                let told =
                    dryRun
                    ? try await server.quarantined(name.description)
                    : try await server.redrive(name.description)
                if case .refused = told {
                    throw Failure(.refused, "The person's consents do not allow it.")
                }
                return told
            }
            let services = try Services(settings, creating: false)
            return try await services.closing {
                Web.QuarantineResult(
                    dryRun
                        ? try await services.quarantine.preview(name, at: Clock.now)
                        : try await services.quarantine.redrive(
                            name,
                            by: QuarantineCommand.actor,
                            at: Clock.now
                        )
                )
            }
        }
    }

    /// `jangbu mydata quarantine discard`.
    struct Discard: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "discard",
            abstract: "Put it away for good, for a reason.",
            discussion: "Example: jangbu mydata quarantine discard ID --reason 'sent by mistake'"
        )

        @OptionGroup var options: SettingsOptions
        @OptionGroup var answer: Answer
        @Option(help: "Why, in words; sealed in the person's log.") var reason: String
        @Flag(help: "Print JSON.") var json = false

        func run() async throws {
            let line = ResultLine(try await result(try options.settings()))
            Terminal.shared.data(try json ? JSONText.encode(line) : line.text)
        }

        private func result(_ settings: Settings) async throws -> Web.QuarantineResult {
            let name = try answer.name()
            if let server = try DataDirectory(settings).runningServer() {
                return try await server.discard(name.description, note: reason)
            }
            let services = try Services(settings, creating: false)
            return try await services.closing {
                Web.QuarantineResult(
                    try await services.quarantine.discard(
                        name,
                        note: reason,
                        by: QuarantineCommand.actor,
                        at: Clock.now
                    )
                )
            }
        }
    }

    /// What is put aside, from the server that has the data directory, else from the directory.
    private static func lines(_ settings: Settings) async throws -> [QuarantineLine] {
        if let server = try DataDirectory(settings).runningServer() {
            return try await server.quarantine()
        }
        let services = try Services(settings, creating: false)
        return try await services.closing {
            try await services.waitUntilCaughtUp()
            return try lines(services)
        }
    }

    private static func lines(_ services: Services) throws -> [QuarantineLine] {
        var lines: [QuarantineLine] = []
        for subject in services.vault.subjects {
            let aside = try services.collection.read(subject)?.state.aside ?? [:]
            let ordered = aside.sorted { ($0.value.askedAt, $0.key) < ($1.value.askedAt, $1.key) }
            for (number, one) in ordered {
                lines.append(QuarantineLine(number, one, of: subject))
            }
        }
        return lines
    }
}

/// One answer, for people and programs.
private struct EntryLine: Encodable {
    let id, api, orgCode, reason, field, day: String
    let row: UInt32
    let bytes: UInt64

    init(_ line: QuarantineLine) {
        (id, api, orgCode) = (line.id, line.api, line.provider)
        (reason, field, row) = (line.fault.reason, line.fault.field, line.fault.row)
        bytes = line.bytes
        day = CivilDate(secondsSinceEpoch: line.askedAt / 1_000)?.description ?? "?"
    }

    var text: String {
        let place = field.isEmpty ? "" : " \(field) of row \(row)"
        return "\(id)  \(orgCode)  \(api)  \(day)  \(Text.grouped(bytes)) bytes  \(reason)\(place)"
    }
}

/// What came of it, for people and programs.
private struct ResultLine: Encodable {
    let result: String
    var added: UInt64 = 0
    var retracted: UInt64 = 0
    /// Why it still cannot be read.
    var fault: String?

    init(_ result: Web.QuarantineResult) {
        switch result {
        case .taken(let added, let retracted):
            self.result = "taken"
            (self.added, self.retracted) = (added, retracted)
        case .superseded: self.result = "superseded"
        case .refused: self.result = "refused"
        case .broken(let fault):
            self.result = "broken"
            let place = fault.field.isEmpty ? "" : " \(fault.field) of row \(fault.row)"
            self.fault = fault.reason + place
        case .released(let outcome): self.result = outcome
        }
    }

    var text: String {
        switch result {
        case "taken":
            "taken in: \(Text.grouped(added)) events, \(Text.grouped(retracted)) taken back"
        case "superseded": "superseded: later answers say all of it"
        case "broken": "still broken: \(fault ?? "")"
        default: result
        }
    }
}
