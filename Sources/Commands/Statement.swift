internal import Cryptography
internal import Finance
internal import Frame
internal import Vault

/// Rows of one compartment as the recorder takes them: of a file, which is a part of something and
/// numbers its equal rows itself, or of a provider's answer.
struct Statement: Sendable {
    let subject: SubjectID
    let name: CompartmentName
    let events: [UInt8]
    let hasCounterpartyText: Bool
    let origin: Origin

    enum Origin: Sendable {
        /// Of each row: which of the equal rows of its file it is, from 1.
        case file(ordinals: [UInt32])
        case answer(apiCode: UInt32, Observation.Scope)
    }

    init(_ rows: AssetRows, of subject: SubjectID) {
        (self.subject, name, events) = (subject, rows.name, rows.events)
        hasCounterpartyText = rows.hasCounterpartyText
        origin = .file(ordinals: rows.ordinals)
    }

    init(_ observation: Observation, of subject: SubjectID) {
        (self.subject, name, events) = (subject, observation.name, observation.events)
        hasCounterpartyText = observation.hasCounterpartyText
        origin = .answer(apiCode: observation.apiCode, observation.scope)
    }
}

/// One row: its bounds in its statement, and what of its envelope decides about it.
struct Row: Sendable {
    let bounds: Range<Int>
    let place: RowPlace
    let kind: NaturalKey.Kind
}

/// API and day of a row, in 32 bits: bits 31-20 the API's number, bits 19-0 the day, or the bill
/// that a line is of.
struct RowPlace: Hashable, Sendable {
    let bits: UInt32

    init(_ event: borrowing EventView) {
        guard event.type != .cardBillLineCharged else {
            self = RowPlace.ofBillLine(event)
            return
        }
        let day = CivilDate(secondsSinceEpoch: event.occurredAt)?.daysSinceEpoch
        let isSpokenFor = NaturalKey.isProviders(event.type)
        self.init(apiCode: event.apiCode, day: isSpokenFor ? day ?? .max : .max)
    }

    /// A day of no answer, before 535 or after 3405, is none.
    init(apiCode: UInt32, day: Int32) {
        let (shifted, overflow) = day.addingReportingOverflow(RowPlace.epoch)
        let isKnown = !overflow && shifted >= 0 && shifted < RowPlace.noDay
        bits = apiCode << 20 | UInt32(isKnown ? shifted : RowPlace.noDay)
    }

    /// The place of a bill's lines: in a bill of a month (YYYYMM), whatever the day of a purchase.
    ///
    /// Bills of one month are told apart by number, where that is a small one; others are nowhere,
    /// so that no answer speaks for them.
    init(apiCode: UInt32, billOf month: UInt32, number: String) {
        bits = apiCode << 20 | (RowPlace.bill(month, number) ?? UInt32(RowPlace.noDay))
    }

    private static func bill(_ month: UInt32, _ number: String) -> UInt32? {
        let (year, ofYear) = (month / 100, month % 100)
        let own = number.isEmpty ? 0 : UInt32(number).flatMap { (1...127).contains($0) ? $0 : nil }
        guard (1_970...2_200).contains(year), (1...12).contains(ofYear), let own else { return nil }
        let months = (year - 1_970) * 12 + ofYear - 1
        return months << 7 | own
    }

    private static func ofBillLine(_ event: borrowing EventView) -> RowPlace {
        do {
            guard let line = try event.billLine() else { return .none }
            return RowPlace(
                apiCode: event.apiCode,
                billOf: line.month,
                number: String(decoding: line.billNumber.array, as: UTF8.self)
            )
        } catch {
            // What this build cannot read is a row like any other, and nowhere.
            return RowPlace(apiCode: event.apiCode, day: .max)
        }
    }

    /// Whether an answer can speak for it.
    var isSomewhere: Bool { bits & (1 << 20 - 1) != UInt32(RowPlace.noDay) }

    /// Of bytes that are no event.
    static let none = RowPlace(apiCode: 0, day: .max)

    private static let epoch: Int32 = 1 << 19
    private static let noDay: Int32 = 1 << 20 - 1

    var apiCode: UInt32 { bits >> 20 }

    /// Whether it is a row of the API on one of the days.
    @inline(__always)
    func isIn(_ days: ClosedRange<RowPlace>) -> Bool {
        bits >= days.lowerBound.bits && bits <= days.upperBound.bits
    }
}

extension RowPlace: Comparable {
    static func < (left: RowPlace, right: RowPlace) -> Bool { left.bits < right.bits }
}

/// A run of rows of one statement, small enough for a batch.
struct Piece: Sendable {
    /// Index of its statement.
    let statement: Int
    /// Index of the first row in its statement.
    let firstRow: Int
    var rows: [Row]
    /// Whether its statement ends with it.
    var isLast = false

    var byteCount: Int {
        guard let first = rows.first, let last = rows.last else { return 0 }
        return last.bounds.upperBound - first.bounds.lowerBound
    }
}

extension Piece {
    /// Splits a statement, checking its bytes; `group` is what errors name it by.
    ///
    /// A file without rows has no piece; an answer without rows has one.
    static func split(
        _ statement: Statement,
        _ index: Int,
        group: Int
    ) throws(RecordError) -> [Piece] {
        var pieces: [Piece] = []
        var rows: [Row] = []
        var count = 0
        var bytes = 0
        func close() {
            pieces.append(Piece(statement: index, firstRow: count - rows.count, rows: rows))
            (rows, bytes) = ([], 0)
        }
        do throws(FrameError) {
            var cursor = Frame.EventCursor()
            while let bounds = try cursor.next(in: statement.events.span) {
                guard bounds.count + 4 <= RecordLimit.bytesPerFrameMax else {
                    throw FrameError.tooLarge
                }
                if bytes + bounds.count > RecordLimit.bytesPerBatchMax / 2, !rows.isEmpty {
                    close()
                }
                rows.append(try Row(bounds, of: statement))
                bytes += bounds.count
                count += 1
            }
        } catch .tooLarge {
            throw .rowTooLong(group: group, row: count)
        } catch {
            throw .malformedRows(group: group)
        }
        switch statement.origin {
        case .file(let ordinals):
            guard count == ordinals.count else { throw .malformedRows(group: group) }
            if !rows.isEmpty { close() }
        case .answer: close()
        }
        if !pieces.isEmpty { pieces[pieces.count - 1].isLast = true }
        return pieces
    }
}

extension Row {
    /// - Throws: `.malformedBody` when the bytes are no event, or of another API than the answer.
    fileprivate init(_ bounds: Range<Int>, of statement: Statement) throws(FrameError) {
        self.bounds = bounds
        do throws(EventError) {
            let bytes = statement.events.span.extracting(bounds)
            let event = try EventView(bytes, of: AssetID(high: 0, low: 0))
            place = RowPlace(event)
            switch statement.origin {
            case .file: kind = .movement
            case .answer(let apiCode, _):
                guard event.apiCode == apiCode else { throw EventError.factMissing }
                kind = NaturalKey.kind(of: event.type)
            }
        } catch {
            throw .malformedBody(part: "event")
        }
    }
}
