import Files
import Foundation
import Simulation
import Testing

/// The executable as its callers see it: data, sentences, exit codes.
@Suite struct CommandTests {
    private static let header =
        "trans_date,trans_vat_desc,original_gross_amt,original_cur,billing_gross_amt,"
        + "billing_cur_code,merchant_name,card_number,trans_cac_code_1,trans_cac_desc_1,"
        + "trans_cac_code_2,trans_cac_desc_2,trans_cac_code_3,directorate,source_file\n"

    private func row(_ amount: String, card: String = "1111") -> String {
        "2016-06-23,VZ,\(amount),,,,secret shop,************\(card),L1,Eq,RE,Hall,A00,CYP,f\n"
    }

    private func table(_ rows: [String], in folder: String) throws -> String {
        let path = folder + "/cards.csv"
        try Files.replace(path, with: Array((CommandTests.header + rows.joined()).utf8))
        return path
    }

    private func json(_ command: Command) throws -> [String: Any] {
        let value = try JSONSerialization.jsonObject(with: Data(command.out.utf8))
        return try #require(value as? [String: Any])
    }

    @Test func `importing twice adds nothing, and the states hash and rebuild to the same`() throws
    {
        let folder = try TemporaryDirectory()
        let file = try table(
            [row("1.50"), row("1.50"), row("2"), row("x"), row("-0.25", card: "2222")],
            in: folder.path
        )
        let data = ["--data-directory", folder.path + "/data"]
        let first = try Command(["import", "birmingham", file, "--json"] + data)
        #expect(first.exit == 0, "\(first.err)")
        let total = try #require(try json(first)["total"] as? [String: Any])
        #expect(total["rows"] as? Int == 5)
        #expect(total["events"] as? Int == 4)
        #expect(total["rejected"] as? Int == 1)
        #expect(first.err.contains("cards.csv:5: original_gross_amt: not a decimal number"))
        #expect(!first.err.contains("secret shop"))

        let second = try Command(["import", "birmingham", file, "--json"] + data)
        let again = try #require(try json(second)["total"] as? [String: Any])
        #expect(again["events"] as? Int == 0)
        #expect(again["duplicates"] as? Int == 4)

        let hashes = try Command(["state-hash"] + data)
        #expect(hashes.exit == 0, "\(hashes.err)")
        let rebuilt = try Command(["replay", "rebuild"] + data)
        #expect(rebuilt.exit == 0, "\(rebuilt.err)")
        let after = try Command(["state-hash"] + data)
        #expect(after.out == hashes.out)
        #expect(try Command(["log", "verify"] + data).exit == 0)
    }

    @Test func `each failure is one sentence and an exit code of its class`() throws {
        let folder = try TemporaryDirectory()
        let data = folder.path + "/data"
        let file = try table([row("1")], in: folder.path)
        let place = ["--data-directory", data]
        #expect(try Command(["state-hash"] + place).exit == 66)
        #expect(try Command(["import", "birmingham", folder.path + "/none"] + place).exit == 66)
        #expect(try Command(["import", "birmingham", file] + place).exit == 0)
        #expect(try Command(["import", "ibm", file] + place).exit != 0)
        #expect(try Command(["import", "nobody", file] + place).exit == 64)
        #expect(try Command(["state-hash", "--set", "log.x=1"] + place).exit == 78)
        let passphrase = data + "/passphrase"
        let right = try Files.read(passphrase)
        try Files.replace(passphrase, with: Array("another".utf8))
        let wrong = try Command(["state-hash"] + place)
        #expect(wrong.exit == 77)
        #expect(wrong.err.contains("not the one that the vault was created with"))
        try Files.remove(passphrase)
        #expect(try Command(["state-hash"] + place).exit == 72)
        try Files.replace(passphrase, with: right)
        #expect(try Command(["state-hash"] + place).exit == 0)
    }

