import Commands
import Finance
import Foundation
import Frame
import Projections
import Simulation
import SwiftProtobuf
import Testing
import Vault

@testable import jangbu

/// Consents over vault, log and read models together, and as commands.
@Suite struct ConsentTests {
    static let first = "Z1CD010000"
    static let second = "Z1CD020000"

    /// A member with requests to two providers and a purchase at each.
    private func populate(_ world: LedgerWorld) async throws -> SubjectID {
        let services = world.services
        let subject = try services.vault.enrol([Array("CI".utf8)])[0]
        let now = LedgerWorld.noon * 1_000_000
        let today = try #require(CivilDate(secondsSinceEpoch: LedgerWorld.noon))
        let join = Join(years: 30, until: today.adding(months: 60))
        try await services.desk.carryOut(of: subject, at: now) {
            register,
            now,
            today throws(ConsentRefusal) in
            try register.decide(join, at: now, on: today)
        }
        for (number, provider) in [Self.first, Self.second].enumerated() {
            let command = RequestTransfer(
                id: ConsentID(high: 1, low: UInt64(number)),
                provider: provider,
                terms: RequestTerms(
                    scope: DataScope("card.list card.card"),
                    endsOn: today.adding(months: 12),
                    purpose: "통합조회"
                ),
                signed: SignedRequest(digest: Array(repeating: 7, count: 32))
            )
            try await services.desk.carryOut(of: subject, at: now) {
                register,
                now,
                today throws(ConsentRefusal) in
                try register.decide(command, at: now, on: today)
            }
            let event = LedgerWorld.approved(1_000 * Int64(number + 1))
            let bytes: [UInt8] = try event.serializedBytes()
            let name = AssetName(provider: provider, key: "1", kind: .card, industry: .card)
            let rows = try AssetRows(
                person: [],
                name: .asset(name),
                allEvents: [UInt8(bytes.count)] + bytes
            )
            _ = try await services.recorder.record([rows], of: [subject], at: now)
        }
        try await services.waitUntilCaughtUp()
        return subject
    }

    private func providers(_ world: LedgerWorld) throws -> Set<String> {
        Set(try world.services.counters.totals().byProvider.keys.filter { !$0.isEmpty })
    }

    @Test func `read models follow a withdrawal with deletion, consents and evidence stay`()
        async throws
    {
        let world = try LedgerWorld()
        let subject = try await populate(world)
        let services = world.services
        try services.projections.checkpoint()
        #expect(try providers(world) == [Self.first, Self.second])
        let now = (LedgerWorld.noon + 60) * 1_000_000
        let command = WithdrawTransfer(provider: Self.first, isDeleting: true)
        try await services.desk.carryOut(of: subject, at: now) {
            register,
            now,
            today throws(ConsentRefusal) in
            try register.decide(command, at: now, on: today)
        }
        let receipts = try await services.desk.eraseOwed(of: subject, at: now) {
            services.projections.prepareErasure(in: $0)
        }
        #expect(receipts.map(\.isProven) == [true])
        try await services.waitUntilCaughtUp()
        try services.projections.checkpoint()
        #expect(try providers(world) == [Self.second])
        let reading = try #require(try services.consents.read(subject))
        var (folded, decided): ([UInt8], [UInt8]) = ([], [])
        reading.state.encode(into: &folded)
        try services.desk.register(of: subject).encode(into: &decided)
        #expect(folded == decided)
        #expect(reading.state.deletions.map { $0.completion != nil } == [true])
        #expect(reading.state.requests.count == 2)
        try world.close()
    }

    private func object(_ text: some StringProtocol) throws -> [String: Any] {
        let value = try JSONSerialization.jsonObject(with: Data(text.utf8))
        return try #require(value as? [String: Any])
    }

    @Test func `each command about consents says what it does and does it when it is meant`()
        async throws
    {
        let world = try LedgerWorld()
        let person = try await populate(world).description
        try world.close()
        world.services.vault.close()
        func run(_ words: [String], exit: Int32 = 0) throws -> Command {
            let command = try Command(words + ["--data-directory", world.directory.path])
            #expect(command.exit == exit, "\(words): \(command.err)")
            return command
        }
        let list = try object(run(["consent", "list", person, "--json"]).out)
        #expect((list["requests"] as? [Any])?.count == 2)
        #expect(try run(["consent", "list", person]).out.contains("member until 2031-03-02"))
        let withdraw = ["consent", "withdraw", person, Self.first, "--delete", "--json"]
        let planned = try object(run(withdraw).out)
        #expect(planned["is_done"] as? Bool == false)
        #expect((planned["deletions"] as? [[String: Any]])?.count == 1)
        let done = try object(run(withdraw + ["--yes"]).out)
        let deletion = try #require((done["deletions"] as? [[String: Any]])?.first)
        #expect(deletion["is_proven"] as? Bool == true)
        #expect((deletion["assets"] as? [String])?.count == 1)
        #expect(try run(withdraw + ["--yes"], exit: 80).err.contains("withdrawn"))
        _ = try run(["consent", "delete", person, "--provider", "Z1XX000000", "--yes"])
        _ = try run(
            ["consent", "delete", person, "--asset", String(repeating: "0", count: 32)],
            exit: 64
        )
        _ = try run(["consent", "list", String(repeating: "0", count: 32)], exit: 66)
        let answer = ["consent", "agreements", person, "--operator-code", "Z1OP010000"]
        #expect(try object(run(answer).out)["prov_consent_cnt"] as? String == "0")
        _ = try run(answer + ["--number", "1"], exit: 66)
        try report(person, run)
        #expect(try run(["consent", "due"]).out.contains("nothing to destroy"))
        #expect(try run(["consent", "leave", person, "--yes"]).out.contains("signed for each"))
        #expect(try run(["consent", "leave", person, "--yes"], exit: 80).err.contains("left"))
        _ = try run(["log", "verify"])
        _ = try run(["state-hash"])
    }

    private func report(_ person: String, _ run: ([String], Int32) throws -> Command) throws {
        let days = ["--from", "2026-01-01", "--to", "2026-12-31"]
        let history = try run(["report", "history", person] + days, 0).out
        #expect(history.contains("| 2026-03-02 12:00:00 | 전송요구 | Z1CD010000 |"))
        let json = try object(run(["report", "history", person, "--json"] + days, 0).out)
        #expect(json["from_date"] as? String == "20260101")
        let notice = try run(["report", "notice", person, "--sent"] + days, 0).out
        #expect(notice.contains("| Z1CD020000 | card.list card.card | 통합조회 | 2027-03-02 |"))
        let weekly = ["report", "weekly", "--week", "2026-03-02", "--client-id", "service"]
        let bodies = try run(weekly, 0).out.split(separator: "\n").map { try object($0) }
        #expect(bodies.map { $0["type"] as? String } == ["1", "2", "3"])
        #expect(bodies[1]["inquiry_date"] as? String == "20260308")
        _ = try run(["report", "weekly", "--week", "2026-02-30", "--client-id", "service"], 64)
    }
}
