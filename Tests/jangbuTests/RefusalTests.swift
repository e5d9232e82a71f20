import Files
import Foundation
import Simulation
import Testing

/// What the world refuses, as the executable's callers see it: one sentence, an exit code, and
/// nothing lost.
@Suite struct RefusalTests {
    private func place(_ home: SmallHome) -> [String] { ["--data-directory", home.path + "/data"] }

    private func refuse(_ command: Command, _ exit: Int32, _ words: String...) {
        #expect(command.exit == exit, "\(command.err)")
        let sentences = command.err.split(separator: "\n").filter { $0.hasPrefix("jangbu: ") }
        #expect(sentences.count == 1, "\(command.err)")
        for word in words { #expect(sentences.first?.contains(word) == true, "\(command.err)") }
    }

    @Test func `a full disk, at each of its moments`() throws {
        let home = try SmallHome(rows: 2_000)
        let first = try SmallHome(rows: 5)
        #expect(try Command(["import", "birmingham", first.table] + place(home)).exit == 0)
        // No file may grow beyond so many blocks of 512 bytes (EFBIG, as a quota).
        for blocks in [40, 60, 100] {
            let words = ["import", "birmingham", home.table] + place(home)
            let shell = "ulimit -f \(blocks); exec \"$0\" \"$@\""
            let limited = try Command(
                ["-c", shell, Command.executable.path] + words,
                program: "/bin/sh"
            )
            refuse(limited, 71)
        }
        #expect(try Command(["log", "verify"] + place(home)).exit == 0)
        let after = try Command(["import", "birmingham", home.table] + place(home))
        #expect(after.exit == 0, "\(after.err)")
    }

    @Test func `a directory that cannot be made or written`() throws {
        let home = try SmallHome(rows: 5)
        let words = ["import", "birmingham", home.table]
        let file = try Command(words + ["--data-directory", home.table + "/data"])
        refuse(file, 73, "cannot be made")
        let tool = "/usr/bin/setpriv"
        guard geteuid() == 0, Files.exists(tool) else { return }
        let other = try Command(
            ["--reuid", "65534", "--clear-groups", Command.executable.path, "serve"]
                + ["--data-directory", "/usr/jangbu"],
            program: tool
        )
        refuse(other, 73, "Permission denied")
    }

    @Test func `a clock set back ten years changes nothing`() throws {
        let home = try SmallHome(rows: 300)
        let shim = Command.root + "/.build-tools/lib/faults.so"
        try #require(Files.exists(shim), "run scripts/build-test-tools.sh")
        let cards = Command.root + "/Replay/data/ibm"
        #expect(try Command(["import", "birmingham", home.table] + place(home)).exit == 0)
        let back = try Command(
            ["import", "ibm", cards, "--json"] + place(home),
            environment: ["LD_PRELOAD": shim, "JANGBU_FAULT_CLOCK": "-315360000"]
        )
        #expect(back.exit == 0, "\(back.err)")
        let again = try Command(["import", "ibm", cards, "--json"] + place(home))
        #expect(again.out.contains("\"events\":0"))
        #expect(try Command(["state-hash"] + place(home)).exit == 0)
        #expect(try Command(["log", "verify"] + place(home)).exit == 0)
    }

    @Test func `a vault without its keys or slots is named and left alone`() throws {
        let home = try SmallHome(rows: 20)
        let words = ["import", "birmingham", home.table]
        #expect(try Command(words + place(home)).exit == 0)
        for (name, exit) in [("slots", Int32(66)), ("keys", 73)] {
            let path = home.path + "/data/vault/" + name
            let bytes = try Files.read(path)
            try Files.remove(path)
            refuse(try Command(words + place(home)), exit, "/data/vault")
            #expect(!Files.exists(path), "nothing new is made in its place")
            try Files.replace(path, with: bytes)
        }
        #expect(try Command(["state-hash"] + place(home)).exit == 0)
    }

    @Test func `a table cut short brings what came before the cut`() throws {
        let folder = try TemporaryDirectory()
        let whole = Command.root + "/Replay/data/birmingham/purchase_card_transactions.csv.zst"
        // Some ten thousand rows: less than one batch.
        let cut = folder.path + "/cards.csv.zst"
        try Files.replace(cut, with: Array(try Files.read(whole)[..<120_000]))
        let data = ["--data-directory", folder.path + "/data"]
        refuse(try Command(["import", "birmingham", cut] + data), 65, "damaged")
        let stats = try Command(["log", "stats", "--json"] + data)
        let value = try JSONSerialization.jsonObject(with: Data(stats.out.utf8))
        let frames = (value as? [String: Any])?["frames"] as? Int ?? 0
        #expect(frames > 500)
    }
}