    @Test func `a frame and an event are proven with the public key alone`() throws {
        let folder = try TemporaryDirectory()
        let file = try table([row("1.50"), row("2"), row("3")], in: folder.path)
        let place = ["--data-directory", folder.path + "/data"]
        #expect(try Command(["import", "birmingham", file] + place).exit == 0)
        let (subject, revision) = try providerFrame(place)
        let key = try Command(["log", "key"] + place).out.trimmingCharacters(in: .newlines)
        let head = try Command(["log", "head", "--subject", subject] + place)
        #expect(head.out.hasPrefix("jangbu/") && head.out.contains("/subject/\(subject)\n"))
        #expect(try Command(["log", "head", "--partition", "0"] + place).exit == 0)
        let what = ["--subject", subject, "--revision", "\(revision)"]
        for more in [[], ["--event", "1"]] {
            let proof = try Command(["log", "prove"] + what + more + place)
            #expect(proof.exit == 0, "\(proof.err)")
            #expect(!proof.out.contains("secret shop"))
            try check(proof.out, "\(subject)", key, in: folder.path)
        }
        #expect(try Command(["log", "prove"] + what + ["--event", "99"] + place).exit == 66)
    }

    /// Checks a proof as it is, with another key, and with each of its parts changed.
    private func check(_ proof: String, _ subject: String, _ key: String, in folder: String) throws
    {
        let path = folder + "/proof.json"
        let command = ["log", "check-proof", path, "--public-key"]
        try Files.replace(path, with: Array(proof.utf8))
        let checked = try Command(command + [key])
        #expect(checked.exit == 0, "\(checked.err)")
        #expect(checked.out.hasPrefix("proven: ") && checked.out.contains(subject))
        #expect(try Command(command + [String(repeating: "0", count: 64)]).exit == 1)
        let fields = try JSONSerialization.jsonObject(with: Data(proof.utf8))
        let whole = try #require(fields as? [String: Any])
        var changes: [[String: Any]] = [
            whole.merging(["revision": 1_000]) { $1 },
            whole.merging(["leaf": String(repeating: "ab", count: 32)]) { $1 },
        ]
        if let event = whole["event"] as? [String: Any] {
            let parts: [[String: Any]] = [
                ["index": 0], ["event": "AAAA"], ["frame": event["event"] as Any],
            ]
            for change in parts {
                changes.append(whole.merging(["event": event.merging(change) { $1 }]) { $1 })
            }
        }
        for change in changes {
            let bytes = try JSONSerialization.data(withJSONObject: change)
            try Files.replace(path, with: Array(bytes))
            let refused = try Command(command + [key])
            #expect([1, 65].contains(refused.exit), "\(refused.out)")
        }
    }

    /// A frame with several events of a person.
    private func providerFrame(_ place: [String]) throws -> (String, Int) {
        for partition in 0..<16 {
            let tail = try Command(
                ["log", "tail", "--partition", "\(partition)", "--count", "100", "--json"] + place
            )
            for line in tail.out.split(separator: "\n") {
                let frame = try JSONSerialization.jsonObject(with: Data(line.utf8))
                guard let fields = frame as? [String: Any],
                    fields["kind"] as? String == "provider-data",
                    let events = fields["events"] as? Int, events > 2,
                    let subject = fields["subject"] as? String,
                    let revision = fields["revision"] as? Int
                else { continue }
                return (subject, revision)
            }
        }
        throw CancellationError()
    }

    @Test func `a first start that was cut off is made good by the next`() throws {
        let folder = try TemporaryDirectory()
        let file = try table([row("1")], in: folder.path)
        let parts = ["", "/vault.creating", "/log", "/log/environment-00"]
        for (number, part) in parts.enumerated() {
            let data = folder.path + "/data-\(number)"
            try Files.makeDirectories(data + part)
            let started = try Command(["import", "birmingham", file, "--data-directory", data])
            #expect(started.exit == 0, "\(part): \(started.err)")
        }
    }

