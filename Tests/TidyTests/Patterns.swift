import Foundation

/// Patterns are compiled once: a check runs them on every line of the project.
let compiledBans: [(Ban, NSRegularExpression)] = Rules.banned.map {
    ($0, expression($0.pattern))
}
let fixMark = expression(#"\b(FIX"# + #"ME|HA"# + #"CK|XX"# + #"X)\b"#)
let todoMark = expression(#"\bTO"# + #"DO\b"#)
let todoWithIssue = expression(#"\bTO"# + #"DO\b.*#\d+"#)

func matches(_ pattern: NSRegularExpression, _ line: String) -> Bool {
    pattern.firstMatch(in: line, range: NSRange(line.startIndex..., in: line)) != nil
}

private func expression(_ pattern: String) -> NSRegularExpression {
    do {
        return try NSRegularExpression(pattern: pattern)
    } catch {
        preconditionFailure("a rule's pattern does not compile: \(pattern)")
    }
}

extension String {
    var trimmed: String { trimmingCharacters(in: .whitespaces) }
}
