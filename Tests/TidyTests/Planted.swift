import Testing

/// A file that breaks one rule, and the same file mended.
struct Planted: CustomTestStringConvertible, Sendable {
    let rule: String
    let path: String
    let bad: String
    let good: String
    let goodPath: String

    var testDescription: String { "\(rule) in \(path)" }

    init(
        _ rule: String,
        _ path: String,
        _ bad: String,
        mended good: String,
        at goodPath: String? = nil
    ) {
        self.rule = rule
        self.path = path
        self.bad = bad
        self.good = good
        self.goodPath = goodPath ?? path
    }
}

private let mark = "TO" + "DO"
private let longFunction =
    "func f() {\n" + String(repeating: "    g()\n", count: 70) + "}\n"

let planted: [Planted] = [
    Planted(
        "columns",
        "Sources/Frame/Frame.swift",
        String(repeating: "a", count: 101),
        mended: String(repeating: "가", count: 100)
    ),
    Planted(
        "length",
        "Sources/Frame/Frame.swift",
        String(repeating: "\n", count: 501),
        mended: String(repeating: "\n", count: 300)
    ),
    Planted(
        "length",
        "Sources/Web/page.js",
        String(repeating: "\n", count: 301),
        mended: String(repeating: "\n", count: 300)
    ),
    Planted(
        "length",
        "Sources/Finance/Card.swift",
        String(repeating: "\n", count: 501),
        mended: String(repeating: "\n", count: 501),
        at: "Sources/Finance/card.pb.swift"
    ),
    Planted(
        "function length",
        "Tests/FrameTests/FrameTests.swift",
        longFunction,
        mended: String(longFunction.dropFirst("func f() {\n".count + 8 * 2))
    ),
    Planted(
        "imports",
        "Sources/EventLog/EventLog.swift",
        "internal import Finance",
        mended: "public import Frame"
    ),
    Planted(
        "imports",
        "Sources/Finance/Finance.swift",
        "public import struct EventLog.Position",
        mended: "// import EventLog"
    ),
    Planted(
        "imports",
        "Sources/Web/Web.swift",
        "import ArgumentParser",
        mended: "import Hummingbird"
    ),
    Planted(
        "imports",
        "Sources/Unheard/Unheard.swift",
        "let a = 1",
        mended: "let a = 1",
        at: "Sources/Frame/Frame.swift"
    ),
    Planted(
        "foundation",
        "Sources/Vault/Vault.swift",
        "import Foundation",
        mended: "import FoundationEssentials"
    ),
    Planted(
        "try?",
        "Sources/Vault/Vault.swift",
        "let a = try? b()",
        mended: "let a = try b() // not try? here"
    ),
    Planted(
        "try!",
        "Sources/jangbu/Serve.swift",
        "let a = \"\\(try! b())\"",
        mended: "let a = \"try! b()\""
    ),
    Planted(
        "Date()",
        "Sources/MyData/Import.swift",
        "let now = Date()",
        mended: "let now = Date()",
        at: "Sources/jangbu/Serve.swift"
    ),
    Planted(
        "UUID()",
        "Sources/Commands/Commands.swift",
        "let id = UUID()",
        mended: "let id = UUID(bytes)"
    ),
    Planted(
        ".now",
        "Sources/EventLog/EventLog.swift",
        "wait(until: .now)",
        mended: "wait(until: clock.now)"
    ),
    Planted(
        ".now",
        "Sources/EventLog/EventLog.swift",
        "let t = ContinuousClock.now",
        mended: "let t = clock.now"
    ),
    Planted(
        "Task {",
        "Sources/Web/Web.swift",
        "Task.detached(priority: .low) {",
        mended: "group.addTask {"
    ),
    Planted(
        "print(",
        "Sources/Projections/Runner.swift",
        "print(a)",
        mended: "fingerprint(a)"
    ),
    Planted(
        "fatalError(",
        "Sources/Frame/Frame.swift",
        "fatalError(\"no\")",
        mended: "preconditionFailure(\"the suite is known\")"
    ),
    Planted(
        "unsafe",
        "Sources/EventLog/EventLog.swift",
        "unsafe p.load()",
        mended: "unsafe p.load()",
        at: "Sources/LMDB/Cursor.swift"
    ),
    Planted(
        "@unchecked Sendable",
        "Sources/EventLog/Writer.swift",
        "final class A: @unchecked Sendable {}",
        mended: "// One thread owns it.\nfinal class A: @unchecked Sendable {}"
    ),
    Planted(
        "open end",
        "Sources/Frame/Frame.swift",
        "// \(mark): later",
        mended: "// \(mark)(#12): later"
    ),
    Planted(
        "open end",
        "scripts/setup.sh",
        "# FIX" + "ME #12",
        mended: "# FIXED"
    ),
    Planted(
        "size",
        "docs/table.csv",
        String(repeating: "a", count: 250_001),
        mended: String(repeating: "a", count: 250_000)
    ),
    Planted(
        "machine text",
        "docs/operations.md",
        "cd /wo" + "rk/main",
        mended: "cd framework/main"
    ),
]
