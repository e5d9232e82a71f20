import Files
import Foundation
import Synchronization

/// Standard output for data, standard error for everything else.
final class Terminal: Sendable {
    static let shared = Terminal()

    /// Whether a person watches standard error: progress is drawn then, else told in lines.
    let isWatched = isatty(STDERR_FILENO) == 1
    /// Whether colours may be used there (https://no-color.org).
    let isColoured: Bool
    /// A drawn line that must be cleared before another is written.
    private let isDrawn = Mutex(false)

    private init() {
        let environment = ProcessInfo.processInfo.environment
        isColoured =
            isWatched && (environment["NO_COLOR"] ?? "").isEmpty && environment["TERM"] != "dumb"
    }

    /// One line of data.
    ///
    /// Ends the process when it cannot be written: with 0 when the reader went away, as head(1)
    /// does, else as a failure of storage, because what was asked for is nowhere.
    func data(_ text: String) {
        do throws(FileError) {
            try Files.write(Array((text + "\n").utf8).span, to: STDOUT_FILENO)
        } catch {
            guard !error.isPipeClosed else { Foundation.exit(0) }
            note("jangbu: Standard output cannot be written (\(error)).")
            Foundation.exit(ExitClass.storage.rawValue)
        }
    }

    /// A message for a person.
    func note(_ text: String) {
        isDrawn.withLock { isDrawn in
            let clear = isDrawn ? "\r\u{1B}[K" : ""
            isDrawn = false
            tell(clear + text + "\n")
        }
    }

    /// Draws over the last drawn line.
    func draw(_ line: String) {
        isDrawn.withLock { isDrawn in
            isDrawn = true
            tell("\r\u{1B}[K" + line)
        }
    }

    /// Text that stands out.
    func strong(_ text: String) -> String { isColoured ? "\u{1B}[1m\(text)\u{1B}[0m" : text }

    private func tell(_ text: String) {
        do throws(FileError) {
            try Files.write(Array(text.utf8).span, to: STDERR_FILENO)
        } catch {
            // Nobody listens; the work and its exit code are the same without being told of.
        }
    }
}

/// How far long work is: a bar where a person watches, a line every few seconds elsewhere.
final class Progress: Sendable {
    private static let barWidth = 28
    private static let lineSeconds = 5.0

    private struct State {
        var lastShown: ContinuousClock.Instant?
        var isEnded = false
    }

    private let title: String
    private let unit: String
    private let begin = ContinuousClock.now
    private let state = Mutex(State())

    init(_ title: String, unit: String) {
        self.title = title
        self.unit = unit
    }

    /// Shows `done`, and `share` 0...1 of all when it is known; cheap to call often.
    func show(_ done: Int, share: Double?) {
        let now = ContinuousClock.now
        let interval: Duration =
            Terminal.shared.isWatched ? .milliseconds(100) : .seconds(Progress.lineSeconds)
        let isDue = state.withLock { state in
            guard !state.isEnded, now - (state.lastShown ?? begin) >= interval else { return false }
            state.lastShown = now
            return true
        }
        guard isDue else { return }
        if Terminal.shared.isWatched {
            Terminal.shared.draw(line(done, share, now))
        } else {
            Terminal.shared.note(line(done, share, now))
        }
    }

    /// Ends with one line that stays.
    func end(_ done: Int) {
        state.withLock { $0.isEnded = true }
        Terminal.shared.note(line(done, nil, .now))
    }

    private func line(_ done: Int, _ share: Double?, _ now: ContinuousClock.Instant) -> String {
        let seconds = max((now - begin) / .seconds(1), 0.001)
        let rate = "\(Text.grouped(done)) \(unit), \(Text.grouped(Int(Double(done) / seconds)))/s"
        guard let share else { return "\(title): \(rate), \(Text.seconds(seconds))" }
        let clamped = min(1, max(0, share))
        let percent = "\(Int(clamped * 100))%"
        guard Terminal.shared.isWatched else { return "\(title): \(percent), \(rate)" }
        let filled = Int(clamped * Double(Progress.barWidth))
        let bar =
            String(repeating: "█", count: filled)
            + String(repeating: "·", count: Progress.barWidth - filled)
        return "\(title) \(bar) \(percent) \(rate)"
    }
}

/// Numbers as messages show them.
enum Text {
    /// Digits in groups of three.
    static func grouped(_ number: some BinaryInteger) -> String {
        let digits = String(number.magnitude)
        var text = ""
        for (index, digit) in digits.enumerated() {
            if index > 0, (digits.count - index) % 3 == 0 { text.append(",") }
            text.append(digit)
        }
        return (number < 0 ? "-" : "") + text
    }

    /// Seconds with one decimal.
    static func seconds(_ seconds: Double) -> String {
        let tenths = Int((seconds * 10).rounded())
        return "\(tenths / 10).\(tenths % 10) s"
    }

    /// Thousandths as an exact decimal with the decimals that the currency has.
    static func decimal(_ thousandths: Int128, decimals: Int) -> String {
        let magnitude = thousandths.magnitude
        var fraction = String(String(Int(magnitude % 1_000) + 1_000).dropFirst())
        while fraction.count > decimals, fraction.last == "0" { fraction.removeLast() }
        let whole = (thousandths < 0 ? "-" : "") + String(magnitude / 1_000)
        return fraction.isEmpty ? whole : whole + "." + fraction
    }
}
