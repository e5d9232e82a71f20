/// Whether a provider is asked at all.
///
/// After `failuresMax` failures in a row nothing is asked for a while that doubles up to an hour;
/// then one call goes as a probe. So a provider that is down for days costs a probe an hour.
public struct Circuit: Hashable, Sendable {
    /// What it says to a caller.
    public enum Answer: Hashable, Sendable {
        /// Ask.
        case ask
        /// Ask; what becomes of it decides for all.
        case probe
        /// Do not ask before this time, in seconds since 1970-01-01 UTC.
        case wait(until: Int64)
    }

    /// Failures in a row after which it opens.
    public static let failuresMax = 5
    /// First time that it stays open, in seconds.
    public static let pauseSeconds: Int64 = 30
    /// The longest, in seconds.
    public static let pauseSecondsMax: Int64 = 3_600

    /// Failures since the last success.
    public private(set) var failures = 0
    /// Until when nothing is asked, in seconds since 1970-01-01 UTC; nil while all pass.
    public var closedUntil: Int64? { [pausedUntil, stoppedUntil].compactMap { $0 }.max() }
    /// Until when to begin nothing, in seconds since 1970-01-01 UTC; nil when there is no reason.
    ///
    /// While a probe is under way whoever begins comes to nothing: it is over within a call's time.
    public func restsUntil(at now: Int64) -> Int64? {
        if let until = closedUntil, until > now { return until }
        return isProbing ? now + Circuit.pauseSeconds : nil
    }
    /// Until when it waits because of failures.
    private var pausedUntil: Int64?
    /// Until when it was told to; answers that were under way by then end nothing.
    private var stoppedUntil: Int64?
    private var pause = Circuit.pauseSeconds
    private var isProbing = false

    /// One that lets all pass.
    public init() {}

    /// Whether to ask now.
    public mutating func mayAsk(at now: Int64) -> Answer {
        if let until = stoppedUntil {
            guard now >= until else { return .wait(until: closedUntil ?? until) }
            (pausedUntil, stoppedUntil) = (closedUntil, nil)
        }
        guard let until = pausedUntil else { return .ask }
        guard now >= until else { return .wait(until: until) }
        guard !isProbing else { return .wait(until: now + 1) }
        isProbing = true
        return .probe
    }

    /// It answered, whatever it said.
    public mutating func succeeded() {
        let stop = stoppedUntil
        self = Circuit()
        stoppedUntil = stop
    }

    /// It did not answer, or answered that it cannot.
    public mutating func failed(at now: Int64) {
        failures += 1
        guard isProbing || (pausedUntil == nil && failures >= Circuit.failuresMax) else { return }
        pausedUntil = now + pause
        pause = min(pause * 2, Circuit.pauseSecondsMax)
        isProbing = false
    }

    /// It asked to be left alone, or somebody must look first.
    public mutating func stopped(forSeconds seconds: Int64, at now: Int64) {
        stoppedUntil = max(stoppedUntil ?? now, now + seconds)
        isProbing = false
    }

    /// The probe was not sent after all.
    public mutating func withdrawn() { isProbing = false }
}
