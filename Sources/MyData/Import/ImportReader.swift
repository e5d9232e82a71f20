internal import Cryptography
internal import Finance
internal import SwiftProtobuf

/// Walks one file with one importer.
///
/// ```swift
/// var reader = try ImportReader(ByteSource(path: path), Birmingham())
/// while let step = try reader.next() { … }
/// ```
public struct ImportReader<Source: Importer> {
    /// What a row came to.
    public enum Step: Sendable {
        /// It says something.
        case row(ImportedRow)
        /// It cannot be used.
        case rejected(RejectedRow)
    }

    private var table: CSVReader
    private let importer: Source
    /// Where in the file each of the importer's columns stands.
    private var places: [Int] = []
    private var names: [String] = []
    private var ranges: [Range<Int>] = []
    private var seen: [RowIdentity: UInt32] = [:]
    /// Rows so far, used or not.
    public private(set) var rowCount = 0

    /// Reads the header.
    ///
    /// - Throws: why this is no file of this importer.
    public init(_ source: ByteSource, _ importer: Source) throws(ImportError) {
        table = CSVReader(source, separator: Source.separator)
        self.importer = importer
        switch try table.next() {
        case .end: throw .empty
        case .fault(let fault): throw .headerMalformed(fault.reason)
        case .record: try readHeader()
        }
    }

    /// How much of the file was read, 0...1.
    public var progress: Double {
        let size = table.source.byteCount
        return size == 0 ? 1 : Double(table.source.bytesRead) / Double(size)
    }

    private mutating func readHeader() throws(ImportError) {
        for index in 0..<table.fieldCount {
            let bytes = table.range(index).map { table.bytes[$0] }
            // A name that is no UTF-8 is no column's name.
            names.append(String(validating: bytes, as: UTF8.self) ?? "")
        }
        let known = Set(Source.Column.allCases.map(\.name))
        for (index, name) in names.enumerated() {
            guard names.firstIndex(of: name) == index else { throw .columnRepeated(name) }
        }
        for column in Source.Column.allCases {
            guard let place = names.firstIndex(of: column.name) else {
                throw .columnMissing(column.name)
            }
            precondition(column.rawValue == places.count, "columns count from 0 in order")
            places.append(place)
        }
        for (index, name) in names.enumerated() {
            guard known.contains(name) || Source.ignored.contains(name) else {
                throw .columnUnknown(index + 1)
            }
        }
        ranges = [Range<Int>](repeating: 0..<0, count: places.count)
    }

    /// The next row, or nil after the last.
    ///
    /// - Throws: `.unreadable`, `.damaged` or `.tooManyRows`; single rows are never thrown.
    public mutating func next() throws(ImportError) -> Step? {
        switch try table.next() {
        case .end: return nil
        case .fault(let fault):
            try count()
            let field = fault.field < names.count ? names[fault.field] : nil
            return .rejected(
                RejectedRow(line: table.line, field: field, reason: .line(fault.reason))
            )
        case .record:
            try count()
            guard table.fieldCount == names.count else {
                let reason = CSVFault.Reason.columns(
                    found: table.fieldCount,
                    expected: names.count
                )
                return .rejected(RejectedRow(line: table.line, reason: .line(reason)))
            }
            return map()
        }
    }

    private mutating func count() throws(ImportError) {
        rowCount += 1
        guard rowCount <= ImportLimits.rowsMax else { throw .tooManyRows }
    }

    private mutating func map() -> Step {
        for (index, place) in places.enumerated() { ranges[index] = table.range(place) }
        let line = table.line
        var movement: Movement?
        let mapped: MappedRow
        do throws(RowFault<Source.Column>) {
            let row = ImportRow<Source.Column>(table.bytes, ranges.span)
            movement = try importer.movement(row)
            mapped = try importer.map(row, moving: movement)
        } catch {
            return .rejected(
                RejectedRow(
                    line: line,
                    field: error.column.name,
                    reason: error.reason,
                    movement: movement
                )
            )
        }
        let event = mapped.event.encoded
        let identity = RowIdentity(mapped.subject, mapped.asset, event)
        let ordinal = (seen[identity] ?? 0) + 1
        seen[identity] = ordinal
        return .row(
            ImportedRow(
                line: line,
                subject: mapped.subject,
                asset: mapped.asset,
                occurredAt: mapped.event.occurredAt,
                event: event,
                ordinal: ordinal,
                further: mapped.further.map(\.encoded),
                movement: movement
            )
        )
    }
}

extension Event {
    /// The bytes that a frame holds.
    fileprivate var encoded: [UInt8] {
        do {
            return try serializedBytes()
        } catch {
            // Proto3 has no required fields, and texts are valid: the one other error is a message
            // above 2 GiB.
            preconditionFailure("an event of bounded texts does not encode")
        }
    }
}

/// Which rows of a file are equal: 128 bits of a SHA-256, so that two that differ never meet.
private struct RowIdentity: Hashable {
    private let high: UInt64
    private let low: UInt64

    init(_ subject: String, _ asset: ImportedAsset, _ event: [UInt8]) {
        var hasher = SHA256Hasher()
        for text in [subject, asset.provider, asset.key] {
            hasher.update(text.utf8.span)
            hasher.update(byte: 0xFF)
        }
        hasher.update(byte: UInt8(truncatingIfNeeded: asset.kind.rawValue))
        hasher.update(event.span)
        let bytes = hasher.finish().bytes
        (high, low) = bytes.prefix(16).enumerated().reduce(into: (UInt64(0), UInt64(0))) {
            if $1.offset < 8 {
                $0.0 = $0.0 << 8 | UInt64($1.element)
            } else {
                $0.1 = $0.1 << 8 | UInt64($1.element)
            }
        }
    }
}
