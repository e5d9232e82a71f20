/// Splits bytes into records, as RFC 4180 has it, in bounded memory and without copying fields.
///
/// Fields may be quoted, hold separators, doubled quotes and line ends; lines end with LF or CRLF;
/// a byte order mark is skipped, and so are empty lines. What is no record is a fault: reading then
/// goes on at the next line after the one where the record began, so one stray quote spoils its own
/// line only.
struct CSVReader {
    /// What `next()` found.
    enum Step {
        /// A record, readable at `field(_:)` until the next call.
        case record
        /// A line that is no record.
        case fault(CSVFault)
        /// Nothing more.
        case end
    }

    private struct Field {
        var start: Int
        var end: Int
        /// Doubled quotes in it, which are made single when the record is complete.
        var doubled: Bool
    }

    private enum Scan {
        case complete(next: Int, lines: Int)
        case incomplete
        case fault(CSVFault)
    }

    let source: ByteSource
    private let separator: UInt8
    private var buffer: [UInt8] = []
    private var start = 0
    private var isSourceAtEnd = false
    private var fields: [Field] = []
    private var nextLine = 1
    /// Line on which the record or fault of the last step began, from 1.
    private(set) var line = 0

    init(_ source: ByteSource, separator: UInt8 = UInt8(ascii: ",")) {
        self.source = source
        self.separator = separator
    }

    /// Fields of the record.
    var fieldCount: Int { fields.count }

    /// The record's bytes and where its fields are, for `CSVRow`.
    var bytes: Span<UInt8> {
        @_lifetime(borrow self)
        borrowing get { buffer.span }
    }

    func range(_ index: Int) -> Range<Int> { fields[index].start..<fields[index].end }

    /// Goes to the next record or fault.
    mutating func next() throws(ImportError) -> Step {
        fields.removeAll(keepingCapacity: true)
        try skipToRecord()
        line = nextLine
        guard start < buffer.count else { return .end }
        while true {
            fields.removeAll(keepingCapacity: true)
            switch scan() {
            case .complete(let next, let lines):
                for index in fields.indices where fields[index].doubled { undouble(index) }
                start = next
                nextLine += lines
                return .record
            case .fault(let fault):
                try skipLine()
                return .fault(fault)
            case .incomplete:
                if buffer.count - start > ImportLimits.rowBytesMax {
                    return .fault(try skipLine(because: .tooLong))
                }
                if isSourceAtEnd { return .fault(try skipLine(because: .quoteUnclosed)) }
                try refill()
            }
        }
    }

    private mutating func skipLine(
        because reason: CSVFault.Reason
    ) throws(ImportError) -> CSVFault {
        // Longer than the limit because a quote is open, or because the line is.
        let isQuoted = fields.last.map { $0.start > 0 && buffer[$0.start - 1] == 0x22 } ?? false
        let fault = CSVFault(
            reason: reason == .tooLong && isQuoted ? .quoteUnclosed : reason,
            field: max(0, fields.count - 1)
        )
        try skipLine()
        return fault
    }

    /// Skips a byte order mark and empty lines.
    private mutating func skipToRecord() throws(ImportError) {
        if nextLine == 1, start == 0 {
            while buffer.count < 3, !isSourceAtEnd { try refill() }
            if buffer.starts(with: [0xEF, 0xBB, 0xBF]) { start = 3 }
        }
        while true {
            while start + 1 >= buffer.count, !isSourceAtEnd { try refill() }
            guard start < buffer.count else { return }
            if buffer[start] == 0x0A {
                start += 1
            } else if buffer[start] == 0x0D, start + 1 < buffer.count, buffer[start + 1] == 0x0A {
                start += 2
            } else {
                return
            }
            nextLine += 1
        }
    }

    /// Finds the fields of the record at `start`.
    private mutating func scan() -> Scan {
        // Moved out and back, because the scan reads the buffer beside it.
        var found: [Field] = []
        swap(&found, &fields)
        defer { swap(&found, &fields) }
        return Self.scan(buffer.span, start, separator, isWhole: isSourceAtEnd, into: &found)
    }

    private static func scan(
        _ bytes: Span<UInt8>,
        _ start: Int,
        _ separator: UInt8,
        isWhole: Bool,
        into fields: inout [Field]
    ) -> Scan {
        var at = start
        var lines = 1
        while true {
            guard fields.count < ImportLimits.columnsMax else {
                return fault(.tooLong, fields.count)
            }
            fields.append(Field(start: at, end: at, doubled: false))
            if at < bytes.count, bytes[at] == 0x22 {
                guard let end = quoted(bytes, at, isWhole, &lines, &fields[fields.count - 1])
                else { return .incomplete }
                at = end
            } else {
                while at < bytes.count, bytes[at] != separator, bytes[at] != 0x0A, bytes[at] != 0x0D
                {
                    guard bytes[at] != 0x22 else { return fault(.quoteInside, fields.count) }
                    at += 1
                }
                fields[fields.count - 1].end = at
            }
            guard at < bytes.count else {
                return isWhole ? .complete(next: at, lines: lines) : .incomplete
            }
            guard at - start <= ImportLimits.rowBytesMax else {
                return fault(.tooLong, fields.count)
            }
            switch bytes[at] {
            case separator: at += 1
            case 0x0A: return .complete(next: at + 1, lines: lines)
            case 0x0D:
                guard at + 1 < bytes.count else {
                    return isWhole ? fault(.carriageReturnAlone, fields.count) : .incomplete
                }
                guard bytes[at + 1] == 0x0A else {
                    return fault(.carriageReturnAlone, fields.count)
                }
                return .complete(next: at + 2, lines: lines)
            default: return fault(.quoteFollowed, fields.count)
            }
        }
    }

    /// Finds the end of the quoted field whose quote is at `quote`: the index behind the closing
    /// quote, or nil when it cannot be seen yet.
    private static func quoted(
        _ bytes: Span<UInt8>,
        _ quote: Int,
        _ isWhole: Bool,
        _ lines: inout Int,
        _ field: inout Field
    ) -> Int? {
        field.start = quote + 1
        var at = quote + 1
        while at < bytes.count {
            if bytes[at] == 0x0A { lines += 1 }
            if bytes[at] == 0x22 {
                // Behind the last byte there may be the second of two quotes.
                guard at + 1 < bytes.count || isWhole else { return nil }
                guard at + 1 < bytes.count, bytes[at + 1] == 0x22 else {
                    field.end = at
                    return at + 1
                }
                field.doubled = true
                at += 1
            }
            at += 1
        }
        return nil
    }

    private static func fault(_ reason: CSVFault.Reason, _ count: Int) -> Scan {
        .fault(CSVFault(reason: reason, field: count - 1))
    }

    private mutating func undouble(_ index: Int) {
        var field = fields[index]
        var to = field.start
        var from = field.start
        while from < field.end {
            buffer[to] = buffer[from]
            // Inside a complete quoted field quotes come in pairs only.
            from += buffer[from] == 0x22 ? 2 : 1
            to += 1
        }
        field.end = to
        fields[index] = field
    }

    /// Goes behind the line that begins at `start`, however long it is.
    private mutating func skipLine() throws(ImportError) {
        nextLine += 1
        while true {
            if let end = buffer[start...].firstIndex(of: 0x0A) {
                start = end + 1
                return
            }
            start = buffer.count
            guard !isSourceAtEnd else { return }
            try refill()
        }
    }

    private mutating func refill() throws(ImportError) {
        buffer.removeSubrange(..<start)
        start = 0
        let before = buffer.count
        try source.append(to: &buffer)
        isSourceAtEnd = buffer.count == before
    }
}
