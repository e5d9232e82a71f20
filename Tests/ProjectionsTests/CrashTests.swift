import Cryptography
import EventLog
import Finance
import Frame
import Glibc
import Testing

@testable import Projections

/// Fault model: the process is killed while frames are appended, folded and checkpointed.
///
/// The page cache survives, so this shows what a crash of the process does, not what a power cut
/// does.
@Suite struct CrashTests {
    @Test func `killed in the middle, the next process folds each event once`() async throws {
        for round in 0..<3 {
            let directory = try Rig.makeDirectory()
            await #expect(processExitsWith: .signal(SIGKILL)) {
                [directory = directory as String, round = round as Int] in
                try EventLog.create(
                    at: directory + "/log",
                    layout: LogLayout(environments: 1, partitions: 4),
                    id: (1, 1)
                )
                let rig = try Rig(adopting: directory)
                let projections = try rig.open()
                let projection = try projections.add(CardSums())
                projections.start()
                for step in 0..<200 {
                    try rig.append(step % 5, asset: step % 2, amounts: [1_000, 2_000])
                    guard step == 60 + 40 * round else { continue }
                    // Something is committed and something is not.
                    let isFolded = try projection.waitUntilFolded(
                        rig.subject(0),
                        revision: 2,
                        atMostMilliseconds: 30_000
                    )
                    guard isFolded else { return }
                    _ = kill(getpid(), SIGKILL)
                }
            }
            let rig = try Rig(adopting: directory)
            try rig.expectLog()
            #expect(rig.eventCount >= 2)
            try rig.live { _, projection in
                try rig.settle(projection)
                try rig.check(projection, "round \(round)")
                #expect(try projection.status().events == rig.eventCount)
                #expect(try projection.recomputeStateHash().isEqual)
                let report = try projection.rebuild()
                #expect(report.stateHash == (try rig.expectedHash()))
            }
        }
    }
}

extension Rig {
    /// Takes what the log holds as what is expected, opening it here.
    func expectLog() throws {
        var opener = try FrameOpener()
        var next: UInt64 = 0
        var found: [(FrameHeader, [UInt8])] = []
        while true {
            let after = try log.scan(environment: 0, from: next, blockLimit: 8) { frame in
                let header = try FrameHeader(frame.bytes)
                let key = lender.key(of: header.subject, header.compartment, epoch: 0)
                _ = try opener.open(frame.bytes, key: key)
                found.append((header, opener.events.array))
            }
            guard after > next else { break }
            next = after
        }
        for (header, events) in found { try expect(header, events) }
    }
}
