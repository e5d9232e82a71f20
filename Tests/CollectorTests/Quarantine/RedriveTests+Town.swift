import Collector
import Commands
import Finance
import Frame
import Sandbox
import MyData
import Testing
import Vault

extension RedriveTests {
    /// A month's movements in one answer, and one window of it.
    static var plan: Town.Plan {
        var plan = Town.Plan()
        (plan.persons, plan.months, plan.historyMonths) = (2, 1, 1)
        return plan
    }

    /// Movements of accounts and cards; lists and states are answered well.
    static let movements = ["counts/104", "counts/208", "counts/209"]

    static func desk(_ town: Town, tolerant: Bool) throws -> QuarantineDesk {
        let providers = try Providers(
            town.providers.all.map { provider in
                var provider = provider
                if tolerant { provider.tolerates = [.counts] }
                return provider
            }
        )
        return try QuarantineDesk(
            log: town.log,
            vault: town.vault,
            recorder: try Recorder(vault: town.vault, log: town.log),
            providers: providers
        )
    }

    static func open(
        _ desk: QuarantineDesk,
        _ subject: SubjectID
    ) throws -> [QuarantineEntry] {
        try desk.entries(of: subject).filter { $0.outcome == nil }
    }

    static func now(_ town: Town) -> Int64 { town.clock.seconds * 1_000_000 }

    /// Somebody whose movements were all put aside; faults have ended.
    static func putAside(
        _ town: Town,
        _ faults: [String] = movements
    ) async throws -> SubjectID {
        let collector = try town.collector()
        let (subject, failures) = try await town.enrol(0, with: collector)
        #expect(failures.isEmpty)
        try await town.misbehave(faults)
        _ = try await collector.collect(subject, for: .userConsent)
        try await town.misbehave([])
        return subject
    }
}

extension JSONTree {
    /// The texts of an object's members.
    var scalars: [String] {
        guard case .object(let members) = self else { return [] }
        return members.values.compactMap(\.scalar)
    }
}
