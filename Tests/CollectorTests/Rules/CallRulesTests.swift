import MyData
import Simulation
import Testing

@testable import Collector

/// One row of the standard's table of codes: what is done at once about it.
struct CodeCase: CustomStringConvertible, Sendable {
    let status: UInt32
    let code: UInt32
    let action: CallAction

    init(_ status: UInt32, _ code: UInt32, _ action: CallAction) {
        (self.status, self.code, self.action) = (status, code, action)
    }

    var description: String { "\(code)" }
}

struct CallRulesTests {
    static let table: [CodeCase] = [
        CodeCase(200, 0, .take), CodeCase(200, 1, .unchanged),
        CodeCase(400, 40001, .giveUpCall), CodeCase(400, 40002, .giveUpCall),
        CodeCase(400, 40003, .stopProvider(forSeconds: 3_600)),
        CodeCase(400, 40004, .giveUpCall), CodeCase(401, 40101, .refreshToken),
        CodeCase(401, 40102, .stopProvider(forSeconds: 3_600)),
        CodeCase(401, 40103, .stopProvider(forSeconds: 3_600)),
        CodeCase(401, 40104, .skipAPI), CodeCase(401, 40105, .giveUpAsset),
        CodeCase(401, 40106, .endRequest), CodeCase(403, 40301, .skipAPI),
        CodeCase(403, 40302, .stopProvider(forSeconds: 600)),
        CodeCase(403, 40303, .stopProvider(forSeconds: 3_600)),
        CodeCase(403, 40304, .giveUpCall), CodeCase(403, 40305, .closeAsset),
        CodeCase(404, 40401, .skipAPI), CodeCase(404, 40402, .giveUpAsset),
        CodeCase(404, 40403, .giveUpPerson), CodeCase(405, 40501, .skipAPI),
        CodeCase(429, 42901, .waitForWeek),
        CodeCase(500, 50008, .stopProvider(forSeconds: 1_800)),
        CodeCase(500, 50009, .waitForSlot), CodeCase(418, 41899, .giveUpCall),
    ]

    @Test(arguments: table)
    func `each code has its action`(row: CodeCase) {
        var rules = CallRules(attemptsMax: 4, seed: 1)
        let outcome = CallOutcome.answered(status: row.status, code: row.code, retryAfter: nil)
        #expect(rules.answered(outcome) == row.action)
    }

    static let retried: [UInt32] = [50001, 50002, 50003, 50004, 50005, 50006, 50007, 59999]

    @Test
    func `the tables have every code of the standard`() {
        let tested = CallRulesTests.table.map(\.code) + CallRulesTests.retried
        #expect(Set(ResponseCode.allCases.map(\.rawValue)).isSubset(of: tested))
    }

    @Test(arguments: retried)
    func `failures of a provider are tried again until the tries are used up`(code: UInt32) {
        var rules = CallRules(attemptsMax: 4, seed: 1)
        for _ in 1..<4 {
            let action = rules.answered(.answered(status: 500, code: code, retryAfter: nil))
            guard case .retry = action else {
                Issue.record("\(action) for \(code)")
                return
            }
        }
        let last = rules.answered(.answered(status: 500, code: code, retryAfter: nil))
        #expect(last == .giveUpCall)
        #expect(rules.attempts == 4)
    }

    @Test
    func `a token is renewed once for a call`() {
        var rules = CallRules(attemptsMax: 4, seed: 1)
        let refused = CallOutcome.answered(status: 401, code: 40101, retryAfter: nil)
        #expect(rules.answered(refused) == .refreshToken)
        #expect(rules.answered(refused) == .giveUpPerson)
    }

    @Test
    func `what comes broken twice is put aside`() {
        var rules = CallRules(attemptsMax: 4, seed: 1)
        guard case .retry = rules.answered(.unreadable(status: 200, retryAfter: nil)) else {
            Issue.record("damage on the way mends itself")
            return
        }
        #expect(rules.answered(.unreadable(status: 200, retryAfter: nil)) == .quarantine)
    }

    @Test
    func `Retry-After is the least wait, and a long one stops the provider`() {
        var rules = CallRules(attemptsMax: 4, seed: 1)
        let short = rules.answered(.answered(status: 429, code: 42901, retryAfter: 3))
        guard case .retry(let milliseconds) = short else {
            Issue.record("\(short)")
            return
        }
        #expect(milliseconds >= 3_000)
        let long = rules.answered(.answered(status: 503, code: 50001, retryAfter: 900))
        #expect(long == .stopProvider(forSeconds: 900))
    }

    @Test(arguments: Seed.smoke)
    func `waits double up to the most, are spread, and are the same for the same seed`(
        seed: Seed
    ) {
        var (first, again) = (Backoff(seed: seed.number), Backoff(seed: seed.number))
        var ceiling = Backoff.firstMilliseconds
        for _ in 0..<12 {
            let wait = first.next()
            #expect(wait == again.next(), "\(seed)")
            #expect(wait >= ceiling / 2 && wait <= ceiling, "\(seed)")
            ceiling = min(ceiling * 2, Backoff.mostMilliseconds)
        }
    }
}

struct CircuitTests {
    @Test
    func `a provider that is down for days costs a probe an hour`() {
        var circuit = Circuit()
        var asked = 0
        // A caller comes every second for three days.
        for now in Int64(0)..<(3 * 86_400) {
            switch circuit.mayAsk(at: now) {
            case .ask, .probe:
                asked += 1
                circuit.failed(at: now)
            case .wait: continue
            }
        }
        #expect(asked <= Circuit.failuresMax + 8 + 3 * 24)
    }

    @Test
    func `one probe goes at a time and its success lets all pass`() {
        var circuit = Circuit()
        for now in Int64(0)..<5 { circuit.failed(at: now) }
        #expect(circuit.mayAsk(at: 5) == .wait(until: 4 + Circuit.pauseSeconds))
        #expect(circuit.mayAsk(at: 40) == .probe)
        #expect(circuit.mayAsk(at: 40) == .wait(until: 41))
        circuit.succeeded()
        #expect(circuit.mayAsk(at: 40) == .ask)
    }

    @Test
    func `an answer that was under way does not end a stop`() {
        var circuit = Circuit()
        circuit.stopped(forSeconds: 600, at: 100)
        circuit.succeeded()
        #expect(circuit.closedUntil == 700)
        #expect(circuit.mayAsk(at: 101) == .wait(until: 700))
        #expect(circuit.mayAsk(at: 700) == .probe)
        circuit.succeeded()
        #expect(circuit.mayAsk(at: 701) == .ask)
        #expect(circuit.closedUntil == nil)
    }

    @Test
    func `while one is tried for all, nobody else begins`() {
        var circuit = Circuit()
        for now in Int64(0)..<5 { circuit.failed(at: now) }
        #expect(circuit.restsUntil(at: 5) == 4 + Circuit.pauseSeconds)
        #expect(circuit.restsUntil(at: 40) == nil)
        #expect(circuit.mayAsk(at: 40) == .probe)
        #expect(circuit.restsUntil(at: 40) == 40 + Circuit.pauseSeconds)
        circuit.succeeded()
        #expect(circuit.restsUntil(at: 40) == nil)
    }

    @Test
    func `a stop holds for as long as was said`() {
        var circuit = Circuit()
        circuit.stopped(forSeconds: 600, at: 100)
        #expect(circuit.mayAsk(at: 699) == .wait(until: 700))
        #expect(circuit.mayAsk(at: 700) == .probe)
    }
}
