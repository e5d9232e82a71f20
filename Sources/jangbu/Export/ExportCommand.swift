import ArgumentParser
import Commands
import Files
import Foundation
import Synchronization
import Vault
import Web

/// `jangbu export`: everything of a person, for the person.
struct ExportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Everything the log has of a person and may show them, as JSON or CSV.",
        discussion: """
            Each event with each of its fields, as docs/export.md says. The file must not be there \
            yet and can be read by its owner only.

            Example: jangbu export 0f3b... --format csv --output person.csv
            """
    )

    @OptionGroup var options: SettingsOptions
    @OptionGroup var person: ConsentCommand.Person
    @Option(help: "json or csv.") var format = "json"
    @Option(help: "The file to make.") var output: String
    @Flag(help: "Print the count of events as JSON.") var json = false

    func validate() throws {
        guard ExportFormat(rawValue: format) != nil else {
            throw ValidationError("The format is json or csv.")
        }
    }

    func run() async throws {
        guard let format = ExportFormat(rawValue: format) else { return }
        try await ConsentOffice.open(options) { office in
            let subject = try person.id(in: office.vault)
            let file: File
            do throws(FileError) {
                file = try File(output, .create)
            } catch {
                throw Failure(Failure.exit(error), "\(output) cannot be made (\(error)).")
            }
            let writer = try ExportWriter(
                PersonReader(vault: office.vault, log: office.log, for: .export),
                of: subject,
                format
            )
            var position = ExportPosition()
            var offset = 0
            while let bytes = try writer.next(&position) {
                try file.write(bytes.span, at: offset)
                offset += bytes.count
            }
            try file.sync()
            file.close()
            let count = position.events
            Terminal.shared.data(
                json
                    ? #"{"events":\#(count),"bytes":\#(offset)}"#
                    : "\(count) events in \(output)"
            )
        }
    }
}
