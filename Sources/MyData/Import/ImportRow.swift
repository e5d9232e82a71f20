public import Finance

/// One record, read in place by its importer's columns.
public struct ImportRow<Column: ImportColumn>: ~Escapable {
    private let bytes: Span<UInt8>
    private let ranges: Span<Range<Int>>

    @_lifetime(copy bytes, copy ranges)
    init(_ bytes: Span<UInt8>, _ ranges: Span<Range<Int>>) {
        self.bytes = bytes
        self.ranges = ranges
    }

    /// The field's bytes as they stand in the file.
    @_lifetime(copy self)
    public func field(_ column: Column) -> Span<UInt8> {
        bytes.extracting(ranges[column.rawValue])
    }

    /// Whether the field is empty or holds spaces only.
    public func isBlank(_ column: Column) -> Bool {
        let field = field(column)
        return field.indices.allSatisfy { field[$0] == 0x20 }
    }

    /// The field's text without spaces around it; empty when there is none.
    ///
    /// - Throws: `.encoding` or `.tooLong`.
    public func text(_ column: Column) throws(RowFault<Column>) -> String {
        let field = field(column)
        var start = 0
        var end = field.count
        while start < end, field[start] == 0x20 { start += 1 }
        while end > start, field[end - 1] == 0x20 { end -= 1 }
        guard end - start <= ImportLimits.textBytesMax else { throw RowFault(column, .tooLong) }
        let copy = [UInt8](capacity: end - start) { output in
            for index in start..<end { output.append(field[index]) }
        }
        guard let text = String(validating: copy, as: UTF8.self) else {
            throw RowFault(column, .encoding)
        }
        return text
    }

    /// The field's text, which must not be empty.
    ///
    /// - Throws: `.missing`, `.encoding` or `.tooLong`.
    public func requiredText(_ column: Column) throws(RowFault<Column>) -> String {
        let text = try text(column)
        guard !text.isEmpty else { throw RowFault(column, .missing) }
        return text
    }

    /// A whole number without sign, in `range`.
    ///
    /// - Throws: `.missing` or `.number`.
    public func number(
        _ column: Column,
        in range: ClosedRange<Int>
    ) throws(RowFault<Column>) -> Int {
        let field = field(column)
        guard !field.isEmpty else { throw RowFault(column, .missing) }
        guard let value = digits(field, 0, field.count), range.contains(value) else {
            throw RowFault(column, .number)
        }
        return value
    }

    /// An exact amount; `prefix` may stand before it.
    ///
    /// - Throws: `.missing`, `.amount` or `.amountTooLarge`.
    public func amount(
        _ column: Column,
        _ currency: Currency,
        prefix: UInt8? = nil
    ) throws(RowFault<Column>) -> Money {
        var text = try requiredText(column)[...]
        if let prefix, text.utf8.first == prefix { text = text.dropFirst() }
        do throws(MoneyError) {
            let money = try Money(decimal: text, currency: currency)
            guard money.thousandths.magnitude <= ImportLimits.thousandthsMax else {
                throw MoneyError.overflow
            }
            return money
        } catch {
            throw RowFault(column, error == .overflow ? .amountTooLarge : .amount)
        }
    }

    /// A currency by its letters, or `absent` when the field is empty.
    ///
    /// - Throws: `.currency`.
    public func currency(
        _ column: Column,
        absent: Currency
    ) throws(RowFault<Column>) -> Currency {
        let letters = try text(column)
        if letters.isEmpty { return absent }
        guard let currency = Currency(alphabeticCode: letters) else {
            throw RowFault(column, .currency)
        }
        return currency
    }

    /// A day written `YYYY-MM-DD`.
    ///
    /// - Throws: `.time`.
    public func isoDay(_ column: Column) throws(RowFault<Column>) -> CivilDate {
        let field = field(column)
        guard field.count == 10, field[4] == 0x2D, field[7] == 0x2D,
            let year = digits(field, 0, 4), let month = digits(field, 5, 7),
            let day = digits(field, 8, 10),
            let date = CivilDate(year: year, month: month, day: day)
        else { throw RowFault(column, .time) }
        return date
    }

    /// A day of the twentieth century written `YYMMDD`.
    ///
    /// - Throws: `.time`.
    public func shortDay(_ column: Column) throws(RowFault<Column>) -> CivilDate {
        let field = field(column)
        guard field.count == 6, let year = digits(field, 0, 2), let month = digits(field, 2, 4),
            let day = digits(field, 4, 6),
            let date = CivilDate(year: 1900 + year, month: month, day: day)
        else { throw RowFault(column, .time) }
        return date
    }

    /// The minute of the day of a time written `HH:MM`, 0...1439.
    ///
    /// - Throws: `.time`.
    public func minuteOfDay(_ column: Column) throws(RowFault<Column>) -> Int {
        let field = field(column)
        guard field.count == 5, field[2] == 0x3A, let hour = digits(field, 0, 2),
            let minute = digits(field, 3, 5), hour < 24, minute < 60
        else { throw RowFault(column, .time) }
        return hour * 60 + minute
    }

    /// A month written `MM/YYYY`.
    ///
    /// - Throws: `.time`.
    public func month(_ column: Column) throws(RowFault<Column>) -> Month {
        let field = field(column)
        guard field.count == 7, field[2] == 0x2F, let month = digits(field, 0, 2),
            let year = digits(field, 3, 7), let value = Month(year: year, month: month)
        else { throw RowFault(column, .time) }
        return value
    }

    /// The number that the digits of a part of a field write; nil when there is anything else.
    private func digits(_ field: Span<UInt8>, _ start: Int, _ end: Int) -> Int? {
        guard end > start, end - start <= 18 else { return nil }
        var value = 0
        for index in start..<end {
            guard field[index] >= 0x30, field[index] <= 0x39 else { return nil }
            value = value * 10 + Int(field[index] - 0x30)
        }
        return value
    }
}
