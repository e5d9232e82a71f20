import ArgumentParser
import EventLog
import Frame
import Projections
import Vault

/// `jangbu shred`: erasure by destroying keys.
struct ShredCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "shred",
        abstract:
            "Destroy the keys of a person, or of one asset: their data can never be read again.",
        discussion: """
            The frames stay, unreadable, so that proofs hold; jangbu log compact drops them \
            later. Backups of the log \
            open no more; key backups that were made before must be destroyed by you. \
            Read models follow; what of them cannot now does at the next start.

            Providers are not told: tokens of the person's transfer requests live on there until \
            they expire, and nobody can end them any more. Whoever leaves the service is deleted \
            by jangbu consent leave, which tells them.

            Example: jangbu shred 0f3b... --reason deletion-asked --yes
            """
    )

    /// Why, as the signed record says.
    enum Reason: String, CaseIterable, ExpressibleByArgument {
        case withdrawnWithDeletion = "withdrawn-with-deletion"
        case deletionAsked = "deletion-asked"
        case leftService = "left-service"
        case retentionEnded = "retention-ended"
        case inactive
        case receivedByMistake = "received-by-mistake"
        case operatorTest = "operator-test"

        var reason: ShredReason {
            switch self {
            case .withdrawnWithDeletion: .withdrawnWithDeletion
            case .deletionAsked: .deletionAsked
            case .leftService: .leftService
            case .retentionEnded: .retentionEnded
            case .inactive: .inactive
            case .receivedByMistake: .receivedByMistake
            case .operatorTest: .operatorTest
            }
        }
    }

    @OptionGroup var options: SettingsOptions
    @Argument(help: "The person's id, 32 hexadecimal digits.") var subject: String
    @Option(help: "Only this compartment, 32 hexadecimal digits.") var compartment: String?
    @Option(help: "Why, as the signed record will say.") var reason = Reason.deletionAsked
    @Flag(help: "Do it; without this nothing is done.") var yes = false
    @Flag(help: "Print JSON.") var json = false

    func validate() throws {
        guard SubjectID(hexadecimal: subject) != nil else {
            throw ValidationError("A person's id has 32 hexadecimal digits.")
        }
        guard compartment.map({ CompartmentID(hexadecimal: $0) != nil }) ?? true else {
            throw ValidationError("A compartment's id has 32 hexadecimal digits.")
        }
        guard yes else {
            throw ValidationError("This cannot be undone; say --yes to do it.")
        }
    }

    func run() async throws {
        guard let id = SubjectID(hexadecimal: subject) else { return }
        let settings = try options.settings()
        let (vault, log) = try DataDirectory(settings).open()
        defer { log.close() }
        try vault.attach(log)
        // Read models are derived: whatever is wrong with them, the keys go.
        var services: Services?
        do {
            services = try Services(settings, vault, log)
        } catch {
            tellOwed(error)
        }
        tellWhatIsLeft(id, vault, log)
        do {
            try await destroy(id, vault, services)
        } catch {
            try services?.close()
            throw error
        }
        if let services { await follow(id, services) }
        let body = ["subject": subject, "compartment": compartment, "reason": reason.rawValue]
        Terminal.shared.data(
            try json
                ? JSONText.encode(body.compactMapValues(\.self))
                : "destroyed: \(compartment.map { "compartment \($0) of " } ?? "")\(subject)"
        )
    }

    private func destroy(_ id: SubjectID, _ vault: Vault, _ services: Services?) async throws {
        if vault.state(of: id) == .live { services?.projections.prepareErasure(in: id) }
        guard let compartment = compartment.flatMap({ CompartmentID(hexadecimal: $0) }) else {
            return try await vault.shred(subject: id, reason: reason.reason, at: Clock.now)
        }
        try await vault.shred(
            compartment: compartment,
            of: id,
            reason: reason.reason,
            at: Clock.now
        )
    }

    /// Has the read models take in what was destroyed.
    private func follow(_ id: SubjectID, _ services: Services) async {
        do {
            if compartment == nil { try services.projections.forget(id) }
            try await services.waitUntilCaughtUp(standingStillAtMost: .seconds(5))
        } catch {
            tellOwed(error)
        }
        do {
            try services.close()
        } catch {
            tellOwed(error)
        }
    }

    private func tellOwed(_ error: any Error) {
        let why = Failure(error)?.sentence ?? "\(error)"
        Terminal.shared.note("The read models follow at the next start: \(why)")
    }
}
