import Collector
import Files
import Foundation
import Glibc
import Simulation
import Synchronization
import Testing

/// A sandbox and a collecting process, each killed and started again while the sandbox misbehaves.
///
/// What a kill of the sandbox loses, its controller brings back: clock, faults, port. Quotas and
/// rows that a fault changed go with it.
final class FaultRun {
    private let bench: Bench
    private let seed: Seed
    private let people: Int
    private let remote: SandboxRemote
    private var sandbox: Child?
    private var port = 0
    private var now = FaultRun.start
    private(set) var sandboxKills = 0
    private(set) var collectorKills = 0
    private(set) var quarantined = 0
    /// How many answers were others for each kind of fault, as far as a kill did not lose it.
    private(set) var struck: [String: Int] = [:]

    /// 2026-11-08T03:00 in Korea: inside the night slots of all providers, with bills to be paid.
    private static let start: Int64 = 1_794_074_400
    private static let months = 3
    /// Months that are wanted, so many that no day of the ledger drops out while days pass: 24
    /// rounds of at most nine.
    private static let historyMonths = 12
    /// Longer than any round should take.
    private static let patience: Duration = .seconds(120)

    struct Stuck: Error, CustomStringConvertible {
        let description: String
    }

    init(_ bench: Bench, _ seed: Seed, people: Int) async throws {
        (self.bench, self.seed, self.people) = (bench, seed, people)
        try Files.makeDirectories(bench.path("sandbox"))
        remote = SandboxRemote(directory: bench.path("sandbox"))
        try await startSandbox([])
    }

    // MARK: The sandbox

    private func startSandbox(_ faults: [String], diesAtWrite: Int? = nil) async throws {
        let place = bench.path("sandbox")
        let words =
            [
                "sandbox", "serve", "--directory", place, "--port", "\(port)", "--people",
                "\(people)", "--months", "\(FaultRun.months)", "--seed", "\(seed.number)",
                "--first-day", "2026-08-01", "--clock-at", "\(now)", "--set",
                "sandbox.clock=standing", "--until-input-ends",
            ] + (faults.isEmpty ? [] : ["--faults"] + faults)
        sandbox = try bench.jangbu(
            words,
            killing: diesAtWrite.map { "send:\($0)" }
        )
        let latest = ContinuousClock.now + .seconds(30)
        while true {
            if port == 0 { port = remote.port ?? 0 }
            if port != 0, await remote.isThere(port: port) { return }
            guard ContinuousClock.now < latest, sandbox?.hasEnded == false else {
                throw Stuck(description: "the sandbox does not start: \(sandbox?.errors ?? "")")
            }
            try await Task.sleep(for: .milliseconds(20))
        }
    }

    /// Kills the sandbox and starts it again as it was; what it counted is noted before.
    private func restartSandbox(_ faults: [String], diesAtWrite: Int? = nil) async throws {
        if let sandbox, !sandbox.hasEnded {
            await noteStruck()
            sandbox.kill()
        }
        _ = sandbox?.wait()
        try await startSandbox(faults, diesAtWrite: diesAtWrite)
    }

    private func noteStruck() async {
        for (kind, count) in await remote.struck(port: port) { struck[kind, default: 0] += count }
    }

    // MARK: Rounds

    /// One round, in which anything may fail but nothing may break.
    func run(_ round: FaultRound) async throws {
        now += Int64(round.days) * 86_400
        try await restartSandbox(round.faults, diesAtWrite: round.sandboxDiesAtWrite)
        let killing = round.collectorDiesAtFlush.map { "flush:\($0)" }
        let child = try collector(["--for", round.reason], killing: killing)
        let latest = ContinuousClock.now + FaultRun.patience
        while !child.hasEnded {
            guard ContinuousClock.now < latest else {
                throw Stuck(description: "a collection does not end: \(round)")
            }
            if let sandbox, sandbox.hasEnded {
                let ending = sandbox.wait()
                guard ending == .signal(SIGKILL) else {
                    throw Stuck(description: "the sandbox \(ending): \(sandbox.errors)")
                }
                sandboxKills += 1
                try await startSandbox(round.faults)
            }
            try await Task.sleep(for: .milliseconds(2))
        }
        switch child.wait() {
        case .signal(SIGKILL): collectorKills += 1
        // All went well; some was given up; the sandbox was not there.
        case .exited(0), .exited(1), .exited(69): break
        case let ending:
            throw Stuck(description: "the collection \(ending): \(child.errors); \(round)")
        }
        quarantined += FaultRun.figure("quarantined", in: child.lines().joined())
    }

    private func collector(_ words: [String], killing: String? = nil) throws -> Child {
        try bench.jangbu(
            [
                "collect", "--certificates", bench.path("sandbox"), "--people", "\(people)",
                "--months", "\(FaultRun.historyMonths)", "--once", "--json", "--data-directory",
                bench.path("data"), "--set", "projections.checkpoint_interval_milliseconds=20",
            ] + words,
            killing: killing
        )
    }

