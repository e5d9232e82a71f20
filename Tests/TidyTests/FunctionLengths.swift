/// Finds the bodies of functions in masked code by their braces and counts their lines.
enum FunctionLengths {
    struct Function: Equatable {
        let line: Int
        /// From the line of `func` to the closing brace, both counted.
        let lineCount: Int
    }

    static func of(_ code: [String]) -> [Function] {
        var found: [Function] = []
        /// One entry per open brace: the line its function began on, or nil for other braces.
        var open: [Int?] = []
        /// A function whose brace is still to come, and how deep in parentheses it began.
        var pending: (line: Int, parentheses: Int)?
        var parentheses = 0
        for (index, line) in code.enumerated() {
            var word: [UInt8] = []
            for byte in Array(line.utf8) + [UInt8(ascii: " ")] {
                if isWordByte(byte) {
                    word.append(byte)
                    continue
                }
                if begins.contains(String(decoding: word, as: UTF8.self)) {
                    pending = (index, parentheses)
                }
                word.removeAll(keepingCapacity: true)
                switch byte {
                case UInt8(ascii: "("): parentheses += 1
                case UInt8(ascii: ")"): parentheses -= 1
                case UInt8(ascii: "{"):
                    // A brace inside the parameter list is a default closure, not the body.
                    let isBody = pending.map { $0.parentheses == parentheses } ?? false
                    open.append(isBody ? pending?.line : nil)
                    if isBody { pending = nil }
                case UInt8(ascii: "}"):
                    if let start = open.popLast() ?? nil {
                        found.append(Function(line: start + 1, lineCount: index - start + 1))
                    }
                    // A protocol's requirement has no body; a default closure's end is not its.
                    if pending?.parentheses == parentheses { pending = nil }
                default: break
                }
            }
        }
        return found
    }

    private static let begins: Set<String> = ["func", "init", "deinit", "subscript"]

    private static func isWordByte(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "_") || byte == UInt8(ascii: ".")
            || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
            || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
            || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
    }
}
