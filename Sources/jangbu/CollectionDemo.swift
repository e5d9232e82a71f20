import Collector
import Foundation
import Projections
import ServiceLifecycle

/// The main job against a sandbox: collect, show, and let its time run on.
struct CollectionDemo {
    private let services: Services
    private let sandbox: SandboxProcess
    private let ledger: LedgerService
    private let collecting: CollectRun
    private let peopleCount: Int
    /// People at work at once: enough to keep two processes busy.
    private static let peopleAtOnce = 16

    init(
        _ services: Services,
        _ sandbox: SandboxProcess,
        people: Int,
        months: Int
    ) async throws {
        (self.services, self.sandbox) = (services, sandbox)
        peopleCount = people
        let identity = try OperatorFile(sandbox.directory + "/operator.yaml")
        let registry = try Providers(
            sandbox.directory + "/providers.yaml",
            registration: identity.registration
        )
        collecting = try await CollectRun(
            services: services,
            identity: identity,
            registry: registry,
            certificates: sandbox.directory,
            // Its books begin with a month.
            months: Int32(months) + 1
        )
        let collecting = collecting
        // Sign-ins and looks happen on the sandbox's days, as consents do.
        ledger = LedgerService(services) { collecting.seconds * 1_000_000 }
    }

    func shutdown() async { await collecting.shutdown() }

    /// Collects from everybody and proves the result; then says what each phase took.
    func runOnce() async throws -> CollectionProof {
        // Nothing may happen between the last answer and the comparison.
        try await collecting.runClock(false)
        var phases = try PhaseClock(sandbox)
        let atOnce = CollectionDemo.peopleAtOnce
        let members = try await collecting.enrol(people: peopleCount, atOnce: atOnce)
        try phases.end("enrolling", peopleCount, "people")
        var proof = CollectionProof(first: try await collecting.collect(members, atOnce: atOnce))
        try phases.end("collecting", proof.first.rows, "rows")
        try await waitForReadModels()
        let folded = try services.statuses().reduce(0) { $0 + $1.frames }
        try phases.end("folding what was left", Int(folded), "frames in all")
        proof.verdict = try await collecting.verdict()
        try phases.end("reconciling", peopleCount, "people")
        proof.stateHashes = try StateHashes(services).all(progress: true)
        try phases.end("hashing the read models again", peopleCount, "people")
        proof.again = try await collect()
        try phases.end("collecting again", proof.again.calls, "calls")
        for line in phases.lines { Terminal.shared.note(line) }
        return proof
    }

    /// Collects from everybody, serves the pages, and lets days pass until a signal.
    func serve() async throws {
        let first = try await collect()
        Terminal.shared.note(first.text)
        try await waitForReadModels()
        ledger.advance(to: collecting.seconds)
        let days = PassingDays(
            collecting,
            ledger: ledger,
            people: peopleCount,
            dayMilliseconds: services.settings.demoDayMilliseconds
        )
        let directory = services.settings.dataDirectory
        try await ServerRun(services, ledger).run([days]) { address in
            let terminal = Terminal.shared
            terminal.note("")
            terminal.note(terminal.strong("Open one of these:"))
            address.tellLink()
            terminal.note("as a person, by the sandbox: \(address.root)sign-in")
            terminal.note("how the collection goes: \(address.root)collection")
            terminal.note("data directory: \(directory)")
            terminal.note("Days pass and regular transfers bring what happened. Ctrl-C ends.")
        }
    }

    private func collect() async throws -> CollectSummary {
        try await collecting.collect(
            people: peopleCount,
            atOnce: CollectionDemo.peopleAtOnce
        )
    }

    private func waitForReadModels() async throws {
        let progress = Progress("read models", unit: "frames folded")
        try await services.waitUntilCaughtUp(progress)
        progress.end(Int(try services.statuses().reduce(0) { $0 + $1.frames }))
    }
}

/// The sandbox's days, one after the other, each followed by what is due.
private actor PassingDays: Service {
    private let collecting: CollectRun
    private let ledger: LedgerService
    private let peopleCount: Int
    private let dayMilliseconds: Int

    init(
        _ collecting: CollectRun,
        ledger: LedgerService,
        people: Int,
        dayMilliseconds: Int
    ) {
        (self.collecting, self.ledger) = (collecting, ledger)
        (peopleCount, self.dayMilliseconds) = (people, dayMilliseconds)
    }

    func run() async throws {
        try await cancelWhenGracefulShutdown { try await self.pass() }
    }

    private func pass() async throws {
        while !Task.isCancelled {
            try await Task.sleep(for: .milliseconds(dayMilliseconds))
            try await collecting.advanceToNight()
            ledger.advance(to: collecting.seconds)
            _ = try await collecting.collectDue()
            _ = try await collecting.collect(people: peopleCount, atOnce: 4, isShown: false)
        }
    }
}
