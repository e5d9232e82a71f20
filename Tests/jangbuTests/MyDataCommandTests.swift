import Files
import Foundation
import Simulation
import Testing

/// `jangbu mydata check` over the samples of the standard's calls.
@Suite struct MyDataCommandTests {
    private static let samples = Command.root + "/Tests/MyDataTests/Samples/"

    private func check(_ files: [String], _ options: [String] = []) throws -> Command {
        try Command(["mydata", "check"] + files + options)
    }

    private func object(_ text: some StringProtocol) throws -> [String: Any] {
        let value = try JSONSerialization.jsonObject(with: Data(text.utf8))
        return try #require(value as? [String: Any])
    }

    @Test func `events are shown with times in Korea and amounts in their currency`() throws {
        let command = try check([Self.samples + "05-card-approval-overseas.json"])
        #expect(command.exit == 0, "\(command.err)")
        #expect(command.out.contains("card_approved at 2026-08-18T01:09:22+09:00"))
        #expect(command.out.contains("amount: 42.990 USD"))
        #expect(command.out.contains("billed_amount: 59713.000 KRW"))
    }

    @Test func `a program gets one object a file`() throws {
        let names = ["01-bank-accounts", "04-card-approval-domestic", "06-invest-transactions"]
        let command = try check(names.map { Self.samples + $0 + ".json" }, ["--json"])
        #expect(command.exit == 0, "\(command.err)")
        let objects = try command.out.split(separator: "\n").map(object)
        #expect(objects.compactMap { $0["api"] as? String } == ["은행-001", "카드-008", "금투-003"])
        #expect((objects[0]["assets"] as? [Any])?.count == 4)
        #expect((objects[1]["events"] as? [Any])?.count == 7)
    }

    @Test func `what breaks the standard is named without its value, and the rest goes on`() throws
    {
        let folder = try TemporaryDirectory()
        let good = Self.samples + "02-bank-deposit-transactions-page1.json"
        let text = String(decoding: try Files.read(good), as: UTF8.self)
        let bad = folder.path + "/bad.json"
        let spoilt = text.replacingOccurrences(of: "\"89000\"", with: "\"89,000\"")
        try Files.replace(bad, with: Array(spoilt.utf8))
        let command = try check([bad, good])
        #expect(command.exit == 1)
        #expect(command.out.contains("trans_amt of row 2"))
        #expect(!command.out.contains("89,000"))
        #expect(command.out.contains("bank_transaction_posted at 2026-08-31"))
        let fault = try object(try check([bad], ["--json"]).out)["fault"] as? [String: Any]
        #expect(fault?["reason"] as? String == "fieldType" && fault?["row"] as? Int == 2)
    }

    @Test func `a file that is no exchange has its own exit code`() throws {
        #expect(try check([Self.samples + "11-portal-agreements.json"]).exit == 65)
        #expect(try check([Self.samples + "nothing.json"]).exit == 66)
        #expect(try check([]).exit == 64)
    }
}
