import Files
import Foundation
import Synchronization

/// `jangbu sandbox` as a process of its own, which ends with this one.
final class SandboxProcess: Sendable {
    /// Where its certificates, providers.yaml and operator.yaml are.
    let directory: String
    private let process: Mutex<Process>
    /// Held open: the sandbox ends when this process does, however that was.
    private let lifeline: Mutex<Pipe>

    /// Starts it and waits until it takes requests.
    init(
        directory: String,
        people: Int,
        months: Int,
        seed: Int,
        faults: [String] = []
    ) async throws {
        self.directory = directory
        let process = Process()
        let lifeline = Pipe()
        process.executableURL = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
        process.arguments =
            [
                "sandbox", "serve", "--directory", directory, "--port", "0", "--people",
                "\(people)", "--months", "\(months)", "--seed", "\(seed)", "--until-input-ends",
            ] + (faults.isEmpty ? [] : ["--faults"] + faults)
        process.standardInput = lifeline
        do {
            try process.run()
        } catch {
            throw Failure(.program, "The sandbox could not be started (\(error)).")
        }
        self.process = Mutex(process)
        self.lifeline = Mutex(lifeline)
        try await waitUntilReady()
    }

    /// operator.yaml is the last file that it writes, once it listens.
    private func waitUntilReady() async throws {
        while !Files.exists(directory + "/operator.yaml") {
            guard process.withLock(\.isRunning) else {
                throw Failure(.program, "The sandbox ended before it took requests.")
            }
            try await Task.sleep(for: .milliseconds(20))
        }
    }

    /// Processor time that it used so far, in seconds.
    func processorSeconds() throws -> Double {
        let identifier = process.withLock(\.processIdentifier)
        let path = "/proc/\(identifier)/stat"
        let text = try String(contentsOfFile: path, encoding: .utf8)
        // After the name in brackets: state, then numbers; proc(5) counts utime as the 14th.
        let fields = text.split(separator: ")").last?.split(separator: " ") ?? []
        guard fields.count > 12, let user = Double(fields[11]), let system = Double(fields[12])
        else { throw Failure(.program, "The system does not tell the sandbox's time.") }
        return (user + system) / 100
    }

    /// Ends it in order.
    func end() {
        process.withLock { process in
            guard process.isRunning else { return }
            process.terminate()
            process.waitUntilExit()
        }
    }
}
