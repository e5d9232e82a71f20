// Fault model: what the system refuses. A file that may not grow (RLIMIT_FSIZE), a full file
// system, a full map, a flush that fails with EIO, a second process, a directory of another user, a
// wall clock that goes back ten years. In each case: one clear reason, nothing acknowledged lost,
// and appends go on by themselves when the reason can pass.

import EventLog
import Files
import Glibc
import Simulation
import Testing

@Suite struct RefusalTests {
    /// Appends until refused, lets `relieve` take the reason away, goes on; then everything that
    /// was acknowledged is there.
    private func outlive(
        _ bench: Bench,
        in directory: String,
        _ arguments: [String: String] = [:],
        relieve: () throws -> Void = {}
    ) throws {
        let child = try bench.workload(
            "append",
            directory,
            ["count": "4000"].merging(arguments) { $1 }
        )
        var promises: [String] = []
        #expect(child.nextLine() == "created")
        while let line = child.nextLine() {
            promises.append(line)
            if line.hasPrefix("refused") { break }
        }
        #expect(promises.last == "refused \(ReadOnlyReason.diskFull)")
        #expect(promises.count > 10)
        try relieve()
        child.nudge()
        #expect(child.nextLine()?.hasPrefix("ack") == true, "\(child.errors)")
        #expect(child.nextLine() == "again")
        promises += child.lines()
        #expect(child.wait() == .exited(0), "\(child.errors)")
        #expect(promises.last == "ack 1 3999")
        try check(bench, directory, ["created"] + promises)
    }

    private func check(_ bench: Bench, _ directory: String, _ promises: [String]) throws {
        try Files.replace(
            bench.path("promises"),
            with: Array(promises.joined(separator: "\n").utf8)
        )
        let check = try bench.workload("check", directory, ["promises": bench.path("promises")])
        #expect(check.wait() == .exited(0), "\(check.errors)")
    }

    @Test func `a file that may not grow makes the log read-only until it may`() throws {
        let bench = try Bench("limit")
        try Files.makeDirectories(bench.path("run"))
        try outlive(bench, in: bench.path("run"), ["limit": "400000"])
        try bench.clear()
    }

    @Test func `a log whose tail has no room for an index opens, is read and goes on`() throws {
        let bench = try Bench("tail")
        let run = bench.path("run")
        try Files.makeDirectories(run)
        let made = try bench.workload("append", run, ["count": "700", "tail": "10000"])
        let promises = made.lines()
        #expect(made.wait() == .exited(0), "\(made.errors)")
        let child = try bench.workload(
            "append",
            run,
            ["count": "900", "tail": "64", "limit-opening": "4096"]
        )
        #expect(child.nextLine() == "created", "\(child.errors)")
        #expect(child.nextLine() == "refused \(ReadOnlyReason.diskFull)", "\(child.errors)")
        child.nudge()
        let more = child.lines()
        #expect(child.wait() == .exited(0), "\(child.errors)")
        #expect(more.last == "ack 1 899")
        try check(bench, run, promises + more)
        try bench.clear()
    }

    @Test(.enabled(if: geteuid() == 0, "only root may mount"))
    func `a full disk makes the log read-only until there is space`() throws {
        let bench = try Bench("full")
        let run = bench.path("run")
        try Files.makeDirectories(run)
        guard unsafe mount("tmpfs", run, "tmpfs", 0, "size=1m") == 0 else {
            // A container without the right to mount; the limit above is the same path of the log.
            return try bench.clear()
        }
        defer { unsafe _ = umount2(run, Int32(MNT_DETACH)) }  // Also when something failed.
        try outlive(bench, in: run) {
            let code = unsafe mount("tmpfs", run, "tmpfs", UInt(MS_REMOUNT), "size=64m")
            try #require(code == 0)
        }
        let code = unsafe umount(run)
        try #require(code == 0)
        try bench.clear()
    }

