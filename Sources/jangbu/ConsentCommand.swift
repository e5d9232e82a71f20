import ArgumentParser
import Commands
import EventLog
import Finance
import Foundation
import Frame
import Projections
import Vault

/// `jangbu consent`: what a person allowed, and its ends.
struct ConsentCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "consent",
        abstract: "A person's transfer requests and agreements, and what their end deletes.",
        discussion: """
            What destroys data says what it would destroy; with --yes it does it, at once and for \
            good, and prints the receipt.
            """,
        subcommands: [
            List.self, Withdraw.self, Delete.self, Leave.self, Agreements.self, Due.self,
        ]
    )

    /// The person whom a command is about.
    struct Person: ParsableArguments {
        @Argument(help: "The person's id, 32 hexadecimal digits.") var subject: String

        func validate() throws {
            guard SubjectID(hexadecimal: subject) != nil else {
                throw ValidationError("A person's id has 32 hexadecimal digits.")
            }
        }

        /// The person's id, who must be live here.
        func id(in vault: Vault) throws -> SubjectID {
            guard let id = SubjectID(hexadecimal: subject), vault.state(of: id) == .live else {
                throw Failure(.input, "There is no live person \(subject).")
            }
            return id
        }
    }

    /// `jangbu consent list`.
    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list",
            abstract: "Membership, transfer requests, agreements, deletions.",
            discussion: "Example: jangbu consent list 0f3b... --json"
        )

        @OptionGroup var options: SettingsOptions
        @OptionGroup var person: Person
        @Flag(help: "Print JSON.") var json = false

        func run() async throws {
            try await ConsentOffice.open(options) { office in
                let register = try office.desk.register(of: try person.id(in: office.vault))
                let lines = ConsentLines(register)
                Terminal.shared.data(try json ? JSONText.encode(lines) : lines.text)
            }
        }
    }

    /// `jangbu consent agreements`.
    struct Agreements: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "agreements",
            abstract: "What the portal is answered about third-party provision, as JSON.",
            discussion: """
                Without --number the agreements (지원-105), with it the hand-overs under that one \
                (지원-106).

                Example: jangbu consent agreements 0f3b... --operator-code Z1OP010000
                """
        )

        @OptionGroup var options: SettingsOptions
        @OptionGroup var person: Person
        @Option(help: "The operator's org_code.") var operatorCode: String
        @Option(help: "Number of an agreement, for the hand-overs under it.") var number: String?
        @Option(help: "The answer's next_page, for the page after it.") var page: String?

        func run() async throws {
            try await ConsentOffice.open(options) { office in
                let id = try person.id(in: office.vault)
                let register = try office.desk.register(of: id)
                guard let number else {
                    let answer = AgreementAnswers.agreements(
                        of: register,
                        operatorCode: operatorCode
                    )
                    return Terminal.shared.data(String(decoding: answer.bytes, as: UTF8.self))
                }
                guard AgreementAnswers.agreement(number, in: register) != nil else {
                    throw Failure(.input, "There is no agreement \(number).")
                }
                var handOvers: [HandOver] = []
                try office.desk.forEachEvent(of: id) { event in
                    if let handOver = HandOver(event) { handOvers.append(handOver) }
                }
                let answer = AgreementAnswers.handOvers(
                    handOvers,
                    under: number,
                    between: Int64.min...Int64.max,
                    page: page
                )
                guard let answer else { throw Failure(.input, "There is no such page.") }
                Terminal.shared.data(String(decoding: answer.bytes, as: UTF8.self))
            }
        }
    }
}

/// Vault, log, desk and, when they can be opened, read models.
struct ConsentOffice {
    let vault: Vault
    let log: EventLog
    let desk: ConsentDesk
    let services: Services?
    private let eraser: Eraser

    /// Opens what a command needs, does `work` and closes it.
    ///
    /// Read models are derived: whatever is wrong with them, deletion goes on without.
    static func open(
        _ options: SettingsOptions,
        _ work: (ConsentOffice) async throws -> Void
    ) async throws {
        let settings = try options.settings()
        let (vault, log) = try DataDirectory(settings).open()
        try vault.attach(log)
        var services: Services?
        do {
            services = try Services(settings, vault, log)
        } catch {
            tellOwed(error)
        }
        let desk = try services?.desk ?? ConsentDesk(vault: vault, log: log)
        let recorder = try services?.recorder ?? Recorder(vault: vault, log: log)
        let access = providerAccess(settings, vault, log, recorder)
        let office = ConsentOffice(
            vault: vault,
            log: log,
            desk: desk,
            services: services,
            eraser: try Eraser(
                desk,
                access,
                log: log,
                vault: vault,
                recorder: recorder,
                settings: settings,
                projections: services?.projections
            )
        )
        func finish() async throws {
            guard let access else { return try await work(office) }
            try await access.closing { try await work(office) }
        }
        guard let services else {
            defer { log.close() }
            return try await finish()
        }
        try await services.closing { try await finish() }
    }

    /// Deletion goes on without it too: what is wrong with it is said.
    private static func providerAccess(
        _ settings: Settings,
        _ vault: Vault,
        _ log: EventLog,
        _ recorder: Recorder
    ) -> ProviderAccess? {
        do {
            return try ProviderAccess(settings, vault: vault, log: log, recorder: recorder)
        } catch {
            let why = Failure(error)?.sentence ?? "\(error)"
            Terminal.shared.note("No provider is told of tokens that are revoked: \(why)")
            return nil
        }
    }

    /// Decides and, with `isMeant`, records and destroys; else says what would be destroyed.
    func carryOut(
        of id: SubjectID,
        isMeant: Bool,
        _ decide: @escaping ConsentDesk.Decision
    ) async throws -> ErasureLines {
        let now = Clock.now
        guard isMeant else {
            return ErasureLines(planned: try desk.plans(of: id, at: now, after: decide))
        }
        try await desk.carryOut(of: id, at: now, decide)
        return ErasureLines(done: try await erase(id, at: now))
    }

    /// Does the deletions that are owed, and has the read models follow.
    func erase(_ id: SubjectID, at now: Int64) async throws -> [ErasureReceipt] {
        let receipts = try await eraser.eraseOwed(of: id, at: now)
        guard !receipts.isEmpty, let services else { return receipts }
        do {
            try await services.waitUntilCaughtUp(standingStillAtMost: .seconds(5))
        } catch {
            ConsentOffice.tellOwed(error)
        }
        return receipts
    }

    private static func tellOwed(_ error: any Error) {
        let why = Failure(error)?.sentence ?? "\(error)"
        Terminal.shared.note("The read models follow at the next start: \(why)")
    }
}
