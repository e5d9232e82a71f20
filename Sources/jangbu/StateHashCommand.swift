import ArgumentParser
import Cryptography
import Finance
import Projections

/// `jangbu state-hash`: whether the stored states are what was folded.
struct StateHashCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "state-hash",
        abstract: "Hash every stored state again and compare with the hash kept along.",
        discussion: """
            Equal events give equal hashes on every machine and after every rebuild.

            Example: jangbu state-hash --json
            """
    )

    @OptionGroup var options: SettingsOptions
    @Flag(help: "Print JSON.") var json = false

    func run() async throws {
        let services = try Services(try options.settings(), creating: false)
        let lines = try await services.closing {
            try await services.waitUntilCaughtUp(Progress("read models", unit: "frames folded"))
            return try StateHashes(services).all(progress: true)
        }
        Terminal.shared.data(
            try json ? JSONText.encode(lines) : lines.map(\.text).joined(separator: "\n")
        )
        guard lines.allSatisfy(\.isEqual) else { throw ExitCode(ExitClass.differs.rawValue) }
    }
}

/// The state hashes of all read models.
struct StateHashes {
    /// One read model's.
    struct Line: Encodable {
        let name: String
        let version: UInt32
        let states: UInt64
        let kept: String
        let recomputed: String
        let damaged: Int
        let isEqual: Bool

        var text: String {
            "state hash of \(name) v\(version): \(kept), \(Text.grouped(states)) states, "
                + (isEqual ? "recomputed equal" : "RECOMPUTED \(recomputed), \(damaged) damaged")
        }
    }

    let services: Services

    init(_ services: Services) { self.services = services }

    func all(progress: Bool) throws -> [Line] {
        [
            try line(services.counters, progress), try line(services.integrated, progress),
            try line(services.spending, progress), try line(services.consents, progress),
            try line(services.coverage, progress), try line(services.netWorth, progress),
            try line(services.obligations, progress), try line(services.collection, progress),
        ]
    }

    private func line<F: Fold>(_ projection: Projection<F>, _ shown: Bool) throws -> Line {
        let progress = shown ? Progress("hash \(F.name)", unit: "states") : nil
        let report = try projection.recomputeStateHash { done, all in
            progress?.show(Int(done), share: Double(done) / Double(max(1, all)))
        }
        return Line(
            name: F.name,
            version: F.version,
            states: report.states,
            kept: report.kept.description,
            recomputed: report.recomputed.description,
            damaged: report.damaged.count,
            isEqual: report.isEqual
        )
    }
}
