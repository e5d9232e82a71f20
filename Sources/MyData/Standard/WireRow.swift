internal import Finance

/// One object of an answer, read in place by the places of its fields.
struct WireRow: ~Escapable {
    /// The names that the places count.
    let names: WireNames
    /// Which row of the list this is, from 0; 0 as well of what is no row.
    let number: Int
    private let bytes: Span<UInt8>
    private let unescaped: Span<UInt8>
    private let values: Span<JSONValue>
    private let unknown: Span<UnknownField>
    private let present: UInt64
    private let positions: Span<UInt32>
    private let hasEscapes: Bool

    @inline(__always)
    @_lifetime(copy document, copy positions, borrow object)
    init(
        _ document: Span<UInt8>,
        _ positions: Span<UInt32>,
        _ object: borrowing WireObject,
        _ names: WireNames,
        number: Int,
        hasEscapes: Bool
    ) {
        bytes = document
        self.positions = positions
        unescaped = object.unescaped.span
        values = object.values.span
        unknown = object.unknown.span
        present = object.present
        self.names = names
        self.number = number
        self.hasEscapes = hasEscapes
    }

    @inline(__always)
    func has(_ place: Int) -> Bool { present & 1 << UInt64(place) != 0 }

    var hasUnknown: Bool { !unknown.isEmpty }

    /// The value at a place; of kind `absent` when there is none.
    @inline(__always)
    @_lifetime(copy self)
    func value(_ place: Int) -> WireValue {
        guard has(place) else { return WireValue(.absent, Span()) }
        return wire(values[place])
    }

    @inline(__always)
    @_lifetime(copy self)
    private func wire(_ value: JSONValue) -> WireValue {
        let source = value.kind == .unescaped ? unescaped : bytes
        return WireValue(value.kind, source.extracting(value.range))
    }

    /// What the standard has no field for, as it was sent.
    func appendUnknown(to unmapped: inout [Unmapped]) {
        for index in unknown.indices {
            let field = unknown[index]
            unmapped.append(
                Unmapped(bytes.extracting(field.name).string, wire(field.value).bytes.string)
            )
        }
    }

    /// Keeps a field's value as it was sent, because its code has no name.
    func keep(_ place: Int, in unmapped: inout [Unmapped]) {
        unmapped.append(Unmapped(names.fields[place].name, value(place).bytes.string))
    }

    func fault(_ reason: QuarantineReason, _ place: Int) -> AnswerFault {
        AnswerFault(reason, names.fields[place].name, row: number)
    }

    /// Hands each object of the list at a place to `body`, whose row numbers are those of this row.
    func forEach(
        _ place: Int,
        _ inner: WireNames,
        _ body: (borrowing WireRow) throws(AnswerFault) -> Void
    ) throws(AnswerFault) {
        guard has(place) else { return }
        guard values[place].kind == .array else { throw fault(.fieldType, place) }
        var cursor = JSONCursor(bytes, positions, hasEscapes: hasEscapes)
        cursor.token = Int(values[place].token)
        var object = WireObject()
        do throws(JSONFault) {
            try cursor.pass(0x5B)
            if cursor.passes(0x5D) { return }
        } catch { throw fault(.malformed, place) }
        while true {
            guard cursor.first == 0x7B else { throw fault(.fieldType, place) }
            try object.read(&cursor, inner, row: number)
            try object.requireAll(inner, row: number)
            try body(
                WireRow(
                    bytes,
                    positions,
                    object,
                    inner,
                    number: number,
                    hasEscapes: hasEscapes
                )
            )
            if cursor.passes(0x2C) { continue }
            guard cursor.passes(0x5D) else { throw fault(.malformed, place) }
            return
        }
    }
}

/// Values by place; each throws with the field's name and the row.
extension WireRow {
    @inline(__always)
    func money(_ place: Int, digits: Int, scale: Int) throws(AnswerFault) -> Int64 {
        do throws(ValueFault) {
            return try value(place).exact(digits: digits, scale: scale, unit: 3)
        } catch { throw fault(error.reason, place) }
    }

    @inline(__always)
    @_lifetime(copy self)
    func text(_ place: Int, _ bytesMax: Int) throws(AnswerFault) -> Span<UInt8> {
        do throws(ValueFault) {
            return try value(place).text(bytesMax)
        } catch { throw fault(error.reason, place) }
    }

