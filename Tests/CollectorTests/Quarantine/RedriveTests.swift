import Collector
import Commands
import EventLog
import Finance
import Frame
import MyData
import Sandbox
import Simulation
import Testing
import Vault

/// What is put aside comes back as if it had been answered then, once, whatever happens between.
///
/// The provider's fault is a list whose count is wrong; the fix is the tolerance of its registry
/// entry, with which today's reader takes the list.
struct RedriveTests {
    @Test func `after the fix the log is what it would have been, and again changes nothing`()
        async throws
    {
        try await Town.open(Self.plan) { town in
            let subject = try await Self.putAside(town)
            let strict = try Self.desk(town, tolerant: false)
            let before = try Self.open(strict, subject)
            #expect(!before.isEmpty)
            #expect(try town.differences(of: 0, subject) != [])
            // Without the fix nothing changes, not even the log.
            let size = try town.log.durableSize(of: subject)
            for entry in before {
                #expect(entry.fault.reason == .inconsistent)
                let result = try await strict.redrive(entry.id, by: "t", at: Self.now(town))
                #expect(result == .broken(entry.fault))
            }
            #expect(try town.log.durableSize(of: subject) == size)
            let desk = try Self.desk(town, tolerant: true)
            for entry in before {
                let dry = try await desk.preview(entry.id, at: Self.now(town))
                let wet = try await desk.redrive(entry.id, by: "t", at: Self.now(town))
                #expect(dry == wet)
                guard case .taken(let added, 0) = wet else {
                    Issue.record("\(entry.api) came to \(wet)")
                    continue
                }
                #expect(added > 0)
            }
            #expect(try town.differences(of: 0, subject) == [])
            #expect(try Self.open(desk, subject).isEmpty)
            let after = try town.log.durableSize(of: subject)
            for entry in before {
                let again = try await desk.redrive(entry.id, by: "t", at: Self.now(town))
                #expect(again == .released(.taken))
                let late = try await desk.discard(
                    entry.id,
                    note: "late",
                    by: "t",
                    at: Self.now(town)
                )
                #expect(late == .released(.taken))
            }
            #expect(try town.log.durableSize(of: subject) == after)
            // The evidence says that these days are covered, and asking again brings nothing.
            for (_, result) in try await town.collector().collect(subject, for: .userSearch) {
                let outcome = try result.get()
                #expect(outcome.added == 0 && outcome.retracted == 0)
            }
        }
    }

    @Test func `what later answers say is not recorded again`() async throws {
        try await Town.open(Self.plan) { town in
            let subject = try await Self.putAside(town)
            town.clock.advance(by: 3_600)
            for (_, result) in try await town.collector().collect(subject, for: .userSearch) {
                #expect(try result.get().isComplete)
            }
            #expect(try town.differences(of: 0, subject) == [])
            let desk = try Self.desk(town, tolerant: true)
            let states = try Self.open(desk, subject)
            #expect(!states.isEmpty)
            for entry in states {
                let result = try await desk.redrive(entry.id, by: "t", at: Self.now(town))
                switch result {
                // The day that was not over is still its own, and known.
                case .taken(0, 0), .superseded: continue
                default: Issue.record("\(entry.api) came to \(result)")
                }
            }
            #expect(try town.differences(of: 0, subject) == [])
        }
    }

