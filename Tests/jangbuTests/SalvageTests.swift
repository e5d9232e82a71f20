import Files
import Foundation
import Simulation
import Testing

/// `log show` and `log tail` of a log whose file was damaged.
@Suite struct SalvageTests {
    private static let header =
        "trans_date,trans_vat_desc,original_gross_amt,original_cur,billing_gross_amt,"
        + "billing_cur_code,merchant_name,card_number,trans_cac_code_1,trans_cac_desc_1,"
        + "trans_cac_code_2,trans_cac_desc_2,trans_cac_code_3,directorate,source_file\n"

    /// A frame's clear header as `log tail --json` prints it.
    private struct Line: Decodable {
        let subject: String
        let revision: UInt64
        let position: UInt64
        let kind: String
    }

    /// Four imports of one purchase on each of two cards; every import is blocks of its own.
    private func fill(_ folder: String) throws -> [String] {
        let data = ["--data-directory", folder + "/data"]
        for number in 1...4 {
            let rows = ["1111", "2222"].map {
                "2016-06-2\(number),VZ,\(number).50,,,,shop,************\($0),"
                    + "L1,Eq,RE,Hall,A00,CYP,f\n"
            }
            let path = folder + "/cards-\(number).csv"
            try Files.replace(path, with: Array((SalvageTests.header + rows.joined()).utf8))
            let command = try Command(["import", "birmingham", path] + data)
            try #require(command.exit == 0, "\(command.err)")
        }
        return data
    }

    private func lines(_ command: Command) throws -> [Line] {
        try command.out.split(separator: "\n").filter { $0.contains("\"kind\"") }.map {
            try JSONDecoder().decode(Line.self, from: Data($0.utf8))
        }
    }

    /// The frames with provider data of the first partition that has some.
    private func frames(_ data: [String]) throws -> (partition: String, lines: [Line]) {
        for partition in 0..<64 {
            let arguments = ["--partition", "\(partition)", "--count", "100", "--json"]
            let command = try Command(["log", "tail"] + arguments + data)
            try #require(command.exit == 0, "\(command.err)")
            let found = try lines(command).filter { $0.kind == "provider-data" }
            if !found.isEmpty { return ("\(partition)", found) }
        }
        Issue.record("no partition has provider data")
        return ("", [])
    }

    /// Flips a bit in the body of a frame, in every copy that LMDB left of it.
    private func damage(_ line: Line, in folder: String) throws {
        let path = folder + "/data/log/environment-00/blocks/data.mdb"
        var bytes = try Files.read(path)
        let wanted = (0..<8).map { UInt8(truncatingIfNeeded: line.revision >> ($0 * 8)) }
        let digits = Array(line.subject)
        let subject = stride(from: 0, to: 32, by: 2).map {
            UInt8(String(digits[$0...$0 + 1]), radix: 16) ?? 0
        }
        var found = 0
        // A frame's header: revision at 24, time at 32, subject at 40; the body from 168 on.
        for at in 24..<bytes.count - 200
        where bytes[at] == wanted[0] && bytes[at + 16] == subject[0] {
            guard bytes[at..<at + 8].elementsEqual(wanted),
                bytes[at + 16..<at + 32].elementsEqual(subject)
            else { continue }
            bytes[at - 24 + 180] ^= 4
            found += 1
        }
        try #require(found > 0)
        try Files.replace(path, with: bytes)
    }

    @Test func `what is sound of a damaged log is shown, and what is not is named`() throws {
        let folder = try TemporaryDirectory()
        let data = try fill(folder.path)
        let (partition, all) = try frames(data)
        let person = try #require(all.first?.subject)
        let own = all.filter { $0.subject == person }
        try #require(own.count == 4)
        let sound = try Command(["log", "show", person, "--json"] + data)
        let salvaged = try Command(["log", "show", person, "--json", "--salvage"] + data)
        #expect(salvaged.exit == 0, "\(salvaged.err)")
        #expect(salvaged.out == sound.out)
        #expect(salvaged.err.contains("The log is sound."))

        try damage(own[1], in: folder.path)
        let closed = try Command(["log", "show", person] + data)
        #expect(closed.exit == 76, "\(closed.err)")
        let shown = try Command(["log", "show", person, "--json", "--salvage"] + data)
        #expect(shown.exit == 1, "\(shown.err)")
        #expect(shown.err.contains("the block checksum"))
        let before = sound.out.split(separator: "\n")
        let after = shown.out.split(separator: "\n")
        let lost = after.filter { $0.contains("\"lost\":\"revision\"") }
        // The gap, and that nobody knows what came after the last.
        #expect(lost.count == 2)
        #expect(lost.first?.contains("\"through\"") == true)
        #expect(lost.last?.contains("\"through\"") == false)
        #expect(after.filter { !lost.contains($0) }.allSatisfy { before.contains($0) })
        #expect(try lines(shown).map(\.revision).contains(own[0].revision))
        #expect(try lines(shown).map(\.revision).contains(own[3].revision))
        #expect(try !lines(shown).map(\.revision).contains(own[1].revision))
        let text = try Command(["log", "show", person, "--salvage"] + data)
        #expect(text.out.contains(" lost in a damaged block"))

        let tail = ["log", "tail", "--partition", partition, "--count", "100"]
        let tailed = try Command(tail + ["--json", "--salvage"] + data)
        #expect(tailed.exit == 1)
        #expect(tailed.out.contains("\"lost\":\"position\""))
        #expect(try lines(tailed).map(\.position).contains(own[3].position))
        #expect(try Command(["log", "show", String(repeating: "7", count: 32)] + data).exit == 76)
    }
}
