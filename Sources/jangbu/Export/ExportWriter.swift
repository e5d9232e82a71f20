import Commands
import Finance
import Foundation
import Frame
import SwiftProtobuf
import Vault
import Web

/// Writes everything the log has of a person and may show them, event by event: docs/export.md.
///
/// A few frames are read and written at a time, so memory does not grow with the person's log. What
/// it hands out is the log up to the moment that it began.
struct ExportWriter: Sendable {
    private let reader: PersonReader
    private let subject: SubjectID
    private let format: ExportFormat
    private let registry: EventRegistry
    private let size: UInt64

    /// Frames in a piece: a quarter of a megabyte of events, a few of text.
    private static let spanMax: UInt64 = 8
    /// Raised when a reader of an earlier export would misread this one.
    static let version = 1

    /// An export of what is durable now.
    init(_ reader: PersonReader, of subject: SubjectID, _ format: ExportFormat) throws {
        (self.reader, self.subject, self.format) = (reader, subject, format)
        registry = try EventRegistry.released()
        size = try reader.size(of: subject)
    }

    /// The next piece; nil at the end.
    func next(_ position: inout ExportPosition) throws -> [UInt8]? {
        guard position.isBegun else {
            position.isBegun = true
            return Array(head.utf8)
        }
        guard position.frames < size else {
            guard !position.isEnded else { return nil }
            position.isEnded = true
            return Array(tail.utf8)
        }
        let end = min(size, position.frames + ExportWriter.spanMax)
        var text: [UInt8] = []
        var count = position.events
        try reader.forEachFrame(of: subject, in: position.frames..<end) { _, header, events in
            if let header { try append(events, header, to: &text, &count) }
            return true
        }
        (position.frames, position.events) = (end, count)
        return text
    }

    private var head: String {
        switch format {
        case .json:
            #"{"export":"jangbu","version":\#(ExportWriter.version),"subject":"\#(subject)","#
                + #""frames":\#(size),"events":[\#n"#
        case .csv: ExportLine.columns.joined(separator: ",") + "\r\n"
        }
    }

    private var tail: String {
        switch format {
        case .json: "\n]}\n"
        case .csv: ""
        }
    }

    private func append(
        _ events: Span<UInt8>,
        _ header: FrameHeader,
        to text: inout [UInt8],
        _ count: inout Int
    ) throws {
        let asset = AssetID(high: header.compartment.high, low: header.compartment.low)
        var cursor = Finance.EventCursor(events, of: asset)
        var index: UInt32 = 0
        while let event = try cursor.next() {
            let line = try ExportLine(event, at: index, in: header, registry)
            switch format {
            case .json:
                if count > 0 { text += ",\n".utf8 }
                line.appendJSON(to: &text)
            case .csv: try line.appendCSV(to: &text)
            }
            index += 1
            count += 1
        }
    }
}

/// One event of an export.
struct ExportLine {
    static let columns = [
        "revision", "index", "recorded_at", "compartment", "kind", "type", "field", "value",
    ]

    private let header: FrameHeader
    private let index: UInt32
    private let type: String
    /// The event as Protobuf's JSON mapping has it, with the schema's own names of fields.
    private let event: String

    init(
        _ event: borrowing EventView,
        at index: UInt32,
        in header: FrameHeader,
        _ registry: EventRegistry
    ) throws {
        self.header = header
        self.index = index
        var options = JSONEncodingOptions()
        options.preserveProtoFieldNames = true
        let message = try event.message()
        type = registry.entry(of: event.type)?.name ?? "\(event.type.rawValue)"
        self.event = try message.jsonString(options: options)
    }

    /// RFC 3339 in UTC, to the microsecond that the frame has.
    private var recordedAt: String {
        let (seconds, micros) = header.recordedAt.quotientAndRemainder(dividingBy: 1_000_000)
        let whole = Date(timeIntervalSince1970: Double(seconds)).ISO8601Format()
        let fraction = String(1_000_000 + micros).dropFirst()
        return whole.dropLast() + "." + fraction + "Z"
    }

