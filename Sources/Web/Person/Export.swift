import HTTPTypes
import Hummingbird
import NIOCore

/// How everything of a person is written.
public enum ExportFormat: String, Sendable, CaseIterable {
    /// One document, one event a line.
    case json
    /// RFC 4180, one record a value.
    case csv

    var mediaType: String {
        switch self {
        case .json: "application/json"
        case .csv: "text/csv; charset=utf-8; header=present"
        }
    }
}

/// How far an export is written.
public struct ExportPosition: Sendable {
    /// Frames that are written.
    public var frames: UInt64 = 0
    /// Events that are written.
    public var events = 0
    /// Whether the begin is written.
    public var isBegun = false
    /// Whether the end is written.
    public var isEnded = false

    /// Before the begin.
    public init() {}
}

/// Everything of a person, written piece by piece when it is asked for.
public struct PersonExport: Sendable {
    /// How it is written.
    public var format: ExportFormat
    /// The next piece after a position, which moves on; nil at the end.
    public var next: @Sendable (inout ExportPosition) throws -> [UInt8]?

    /// An export.
    public init(
        format: ExportFormat,
        next: @escaping @Sendable (inout ExportPosition) throws -> [UInt8]?
    ) {
        (self.format, self.next) = (format, next)
    }
}

extension Site {
    @Sendable func export(_ request: Request, _ context: Context) async throws -> Response {
        let id = try subjectID(context)
        let text = request.uri.queryParameters["format"] ?? "json"
        guard let format = ExportFormat(rawValue: String(text)) else {
            throw Problem(.parameterInvalid, parameter: "format")
        }
        guard let export = try await ledger.export(id, format) else {
            throw Problem(.subjectUnknown)
        }
        return Response(
            status: .ok,
            headers: [
                .contentType: format.mediaType, .cacheControl: "no-store",
                .contentDisposition: "attachment; filename=\"jangbu-\(id).\(format.rawValue)\"",
            ],
            body: ResponseBody { writer in
                var position = ExportPosition()
                while let bytes = try export.next(&position) {
                    try await writer.write(ByteBuffer(bytes: bytes))
                }
                try await writer.finish(nil)
            }
        )
    }
}
