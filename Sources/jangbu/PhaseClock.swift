import Foundation

/// What each part of a demonstration took: by the clock on the wall, and of the processors in this
/// process and in the sandbox's.
struct PhaseClock {
    private let sandbox: SandboxProcess
    private var begin = ContinuousClock.now
    private var ours = PhaseClock.processorSeconds
    private var theirs: Double
    private(set) var lines: [String] = []

    init(_ sandbox: SandboxProcess) throws {
        self.sandbox = sandbox
        theirs = try sandbox.processorSeconds()
    }

    /// Ends a phase that did `count` of `unit`; the next begins.
    mutating func end(_ phase: String, _ count: Int, _ unit: String) throws {
        let seconds = (ContinuousClock.now - begin) / .seconds(1)
        let (own, other) = (PhaseClock.processorSeconds, try sandbox.processorSeconds())
        let rate = Int(Double(count) / max(seconds, 0.001))
        lines.append(
            "\(phase): \(Text.seconds(seconds)), \(Text.grouped(count)) \(unit), "
                + "\(Text.grouped(rate))/s; processors \(Text.seconds(own - ours)) here, "
                + "\(Text.seconds(other - theirs)) in the sandbox"
        )
        (begin, ours, theirs) = (.now, own, other)
    }

    /// Of this process, in seconds.
    static var processorSeconds: Double { Double(clock()) / Double(CLOCKS_PER_SEC) }
}
