/// A file that another one's rows refer to, read whole before them.
struct CompanionTable<Source: Importer> {
    private var table: CSVReader
    private var places: [Int] = []
    private var fieldCount = 0

    init(_ source: ByteSource) throws(ImportError) {
        table = CSVReader(source, separator: Source.separator)
        guard case .record = try table.next() else { throw .empty }
        fieldCount = table.fieldCount
        let names = (0..<fieldCount).map { index in
            String(decoding: table.range(index).map { table.bytes[$0] }, as: UTF8.self)
        }
        for column in Source.Column.allCases {
            guard let place = names.firstIndex(of: column.name) else {
                throw .columnMissing(column.name)
            }
            places.append(place)
        }
    }

    /// Hands each row to `body`; false when one of them was no row or `body` refused it.
    mutating func forEach(
        _ body: (borrowing ImportRow<Source.Column>) throws(RowFault<Source.Column>) -> Void
    ) throws(ImportError) -> Bool {
        var ranges = [Range<Int>](repeating: 0..<0, count: places.count)
        while true {
            switch try table.next() {
            case .end: return true
            case .fault: return false
            case .record:
                guard table.fieldCount == fieldCount else { return false }
                for (index, place) in places.enumerated() { ranges[index] = table.range(place) }
                do throws(RowFault<Source.Column>) {
                    try body(ImportRow(table.bytes, ranges.span))
                } catch {
                    return false
                }
            }
        }
    }
}
