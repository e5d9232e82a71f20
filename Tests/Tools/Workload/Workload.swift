// Workload: what the fault suites start, cut off, kill and look at afterwards.
//
//     workload VERB DIRECTORY key=value ...
//
// Everything it appends follows from a subject's number and a revision alone (`World`), so what a
// log holds can be checked byte by byte without a record of what was sent. What the log promised
// goes out as marks (`Promises`): into the recorder's trace when that is preloaded, else to
// standard output, a line each.

import EventLog
import Frame
import Glibc

@main
struct Workload {
    static func main() async {
        // A process without room for its files gets EFBIG, not a signal.
        _ = signal(SIGXFSZ, SIG_IGN)
        let words = CommandLine.arguments
        guard words.count >= 3 else { end(64, "workload VERB DIRECTORY key=value ...") }
        let arguments = Arguments(words.dropFirst(3))
        do {
            try await run(words[1], words[2], arguments)
        } catch let failure as Failure {
            end(1, failure.description)
        } catch {
            end(1, "\(error)")
        }
    }

    private static func run(_ verb: String, _ path: String, _ arguments: Arguments) async throws {
        switch verb {
        case "load": try load(path, arguments)
        case "vault": try await VaultLoad(path, arguments).run()
        case "projections": try await ProjectionLoad(path, arguments).run()
        case "images": try await Images(path, arguments).run()
        case "check": try check(path, arguments)
        case "append": try append(path, arguments)
        case "hold": try hold(path)
        case "salvage": try salvage(path)
        case "damage": try DamageRun(path, arguments).run()
        case "damage-models": try ModelDamageRun(path, arguments).run()
        default: end(64, "no verb \(verb)")
        }
    }

    private static func load(_ path: String, _ arguments: Arguments) throws {
        var load = Load(path, arguments)
        try load.run()
    }

    /// Checks a directory against promises in a file.
    private static func check(_ path: String, _ arguments: Arguments) throws {
        let promises = try Promises(file: arguments.text("promises"))
        let checker = try Checker(environments: arguments.number("environments", 1))
        try checker.check(path, promises, chance: arguments.number("seed", 0), isThorough: true)
        Marks.say("checked")
    }

    /// Appends frame after frame until it is refused or `count` are there; says why it was refused
    /// and tries again for each byte of standard input, for three seconds at most.
    private static func append(_ path: String, _ arguments: Arguments) throws {
        if arguments.has("user") {
            let user = uid_t(arguments.number("user", 0))
            try require(setuid(user) == 0, "setuid failed")
        }
        var options = LogOptions()
        options.mapSizeBytes = arguments.number("map", 1 << 36)
        options.tailFrameCountMax = arguments.number("tail", 64)
        if !arguments.has("user") { try makeLog(at: path + "/log", environments: 1) }
        if arguments.has("limit-opening") {
            limitFiles(to: rlim_t(arguments.number("limit-opening", 0)))
        }
        let log = try EventLog(opening: path + "/log", options: options)
        let world = try World()
        Marks.say("created")
        if arguments.has("limit") { limitFiles(to: rlim_t(arguments.number("limit", 0))) }
        let end = arguments.number("count", .max)
        while try log.size(of: World.subject(1)) < end {
            guard let reason = try refusal(of: log, world) else { continue }
            Marks.say("refused \(reason)")
            var byte: UInt8 = 0
            guard unsafe read(0, &byte, 1) == 1 else { break }
            limitFiles(to: .max)
            // A full disk is tried again once a second.
            let deadline = ContinuousClock.now + .seconds(3)
            while try refusal(of: log, world) != nil {
                try require(ContinuousClock.now < deadline, "appends do not go on")
                sched_yield()
            }
            Marks.say("again")
        }
        log.close()
    }

    /// No file of this process may grow beyond so many bytes.
    private static func limitFiles(to bytes: rlim_t) {
        var limit = rlimit(rlim_cur: bytes, rlim_max: rlim_t.max)
        unsafe _ = setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit)
    }

    /// Appends one frame of a subject; why not, when it is refused.
    private static func refusal(of log: EventLog, _ world: World) throws -> ReadOnlyReason? {
        let revision = try log.size(of: World.subject(1))
        var batch = FrameBatch()
        try world.seal(1, revision, into: &batch)
        do {
            _ = try log.appendAndWait(batch)
            Marks.say("ack 1 \(revision)")
            return nil
        } catch {
            guard case .readOnly(let reason) = error else { throw error }
            return reason
        }
    }

    /// Says what is damaged and how many frames can be read.
    private static func salvage(_ path: String) throws {
        let log = try SalvagedLog(opening: path + "/log")
        for damage in log.damages { Marks.say("damage \(damage)") }
        var frames = 0
        for environment in 0..<log.environmentCount {
            _ = try log.scan(environment: environment, from: 0, blockLimit: .max) { _ in
                frames += 1
            }
        }
        Marks.say("frames \(frames)")
    }

    /// Keeps the log open until standard input ends.
    private static func hold(_ path: String) throws {
        let log = try EventLog(opening: path + "/log")
        Marks.say("open")
        var byte: UInt8 = 0
        while unsafe read(0, &byte, 1) > 0 {}
        log.close()
    }

    private static func end(_ code: Int32, _ sentence: String) -> Never {
        var line = Array((sentence + "\n").utf8)
        unsafe _ = write(2, &line, line.count)
        exit(code)
    }
}

/// What is not as it was promised.
struct Failure: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}

/// Stops with `sentence` unless `claim` holds.
func require(_ claim: Bool, _ sentence: @autoclosure () -> String) throws(Failure) {
    guard claim else { throw Failure(sentence()) }
}

/// `key=value` words.
struct Arguments {
    private var values: [String: String] = [:]

    init(_ words: some Sequence<String>) {
        for word in words {
            let parts = word.split(separator: "=", maxSplits: 1)
            if parts.count == 2 { values[String(parts[0])] = String(parts[1]) }
        }
    }

    func number(_ key: String, _ otherwise: Int) -> Int {
        values[key].flatMap(Int.init) ?? otherwise
    }

    func isSet(_ key: String) -> Bool { number(key, 0) != 0 }

    func text(_ key: String) throws(Failure) -> String {
        guard let value = values[key] else { throw Failure("\(key)=... is missing") }
        return value
    }

    func has(_ key: String) -> Bool { values[key] != nil }
}

/// Makes the log unless it is there.
func makeLog(at path: String, environments: Int) throws {
    do {
        try EventLog.create(
            at: path,
            layout: LogLayout(environments: environments, partitions: 4),
            id: (1, 2)
        )
    } catch {
        guard case .exists = error else { throw error }
    }
}