    @Test func `a full map makes the log read-only until it is opened with a larger one`() throws {
        let bench = try Bench("map")
        let run = bench.path("run")
        try Files.makeDirectories(run)
        let first = try bench.workload("append", run, ["map": "1048576"])
        var promises: [String] = []
        while let line = first.nextLine() {
            promises.append(line)
            if line.hasPrefix("refused") { break }
        }
        #expect(promises.last == "refused \(ReadOnlyReason.mapFull)")
        first.kill()
        #expect(first.wait() == .signal(SIGKILL))
        let second = try bench.workload("append", run, ["count": "6000"])
        promises += second.lines()
        #expect(second.wait() == .exited(0), "\(second.errors)")
        #expect(promises.last == "ack 1 5999")
        try check(bench, run, promises)
        try bench.clear()
    }

    @Test(arguments: [1, 2, 3, 7, 20, 41])
    func `a failed flush ends appending and loses nothing acknowledged`(flush: Int) throws {
        let bench = try Bench("flush")
        let run = bench.path("run")
        try Files.makeDirectories(run)
        // The log is made without the fault.
        let made = try bench.workload("append", run, ["count": "5"])
        var promises = made.lines()
        #expect(made.wait() == .exited(0), "\(made.errors)")
        let child = try bench.workload(
            "append",
            run,
            ["count": "2000"],
            shims: ["faults"],
            variables: ["JANGBU_FAULT_FLUSH": "fail:\(flush)"]
        )
        var refusal: String?
        while let line = child.nextLine() {
            promises.append(line)
            guard line.hasPrefix("refused") else { continue }
            refusal = line
            break
        }
        if refusal == nil {
            // The first flush is that of opening.
            #expect(child.wait() == .exited(1), "flush \(flush)")
            #expect(child.errors.contains("The log's storage failed"), "flush \(flush)")
        } else {
            #expect(refusal == "refused \(ReadOnlyReason.flushFailed)")
            // It must not try again: the kernel may have thrown the pages away.
            child.nudge()
            #expect(child.nextLine() == nil)
            #expect(child.wait() == .exited(1))
        }
        // The next start reads from the disk what the kernel says it has.
        let mark = run + "/log/environment-00/blocks/flush-failed"
        #expect(Files.exists(mark))
        try check(bench, run, promises)
        #expect(!Files.exists(mark))
        try bench.clear()
    }