    private var places: [String] {
        [
            String(header.revision), String(index), recordedAt,
            header.compartment.description, header.kind.word, type,
        ]
    }

    func appendJSON(to text: inout [UInt8]) {
        text.append(UInt8(ascii: "{"))
        // None of these has a character that JSON would have otherwise; the first two are numbers.
        for (number, (name, place)) in zip(ExportLine.columns, places).enumerated() {
            text += "\"\(name)\":".utf8
            text += (number < 2 ? place : "\"\(place)\"").utf8
            text.append(UInt8(ascii: ","))
        }
        text += #""event":"#.utf8
        text += event.utf8
        text.append(UInt8(ascii: "}"))
    }

    /// One record a value (RFC 4180); an event without any has one with an empty field.
    func appendCSV(to text: inout [UInt8]) throws {
        let value = try JSONDecoder().decode(ExportValue.self, from: Data(event.utf8))
        let fields = value.fields()
        for (field, value) in fields.isEmpty ? [("", "")] : fields {
            let record = places + [field, value]
            text += record.map(ExportLine.quoted).joined(separator: ",").utf8
            text += "\r\n".utf8
        }
    }

    /// In quotes when it must be.
    ///
    /// What a spreadsheet would take for a formula stays as it is: this is the record, and a
    /// character put before it would be none of it.
    private static func quoted(_ text: String) -> String {
        let needs: Set<UInt8> = [0x22, 0x2C, 0x0D, 0x0A]
        guard text.utf8.contains(where: needs.contains) else { return text }
        return "\"" + text.replacing("\"", with: "\"\"") + "\""
    }
}

/// A value of Protobuf's JSON mapping; numbers of 64 bits are texts there, and none is fractional.
enum ExportValue: Decodable {
    case bool(Bool)
    case integer(Int64)
    case text(String)
    case list([ExportValue])
    case object([String: ExportValue])

    init(from decoder: any Swift.Decoder) throws {
        if let keyed = ExportValue.decoded({ try decoder.container(keyedBy: Key.self) }) {
            var members: [String: ExportValue] = [:]
            for key in keyed.allKeys {
                members[key.stringValue] = try keyed.decode(ExportValue.self, forKey: key)
            }
            self = .object(members)
        } else if var list = ExportValue.decoded({ try decoder.unkeyedContainer() }) {
            var values: [ExportValue] = []
            while !list.isAtEnd { values.append(try list.decode(ExportValue.self)) }
            self = .list(values)
        } else {
            let single = try decoder.singleValueContainer()
            if let text = ExportValue.decoded({ try single.decode(String.self) }) {
                self = .text(text)
            } else if let bool = ExportValue.decoded({ try single.decode(Bool.self) }) {
                self = .bool(bool)
            } else {
                self = .integer(try single.decode(Int64.self))
            }
        }
    }

    /// What a decoder gives, or nil when the value is of another kind.
    private static func decoded<R>(_ body: () throws -> R) -> R? {
        do { return try body() } catch { return nil }
    }

    private struct Key: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }
        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    /// Every value with its path, by path: `card_approved.amount`, `unmapped[0].name`.
    func fields(under path: String = "") -> [(String, String)] {
        switch self {
        case .bool(let value): [(path, value ? "true" : "false")]
        case .integer(let value): [(path, String(value))]
        case .text(let value): [(path, value)]
        case .list(let values):
            values.enumerated().flatMap { $1.fields(under: "\(path)[\($0)]") }
        case .object(let members):
            members.isEmpty && !path.isEmpty
                ? [(path, "")]
                : members.sorted { $0.key < $1.key }.flatMap {
                    $1.fields(under: path.isEmpty ? $0 : "\(path).\($0)")
                }
        }
    }
}
