internal import Finance

/// A field of an answer with the place in a fact that it fills.
///
/// ```swift
/// .money("balance_amt", .must) { $0.balance = $1 }
/// ```
struct FieldMap<Fact>: Sendable {
    typealias Setter =
        @Sendable (inout Fact, borrowing WireRow, Int, inout RowNotes) throws(AnswerFault) -> Void

    let field: WireField
    let set: Setter

    init(_ name: String, _ type: WireType, _ need: WireField.Need, _ set: @escaping Setter) {
        field = WireField(name, type, need)
        self.set = set
    }
}

/// Texts, days and flags.
extension FieldMap {
    /// AH(n).
    static func text(
        _ name: String,
        _ bytesMax: Int,
        _ need: WireField.Need = .may,
        _ set: @escaping @Sendable (inout Fact, String) -> Void
    ) -> FieldMap {
        FieldMap(name, .text(bytesMax), need) {
            (fact, row, place, _) throws(AnswerFault) in
            set(&fact, try row.text(place, bytesMax).string)
        }
    }

    /// aN(n) and the like.
    static func word(
        _ name: String,
        _ countMax: Int,
        _ need: WireField.Need = .may,
        _ set: @escaping @Sendable (inout Fact, String) -> Void
    ) -> FieldMap {
        FieldMap(name, .word(countMax), need) {
            (fact, row, place, _) throws(AnswerFault) in
            set(&fact, try row.string(place, countMax))
        }
    }

    /// true or false.
    static func flag(
        _ name: String,
        _ need: WireField.Need = .may,
        _ set: @escaping @Sendable (inout Fact, Bool) -> Void
    ) -> FieldMap {
        FieldMap(name, .boolean, need) { (fact, row, place, _) throws(AnswerFault) in
            set(&fact, try row.boolean(place))
        }
    }

    /// DATE, as YYYYMMDD.
    static func day(
        _ name: String,
        _ need: WireField.Need = .may,
        _ set: @escaping @Sendable (inout Fact, UInt32) -> Void
    ) -> FieldMap {
        FieldMap(name, .date, need) { (fact, row, place, _) throws(AnswerFault) in
            set(&fact, try row.date(place))
        }
    }

    /// N6, as YYYYMM.
    static func month(
        _ name: String,
        _ need: WireField.Need = .may,
        _ set: @escaping @Sendable (inout Fact, UInt32) -> Void
    ) -> FieldMap {
        FieldMap(name, .month, need) { (fact, row, place, _) throws(AnswerFault) in
            set(&fact, try row.month(place))
        }
    }

    /// When the row happened.
    static func moment(_ name: String) -> FieldMap {
        FieldMap(name, .moment, .must) { (_, row, place, notes) throws(AnswerFault) in
            notes.moment = try row.moment(place)
        }
    }

    /// The day on which the row happened.
    static func momentOfDay(_ name: String) -> FieldMap {
        FieldMap(name, .date, .must) { (_, row, place, notes) throws(AnswerFault) in
            _ = try row.date(place)
            notes.moment = try row.moment(place)
        }
    }

    /// DTIME or DATE of something else than the row, in seconds UTC.
    static func instant(
        _ name: String,
        _ need: WireField.Need = .may,
        _ set: @escaping @Sendable (inout Fact, Int64) -> Void
    ) -> FieldMap {
        FieldMap(name, .moment, need) { (fact, row, place, _) throws(AnswerFault) in
            set(&fact, try row.moment(place).seconds)
        }
    }
}

/// What has no place of its own in a fact.
extension FieldMap {
    /// Checked and not recorded: counts of lists and what the call itself says.
    static func unrecorded(
        _ name: String,
        _ type: WireType,
        _ need: WireField.Need = .may
    ) -> FieldMap {
        FieldMap(name, type, need) { (_, row, place, _) throws(AnswerFault) in
            try row.check(place, type)
        }
    }

    /// Checked and kept in the event as it was sent.
    static func kept(
        _ name: String,
        _ type: WireType,
        _ need: WireField.Need = .may
    ) -> FieldMap {
        FieldMap(name, type, need) { (_, row, place, notes) throws(AnswerFault) in
            try row.check(place, type)
            guard case .code(let count) = type else {
                return row.keep(place, in: &notes.unmapped)
            }
            notes.unmapped.append(Unmapped(name, try row.codeText(place, count)))
        }
    }

    /// Objects in a list within a row: its count is an N3.
    private static var partsMax: Int { 999 }

    /// A list within a row, each of whose objects is handed to `add`.
    static func list<Part>(
        _ name: String,
        _ need: WireField.Need = .may,
        of start: @escaping @Sendable () -> Part,
        _ fields: [FieldMap<Part>],
        _ add: @escaping @Sendable (inout Fact, Part) -> Void
    ) -> FieldMap {
        let names = WireNames(fields.map(\.field))
        return FieldMap(name, .list, need) { (fact, row, place, notes) throws(AnswerFault) in
            var parts: [Part] = []
            var inner = notes
            try row.forEach(place, names) { (part) throws(AnswerFault) in
                parts.append(try fields.read(part, start(), 0, &inner))
                // One event holds all of it (`EventCursor.eventBytesMax`).
                guard parts.count <= partsMax, inner.unmappedBytes <= WireObject.unknownBytesMax
                else { throw row.fault(.fieldLength, place) }
            }
            notes.unmapped = inner.unmapped
            for part in parts { add(&fact, part) }
        }
    }
}

extension Array {
    /// Fills a fact with the fields of a row whose first has the place `first`.
    func read<Fact>(
        _ row: borrowing WireRow,
        _ start: Fact,
        _ first: Int,
        _ notes: inout RowNotes
    ) throws(AnswerFault) -> Fact where Element == FieldMap<Fact> {
        var fact = start
        for index in indices where row.has(first + index) {
            try self[index].set(&fact, row, first + index, &notes)
        }
        if row.hasUnknown { row.appendUnknown(to: &notes.unmapped) }
        return fact
    }
}
