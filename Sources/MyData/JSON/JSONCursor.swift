/// What a JSON value is, and where its bytes are.
struct JSONValue {
    enum Kind: UInt8 {
        /// The object has no such name.
        case absent
        /// Between the quotes; in the text, or unescaped beside it.
        case string, unescaped
        /// Digits as they were sent.
        case number
        /// The bytes of `true` or `false`.
        case boolean
        case null
        /// From bracket to bracket; `token` is that of the first.
        case object, array
    }

    var kind = Kind.absent
    var start: UInt32 = 0
    var end: UInt32 = 0
    /// The first token, of objects and arrays.
    var token: UInt32 = 0

    /// null and "" stand for what should have been left out.
    var isEmpty: Bool {
        kind == .null || (start == end && (kind == .string || kind == .unescaped))
    }

    var range: Range<Int> { Int(start)..<Int(end) }
}

/// The text is no JSON.
struct JSONFault: Error {}

/// Walks the tokens of a JSON text in order and checks that they are one.
struct JSONCursor: ~Escapable {
    let bytes: Span<UInt8>
    private let positions: Span<UInt32>
    /// The next token, an index into the positions.
    var token = 0
    /// Whether strings have to be looked through for escapes.
    let hasEscapes: Bool

    /// Deepest nesting that is followed; the standard's answers have three levels.
    static let depthMax = 32

    @_lifetime(copy bytes, copy positions)
    init(_ bytes: Span<UInt8>, _ positions: Span<UInt32>, hasEscapes: Bool) {
        self.bytes = bytes
        self.positions = positions
        self.hasEscapes = hasEscapes
    }

    var isAtEnd: Bool { token == positions.count - 1 }

    /// Begins with the byte of the next token, 0 at the end.
    @inline(__always)
    var first: UInt8 {
        guard token < positions.count - 1 else { return 0 }
        return bytes[Int(positions[token])]
    }

    /// Passes one structural byte.
    @inline(__always)
    @_lifetime(self: copy self)
    mutating func pass(_ byte: UInt8) throws(JSONFault) {
        guard first == byte else { throw JSONFault() }
        token &+= 1
    }

    /// Passes `byte` if it is next.
    @inline(__always)
    @_lifetime(self: copy self)
    mutating func passes(_ byte: UInt8) -> Bool {
        guard first == byte else { return false }
        token &+= 1
        return true
    }

    /// End of the token at `token`: what follows it are spaces.
    @inline(__always)
    private func end() -> Int {
        var end = Int(positions[token + 1])
        while end > 0 {
            let byte = bytes[end - 1]
            guard byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 else { break }
            end &-= 1
        }
        return end
    }

    /// The range of a string's content, which is next.
    @inline(__always)
    @_lifetime(self: copy self)
    mutating func string() throws(JSONFault) -> Range<Int> {
        guard first == 0x22 else { throw JSONFault() }
        let start = Int(positions[token]) &+ 1
        let end = end() &- 1
        guard end >= start, bytes[end] == 0x22 else { throw JSONFault() }
        token &+= 1
        return start..<end
    }

    /// The next value, whole.
    @inline(__always)
    @_lifetime(self: copy self)
    mutating func value() throws(JSONFault) -> JSONValue {
        switch first {
        case 0x22:
            let range = try string()
            return JSONValue(
                kind: .string,
                start: UInt32(truncatingIfNeeded: range.lowerBound),
                end: UInt32(truncatingIfNeeded: range.upperBound)
            )
        case 0x7B, 0x5B: return try container()
        default: return try scalar()
        }
    }

    @_lifetime(self: copy self)
    private mutating func scalar() throws(JSONFault) -> JSONValue {
        guard !isAtEnd else { throw JSONFault() }
        let start = Int(positions[token])
        let end = end()
        guard end > start else { throw JSONFault() }
        let text = bytes.extracting(start..<end)
        guard let kind = text.isJSONNumber ? .number : text.jsonWord else { throw JSONFault() }
        token += 1
        return JSONValue(kind: kind, start: UInt32(start), end: UInt32(end))
    }

    /// Passes an object or array, which is checked by whoever reads it.
    @_lifetime(self: copy self)
    private mutating func container() throws(JSONFault) -> JSONValue {
        let begin = token
        var depth = 0
        while token < positions.count - 1 {
            let byte = bytes[Int(positions[token])]
            token += 1
            switch byte {
            case 0x7B, 0x5B: depth += 1
            case 0x7D, 0x5D: depth -= 1
            default: continue
            }
            guard depth > 0 else {
                let isObject = bytes[Int(positions[begin])] == 0x7B
                guard byte == (isObject ? 0x7D : 0x5D) else { throw JSONFault() }
                return JSONValue(
                    kind: isObject ? .object : .array,
                    start: positions[begin],
                    end: positions[token - 1] + 1,
                    token: UInt32(begin)
                )
            }
        }
        throw JSONFault()
    }

    /// Passes the next value and checks all of it, for what is kept as it stands.
    @_lifetime(self: copy self)
    mutating func checkedValue(depth: Int = 0) throws(JSONFault) -> JSONValue {
        let begin = token
        guard depth < JSONCursor.depthMax else { throw JSONFault() }
        if passes(0x7B) {
            if !passes(0x7D) {
                repeat {
                    _ = try string()
                    try pass(0x3A)
                    _ = try checkedValue(depth: depth + 1)
                } while passes(0x2C)
                try pass(0x7D)
            }
        } else if passes(0x5B) {
            if !passes(0x5D) {
                repeat { _ = try checkedValue(depth: depth + 1) } while passes(0x2C)
                try pass(0x5D)
            }
        } else {
            return try value()
        }
        let isObject = bytes[Int(positions[begin])] == 0x7B
        return JSONValue(
            kind: isObject ? .object : .array,
            start: positions[begin],
            end: positions[token - 1] + 1,
            token: UInt32(begin)
        )
    }
}

extension Span<UInt8> {
    /// Whether the bytes are the same.
    @inline(__always)
    func equals(_ other: Span<UInt8>) -> Bool {
        guard count == other.count else { return false }
        for index in indices where self[index] != other[index] { return false }
        return true
    }

    /// What the bytes are if they are `true`, `false` or `null`.
    fileprivate var jsonWord: JSONValue.Kind? {
        var word: UInt64 = 0
        guard count == 4 || count == 5 else { return nil }
        for index in indices { word = word << 8 | UInt64(self[index]) }
        switch word {
        case 0x7472_7565, 0x66_616C_7365: return .boolean
        case 0x6E75_6C6C: return .null
        default: return nil
        }
    }

    /// Whether the bytes are a number by RFC 8259.
    var isJSONNumber: Bool {
        var index = 0
        if index < count, self[index] == 0x2D { index += 1 }
        let leading = index
        guard skipDigits(&index), index == leading + 1 || self[leading] != 0x30 else {
            return false
        }
        if index < count, self[index] == 0x2E {
            index += 1
            guard skipDigits(&index) else { return false }
        }
        if index < count, self[index] | 0x20 == 0x65 {
            index += 1
            if index < count, self[index] == 0x2B || self[index] == 0x2D { index += 1 }
            guard skipDigits(&index) else { return false }
        }
        return index == count
    }

    private func skipDigits(_ index: inout Int) -> Bool {
        let start = index
        while index < count, self[index] >= 0x30, self[index] <= 0x39 { index += 1 }
        return index > start
    }
}