    @Test func `data that came before a crash is known when it comes again`() async throws {
        try await Town.open(Self.plan) { town in
            let subject = try await Self.putAside(town)
            let desk = try Self.desk(town, tolerant: true)
            let assets = try town.vault.assets(of: subject)
            for entry in try Self.open(desk, subject) {
                // The first batch of a redrive that ended before its last: data, no evidence.
                let (query, body) = try await desk.content(
                    entry.id,
                    for: "t",
                    at: Self.now(town)
                )
                let key = try #require(JSONTree(query)).scalars
                let asset = try #require(
                    assets.first { asset in
                        asset.name.provider == entry.provider
                            && asset.name.key.split(separator: "/")
                                .allSatisfy { key.contains(String($0)) }
                    }
                )
                let provider = try #require(town.providers[entry.provider])
                var source = provider.source
                source.tolerates = [.counts]
                var reader = AnswerReader()
                let answer = try reader.read(
                    body.span,
                    of: StandardCall(entry.api),
                    from: source,
                    askedAt: entry.askedAt
                )
                let recorder = try Recorder(vault: town.vault, log: town.log)
                _ = try await recorder.observe(
                    [
                        Observation(
                            name: .asset(asset.name),
                            apiCode: UInt32(entry.api.rawValue),
                            scope: .part,
                            events: answer.events
                        )
                    ],
                    of: subject,
                    at: Self.now(town)
                )
                let result = try await desk.redrive(entry.id, by: "t", at: Self.now(town))
                #expect(result == .taken(added: 0, retracted: 0))
            }
            #expect(try town.differences(of: 0, subject) == [])
            #expect(try Self.open(desk, subject).isEmpty)
        }
    }

    @Test func `a list that was put aside brings its assets`() async throws {
        try await Town.open(Self.plan) { town in
            let subject = try await Self.putAside(town, ["counts"])
            #expect(try town.vault.assets(of: subject).isEmpty)
            let desk = try Self.desk(town, tolerant: true)
            for entry in try Self.open(desk, subject) {
                let result = try await desk.redrive(entry.id, by: "t", at: Self.now(town))
                guard case .taken(let added, 0) = result else {
                    Issue.record("\(entry.api) came to \(result)")
                    continue
                }
                #expect(added >= 0)
            }
            #expect(try !town.vault.assets(of: subject).isEmpty)
            // The mark of a list that led to nothing is not kept: all of it is asked again.
            for (_, result) in try await town.collector().collect(subject, for: .userConsent) {
                #expect(try result.get().isComplete)
            }
            #expect(try town.differences(of: 0, subject) == [])
        }
    }

    @Test func `long bodies are put aside whole, and a transfer is recorded with many of them`()
        async throws
    {
        var plan = Self.plan
        (plan.months, plan.historyMonths) = (12, 12)
        try await Town.open(plan) { town in
            let subject = try await Self.putAside(town, ["types%1000"])
            let desk = try Self.desk(town, tolerant: true)
            let entries = try Self.open(desk, subject)
            #expect(entries.contains { $0.byteCount > 24 * 1_024 })
            for entry in entries {
                let content = try await desk.content(entry.id, for: "t", at: Self.now(town))
                #expect(content.body.count == Int(entry.byteCount))
                #expect(JSONTree(content.body) != nil)
                let result = try await desk.redrive(entry.id, by: "t", at: Self.now(town))
                #expect(result == .broken(entry.fault))
            }
            let first = try #require(entries.first)
            await #expect(throws: QuarantineError.noteNeeded) {
                _ = try await desk.discard(first.id, note: "", by: "t", at: Self.now(town))
            }
            let gone = try await desk.discard(
                first.id,
                note: "the provider will not mend it",
                by: "t",
                at: Self.now(town)
            )
            #expect(gone == .released(.discarded))
            #expect(try Self.open(desk, subject).count == entries.count - 1)
            #expect(
                try await desk.redrive(first.id, by: "t", at: Self.now(town))
                    == .released(.discarded)
            )
        }
    }

    @Test func `after a withdrawal nothing is recorded of it, and it can be discarded`()
        async throws
    {
        try await Town.open(Self.plan) { town in
            let subject = try await Self.putAside(town)
            let desk = try Self.desk(town, tolerant: true)
            let entry = try #require(try Self.open(desk, subject).first)
            try await town.withdraw(entry.provider, of: subject)
            let size = try town.log.durableSize(of: subject)
            await #expect(throws: QuarantineError.refused(.requestWithdrawn)) {
                _ = try await desk.preview(entry.id, at: Self.now(town))
            }
            await #expect(throws: QuarantineError.refused(.requestWithdrawn)) {
                _ = try await desk.redrive(entry.id, by: "t", at: Self.now(town))
            }
            #expect(try town.log.durableSize(of: subject) == size)
            let gone = try await desk.discard(
                entry.id,
                note: "withdrawn",
                by: "t",
                at: Self.now(town)
            )
            #expect(gone == .released(.discarded))
        }
    }

    @Test func `two who redrive the same answer at once record it once`() async throws {
        try await Town.open(Self.plan) { town in
            let subject = try await Self.putAside(town)
            let desks = try (0..<4).map { _ in try Self.desk(town, tolerant: true) }
            let entry = try #require(try Self.open(desks[0], subject).first)
            let now = Self.now(town)
            let results = try await withThrowingTaskGroup(of: RedriveResult.self) { tasks in
                for desk in desks {
                    tasks.addTask { try await desk.redrive(entry.id, by: "t", at: now) }
                }
                var all: [RedriveResult] = []
                for try await result in tasks { all.append(result) }
                return all
            }
            #expect(results.count { $0 == .released(.taken) } == 3)
        }
    }

    @Test func `an answer that nobody put aside is unknown`() async throws {
        try await Town.open(Self.plan) { town in
            let subject = try await Self.putAside(town, [])
            let desk = try Self.desk(town, tolerant: true)
            #expect(try desk.entries(of: subject).isEmpty)
            for person in [subject, SubjectID(high: 9, low: 9)] {
                let id = QuarantineID(subject: person, number: 1)
                await #expect(throws: QuarantineError.unknown) {
                    _ = try await desk.redrive(id, by: "t", at: Self.now(town))
                }
            }
        }
    }
}