    @Test func `a read model that is of no use stops no command and is folded anew`() throws {
        let folder = try TemporaryDirectory()
        let data = folder.path + "/data"
        let place = ["--data-directory", data]
        let file = try table([row("1"), row("2", card: "2222")], in: folder.path)
        #expect(try Command(["import", "birmingham", file] + place).exit == 0)
        let sound = try Command(["state-hash"] + place).out
        let stores = try Files.names(in: data + "/projections").filter { !$0.hasSuffix(".current") }
        for (number, store) in stores.enumerated() {
            let pages = data + "/projections/\(store)/data.mdb"
            var bytes = try Files.read(pages)
            for index in 0..<8_192 { bytes[index] = number == 0 ? 0 : ~bytes[index] }
            try Files.replace(pages, with: number == 2 ? [] : bytes)
        }
        let rebuilt = try Command(["replay", "rebuild"] + place)
        #expect(rebuilt.exit == 0, "\(rebuilt.err)")
        let notes = rebuilt.err.components(separatedBy: "It is folded anew now.").count - 1
        #expect(notes == stores.count)
        #expect(try Command(["state-hash"] + place).out == sound)
    }

    @Test func `a person is erased whatever the read models say`() throws {
        let folder = try TemporaryDirectory()
        let data = folder.path + "/data"
        let place = ["--data-directory", data]
        let file = try table([row("1"), row("2", card: "2222")], in: folder.path)
        let made = try Command(
            ["import", "birmingham", file, "--set", "log.partition_count=1"] + place
        )
        #expect(made.exit == 0, "\(made.err)")
        let tail = try Command(["log", "tail", "--count", "99", "--json"] + place)
        let subjects = Set(
            try tail.out.split(separator: "\n").compactMap { line in
                let value = try JSONSerialization.jsonObject(with: Data(line.utf8))
                return (value as? [String: Any])?["subject"] as? String
            }.filter { !$0.hasPrefix("00000000") }
        ).sorted()
        try #require(!subjects.isEmpty)
        let models = data + "/projections"
        try Files.rename(models, to: folder.path + "/aside")
        try Files.replace(models, with: [1])
        let shredded = try Command(["shred", subjects[0], "--yes"] + place)
        #expect(shredded.exit == 0, "\(shredded.err)")
        #expect(shredded.err.contains("The read models follow at the next start"))
        try Files.remove(models)
        try Files.rename(folder.path + "/aside", to: models)
        let hashes = try Command(["state-hash"] + place)
        #expect(hashes.exit == 0, "\(hashes.err)\(hashes.out)")
        let rebuilt = try Command(["replay", "rebuild"] + place)
        #expect(rebuilt.exit == 0, "\(rebuilt.err)")
        for subject in subjects.dropFirst() {
            #expect(try Command(["shred", subject, "--yes"] + place).exit == 0)
        }
        #expect(try Command(["state-hash"] + place).exit == 0)
    }

    @Test func `a server has its directory and port alone, and ends cleanly when asked`() throws {
        let folder = try TemporaryDirectory()
        let place = ["--data-directory", folder.path + "/data"]
        let (process, _, err) = try Command.start(["serve", "--port", "0"] + place)
        defer { process.terminate() }
        var told = ""
        while !told.contains("listening on"), process.isRunning {
            told += String(decoding: err.fileHandleForReading.availableData, as: UTF8.self)
        }
        let port = try #require(told.split(separator: ":").last?.prefix { $0.isNumber })
        let second = try Command(["state-hash"] + place)
        #expect(second.exit == 75, "\(second.err)")
        let other = ["--data-directory", folder.path + "/other"]
        let taken = try Command(["serve", "--port", String(port)] + other)
        #expect(taken.exit == 69, "\(taken.err)")
        process.interrupt()
        process.waitUntilExit()
        #expect(process.terminationReason == .exit)
        #expect(process.terminationStatus == 0)
    }
}
