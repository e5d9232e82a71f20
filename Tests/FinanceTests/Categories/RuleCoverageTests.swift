// How much of real data the rules decide, by rows and by amount. The figures are printed; the
// floors are what was measured when the rules were written, so a rule that is lost shows.
//
// Data: JANGBU_DATA, else ../shared/data beside the project; skipped without it.

import Finance
import Foundation
import Testing

enum RuleCoverageData {
    static let folder: URL = {
        if let path = ProcessInfo.processInfo.environment["JANGBU_DATA"] {
            return URL(fileURLWithPath: path)
        }
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        return root.appendingPathComponent("../shared/data")
    }()

    static let birmingham = folder.appendingPathComponent(
        "birmingham_pcard/purchase_card_transactions.csv.zst"
    )
    static let ibm = folder.appendingPathComponent(
        "ibm_tabformer_sample/User0_credit_card_transactions.csv"
    )
    static let berka = folder.appendingPathComponent("berka/trans_union.csv.zst")

    static func exists(_ file: URL) -> Bool { FileManager.default.fileExists(atPath: file.path) }

    /// The records of a CSV file, packed by zstd when its name says so, without the header.
    static func records(_ file: URL) throws -> [[String]] {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments =
            file.pathExtension == "zst" ? ["zstd", "-dcq", file.path] : ["cat", file.path]
        let pipe = Pipe()
        process.standardOutput = pipe
        try process.run()
        let data = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return Array(parse(Array(data)).dropFirst())
    }

    private static func parse(_ bytes: [UInt8]) -> [[String]] {
        var records: [[String]] = []
        var record: [String] = []
        var field: [UInt8] = []
        var isQuoted = false
        for byte in bytes {
            switch byte {
            case 0x22: isQuoted.toggle()
            case 0x2C where !isQuoted:
                record.append(String(decoding: field, as: UTF8.self))
                field.removeAll(keepingCapacity: true)
            case 0x0A where !isQuoted:
                record.append(String(decoding: field, as: UTF8.self))
                field.removeAll(keepingCapacity: true)
                records.append(record)
                record.removeAll(keepingCapacity: true)
            case 0x0D: break
            default: field.append(byte)
            }
        }
        return records
    }
}

/// Rows and amounts by kind of evidence.
struct RuleCoverage {
    var rows: [Evidence: Int] = [:]
    /// In thousandths of the data's currency, whatever it is.
    var amounts: [Evidence: Int64] = [:]
    private var rulings: [[String]: Evidence] = [:]

    mutating func add(_ key: [String], amount: String, by decide: () -> Evidence) throws {
        let amount = try Money(decimal: amount, currency: .krw).thousandths
        let evidence = rulings[key] ?? decide()
        rulings[key] = evidence
        rows[evidence, default: 0] += 1
        amounts[evidence, default: 0] += abs(amount)
    }

    /// Per mille of rows and of amount that anything but the fallback decided.
    func decided(_ evidences: Set<Evidence>) -> (rows: Int, amount: Int) {
        let all = rows.values.reduce(0, +)
        let whole = amounts.values.reduce(0, +)
        let part = evidences.reduce(0) { $0 + (rows[$1] ?? 0) }
        let sum = evidences.reduce(0) { $0 + (amounts[$1] ?? 0) }
        return (part * 1_000 / all, Int(sum * 1_000 / whole))
    }

    func report(_ name: String) -> String {
        let parts = Evidence.allCases.filter { rows[$0] != nil }.map { evidence in
            let share = decided([evidence])
            return "\(evidence) \(share.rows)‰ rows \(share.amount)‰ amount"
        }
        return "\(name): " + parts.joined(separator: ", ")
    }
}

@Suite struct RuleCoverageTests {
    private let rules = FoldFixtures.rules

    @Test(
        .enabled(
            if: RuleCoverageData.exists(RuleCoverageData.birmingham),
            "needs Birmingham at JANGBU_DATA, see issue 2"
        )
    )
    func `Birmingham's purchase cards are mostly decided by merchant text`() throws {
        var coverage = RuleCoverage()
        for record in try RuleCoverageData.records(RuleCoverageData.birmingham) {
            let amount = record[4].isEmpty ? record[2] : record[4]
            try coverage.add([record[6], record[9]], amount: amount) {
                rules.card(
                    merchant: Array(record[6].utf8).span,
                    mcc: 0,
                    expense: Array(record[9].utf8).span
                ).evidence
            }
        }
        print(coverage.report("birmingham"))
        let text = coverage.decided([.merchantText, .merchantWord])
        #expect(text.rows >= 750)
        #expect(text.amount >= 850)
        let all = coverage.decided([.merchantText, .merchantWord, .expense])
        #expect(all.rows >= 900)
    }

    @Test(
        .enabled(
            if: RuleCoverageData.exists(RuleCoverageData.ibm),
            "needs IBM at JANGBU_DATA, see issue 2"
        )
    )
    func `IBM's sample is decided by merchant category code alone`() throws {
        var coverage = RuleCoverage()
        for record in try RuleCoverageData.records(RuleCoverageData.ibm) {
            // A dollar sign comes before it.
            try coverage.add([record[12]], amount: String(record[6].dropFirst())) {
                rules.card(merchant: Span(), mcc: UInt32(record[12]) ?? 0).evidence
            }
        }
        print(coverage.report("ibm"))
        #expect(coverage.decided([.mcc]).rows == 1_000)
    }

    @Test(
        .enabled(
            if: RuleCoverageData.exists(RuleCoverageData.berka),
            "needs Berka at JANGBU_DATA, see issue 2"
        )
    )
    func `Berka's movements all have a category from the source's own words`() throws {
        var coverage = RuleCoverage()
        for record in try RuleCoverageData.records(RuleCoverageData.berka) {
            let isIn = record[3] == "PRIJEM"
            try coverage.add([record[3], record[4], record[7]], amount: record[5]) {
                rules.bank(
                    kind: isIn ? 3 : 2,
                    isIn: isIn,
                    memo: Span(),
                    channel: Array(record[4].utf8).span,
                    purpose: Array(record[7].utf8).span
                ).evidence
            }
        }
        print(coverage.report("berka"))
        #expect(coverage.decided([.bankKind]).rows == 1_000)
    }
}
