import Collector
import Finance
import Frame
import Synchronization
import Vault

extension CollectRun {
    /// Where the log and the read models differ from the sandbox's own ledger.
    func verdict() async throws -> LedgerVerdict {
        try await services.waitUntilCaughtUp()
        let now = clock.seconds
        let models = ReadModelComparison(services, on: KoreanClock.day(at: now))
        let people = enrolled.withLock { $0 }.sorted { $0.key < $1.key }
        let found = try await each(people, 8, nil) { person, subject in
            try await self.verdict(on: person, subject, models, at: now)
        }
        return found.reduce(into: LedgerVerdict()) { $0.add($1) }
    }

    private func verdict(
        on person: Int,
        _ subject: SubjectID,
        _ models: ReadModelComparison,
        at now: Int64
    ) async throws -> LedgerVerdict {
        var verdict = LedgerVerdict()
        let log = try AssetSums.read(
            subject,
            from: services.log,
            with: services.vault,
            on: KoreanClock.day(at: now)
        )
        let book = try collector.books.book(of: subject)
        let state = book.state
        let truth = try await control.statement(of: person, at: now).filter {
            isAsked($0, of: book.register)
        }
        var standing = truth.filter { !$0.isClosed }
        for (moment, lines) in LastAnswers(state).closed(in: truth, known: log) {
            guard let moment else {
                verdict.unprovenCount += lines.count
                continue
            }
            let before = try await control.statement(of: person, at: moment)
            standing += before.filter { line in lines.contains { $0.isSame(as: line) } }
        }
        verdict.assetCount += standing.count
        for (asset, figure) in LedgerComparison.differences(log, from: standing) {
            let kind = LedgerComparison.name(of: asset.kind)
            verdict.add(LedgerDifference(.log, kind, figure, at: asset.provider))
        }
        try models.differences(of: subject, from: truth).forEach { verdict.add($0) }
        return verdict
    }

    /// Whether what a provider has may be asked for at the person's age.
    private func isAsked(_ line: AssetLedger, of register: TransferRegister) -> Bool {
        guard case .joined(at: _, until: _, let age) = register.membership,
            let industry = collector.providers[line.provider]?.industry,
            let kind = AssetKind(rawValue: Int(line.kind))
        else { return true }
        return age == .adult || DataScope.whole(industry, of: age).opens(kind)
    }
}

/// Where ledgers differ, and how much was compared.
struct LedgerVerdict {
    /// Assets in one currency each.
    var assetCount = 0
    /// Assets that went before all of them was asked for: nobody can say more of them.
    var unprovenCount = 0
    private(set) var differences: [LedgerDifference: Int] = [:]

    mutating func add(_ difference: LedgerDifference) { differences[difference, default: 0] += 1 }

    /// What was found of others too.
    mutating func add(_ other: LedgerVerdict) {
        assetCount += other.assetCount
        unprovenCount += other.unprovenCount
        differences.merge(other.differences) { $0 + $1 }
    }

    /// A sentence for each, which names no person.
    var sentences: [String] {
        differences.sorted { $0.key < $1.key }.map { difference, count in
            count == 1
                ? difference.sentence : "\(difference.sentence) (\(Text.grouped(count)) times)"
        }
    }
}
