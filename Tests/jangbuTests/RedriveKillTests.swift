// Fault model: `jangbu mydata quarantine redrive` is killed (SIGKILL) at a moment of chance, again
// and again, and then left to end. The kernel lives on.
import Commands
import Files
import Finance
import Foundation
import Frame
import Projections
import Simulation
import SwiftProtobuf
import Testing
import Vault
import Web

@testable import jangbu

@Suite struct RedriveKillTests {
    static let rowCount = 400
    static let provider = "A1BK010000"

    /// An answer with so many movements whose count is another.
    static let body: [UInt8] = {
        let rows = (0..<rowCount).map { row in
            let second = String(100 + row % 60).dropFirst()
            let minute = String(100 + row / 60).dropFirst()
            return #"{"trans_dtime":"2026022011\#(minute)\#(second)","trans_no":"\#(row)","#
                + #""trans_type":"03","trans_class":"이체","currency_code":"KRW","#
                + #""trans_amt":"\#(1_000 + row)","balance_amt":"\#(9_000_000 - row)"}"#
        }
        let list = rows.joined(separator: ",")
        let head = #"{"rsp_code":"00000","rsp_msg":"ok","trans_cnt":"7","trans_list":["#
        return Array("\(head)\(list)]}".utf8)
    }()

    private func aside(_ id: UInt64) -> [Event] {
        let parts = stride(from: 0, to: Self.body.count, by: 24_576).map { start in
            Self.body[start..<min(Self.body.count, start + 24_576)]
        }
        return parts.enumerated().map { number, part in
            LedgerWorld.event { event in
                event.payloadQuarantined = .with {
                    if number == 0 {
                        $0.query = Data(#"{"account_num":"1"}"#.utf8)
                        ($0.api, $0.provider) = (.bank004, Self.provider)
                        ($0.industry, $0.version, $0.trigger) = (.bank, 2, .userRefresh)
                        ($0.reason, $0.field) = (.inconsistent, "trans_cnt")
                        ($0.size, $0.askedAt) = (UInt32(Self.body.count), LedgerWorld.noon)
                        ($0.fromOn, $0.toOn) = (20_260_201, 20_260_301)
                    }
                    ($0.id, $0.part, $0.parts) = (id, UInt32(number), UInt32(parts.count))
                    $0.payload = Data(part)
                }
            }
        }
    }

    private func allowed() -> [Event] {
        let today = CivilDate(secondsSinceEpoch: Clock.now / 1_000_000)
        let until = today?.adding(months: 6).digits ?? 0
        return [
            LedgerWorld.event { event in
                event.serviceJoined.endsOn = until
                event.serviceJoined.ageBand = .adult
            },
            LedgerWorld.event { event in
                event.transferRequested.request = Data(repeating: 7, count: 16)
                event.transferRequested.provider = Self.provider
                event.transferRequested.terms.scope = "bank.list bank.deposit"
                event.transferRequested.terms.endsOn = until
            },
        ]
    }

    /// A ledger with one person, one asset and answers that were put aside; the person's id.
    private func prepare(_ directory: TemporaryDirectory, answers: UInt64) async throws -> String {
        let world = try LedgerWorld(in: directory)
        let vault = world.services.vault
        let subject = try vault.enrol([Array("person".utf8)])[0]
        let asset = AssetName(provider: Self.provider, key: "1", kind: .deposit, industry: .bank)
        let groups: [(CompartmentName, [Event])] = [
            (.role(.consent), allowed()), (.asset(asset), (1...answers).flatMap { aside($0) }),
        ]
        for (name, events) in groups {
            var bytes: [UInt8] = []
            for event in events { EventBytes.append(event, to: &bytes) }
            let encoded = bytes
            _ = try await world.services.recorder.observe(
                [],
                of: subject,
                at: LedgerWorld.noon * 1_000_000,
                evidence: Evidence(in: [name]) { _ in [encoded] }
            )
        }
        try world.close()
        let registry = """
            providers:
              - {org_code: \(Self.provider), name: b, industry: bank, tolerates: [counts],
                 base_url: "https://127.0.0.1:1/b", versions: [v2]}

            """
        try Files.replace(directory.path + "/providers.yaml", with: Array(registry.utf8))
        return subject.description
    }

    @Test func `beside a running server the server lists, redrives and discards`() async throws {
        let directory = try TemporaryDirectory()
        let subject = try await prepare(directory, answers: 3)
        let place = [
            "--data-directory", directory.path, "--set",
            "collection.providers_file=\(directory.path)/providers.yaml",
        ]
        func id(_ number: Int) -> String { "\(subject)-000000000000000\(number)" }
        func run(_ words: [String], exit: Int32 = 0) throws -> Command {
            let command = try Command(["mydata", "quarantine"] + words + place)
            #expect(command.exit == exit, "\(words): \(command.out) \(command.err)")
            return command
        }
        let alone = try run(["list"])
        let (process, _, err) = try Command.start(["serve", "--port", "0"] + place)
        defer { process.terminate() }
        var told = ""
        while !told.contains("listening on"), process.isRunning {
            told += String(decoding: err.fileHandleForReading.availableData, as: UTF8.self)
        }
        #expect(try run(["list"]).out == alone.out)
        #expect(alone.out.split(separator: "\n").count == 3)
        let dry = try run(["redrive", id(1), "--dry-run", "--json"])
        let wet = try run(["redrive", id(1), "--json"])
        #expect(dry.out == wet.out && wet.out.contains(#""added":\#(Self.rowCount),"#))
        // Again nothing happens, and what is no answer's name is said.
        #expect(try run(["redrive", id(1)]).out == "taken in: 0 events, 0 taken back\n")
        #expect(try run(["discard", id(2), "--reason", "known"]).out == "discarded\n")
        #expect(try run(["discard", id(2), "--reason", ""], exit: 64).err.contains("refused"))
        #expect(try run(["redrive", id(9)], exit: 66).out.isEmpty)
        // The content is no server's to give.
        let shown = try run(["show", id(3)], exit: 75)
        #expect(shown.out.isEmpty && shown.err.contains("end it, then ask again"))
        #expect(try run(["list"]).out.split(separator: "\n").count == 1)
        process.interrupt()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
        // Nothing is lost: what the server recorded is in the log, and the rest is put aside.
        #expect(try run(["redrive", id(1)]).out == "taken in: 0 events, 0 taken back\n")
        #expect(try run(["list"]).out.split(separator: "\n").count == 1)
        let world = try LedgerWorld(in: directory)
        try await world.services.waitUntilCaughtUp()
        try world.services.projections.checkpoint()
        let counts = try world.services.counters.totals().byType
        #expect(counts[EventType.bankTransactionPosted.rawValue] == UInt64(Self.rowCount))
        #expect(counts[EventType.quarantineReleased.rawValue] == 2)
        try world.close()
    }

    @Test(arguments: Seed.smoke)
    func `a redrive that is killed anywhere is completed by the next, once`(
        seed: Seed
    ) async throws {
        var chance = seed
        let directory = try TemporaryDirectory()
        let subject = try await prepare(directory, answers: 2)
        func words(_ id: Int, _ more: [String] = []) -> [String] {
            ["mydata", "quarantine", "redrive", "\(subject)-000000000000000\(id)", "--json"] + more
                + [
                    "--data-directory", directory.path, "--set",
                    "collection.providers_file=\(directory.path)/providers.yaml",
                ]
        }
        let begin = ContinuousClock.now
        let dry = try Command(words(1, ["--dry-run"]))
        let pace = (ContinuousClock.now - begin) / .seconds(1)
        #expect(dry.out.contains(#""added":\#(Self.rowCount),"#), "\(dry.out) \(dry.err)")
        for _ in 0..<6 {
            let (process, out, _) = try Command.start(words(1))
            let share = Double(chance.below(1_200)) / 1_000
            try await Task.sleep(for: .seconds(pace * share))
            kill(process.processIdentifier, SIGKILL)
            _ = out.fileHandleForReading.readDataToEndOfFile()
            process.waitUntilExit()
        }
        let last = try Command(words(1))
        #expect(last.exit == 0, "\(last.err)")
        #expect(last.out.contains(#""result":"taken""#), "\(last.out)")
        // The second answer says the same: all of it is known, and once.
        let second = try Command(words(2))
        #expect(second.out.contains(#""result":"taken""#), "\(second.out)")
        #expect(second.out.contains(#""added":0,"#), "\(second.out)")
        let world = try LedgerWorld(in: directory)
        try await world.services.waitUntilCaughtUp()
        try world.services.projections.checkpoint()
        let counts = try world.services.counters.totals().byType
        let posted = counts[EventType.bankTransactionPosted.rawValue]
        #expect(posted == UInt64(Self.rowCount), "\(seed)")
        #expect(counts[EventType.quarantineReleased.rawValue] == 2, "\(seed)")
        #expect(counts[EventType.transferCompleted.rawValue] == 2, "\(seed)")
        #expect(try await world.ledger.quarantine(after: nil, limit: 9).items.isEmpty)
        try world.close()
    }
}