    @Test func `a sector that cannot be read takes its block and nothing else`() throws {
        let bench = try Bench("sector")
        let run = bench.path("run")
        try Files.makeDirectories(run)
        let made = try bench.workload(
            "load",
            run,
            ["seed": "2", "rounds": "1", "tail": "1000", "threads": "12", "batches": "40"]
        )
        _ = made.lines()
        #expect(made.wait() == .exited(0), "\(made.errors)")
        // Blocks so long have pages of their own, which only their reader reads.
        let log = try EventLog(opening: run + "/log")
        var blocks: [UInt64: (first: [UInt8], frames: Int, byteCount: Int)] = [:]
        _ = try log.scan(environment: 0, from: 0, blockLimit: .max) { frame in
            var block = blocks[frame.sequence] ?? ([], 0, 0)
            for index in frame.bytes.indices where block.frames == 0 {
                block.first.append(frame.bytes[index])
            }
            blocks[frame.sequence] = (
                block.first, block.frames + 1, block.byteCount + frame.bytes.count
            )
        }
        log.close()
        let total = blocks.values.reduce(0) { $0 + $1.frames }
        let (sequence, block) = try #require(
            blocks.max { $0.value.byteCount < $1.value.byteCount }
        )
        try #require(block.byteCount > 2_100)
        let bytes = try Files.read(run + "/log/environment-00/blocks/data.mdb")
        let place = try #require(
            (0..<bytes.count - block.first.count).last {
                bytes[$0] == block.first[0]
                    && bytes[$0..<$0 + block.first.count].elementsEqual(block.first)
            }
        )
        let child = try bench.workload(
            "salvage",
            run,
            shims: ["faults"],
            variables: ["JANGBU_FAULT_READ": "\(place + 60)"]
        )
        let said = child.lines()
        #expect(child.wait() == .exited(0), "\(child.errors)")
        #expect(said.contains { $0.contains("block \(sequence), which cannot be read") }, "\(said)")
        #expect(said.last == "frames \(total - block.frames)")
        try bench.clear()
    }

    @Test(.enabled(if: geteuid() == 0, "only root may mount"))
    func `a log that nothing can be written to is verified and salvaged`() throws {
        let bench = try Bench("read-only")
        let run = bench.path("run")
        try Files.makeDirectories(run)
        let made = try bench.workload("append", run, ["count": "30"])
        _ = made.lines()
        #expect(made.wait() == .exited(0), "\(made.errors)")
        guard unsafe mount(run, run, nil, UInt(MS_BIND), nil) == 0 else {
            // A container without the right to mount.
            return try bench.clear()
        }
        defer { unsafe _ = umount2(run, Int32(MNT_DETACH)) }  // Also when something failed.
        let flags = UInt(MS_REMOUNT) | UInt(MS_BIND) | UInt(MS_RDONLY)
        let code = unsafe mount(nil, run, nil, flags, nil)
        try #require(code == 0)
        #expect(try EventLog.verify(run + "/log").damages == [])
        let child = try bench.workload("salvage", run)
        #expect(child.lines() == ["frames 30"])
        #expect(child.wait() == .exited(0), "\(child.errors)")
        let ending = unsafe umount(run)
        try #require(ending == 0)
        try bench.clear()
    }

    @Test func `a second process is refused while the first has the log open`() throws {
        let bench = try Bench("two")
        let run = bench.path("run")
        try Files.makeDirectories(run)
        try EventLog.create(at: run + "/log", layout: LogLayout(), id: (1, 2))
        let holder = try bench.workload("hold", run)
        #expect(holder.nextLine() == "open")
        #expect(throws: LogError.inUse(path: run + "/log/environment-00")) {
            try EventLog(opening: run + "/log")
        }
        #expect(throws: LogError.inUse(path: run + "/log/environment-00")) {
            try EventLog.verify(run + "/log")
        }
        // A dead process holds nothing.
        holder.kill()
        #expect(holder.wait() == .signal(SIGKILL))
        try EventLog(opening: run + "/log").close()
        try bench.clear()
    }

    @Test(.enabled(if: geteuid() == 0, "root alone may become another user"))
    func `a directory of another user is refused with one clear sentence`() throws {
        let bench = try Bench("user")
        let run = bench.path("run")
        try Files.makeDirectories(run)
        let made = try bench.workload("append", run, ["count": "5"])
        let promises = made.lines()
        #expect(made.wait() == .exited(0), "\(made.errors)")
        for path in ["", "/run", "/run/log", "/run/log/environment-00"] {
            let code = unsafe chmod(bench.directory + path, 0o755)
            #expect(code == 0)
        }
        let child = try bench.workload("append", run, ["count": "9", "user": "65534"])
        #expect(child.wait() == .exited(1))
        #expect(child.errors.contains("cannot be written; check its permissions."))
        try check(bench, run, promises)
        try bench.clear()
    }

    @Test func `a clock set back ten years changes nothing`() throws {
        let bench = try Bench("clock")
        let run = bench.path("run")
        try Files.makeDirectories(run)
        var promises: [String] = []
        for (round, seconds) in [0, -315_360_000, 315_360_000, -3_600].enumerated() {
            try Files.replace(
                bench.path("promises"),
                with: Array(promises.joined(separator: "\n").utf8)
            )
            let child = try bench.workload(
                "load",
                run,
                ["seed": "\(round)", "rounds": "2", "promises": bench.path("promises")],
                shims: ["faults"],
                variables: ["JANGBU_FAULT_CLOCK": "\(seconds)"]
            )
            promises += child.lines()
            #expect(child.wait() == .exited(0), "\(child.errors)")
        }
        try check(bench, run, promises)
        try bench.clear()
    }
}