    @inline(__always)
    @_lifetime(copy self)
    func word(_ place: Int, _ countMax: Int) throws(AnswerFault) -> Span<UInt8> {
        do throws(ValueFault) {
            return try value(place).word(countMax)
        } catch { throw fault(error.reason, place) }
    }

    @inline(__always)
    func count(_ place: Int, digits: Int) throws(AnswerFault) -> UInt32 {
        guard has(place) else { return 0 }
        do throws(ValueFault) {
            return try value(place).count(digits)
        } catch { throw fault(error.reason, place) }
    }

    @inline(__always)
    func moment(_ place: Int) throws(AnswerFault) -> Moment {
        do throws(ValueFault) {
            return try value(place).moment()
        } catch { throw fault(error.reason, place) }
    }

    /// The number of a code; nil when it is not written in digits.
    @inline(__always)
    func code(_ place: Int, digits: Int) throws(AnswerFault) -> Int? {
        do throws(ValueFault) {
            return try value(place).codeNumber(digits)
        } catch { throw fault(error.reason, place) }
    }

    /// A word as text; empty when it is absent.
    func string(_ place: Int, _ countMax: Int) throws(AnswerFault) -> String {
        try word(place, countMax).string
    }

    /// A code as text; of a number, with the zeros before it that numbers cannot have.
    func codeText(_ place: Int, _ countMax: Int) throws(AnswerFault) -> String {
        let text = try string(place, countMax)
        guard value(place).kind == .number else { return text }
        return String(repeating: "0", count: countMax - text.utf8.count) + text
    }

    func boolean(_ place: Int) throws(AnswerFault) -> Bool {
        guard has(place) else { return false }
        do throws(ValueFault) {
            return try value(place).boolean()
        } catch { throw fault(error.reason, place) }
    }
}

extension Span<UInt8> {
    /// The text of bytes that are known to be UTF-8.
    var string: String { String(decoding: copied, as: UTF8.self) }

    /// The bytes in memory of their own.
    var copied: [UInt8] {
        [UInt8](capacity: count) { output in
            for index in indices { output.append(self[index]) }
        }
    }
}

/// Values by place whose type stands in a table.
extension WireRow {
    /// A number in units of 10^-`unit`.
    func exact(_ place: Int, _ type: WireType, unit: Int) throws(AnswerFault) -> Int64 {
        do throws(ValueFault) {
            switch type {
            case .decimal(let digits, let scale):
                return try value(place).exact(digits: digits, scale: scale, unit: unit)
            case .integer(let digits):
                return try value(place).exact(digits: digits, scale: 0, unit: unit)
            default: preconditionFailure("a number's type is a number's")
            }
        } catch { throw fault(error.reason, place) }
    }

    /// DATE, as YYYYMMDD.
    func date(_ place: Int) throws(AnswerFault) -> UInt32 {
        do throws(ValueFault) {
            return try value(place).date()
        } catch { throw fault(error.reason, place) }
    }

    /// The day of a DTIME or DATE, as YYYYMMDD.
    func day(_ place: Int) throws(AnswerFault) -> UInt32 {
        do throws(ValueFault) {
            _ = try value(place).moment()
            return try WireValue(.number, value(place).bytes.extracting(first: 8)).date()
        } catch { throw fault(error.reason, place) }
    }

    /// YYYYMM.
    func month(_ place: Int) throws(AnswerFault) -> UInt32 {
        do throws(ValueFault) {
            return try value(place).month()
        } catch { throw fault(error.reason, place) }
    }

    /// Throws unless the value is of a type.
    func check(_ place: Int, _ type: WireType) throws(AnswerFault) {
        switch type {
        case .integer, .decimal: _ = try exact(place, type, unit: 6)
        case .text(let count): _ = try text(place, count)
        case .word(let count), .code(let count): _ = try word(place, count)
        case .boolean: _ = try boolean(place)
        case .date: _ = try date(place)
        case .month: _ = try month(place)
        case .moment: _ = try moment(place)
        case .list: guard values[place].kind == .array else { throw fault(.fieldType, place) }
        }
    }
}
