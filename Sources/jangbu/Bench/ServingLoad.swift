import Foundation
import Projections
import Threads

/// What a server does beside appends: all read models live and somebody who reads profiles.
///
/// Watches the process's anonymous memory meanwhile.
final class ServingLoad: Sendable {
    private let projections: Projections
    private let thread: OwnedThread
    private let watch: Monitor<Watch>

    private struct Watch {
        var isStopped = false
        var peakKilobytes = 0
        var reads = 0
        var failure: String?
    }

    private static let pauseNanoseconds = 5_000_000

    init(_ world: BenchWorld) throws {
        let (projections, spending) = try ProjectionBench.start(world, ProjectionBench.rules())
        let watch = Monitor(Watch())
        (self.projections, self.watch) = (projections, watch)
        let subjects = world.subjects
        thread = OwnedThread {
            var random = BenchRandom(seed: 3)
            while watch.wait(atMost: Self.pauseNanoseconds, { $0.isStopped ? true : nil }) == nil {
                do {
                    let subject = subjects[Int(random.next() % UInt64(subjects.count))]
                    _ = try spending.read(subject)
                    let kilobytes = try Self.anonymousKilobytes()
                    watch.withLock { watch in
                        watch.reads += 1
                        watch.peakKilobytes = max(watch.peakKilobytes, kilobytes)
                    }
                } catch ProjectionError.catchingUp {
                    continue
                } catch {
                    return watch.withLock { $0.failure = "\(error)" }
                }
            }
        }
    }

    /// Waits until everything is folded and checkpointed.
    ///
    /// - Returns: the most anonymous memory that was seen, in kB, and profiles read.
    func finish() throws -> (peakKilobytes: Int, reads: Int) {
        try projections.stop()
        watch.signal { $0.isStopped = true }
        thread.join()
        let seen = watch.withLock { $0 }
        if let failure = seen.failure { throw BenchFailure(reason: failure) }
        guard seen.reads > 0 else { throw BenchFailure(reason: "no profile was read") }
        return (seen.peakKilobytes, seen.reads)
    }

    /// Anonymous memory of this process: what mapped files do not account for.
    private static func anonymousKilobytes() throws -> Int {
        let text = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
        for line in text.split(separator: "\n") where line.hasPrefix("RssAnon:") {
            return Int(line.filter(\.isNumber)) ?? 0
        }
        throw BenchFailure(reason: "the system does not tell anonymous memory")
    }
}
