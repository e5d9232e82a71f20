internal import Finance
internal import Synchronization

/// The sandbox's time: the world's with a difference, or standing still until it is moved.
public final class SandboxClock: Sendable {
    private struct State {
        var difference: Int64 = 0
        var frozen: Int64?
    }

    /// The world's time, whatever the sandbox's is.
    let world: @Sendable () -> Int64
    private let state = Mutex(State())

    /// A clock that runs with `world`, seconds since 1970-01-01 UTC, beginning at `start`.
    ///
    /// With `isRunning` false it stands still at its beginning.
    public init(
        world: @escaping @Sendable () -> Int64,
        start: Int64? = nil,
        isRunning: Bool = true
    ) {
        self.world = world
        if let start { set(start) }
        if !isRunning { stop() }
    }

    /// Seconds since 1970-01-01 UTC.
    public var seconds: Int64 {
        let world = world()
        return state.withLock { state in state.frozen ?? world &+ state.difference }
    }

    /// Whether it runs by itself.
    public var isRunning: Bool { state.withLock { $0.frozen == nil } }

    /// Sets it.
    public func set(_ seconds: Int64) {
        let world = world()
        state.withLock { state in
            state.difference = seconds &- world
            if state.frozen != nil { state.frozen = seconds }
        }
    }

    /// Moves it forward.
    public func advance(by seconds: Int64) { set(self.seconds &+ seconds) }

    /// Lets it stand still.
    public func stop() {
        let now = seconds
        state.withLock { $0.frozen = now }
    }

    /// Lets it run on from where it stands.
    public func run() {
        let now = seconds
        state.withLock { $0.frozen = nil }
        set(now)
    }
}

/// Korea's wall clock, which all of the standard's times are.
struct KoreanTime: Sendable {
    /// The day.
    var day: CivilDate
    /// Minutes since midnight.
    var minute: Int
    /// Seconds of the minute.
    var second: Int

    /// The instant's; the epoch's for an instant outside the years 1...9999.
    init(_ seconds: Int64) {
        day = CivilDate(secondsSinceEpoch: seconds) ?? CivilDate(daysSinceEpoch: 0)
        let ofDay = Int(((seconds + 32_400) % 86_400 + 86_400) % 86_400)
        (minute, second) = (ofDay / 60, ofDay % 60)
    }

    /// DTIME, `YYYYMMDDhhmmss`.
    var text: String {
        let clock = minute / 60 * 10_000 + minute % 60 * 100 + second
        return day.compact + String(String(1_000_000 + clock).dropFirst())
    }

    /// Weeks from a Sunday to a Saturday, counted.
    var week: Int32 { day.week }
}

extension CivilDate {
    /// DATE, `YYYYMMDD`.
    var compact: String {
        let (year, month, day) = components
        return String(String(1_0000_0000 + year * 10_000 + month * 100 + day).dropFirst())
    }

    /// The day of a DATE, or nil.
    init?(compact text: String) {
        guard text.utf8.count == 8, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
            let number = Int(text)
        else { return nil }
        self.init(year: number / 10_000, month: number / 100 % 100, day: number % 100)
    }
}
