import EventLog
import Files
import Foundation
import Frame
import Simulation
import Testing

/// How the executable ends: by signals, by outputs that take nothing, beside another process.
@Suite struct EndingTests {
    /// Reads standard error until it says `word`.
    private func wait(for word: String, _ process: Process, _ err: Pipe) -> String {
        var told = ""
        while !told.contains(word) {
            let bytes = err.fileHandleForReading.availableData
            guard !bytes.isEmpty else { break }
            told += String(decoding: bytes, as: UTF8.self)
        }
        return told
    }

    @Test(arguments: [true, false])
    func `a demo ended in its import leaves nothing behind`(isOnce: Bool) throws {
        let folder = try TemporaryDirectory()
        let words = isOnce ? ["demo-import", "--once"] : ["demo-import", "--port", "0"]
        let (process, _, err) = try Command.start(words, environment: ["TMPDIR": folder.path])
        let told = wait(for: "look at the data", process, err)
        #expect(try !Files.names(in: folder.path).isEmpty, "\(told)")
        process.interrupt()
        process.waitUntilExit()
        #expect(process.terminationReason == .exit)
        #expect(process.terminationStatus == 130)
        #expect(try Files.names(in: folder.path) == [])
    }

    @Test(arguments: 1...6)
    func `a demo ended while it collects leaves nothing behind`(tenths: UInt32) throws {
        let folder = try TemporaryDirectory()
        let (process, _, err) = try Command.start(
            ["demo", "--once", "--people", "150"],
            environment: ["TMPDIR": folder.path]
        )
        _ = wait(for: "enrolling: 150 people", process, err)
        // Into its work: threads seal and open while the process ends.
        usleep(500_000 + tenths * 100_000)
        process.interrupt()
        let rest = err.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        #expect(process.terminationReason == .exit)
        #expect(process.terminationStatus == 130)
        #expect(!String(decoding: rest, as: UTF8.self).contains("crashed"))
        #expect(try Files.names(in: folder.path) == [])
    }

    @Test func `a demo that serves ends in order at the first signal`() throws {
        let home = try SmallHome(rows: 200)
        let folder = try TemporaryDirectory()
        let (process, _, err) = try Command.start(
            ["demo-import", "--port", "0"],
            environment: home.environment.merging(["TMPDIR": folder.path]) { $1 }
        )
        #expect(wait(for: "Ctrl-C ends", process, err).contains("http://127.0.0.1:"))
        process.interrupt()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
        #expect(try Files.names(in: folder.path) == [])
    }

    @Test func `output that nobody takes is a failure, a reader that left is none`() throws {
        let full = try #require(FileHandle(forWritingAtPath: "/dev/full"))
        let (unwritten, _, err) = try Command.start(["completions", "bash"], output: full)
        let told = String(
            decoding: err.fileHandleForReading.readDataToEndOfFile(),
            as: UTF8.self
        )
        unwritten.waitUntilExit()
        #expect(unwritten.terminationStatus == 74)
        #expect(told.contains("Standard output cannot be written"))

        let gone = Pipe()
        try gone.fileHandleForReading.close()
        let (unread, _, _) = try Command.start(
            ["completions", "bash"],
            output: gone.fileHandleForWriting
        )
        unread.waitUntilExit()
        #expect(unread.terminationReason == .exit)
        #expect(unread.terminationStatus == 0)

        // A failure keeps its code when nobody hears of it, and work goes on.
        let (unheard, _, _) = try Command.start(["log", "show", "x"], errors: full)
        unheard.waitUntilExit()
        #expect(unheard.terminationStatus == 64)
        let home = try SmallHome(rows: 20)
        let place = ["--data-directory", home.path + "/data"]
        let (imported, out, _) = try Command.start(
            ["import", "birmingham", home.table, "--json"] + place,
            errors: full
        )
        let summary = out.fileHandleForReading.readDataToEndOfFile()
        imported.waitUntilExit()
        #expect(imported.terminationStatus == 0)
        #expect(String(decoding: summary, as: UTF8.self).contains("\"reconciled\":true"))
    }

    @Test func `a server backs its log up while it grows, by the same command`() throws {
        let home = try SmallHome(rows: 3_000)
        let place = ["--data-directory", home.path + "/data"]
        let backups = home.path + "/backups"
        let (process, _, err) = try Command.start(
            ["demo-import", "--port", "0", "--set", "backup.directory=\(backups)"]
                + ["--set", "demo.held_back_per_mille=900"]
                + ["--set", "demo.events_per_second=300"] + place,
            environment: home.environment
        )
        defer { process.terminate() }
        _ = wait(for: "Ctrl-C ends", process, err)
        // The pages may come up a moment after that line.
        let latest = ContinuousClock.now + .seconds(60)
        while !Files.exists(home.path + "/data/serve.json"), ContinuousClock.now < latest {
            usleep(10_000)
        }
        for _ in 0..<3 {
            let backup = try Command(["log", "backup", backups + "/a", "--json"] + place)
            #expect(backup.exit == 0, "\(backup.err)")
            #expect(backup.out.contains("\"by_server\":true"))
        }
        #expect(try Command(["log", "backup", home.path + "/b"] + place).exit == 78)
        for words in [["log", "stats"], ["log", "tail"], ["log", "show", "00"]] {
            let subject = String(repeating: "0", count: 32)
            let look = try Command(words.map { $0 == "00" ? subject : $0 } + place)
            #expect(look.exit == 75)
            #expect(look.err.contains("v1/frames"))
        }
        process.interrupt()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
        #expect(!Files.exists(home.path + "/data/serve.json"))
        try compare(backups + "/a", with: home.path + "/data/log", in: home.path)
    }

    /// What is restored is the log's beginning, with the heads it had then; and the log grew after
    /// it.
    private func compare(_ backup: String, with original: String, in folder: String) throws {
        let path = folder + "/restored"
        try EventLog.restore(from: backup, to: path)
        let (log, copy) = (try EventLog(opening: original), try EventLog(opening: path))
        defer {
            log.close()
            copy.close()
        }
        var (frames, more): (UInt64, UInt64) = (0, 0)
        var subjects: Set<SubjectID> = []
        for partition in 0..<copy.layout.partitions {
            let end = copy.nextPosition(partition: partition)
            var (ours, theirs): ([[UInt8]], [[UInt8]]) = ([], [])
            _ = try copy.follow(partition: partition, from: 0, limit: Int(end)) { frame in
                ours.append(frame.bytes.indices.map { frame.bytes[$0] })
                subjects.insert(try FrameHeader(frame.bytes).subject)
            }
            _ = try log.follow(partition: partition, from: 0, limit: Int(end)) { frame in
                theirs.append(frame.bytes.indices.map { frame.bytes[$0] })
            }
            #expect(ours == theirs)
            frames += end
            more += log.nextPosition(partition: partition) - end
        }
        #expect(frames > 1_000)
        #expect(more > 0)
        var equal = 0
        for subject in subjects where try copy.size(of: subject) == log.size(of: subject) {
            #expect(try copy.head(of: subject) == log.head(of: subject))
            equal += 1
        }
        #expect(equal > 0)
    }
}
