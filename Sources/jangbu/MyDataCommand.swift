import ArgumentParser
import Files
import Finance
import Foundation
import MyData
import SwiftProtobuf

/// `jangbu mydata`: the standard's answers without a collector.
struct MyDataCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "mydata",
        abstract: "Answers of the MyData standard API: checked, or quarantined.",
        subcommands: [Check.self, QuarantineCommand.self]
    )

    /// `jangbu mydata check`.
    struct Check: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "check",
            abstract: "Read requests with their answers; print the events or why there are none.",
            discussion: """
                A file holds one pair as JSON: request {method, uri, query or body}, response \
                {status, body}. The API follows from the uri, such as \
                /v2/bank/accounts/deposit/transactions. The answer is read as the collector reads \
                it: types, lengths and codes are checked, amounts stay exact, unknown fields are \
                kept. An answer that breaks the standard is named by reason, field and row; the \
                value is not shown. Nothing is recorded.

                State is said to be so at --asked-at; movements carry their own time.

                Examples:
                  jangbu mydata check Tests/MyDataTests/Samples/*.json
                  jangbu mydata check answer.json --json | jq .events
                """
        )

        @Argument(help: "Files with one request and its answer each.", completion: .file())
        var files: [String]
        @Option(help: "When the answers came, in seconds since 1970-01-01T00:00:00Z.")
        var askedAt: Int64 = 0
        @Flag(help: "Print one JSON object a file.") var json = false

        func run() throws {
            var exit: ExitClass?
            var reader = AnswerReader()
            for file in files {
                let checked = try CheckedFile(file, &reader, askedAt: askedAt)
                Terminal.shared.data(try json ? checked.json : checked.text)
                exit = exit ?? checked.exit
            }
            if let exit { throw ExitCode(exit.rawValue) }
        }
    }
}

/// What became of one file.
struct CheckedFile {
    private enum Outcome {
        case answer(Answer)
        case fault(AnswerFault)
        case noExchange(String)
    }

    private let file: String
    private var api: StandardAPI?
    private var outcome: Outcome
    /// Time of events that happened when they were asked for.
    private let askedAt: Int64

    /// Nil when the answer keeps to the standard.
    var exit: ExitClass? {
        switch outcome {
        case .answer: nil
        case .fault: .differs
        case .noExchange: .data
        }
    }

    init(_ file: String, _ reader: inout AnswerReader, askedAt: Int64) throws {
        (self.file, self.askedAt) = (file, askedAt)
        let bytes = try CheckedFile.read(file)
        do throws(Exchange.Fault) {
            let exchange = try Exchange(bytes.span)
            api = StandardAPI[exchange.call.api]
            outcome = CheckedFile.outcome(exchange, &reader, askedAt)
        } catch {
            outcome = .noExchange(CheckedFile.sentence(error))
        }
    }

    private static func read(_ file: String) throws(Failure) -> [UInt8] {
        do throws(FileError) {
            return try Files.read(file)
        } catch {
            throw Failure(Failure.exit(error), "\(file) cannot be read (\(error)).")
        }
    }

    private static func outcome(
        _ exchange: Exchange,
        _ reader: inout AnswerReader,
        _ askedAt: Int64
    ) -> Outcome {
        do throws(AnswerFault) {
            return .answer(
                try reader.read(
                    exchange.body.span,
                    of: exchange.call,
                    from: exchange.source,
                    askedAt: askedAt
                )
            )
        } catch {
            return .fault(error)
        }
    }

    private static func sentence(_ fault: Exchange.Fault) -> String {
        switch fault {
        case .form(let part): "no request with its answer: \(part)"
        case .apiUnknown: "the uri is that of no API that a provider answers"
        }
    }

    /// For people.
    var text: String {
        var lines = [file + (api.map { ": \($0.id)" } ?? "")]
        switch outcome {
        case .noExchange(let sentence): lines.append("  " + sentence)
        case .fault(let fault): lines.append("  put aside: \(fault)")
        case .answer(let answer):
            lines.append("  rsp_code \(answer.code), \(answer.rowCount) rows")
            for asset in answer.assets { lines += text(asset) }
            lines += CheckedFile.events(answer.events).flatMap { EventText($0).lines("  ") }
            lines += answer.calls.map { "  then " + text($0) }
            lines += answer.deviations.map { "  against the standard: \($0.kind) \($0.field)" }
        }
        return lines.joined(separator: "\n")
    }

    private func text(_ asset: ListedAsset) -> [String] {
        let requested = asset.isRequested ? "" : ", not requested"
        return ["  asset \(asset.kind) \(asset.key)\(requested)"]
            + CheckedFile.events(asset.events).flatMap { EventText($0).lines("    ") }
            + asset.calls.map { "    call " + text($0) }
    }

    private func text(_ call: StandardCall) -> String {
        let parameters = call.parameters.map { " \($0.name)=\($0.value)" }.joined()
        return (StandardAPI[call.api]?.id ?? "?") + parameters
    }

    /// One object, for programs.
    var json: String {
        get throws {
            var object: [String: Any] = ["file": file]
            if let api { object["api"] = api.id }
            switch outcome {
            case .noExchange(let sentence): object["error"] = sentence
            case .fault(let fault):
                object["fault"] =
                    [
                        "reason": "\(fault.reason)", "field": fault.field, "row": Int(fault.row),
                    ] as [String: Any]
            case .answer(let answer):
                object["code"] = Int(answer.code)
                object["rows"] = answer.rowCount
                object["events"] = try CheckedFile.events(answer.events).map(CheckedFile.object)
                object["assets"] = try answer.assets.map { asset in
                    [
                        "kind": "\(asset.kind)", "key": asset.key,
                        "requested": asset.isRequested, "calls": asset.calls.map(text),
                        "events": try CheckedFile.events(asset.events).map(CheckedFile.object),
                    ] as [String: Any]
                }
                object["calls"] = answer.calls.map(text)
                object["deviations"] = answer.deviations.map {
                    ["kind": "\($0.kind)", "field": $0.field]
                }
            }
            let data = try JSONSerialization.data(withJSONObject: object, options: .sortedKeys)
            return String(decoding: data, as: UTF8.self)
        }
    }

    private static func object(_ event: Event) throws -> Any {
        var options = JSONEncodingOptions()
        options.preserveProtoFieldNames = true
        let bytes: [UInt8] = try event.jsonUTF8Bytes(options: options)
        return try JSONSerialization.jsonObject(with: Data(bytes))
    }

    private static func events(_ bytes: [UInt8]) -> [Event] {
        var events: [Event] = []
        do {
            var cursor = EventCursor(bytes.span, of: AssetID(high: 0, low: 0))
            while let event = try cursor.next() { events.append(try event.message()) }
        } catch {
            preconditionFailure("an event that was just written does not decode: \(error)")
        }
        return events
    }
}
