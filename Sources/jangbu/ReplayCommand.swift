import ArgumentParser
import Cryptography
import Finance
import Projections

/// `jangbu replay`: read models from the log again.
struct ReplayCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay",
        abstract: "Fold the log again.",
        subcommands: [Rebuild.self]
    )

    /// `jangbu replay rebuild`.
    struct Rebuild: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "rebuild",
            abstract: "Fold read models anew beside the old ones and read them once they agree.",
            discussion: """
                The old states stay until the new ones have caught up and, unless damage is \
                being healed, hash to the same.

                Example: jangbu replay rebuild --only spending-profile
                """
        )

        @OptionGroup var options: SettingsOptions
        @Option(help: "Only this read model; several times for several.") var only: [Model] = []
        @Flag(help: "Print JSON.") var json = false

        /// The read models.
        enum Model: String, CaseIterable, ExpressibleByArgument {
            case counters = "subject-counters"
            case integrated = "integrated-view"
            case spending = "spending-profile"
            case consents = "consent-register"
            case coverage
            case netWorth = "net-worth"
            case obligations
            case collection = "collection-board"
        }

        func run() async throws {
            let services = try Services(try options.settings(), creating: false)
            var lines: [Line] = []
            try await services.closing {
                try await services.waitUntilCaughtUp()
                for model in only.isEmpty ? Model.allCases : only {
                    switch model {
                    case .counters: lines.append(try rebuild(services.counters))
                    case .integrated: lines.append(try rebuild(services.integrated))
                    case .spending: lines.append(try rebuild(services.spending))
                    case .consents: lines.append(try rebuild(services.consents))
                    case .coverage: lines.append(try rebuild(services.coverage))
                    case .netWorth: lines.append(try rebuild(services.netWorth))
                    case .obligations: lines.append(try rebuild(services.obligations))
                    case .collection: lines.append(try rebuild(services.collection))
                    }
                }
            }
            Terminal.shared.data(
                try json
                    ? JSONText.encode(lines) : lines.map(\.text).joined(separator: "\n")
            )
        }

        private func rebuild<F: Fold>(_ projection: Projection<F>) throws -> Line {
            let progress = Progress("rebuild \(F.name)", unit: "frames")
            let report = try projection.rebuild { done, all in
                progress.show(Int(done), share: Double(done) / Double(max(1, all)))
            }
            try projection.removeOthers()
            return Line(
                name: F.name,
                generation: report.generation,
                events: report.events,
                stateHash: report.stateHash.description,
                healedDamage: report.healedDamage
            )
        }

        private struct Line: Encodable {
            let name: String
            let generation: UInt32
            let events: UInt64
            let stateHash: String
            let healedDamage: Bool

            var text: String {
                "\(name): generation \(generation), \(Text.grouped(events)) events, "
                    + "state hash \(stateHash)" + (healedDamage ? ", damage healed" : "")
            }
        }
    }
}
