import Files
import Glibc
import Synchronization
import Testing

/// A process that a test starts, reads line by line, and ends.
final class Child {
    /// How a process ended.
    enum Ending: Equatable, CustomStringConvertible {
        case exited(Int32)
        case signal(Int32)

        var description: String {
            switch self {
            case .exited(let code): "ended with \(code)"
            case .signal(let number): "was stopped by signal \(number)"
            }
        }
    }

    let process: pid_t
    private let input: Int32
    private let output: Int32
    private let errorPath: String
    private var buffer: [UInt8] = []
    private var ending: Ending?

    /// Starts `words[0]` with `variables` added to this process's environment; what it says on
    /// standard error goes to the file `errors`.
    init(_ words: [String], variables: [String: String] = [:], errors: String) throws {
        let started = try Child.spawning.withLock { _ in try Child.start(words, variables, errors) }
        (process, input, output, errorPath) = (started.0, started.1, started.2, errors)
    }

    /// Held from making pipes to having spawned: a process that another thread starts in between
    /// would keep their ends open, and a reader would wait for its end too.
    private static let spawning = Mutex<Void>(())

    private static func start(
        _ words: [String],
        _ variables: [String: String],
        _ errors: String
    ) throws -> (pid_t, Int32, Int32) {
        var (inputs, outputs): ([Int32], [Int32]) = ([0, 0], [0, 0])
        let codes = unsafe (pipe(&inputs), pipe(&outputs))
        try #require(codes == (0, 0), "the system refused a pipe")
        for descriptor in inputs + outputs { _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC) }
        var actions = unsafe posix_spawn_file_actions_t()
        unsafe posix_spawn_file_actions_init(&actions)
        defer { unsafe _ = posix_spawn_file_actions_destroy(&actions) }
        unsafe posix_spawn_file_actions_adddup2(&actions, inputs[0], 0)
        unsafe posix_spawn_file_actions_adddup2(&actions, outputs[1], 1)
        unsafe posix_spawn_file_actions_addopen(
            &actions,
            2,
            errors,
            O_WRONLY | O_CREAT | O_TRUNC,
            0o600
        )
        let added = variables.map { "\($0.key)=\($0.value)" }
        // Copies that live until the call has returned; the array of the system's ends with a nil.
        var arguments = unsafe words.map { unsafe strdup($0) } + [nil]
        var environment = unsafe added.map { unsafe strdup($0) }
        var inherited = unsafe environ
        while let variable = unsafe inherited.pointee {
            unsafe environment.append(strdup(variable))
            unsafe inherited += 1
        }
        unsafe environment.append(nil)
        defer { unsafe (arguments + environment).forEach { unsafe free($0) } }
        var process: pid_t = 0
        let code = unsafe posix_spawn(
            &process,
            words[0],
            &actions,
            nil,
            &arguments,
            &environment
        )
        close(inputs[0])
        close(outputs[1])
        try #require(code == 0, "\(words[0]) could not be started: errno \(code)")
        return (process, inputs[1], outputs[0])
    }

    deinit {
        if ending == nil {
            kill()
            _ = wait()
        }
        close(input)
        close(output)
    }

    /// The next line it says; nil when it has ended or closed its output.
    func nextLine() -> String? {
        while true {
            if let end = buffer.firstIndex(of: 10) {
                let line = String(decoding: buffer[..<end], as: UTF8.self)
                buffer.removeSubrange(...end)
                return line
            }
            var chunk = [UInt8](repeating: 0, count: 65_536)
            let count = unsafe read(output, &chunk, chunk.count)
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { return nil }
            buffer.append(contentsOf: chunk[..<count])
        }
    }

    /// All lines up to its end.
    func lines() -> [String] {
        var lines: [String] = []
        while let line = nextLine() { lines.append(line) }
        return lines
    }

    /// Sends one byte to its standard input.
    func nudge() {
        var byte: UInt8 = 10
        unsafe _ = write(input, &byte, 1)
    }

    /// Kills it at once.
    func kill() { _ = Glibc.kill(process, SIGKILL) }

    /// Waits for its end.
    func wait() -> Ending {
        if let ending { return ending }
        var status: Int32 = 0
        while unsafe waitpid(process, &status, 0) == -1 && errno == EINTR {}
        note(status)
        return ending ?? .exited(0)
    }

    /// Whether it has ended; does not wait.
    var hasEnded: Bool {
        if ending != nil { return true }
        var status: Int32 = 0
        guard unsafe waitpid(process, &status, WNOHANG) == process else { return false }
        note(status)
        return true
    }

    private func note(_ status: Int32) {
        let signal = status & 0x7f
        ending = signal == 0 ? .exited(status >> 8 & 0xff) : .signal(signal)
    }

    /// What it said on standard error, the last lines.
    var errors: String {
        do {
            let text = String(decoding: try Files.read(errorPath), as: UTF8.self)
            return text.split(separator: "\n").suffix(12).joined(separator: "\n")
        } catch {
            return "\(error)"
        }
    }
}