    private static func figure(_ name: String, in text: String) -> Int {
        guard let place = text.range(of: "\"\(name)\"") else { return 0 }
        let rest = text[place.upperBound...].drop { " :".contains($0) }
        return Int(rest.prefix(while: \.isNumber)) ?? 0
    }

    // MARK: The end

    /// Ends the faults, collects until nothing is left to be done, and proves that all agrees.
    func prove(_ reason: String = "search") async throws {
        now += 86_400 + 3_600
        try await restartSandbox([])
        for _ in 0..<2 { _ = finish(try collector(["--for", reason])) }
        let (proof, ending) = finish(try collector(["--for", reason, "--reconcile"]))
        guard ending == .exited(0) else {
            throw Stuck(description: "the ledgers differ (\(ending)): \(proof)")
        }
        guard FaultRun.figure("added", in: proof) == 0, FaultRun.figure("calls", in: proof) > 0
        else { throw Stuck(description: "collected again, there is something new: \(proof)") }
        for words in [["log", "verify"], ["state-hash"]] {
            let child = try bench.jangbu(words + ["--data-directory", bench.path("data")])
            let (text, ending) = finish(child)
            guard ending == .exited(0) else {
                throw Stuck(description: "\(words) \(ending): \(text)")
            }
        }
    }

    /// A past row of the sandbox's ledger changes, and nobody looks there again.
    func provesNot() async throws -> String {
        try await restartSandbox(["change/104"])
        _ = finish(try collector(["--for", "refresh"]))
        let (proof, ending) = finish(try collector(["--for", "refresh", "--reconcile"]))
        return "\(ending) \(proof)"
    }

    /// A provider that says another amount than its books have: what the proof says of it.
    func proof(of fault: String) async throws -> (text: String, ending: Child.Ending) {
        try await restartSandbox([fault])
        return finish(try collector(["--for", "search", "--reconcile"]))
    }

    private func finish(_ child: Child) -> (text: String, ending: Child.Ending) {
        let lines = child.lines().joined(separator: "\n")
        let ending = child.wait()
        return (lines + "\n" + child.errors, ending)
    }

    /// Ends what runs.
    func end() async {
        sandbox?.kill()
        _ = sandbox?.wait()
        await remote.shutdown()
    }

    var providers: [String] { remote.providers }
}

/// Asks a sandbox's controls over its control certificate.
final class SandboxRemote: Sendable {
    private let directory: String
    private let client = Mutex<ProviderClient?>(nil)

    init(directory: String) { self.directory = directory }

    /// Org codes in providers.yaml.
    var providers: [String] {
        lines("providers.yaml").compactMap { line in
            line.contains("org_code: ") ? line.split(separator: " ").last.map(String.init) : nil
        }
    }

    /// Where it said that it listens; nil as long as it did not.
    var port: Int? {
        lines("operator.yaml").first { $0.hasPrefix("control_url: ") }
            .flatMap { $0.split(separator: ":").last }.flatMap { Int($0) }
    }

    private func lines(_ name: String) -> [String] {
        do {
            let bytes = try Files.read(directory + "/" + name, limit: 1 << 20)
            return String(decoding: bytes, as: UTF8.self).split(separator: "\n").map(String.init)
        } catch {
            return []
        }
    }

    func isThere(port: Int) async -> Bool { await ask("/sandbox/clock", port) != nil }

    /// How many answers were others for each kind of fault since it started.
    func struck(port: Int) async -> [String: Int] {
        struct Line: Decodable { let kind, count: String }
        struct Body: Decodable { let struck: [Line] }
        guard let bytes = await ask("/sandbox/faults", port) else { return [:] }
        do {
            let body = try JSONDecoder().decode(Body.self, from: Data(bytes))
            return body.struck.reduce(into: [:]) { $0[$1.kind] = Int($1.count) }
        } catch {
            return [:]
        }
    }

    private func ask(_ path: String, _ port: Int) async -> [UInt8]? {
        do {
            let reply = try await open().send(
                ProviderRequest(path: path, form: .query, parameters: [], transaction: "control"),
                to: ProviderPlace(host: "127.0.0.1", port: port),
                within: ProviderLimits()
            )
            return reply.status == 200 ? reply.body : nil
        } catch {
            return nil
        }
    }

    private func open() throws -> ProviderClient {
        try client.withLock { client in
            if let client { return client }
            let made = try ProviderClient(
                certificates: ClientCertificates(
                    certificate: directory + "/control.pem",
                    key: directory + "/control.key",
                    roots: directory + "/ca.pem"
                )
            )
            client = made
            return made
        }
    }

    func shutdown() async { await client.withLock { $0 }?.shutdown() }
}
