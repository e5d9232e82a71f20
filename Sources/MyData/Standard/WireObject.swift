internal import Finance

/// The names of an object's fields in one piece of memory, in the order in which they come.
struct WireNames: Sendable {
    let fields: [WireField]
    private let bytes: [UInt8]
    private let ends: [Int]
    /// A bit for each field without which an object says nothing.
    let must: UInt64
    /// A bit for each field whose absence is noted.
    let should: UInt64

    init(_ fields: [WireField]) {
        self.fields = fields
        must = WireNames.mask(fields, .must)
        should = WireNames.mask(fields, .should)
        bytes = fields.flatMap { Array($0.name.utf8) }
        var end = 0
        ends = fields.map { field in
            end += field.name.utf8.count
            return end
        }
    }

    var count: Int { fields.count }

    private static func mask(_ fields: [WireField], _ need: WireField.Need) -> UInt64 {
        fields.indices.reduce(0) { fields[$1].need == need ? $0 | 1 << UInt64($1) : $0 }
    }

    /// The field of that name; fields mostly come in their order, so `hint` is looked at first.
    @inline(__always)
    func index(of name: Span<UInt8>, after hint: Int) -> Int? {
        let count = ends.count
        var index = hint < count ? hint : 0
        for _ in 0..<count {
            if isName(index, name) { return index }
            index &+= 1
            if index == count { index = 0 }
        }
        return nil
    }

    @inline(__always)
    private func isName(_ index: Int, _ name: Span<UInt8>) -> Bool {
        let start = index == 0 ? 0 : ends[index &- 1]
        let end = ends[index]
        guard end &- start == name.count else { return false }
        var offset = 0
        while offset < name.count {
            guard bytes[start &+ offset] == name[offset] else { return false }
            offset &+= 1
        }
        return true
    }
}

/// A field that the standard does not have.
struct UnknownField {
    let name: Range<Int>
    let value: JSONValue
}

/// Where the values of one object are; memory that is used again for the next.
struct WireObject {
    /// One for each name, in their order; only those in `present` mean anything.
    fileprivate(set) var values: [JSONValue] = []
    /// Fields that are there, a bit for each place.
    fileprivate(set) var present: UInt64 = 0
    /// Fields that came as null or "", which counts as left out.
    fileprivate(set) var emptied: UInt64 = 0
    /// What has no name here, in the provider's order.
    fileprivate(set) var unknown: [UnknownField] = []
    /// Texts that had escapes, without them.
    fileprivate(set) var unescaped: [UInt8] = []
    private var unknownBytes = 0
    private var hint = 0
    private var repeated: Int?

    /// Bytes of fields that the standard does not have, of one object: they are kept in an event.
    static let unknownBytesMax = 64 << 10

    /// Reads the object that is next.
    ///
    /// - Throws: `.malformed`; `.inconsistent` for a field that is there twice; `.fieldLength`
    ///   for more of what is unknown than can be kept; `.fieldMissing`.
    @inline(__always)
    mutating func read(
        _ cursor: inout JSONCursor,
        _ names: WireNames,
        row: Int
    ) throws(AnswerFault) {
        reset(names.count)
        do throws(JSONFault) {
            try cursor.pass(0x7B)
            if !cursor.passes(0x7D) {
                while try member(&cursor, names) {}
            }
        } catch {
            guard let repeated else { throw AnswerFault(.malformed, row: row) }
            throw AnswerFault(.inconsistent, names.fields[repeated].name, row: row)
        }
        guard unknownBytes <= WireObject.unknownBytesMax else {
            throw AnswerFault(.fieldLength, row: row)
        }
    }

    /// Throws unless all fields are there without which the object says nothing.
    @inline(__always)
    func requireAll(_ names: WireNames, row: Int) throws(AnswerFault) {
        let missing = names.must & ~present
        guard missing == 0 else {
            let place = missing.trailingZeroBitCount
            throw AnswerFault(.fieldMissing, names.fields[place].name, row: row)
        }
    }

    /// Reads a name with its value; false after the last.
    @inline(__always)
    private mutating func member(
        _ cursor: inout JSONCursor,
        _ names: WireNames
    ) throws(JSONFault) -> Bool {
        let name = try cursor.string()
        try cursor.pass(0x3A)
        if let place = names.index(of: cursor.bytes.extracting(name), after: hint) {
            hint = place &+ 1
            var value = try cursor.value()
            if cursor.hasEscapes { value = try unescaping(value, cursor) }
            let bit: UInt64 = 1 << UInt64(place)
            guard (present | emptied) & bit == 0 else {
                repeated = place
                throw JSONFault()
            }
            if value.isEmpty {
                emptied |= bit
            } else {
                present |= bit
                values[place] = value
            }
        } else {
            let value = try unescaping(try cursor.checkedValue(), cursor)
            unknownBytes += name.count + value.range.count
            unknown.append(UnknownField(name: name, value: value))
        }
        if cursor.passes(0x2C) { return true }
        try cursor.pass(0x7D)
        return false
    }

    @inline(__always)
    private mutating func reset(_ count: Int) {
        if values.count < count {
            precondition(count <= 64, "an object of the standard has at most 64 fields")
            values = [JSONValue](repeating: JSONValue(), count: count)
        }
        if !unknown.isEmpty { unknown.removeAll(keepingCapacity: true) }
        if !unescaped.isEmpty { unescaped.removeAll(keepingCapacity: true) }
        (present, emptied, unknownBytes, hint, repeated) = (0, 0, 0, 0, nil)
    }

    private mutating func unescaping(
        _ value: JSONValue,
        _ cursor: borrowing JSONCursor
    ) throws(JSONFault) -> JSONValue {
        guard value.kind == .string else { return value }
        let text = cursor.bytes.extracting(value.range)
        var isEscaped = false
        for index in text.indices where text[index] == 0x5C { isEscaped = true }
        guard isEscaped else { return value }
        let start = unescaped.count
        try JSONEscapes.unescape(text, into: &unescaped)
        return JSONValue(
            kind: .unescaped,
            start: UInt32(start),
            end: UInt32(unescaped.count)
        )
    }
}
