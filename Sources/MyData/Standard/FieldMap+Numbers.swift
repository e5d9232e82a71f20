internal import Finance
internal import SwiftProtobuf

/// Numbers and codes.
extension FieldMap {
    /// An amount in thousandths: F(18,3) or, with `whole`, N(p).
    static func money(
        _ name: String,
        _ need: WireField.Need = .may,
        whole digits: Int? = nil,
        _ set: @escaping @Sendable (inout Fact, Int64) -> Void
    ) -> FieldMap {
        let type = digits.map { WireType.integer($0) } ?? .decimal(18, 3)
        return exact(name, type, need, unit: 3, set)
    }

    /// An amount that is positive because something else gives its direction.
    static func magnitude(
        _ name: String,
        whole digits: Int? = nil,
        _ set: @escaping @Sendable (inout Fact, Int64) -> Void
    ) -> FieldMap {
        let type = digits.map { WireType.integer($0) } ?? .decimal(18, 3)
        return FieldMap(name, type, .must) { (fact, row, place, _) throws(AnswerFault) in
            let value = try row.exact(place, type, unit: 3)
            guard value >= 0 else { throw row.fault(.inconsistent, place) }
            set(&fact, value)
        }
    }

    /// A number in units of 10^-`unit`.
    static func exact(
        _ name: String,
        _ type: WireType,
        _ need: WireField.Need = .may,
        unit: Int,
        _ set: @escaping @Sendable (inout Fact, Int64) -> Void
    ) -> FieldMap {
        FieldMap(name, type, need) { (fact, row, place, _) throws(AnswerFault) in
            set(&fact, try row.exact(place, type, unit: unit))
        }
    }

    /// A rate in hundred-thousandths of one percent: F(7,5), F(5,3).
    static func rate(
        _ name: String,
        _ type: WireType,
        _ need: WireField.Need = .may,
        unit: Int = 5,
        _ set: @escaping @Sendable (inout Fact, Int32) -> Void
    ) -> FieldMap {
        FieldMap(name, type, need) { (fact, row, place, _) throws(AnswerFault) in
            let value = try row.exact(place, type, unit: unit)
            guard let rate = Int32(exactly: value) else { throw row.fault(.fieldLength, place) }
            set(&fact, rate)
        }
    }

    /// A count or another number without sign: N(p).
    static func number(
        _ name: String,
        _ digits: Int,
        _ need: WireField.Need = .may,
        _ set: @escaping @Sendable (inout Fact, UInt32) -> Void
    ) -> FieldMap {
        FieldMap(name, .integer(digits), need) { (fact, row, place, _) throws(AnswerFault) in
            set(&fact, try row.count(place, digits: digits))
        }
    }

    /// A currency by its letters; the won is left out.
    static func currency(
        _ name: String = "currency_code",
        _ need: WireField.Need = .may,
        _ set: @escaping @Sendable (inout Fact, UInt32) -> Void
    ) -> FieldMap {
        FieldMap(name, .code(3), need) { (fact, row, place, _) throws(AnswerFault) in
            guard let currency = Currency(alphabeticCode: try row.string(place, 3)) else {
                throw row.fault(.codeUnknown, place)
            }
            set(&fact, UInt32(currency))
        }
    }

    /// A code in digits that is the number of an enum's case; of a `must` field an unknown one is a
    /// fault, of any other it is kept as it is.
    static func code<Code: SwiftProtobuf.Enum & CaseIterable>(
        _ name: String,
        _ digits: Int = 2,
        _ need: WireField.Need = .may,
        of type: Code.Type = Code.self,
        adding offset: Int = 0,
        _ set: @escaping @Sendable (inout Fact, Code) -> Void
    ) -> FieldMap {
        var codes: [Int: Code] = [:]
        for code in Code.allCases where code.rawValue > offset {
            codes[code.rawValue - offset] = code
        }
        return FieldMap(name, .code(digits), need) {
            [codes] (fact, row, place, notes) throws(AnswerFault) in
            if let number = try row.code(place, digits: digits), let code = codes[number] {
                set(&fact, code)
            } else if need == .must {
                throw row.fault(.codeUnknown, place)
            } else {
                row.keep(place, in: &notes.unmapped)
            }
        }
    }

    /// A code by its letters.
    static func code<Code: Sendable>(
        _ name: String,
        _ countMax: Int,
        _ need: WireField.Need = .may,
        in codes: [String: Code],
        _ set: @escaping @Sendable (inout Fact, Code) -> Void
    ) -> FieldMap {
        FieldMap(name, .code(countMax), need) {
            (fact, row, place, notes) throws(AnswerFault) in
            if let code = codes[try row.codeText(place, countMax)] {
                set(&fact, code)
            } else if need == .must {
                throw row.fault(.codeUnknown, place)
            } else {
                row.keep(place, in: &notes.unmapped)
            }
        }
    }

    /// A code that stays the number that it is, because the standard's list grows.
    static func codeNumber(
        _ name: String,
        _ digits: Int,
        _ need: WireField.Need = .may,
        _ set: @escaping @Sendable (inout Fact, UInt32) -> Void
    ) -> FieldMap {
        FieldMap(name, .code(digits), need) { (fact, row, place, notes) throws(AnswerFault) in
            if let number = try row.code(place, digits: digits) {
                set(&fact, UInt32(number))
            } else {
                row.keep(place, in: &notes.unmapped)
            }
        }
    }
}
