/// Swift source, line for line, in which comments and text literals are blank.
///
/// What is left to search is code. Interpolated code inside literals stays visible.
struct MaskedText {
    private(set) var code: [UInt8] = []
    private let source: [UInt8]
    private var at = 0

    static func lines(of source: String) -> [String] {
        var text = MaskedText(source)
        text.maskCode(until: nil)
        return String(decoding: text.code, as: UTF8.self)
            .split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    }

    private init(_ source: String) {
        self.source = Array(source.utf8)
        code.reserveCapacity(self.source.count)
    }

    private func starts(with text: StaticString) -> Bool {
        let bytes = text.description.utf8
        return source[at...].starts(with: bytes)
    }

    private mutating func keep() {
        code.append(source[at])
        at += 1
    }

    private mutating func blank(_ count: Int = 1) {
        for _ in 0..<count where at < source.count {
            code.append(source[at] == UInt8(ascii: "\n") ? UInt8(ascii: "\n") : UInt8(ascii: " "))
            at += 1
        }
    }

    /// Reads code up to the parenthesis that closes an interpolation, or to the end.
    private mutating func maskCode(until close: UInt8?) {
        var depth = 0
        while at < source.count {
            let byte = source[at]
            if starts(with: "//") {
                while at < source.count, source[at] != UInt8(ascii: "\n") { blank() }
            } else if starts(with: "/*") {
                maskBlockComment()
            } else if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "#") {
                maskLiteralOrKeep()
            } else if byte == UInt8(ascii: "`") {
                maskName()
            } else {
                if byte == UInt8(ascii: "(") { depth += 1 }
                if byte == close {
                    if depth == 0 { return }
                    depth -= 1
                }
                keep()
            }
        }
    }

    /// A name in backticks may be any sentence; only that there is one matters.
    private mutating func maskName() {
        keep()
        while at < source.count, source[at] != UInt8(ascii: "`"), source[at] != UInt8(ascii: "\n") {
            blank()
        }
        if at < source.count { keep() }
    }

    private mutating func maskBlockComment() {
        var depth = 0
        repeat {
            if starts(with: "/*") {
                depth += 1
                blank(2)
            } else if starts(with: "*/") {
                depth -= 1
                blank(2)
            } else {
                blank()
            }
        } while depth > 0 && at < source.count
    }

    /// A text literal, raw or not, of one line or many; or a `#` that begins something else.
    private mutating func maskLiteralOrKeep() {
        var pounds = 0
        while at + pounds < source.count, source[at + pounds] == UInt8(ascii: "#") { pounds += 1 }
        let opening = at + pounds
        guard opening < source.count else { return blank(pounds) }
        if pounds > 0, source[opening] == UInt8(ascii: "/") {
            return maskPlain(
                closing: [UInt8(ascii: "/")] + Array(repeating: UInt8(ascii: "#"), count: pounds),
                after: pounds + 1
            )
        }
        guard source[opening] == UInt8(ascii: "\"") else {
            for _ in 0..<pounds { keep() }
            return
        }
        let isMultiline = source[opening...].starts(with: "\"\"\"".utf8)
        let quotes = isMultiline ? 3 : 1
        let tail = [UInt8](repeating: UInt8(ascii: "#"), count: pounds)
        maskText(
            closing: [UInt8](repeating: UInt8(ascii: "\""), count: quotes) + tail,
            escape: [UInt8(ascii: "\\")] + tail,
            after: pounds + quotes
        )
    }

    private mutating func maskPlain(closing: [UInt8], after: Int) {
        blank(after)
        while at < source.count, !source[at...].starts(with: closing) { blank() }
        blank(closing.count)
    }

    private mutating func maskText(closing: [UInt8], escape: [UInt8], after: Int) {
        blank(after)
        while at < source.count, !source[at...].starts(with: closing) {
            guard source[at...].starts(with: escape) else {
                blank()
                continue
            }
            blank(escape.count)
            if at < source.count, source[at] == UInt8(ascii: "(") {
                keep()
                maskCode(until: UInt8(ascii: ")"))
                if at < source.count { keep() }
            } else {
                blank()
            }
        }
        blank(closing.count)
    }
}
