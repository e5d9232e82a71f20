import Commands
import Finance
import Foundation
import Frame
import Sandbox
import Synchronization
import Testing

@testable import Collector

extension Town {
    /// Records what a decision about a person's consents comes to, as anybody would beside a
    /// collector.
    func decide(_ subject: SubjectID, _ decision: @escaping ConsentDesk.Decision) async throws {
        let desk = try ConsentDesk(vault: vault, log: log)
        try await desk.carryOut(of: subject, at: clock.seconds * 1_000_000, decision)
    }

    /// The person withdraws a request.
    func withdraw(_ provider: String, of subject: SubjectID) async throws {
        let command = WithdrawTransfer(provider: provider, isDeleting: false)
        try await decide(subject) { register, now, today throws(ConsentRefusal) in
            try register.decide(command, at: now, on: today)
        }
    }

    /// The person leaves, and everything of theirs is destroyed.
    func leave(_ subject: SubjectID) async throws {
        try await decide(subject) { register, now, today throws(ConsentRefusal) in
            try register.decide(LeaveService(), at: now, on: today)
        }
        let desk = try ConsentDesk(vault: vault, log: log)
        try await desk.eraseOwed(of: subject, at: clock.seconds * 1_000_000)
    }

    /// Does `work`, once, when `collector` has decided and not recorded yet.
    func beFirst(
        at collector: Collector,
        _ work: @escaping @Sendable () async throws -> Void
    ) {
        let isFirst = Mutex(true)
        collector.beforeRecording.withLock { hook in
            hook = {
                let isOurs = isFirst.withLock { isFirst in
                    defer { isFirst = false }
                    return isFirst
                }
                guard isOurs else { return }
                do {
                    try await work()
                } catch {
                    Issue.record("who should have been first failed: \(error)")
                }
            }
        }
    }

    /// What a person's consents and evidence say, in the log's order.
    func evidence(of subject: SubjectID) throws -> [Event] {
        var events: [Event] = []
        let desk = try ConsentDesk(vault: vault, log: log)
        try desk.forEachEvent(of: subject) { events.append($0) }
        return events
    }

    /// Transfers that were given up, in the log's order.
    func failures(of subject: SubjectID) throws -> [TransferFailed] {
        try evidence(of: subject).compactMap { event in
            if case .transferFailed(let failed) = event.fact { failed } else { nil }
        }
    }

    /// Providers, by org_code, whose requests are suspended.
    func suspended(_ subject: SubjectID, _ collector: Collector) throws -> [String] {
        try collector.books.book(of: subject).register.liveRequests
            .filter { $0.suspendedAt != nil }.map(\.provider)
    }

    /// Pairs of tokens that live at all providers, as the sandbox counts them.
    func liveTokens() async throws -> Int {
        struct Body: Decodable { let tokens: String }
        let request = ProviderRequest(
            path: "/sandbox/counters",
            form: .query,
            parameters: [],
            transaction: "control"
        )
        let reply = try await control.send(
            request,
            to: ProviderPlace(host: "127.0.0.1", port: port),
            within: ProviderLimits()
        )
        let body = try JSONDecoder().decode(Body.self, from: Data(reply.body))
        return try #require(Int(body.tokens))
    }
}
