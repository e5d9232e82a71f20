import ArgumentParser
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
            open no more; key backups that were made before must be destroyed by you.

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
        let services = try Services(try options.settings(), creating: false)
        do {
            try await services.waitUntilCaughtUp()
            if let compartment = compartment.flatMap({ CompartmentID(hexadecimal: $0) }) {
                services.projections.prepareErasure(in: id)
                try await services.vault.shred(
                    compartment: compartment,
                    of: id,
                    reason: reason.reason,
                    at: Clock.now
                )
            } else {
                guard services.vault.state(of: id) != .unknown else {
                    throw VaultError.unknownSubject
                }
                try services.projections.forget(id)
                try await services.vault.shred(subject: id, reason: reason.reason, at: Clock.now)
            }
            try await services.waitUntilCaughtUp()
        } catch {
            try services.close()
            throw error
        }
        try services.close()
        let body = ["subject": subject, "compartment": compartment, "reason": reason.rawValue]
        Terminal.shared.data(
            try json
                ? JSONText.encode(body.compactMapValues(\.self))
                : "destroyed: \(compartment.map { "compartment \($0) of " } ?? "")\(subject)"
        )
    }
}
