import Collector
import Finance
import Simulation
import Testing

/// Calls whose callers leave, over real connections: those after them are answered all the same.
@Suite(.serialized)
struct EarlyEndTests {
    /// async-http-client counts a stream for a call before it opens one, and would never stop
    /// counting that of a call which ends in between: after 100 the connection takes no call.
    @Test(arguments: [ProviderPlace.HTTPVersion.one, .negotiated])
    func `calls that end before they are sent leave the connection its streams`(
        http: ProviderPlace.HTTPVersion
    ) async throws {
        try await Town.open { town in
            let line = Line(town, http)
            #expect(await line.answered())
            // No more resets than a server bears in its 30 s: swift-nio-http2 takes 200.
            for batch in 0..<9 {
                // No more at once than it remembers, so that the connection is the same.
                let faults = await line.calls(20, deadline: .zero)
                #expect(faults == Array(repeating: .timeout, count: 20))
                #expect(await line.answered(attemptsMax: 1), "after batch \(batch)")
            }
        }
    }

    /// swift-nio-http2 takes the answer to a stream that was reset more than 32 resets ago for a
    /// connection error, and async-http-client goes on with a connection that ended so.
    @Test(arguments: Seed.smoke)
    func `calls past their deadline do not keep those after them from an answer`(
        seed: Seed
    ) async throws {
        var chance = seed
        let waits = (0..<8).map { _ in Int64(chance.below(15)) }
        try await Town.open { town in
            let line = Line(town, .negotiated)
            #expect(await line.answered())
            for wait in waits {
                _ = await line.calls(80, deadline: .milliseconds(wait))
                #expect(await line.answered(), "\(seed) after \(wait) ms")
            }
        }
    }

    @Test(arguments: Seed.smoke)
    func `calls that are cancelled take none of the others with them`(seed: Seed) async throws {
        var chance = seed
        let waits = (0..<20).map { _ in Int64(chance.below(15)) }
        try await Town.open { town in
            let line = Line(town, .negotiated)
            #expect(await line.answered())
            for wait in waits {
                async let others = line.calls(5, deadline: .seconds(10))
                _ = await line.calls(45, deadline: .seconds(10), cancelledAfter: wait)
                #expect(await others == [], "\(seed) after \(wait) ms")
            }
            #expect(await line.answered())
        }
    }

    @Test
    func `who is cancelled or late hears of it at once, and others find a stream`() async throws {
        try await Town.open { town in
            let slow = try #require(town.providers.all.first)
            let other = try #require(town.providers.all.last)
            try await town.misbehave(["slow=20000@\(slow.code)"])
            let line = Line(town.client, slow.place)
            let clock = ContinuousClock()
            // Each time more than are let go on without a caller, in all more than there are
            // streams on a connection.
            for _ in 0..<2 {
                let time = await clock.measure {
                    let faults = await line.calls(80, deadline: .seconds(30), cancelledAfter: 100)
                    #expect(faults == Array(repeating: .cancelled, count: 80))
                }
                #expect(time < .seconds(5))
            }
            let time = await clock.measure {
                let faults = await line.calls(10, deadline: .milliseconds(100))
                #expect(faults == Array(repeating: .timeout, count: 10))
            }
            #expect(time < .seconds(5))
            #expect(await Line(town.client, other.place).answered(attemptsMax: 1))
        }
    }
}

/// Calls to one place, of which nothing but an answer is asked.
private struct Line: Sendable {
    let client: ProviderClient
    let place: ProviderPlace
    let path: String

    /// The sandbox's clock, which faults leave alone.
    init(_ town: Town, _ http: ProviderPlace.HTTPVersion) {
        (client, path) = (town.control, "/sandbox/clock")
        place = ProviderPlace(host: "127.0.0.1", port: town.port, http: http)
    }

    /// A list, which is refused to whoever brings no token.
    init(_ client: ProviderClient, _ place: ProviderPlace) {
        (self.client, self.place, path) = (client, place, "/v2/bank/accounts")
    }

    /// What those of `count` calls at once came to that were not answered; they are cancelled after
    /// so many milliseconds, if at all.
    func calls(
        _ count: Int,
        deadline: Duration,
        cancelledAfter milliseconds: Int64? = nil
    ) async -> [TransportFault] {
        await withTaskGroup(of: TransportFault?.self) { group in
            for _ in 0..<count { group.addTask { await call(deadline) } }
            if let milliseconds {
                do {
                    try await Task.sleep(for: .milliseconds(milliseconds))
                } catch {
                    // The test itself was cancelled: so are they.
                }
                group.cancelAll()
            }
            return await group.reduce(into: []) { faults, fault in
                if let fault { faults.append(fault) }
            }
        }
    }

    /// Whether a call is answered; a connection that ends may take the first tries with it, as it
    /// may take those of a transfer, but none may wait for its deadline.
    func answered(attemptsMax: Int = 4) async -> Bool {
        for _ in 0..<attemptsMax {
            switch await call(.seconds(10)) {
            case nil: return true
            case .unreachable: continue
            default: return false
            }
        }
        return false
    }

    private func call(_ deadline: Duration) async -> TransportFault? {
        var limits = ProviderLimits()
        limits.deadline = deadline
        do throws(TransportFault) {
            _ = try await client.send(
                ProviderRequest(path: path, form: .query, parameters: [], transaction: "t"),
                to: place,
                within: limits
            )
            return nil
        } catch {
            return error
        }
    }
}
