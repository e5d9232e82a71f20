// The checkout the tests run in, and the tools of the machine that they use when they are there.
import Foundation
import Testing

enum Checkout {
    /// Top of the checkout.
    ///
    /// `#filePath` is not followed through links, as a build may see this folder by one.
    static var root: URL {
        URL(filePath: #filePath).resolvingSymlinksInPath()
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    }

    /// Where a program is, by the first of its names: where the set-up puts it, or in the path.
    static func tool(_ names: String...) -> String? {
        let own = ["bin", "venv/bin"].map { root.appending(path: ".build-tools/\($0)").path }
        let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
        let folders = own + path.split(separator: ":").map(String.init)
        let places = names.flatMap { name in folders.map { "\($0)/\(name)" } }
        return places.first { FileManager.default.isExecutableFile(atPath: $0) }
    }

    /// Something cannot be checked: a failure where the set-up was to bring the tool (`make test`),
    /// elsewhere said loudly.
    static func skip(_ reason: String, location: SourceLocation = #_sourceLocation) {
        let mustCheck = ProcessInfo.processInfo.environment["JANGBU_MUST_CHECK"] == "1"
        guard !mustCheck else {
            Issue.record("\(reason)", sourceLocation: location)
            return
        }
        FileHandle.standardError.write(Data("SKIPPED (Web): \(reason)\n".utf8))
    }

    /// Runs a program with an input; its output and errors together.
    static func run(
        _ path: String,
        _ arguments: [String],
        input: String = ""
    ) throws -> (status: Int32, output: String) {
        let process = Process()
        process.executableURL = URL(filePath: path)
        process.arguments = arguments
        let output = Pipe()
        process.standardOutput = output
        process.standardError = output
        let file = FileManager.default.temporaryDirectory.appending(
            path: "jangbu-web-\(ProcessInfo.processInfo.processIdentifier)-\(arguments.hashValue)"
        )
        try Data(input.utf8).write(to: file)
        defer { _ = try? FileManager.default.removeItem(at: file) }
        process.standardInput = try FileHandle(forReadingFrom: file)
        try process.run()
        let bytes = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return (process.terminationStatus, String(decoding: bytes, as: UTF8.self))
    }

    /// Runs a program while this process goes on answering it; its output and errors together.
    static func runInBackground(
        _ path: String,
        _ arguments: [String]
    ) async throws -> (status: Int32, output: String) {
        let file = FileManager.default.temporaryDirectory.appending(
            path: "jangbu-web-\(ProcessInfo.processInfo.processIdentifier)-\(UUID().uuidString)"
        )
        try Data().write(to: file)
        defer { _ = try? FileManager.default.removeItem(at: file) }
        let output = try FileHandle(forWritingTo: file)
        let process = Process()
        process.executableURL = URL(filePath: path)
        process.arguments = arguments
        process.standardOutput = output
        process.standardError = output
        let status: Int32 = try await withCheckedThrowingContinuation { continuation in
            process.terminationHandler = { continuation.resume(returning: $0.terminationStatus) }
            do { try process.run() } catch { continuation.resume(throwing: error) }
        }
        return (status, String(decoding: try Data(contentsOf: file), as: UTF8.self))
    }
}
