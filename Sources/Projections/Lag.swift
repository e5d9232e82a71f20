internal import Cryptography
internal import EventLog
internal import Frame
internal import Synchronization

/// What is durable and not folded yet, in one environment.
final class Lag: Sendable {
    /// Frames whose events are counted one by one; beyond them the mean of these is taken.
    static let countedFramesMax = 4_096

    private let log: EventLog
    private let environment: Int
    private let clock: MonotonicClock
    /// When the durable sequence was first seen to be at least this, oldest first.
    private let seen = Mutex<[(sequence: UInt64, at: UInt64)]>([])

    init(log: EventLog, environment: Int, clock: @escaping MonotonicClock) {
        self.log = log
        self.environment = environment
        self.clock = clock
    }

    /// Notes what is durable now; called often, so that waiting times are true to the interval.
    func observe(folded: UInt64) {
        let durable = log.durableSequence(environment: environment)
        let now = clock()
        seen.withLock { seen in
            seen.removeAll { $0.sequence <= folded }
            guard durable > folded, durable > seen.last?.sequence ?? 0 else { return }
            seen.append((durable, now))
        }
    }

    /// Milliseconds since the oldest block at or after `folded` was seen durable.
    func milliseconds(folded: UInt64) -> Int64 {
        observe(folded: folded)
        let now = clock()
        return seen.withLock { seen in
            guard let first = seen.first else { return 0 }
            return Int64((now - min(now, first.at)) / 1_000_000)
        }
    }

    /// Events in durable blocks from `folded` on, of the partitions that `isOurs` says.
    func events(folded: UInt64, lagFrames: UInt64) throws(ProjectionError) -> UInt64 {
        let count = Mutex<(frames: UInt64, events: UInt64)>((0, 0))
        var next = folded
        do {
            while count.withLock({ $0.frames }) < UInt64(Lag.countedFramesMax) {
                let after = try log.scan(environment: environment, from: next, blockLimit: 1) {
                    frame in
                    guard !frame.isTombstone else { return }
                    let header = try FrameHeader(frame.bytes)
                    count.withLock { count in
                        count.frames += 1
                        count.events += UInt64(header.eventCount)
                    }
                }
                guard after > next else { break }
                next = after
            }
        } catch let error as LogError {
            throw .log(error)
        } catch {
            throw .library(operation: "scanning the log")
        }
        let (frames, events) = count.withLock { $0 }
        guard frames > 0, lagFrames > frames else { return events }
        return events * lagFrames / frames
    }
}
