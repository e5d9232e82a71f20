import Foundation
import Testing

/// Runs the real executable, which lies beside the tests.
struct Command {
    let exit: Int32
    let out: String
    let err: String

    static let executable: URL = {
        var folder = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent()
        while folder.path.count > 1 {
            let candidate = folder.appendingPathComponent("jangbu")
            if FileManager.default.isExecutableFile(atPath: candidate.path),
                !folder.path.hasSuffix("Sources")
            {
                return candidate
            }
            folder.deleteLastPathComponent()
        }
        return folder
    }()

    static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().path

    /// Runs to the end; `program` is what starts it, if something else does.
    init(
        _ arguments: [String],
        environment: [String: String] = [:],
        program: String? = nil
    ) throws {
        let (process, out, err) = try Command.start(
            arguments,
            environment: environment,
            program: program
        )
        // Read side by side: a full pipe would stop the process.
        let errors = DispatchQueue(label: "stderr")
        nonisolated(unsafe) var errorData = Data()
        let group = DispatchGroup()
        errors.async(group: group) {
            unsafe errorData = err.fileHandleForReading.readDataToEndOfFile()
        }
        let data = out.fileHandleForReading.readDataToEndOfFile()
        group.wait()
        process.waitUntilExit()
        exit = process.terminationStatus
        self.out = String(decoding: data, as: UTF8.self)
        self.err = unsafe String(decoding: errorData, as: UTF8.self)
    }

    static func start(
        _ arguments: [String],
        environment: [String: String] = [:],
        program: String? = nil,
        output: FileHandle? = nil,
        errors: FileHandle? = nil
    ) throws -> (Process, Pipe, Pipe) {
        let process = Process()
        process.executableURL = program.map { URL(fileURLWithPath: $0) } ?? executable
        process.arguments = arguments
        var all = ProcessInfo.processInfo.environment.filter { !$0.key.hasPrefix("JANGBU_") }
        all["JANGBU_HOME"] = root
        all.merge(environment) { $1 }
        process.environment = all
        let (out, err) = (Pipe(), Pipe())
        process.standardOutput = output ?? out
        process.standardError = errors ?? err
        try process.run()
        return (process, out, err)
    }
}
