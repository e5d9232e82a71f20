internal import Finance

/// A request with its answer, as one file of JSON: `request` with method, uri, query or body;
/// `response` with status and body.
///
/// The answer's body is kept byte for byte, so that what is wrong in it stays so.
public struct Exchange: Sendable {
    /// What was asked.
    public var call: StandardCall
    /// Who answered, by the path.
    public var source: AnswerSource
    /// HTTP status of the answer.
    public var status: Int
    /// The answer's body as it came.
    public var body: [UInt8]
    /// First and last day that were asked about, YYYYMMDD; 0 without a period.
    public var days: (from: UInt32, to: UInt32)

    /// Why a file is no such pair.
    public enum Fault: Error, Hashable, Sendable {
        /// No JSON, or not of this form; the part that is missing or of another type.
        case form(String)
        /// The path is that of no API in the table.
        case apiUnknown
    }

    private static let parts = WireNames([
        WireField("request", .list, .must), WireField("response", .list, .must),
    ])
    private static let request = WireNames([
        WireField("method", .word(8), .may), WireField("uri", .text(500), .must),
        WireField("query", .list, .may), WireField("body", .list, .may),
    ])
    private static let response = WireNames([
        WireField("status", .integer(3), .must), WireField("body", .list, .must),
    ])

    /// Reads a file.
    ///
    /// - Throws: why it is no exchange.
    public init(_ bytes: Span<UInt8>) throws(Fault) {
        var index = JSONIndex()
        guard bytes.count <= AnswerReader.bodyBytesMax, index.read(bytes) else {
            throw .form("JSON")
        }
        let document = Document(
            bytes: bytes,
            positions: index.positions,
            hasEscapes: JSONIndex.hasBackslash(bytes)
        )
        let parts = try document.object(at: 0, Exchange.parts, "request and response")
        let request = try document.object(
            at: Int(parts.values[0].token),
            Exchange.request,
            "request"
        )
        let response = try document.object(
            at: Int(parts.values[1].token),
            Exchange.response,
            "response"
        )
        let uri = document.text(request, Exchange.request, 1)
        let status = document.row(response, Exchange.response).value(0)
        do throws(ValueFault) {
            self.status = Int(try status.count(3))
        } catch { throw .form("response.status") }
        body = bytes.extracting(response.values[1].range).copied
        let (entry, source, inPath) = try Exchange.match(uri)
        var call = StandardCall(entry.api, inPath)
        days = (0, 0)
        for place in [2, 3] where request.present & 1 << UInt64(place) != 0 {
            try document.parameters(request.values[place], entry, &call, &days)
        }
        self.call = call
        self.source = source
    }

    /// Finds the API of a path such as `/v1/card/cards/{card_id}/approval-domestic`.
    private static func match(
        _ uri: String
    ) throws(Fault) -> (StandardAPI, AnswerSource, [StandardCall.Parameter]) {
        let parts = uri.split(separator: "?")[0].split(separator: "/")
        // `/bank/apis` has no version.
        let version = parts.first.flatMap { $0.first == "v" ? Int($0.dropFirst()) : nil }
        let rest = version == nil ? parts[...] : parts.dropFirst()
        guard let industry = rest.first.flatMap({ Industry(pathName: $0) }) else {
            throw .apiUnknown
        }
        let path = Array(rest.dropFirst())
        for entry in StandardAPI.all where entry.industries.contains(industry) {
            if let parameters = match(path, entry.path) {
                let source = AnswerSource(industry, version: version ?? 2)
                return (entry, source, parameters)
            }
        }
        throw .apiUnknown
    }

    private static func match(
        _ path: [Substring],
        _ pattern: String
    ) -> [StandardCall.Parameter]? {
        let words = pattern.split(separator: "/")
        guard words.count == path.count else { return nil }
        var parameters: [StandardCall.Parameter] = []
        for (word, part) in zip(words, path) where word != part {
            guard word.first == "{" else { return nil }
            parameters.append(.init(String(word.dropFirst().dropLast()), String(part)))
        }
        return parameters
    }
}

/// The file's text with its tokens.
private struct Document: ~Escapable {
    let bytes: Span<UInt8>
    let positions: Span<UInt32>
    let hasEscapes: Bool

    @_lifetime(copy bytes, copy positions)
    init(bytes: Span<UInt8>, positions: Span<UInt32>, hasEscapes: Bool) {
        (self.bytes, self.positions, self.hasEscapes) = (bytes, positions, hasEscapes)
    }

    func object(
        at token: Int,
        _ names: WireNames,
        _ part: String
    ) throws(Exchange.Fault) -> WireObject {
        var cursor = JSONCursor(bytes, positions, hasEscapes: hasEscapes)
        cursor.token = token
        var object = WireObject()
        do throws(AnswerFault) {
            try object.read(&cursor, names, row: 0)
            try object.requireAll(names, row: 0)
        } catch {
            throw .form(error.field.isEmpty ? part : error.field)
        }
        return object
    }

    @_lifetime(copy self, borrow object)
    func row(_ object: borrowing WireObject, _ names: WireNames) -> WireRow {
        WireRow(bytes, positions, object, names, number: 0, hasEscapes: hasEscapes)
    }

    func text(_ object: borrowing WireObject, _ names: WireNames, _ place: Int) -> String {
        row(object, names).value(place).bytes.string
    }

    /// Takes the API's parameters and the period out of a query or a body.
    func parameters(
        _ value: JSONValue,
        _ entry: StandardAPI,
        _ call: inout StandardCall,
        _ days: inout (from: UInt32, to: UInt32)
    ) throws(Exchange.Fault) {
        guard value.kind == .object else { return }
        let names = WireNames(
            [WireField("from_date", .date, .may), WireField("to_date", .date, .may)]
                + entry.parameters.map { WireField($0, .text(1_000), .may) }
        )
        let object = try object(at: Int(value.token), names, "parameters")
        for place in 0..<names.count where object.present & 1 << UInt64(place) != 0 {
            guard place < 2 else {
                call.parameters.append(
                    .init(names.fields[place].name, text(object, names, place))
                )
                continue
            }
            do throws(ValueFault) {
                let day = try row(object, names).value(place).date()
                if place == 0 { days.from = day } else { days.to = day }
            } catch { throw .form(names.fields[place].name) }
        }
    }
}
