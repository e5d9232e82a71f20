import Finance
import SwiftProtobuf
import Testing

/// Laws of the register under commands of chance: a person, three providers, years of days.
@Suite struct ConsentLawTests {
    private func walk(
        _ seed: UInt64,
        _ check: (ConsentWorld, ConsentWorld, [Event]) throws -> Void
    ) throws -> ConsentWalk {
        var walk = try ConsentWalk(seed: seed)
        for _ in 0..<600 {
            if walk.random.below(2) == 0 {
                walk.world.pass(days: Int32(walk.random.below(40)))
            }
            let before = walk.world
            let events = try walk.step()
            try walk.world.take(events)
            walk.events += events
            try check(before, walk.world, events)
        }
        #expect(walk.events.count > 100, "SEED=\(seed)")
        return walk
    }

    @Test(arguments: FoldFixtures.seeds)
    func `a permit is of a request that lives`(seed: UInt64) throws {
        var permits = 0
        _ = try walk(seed) { _, world, _ in
            for provider in ["Z1BK010000", "Z1BK020000", "Z1CD010000"] {
                do throws(ConsentRefusal) {
                    let permit = try world.permit(provider, .userRefresh)
                    permits += 1
                    let request = world.register.requests[permit.request]
                    #expect(request?.state == .live && request?.provider == provider)
                    #expect(request.map { $0.terms.endsOn >= world.today } == true)
                    guard case .joined = world.register.membership else {
                        Issue.record("a permit without a member, SEED=\(seed)")
                        return
                    }
                } catch { continue }
            }
        }
        #expect(permits > 50, "SEED=\(seed)")
    }

    @Test(arguments: FoldFixtures.seeds)
    func `what has ended stays as it ended`(seed: UInt64) throws {
        _ = try walk(seed) { before, after, _ in
            for (id, request) in before.register.requests where request.state != .live {
                #expect(after.register.requests[id] == request, "SEED=\(seed)")
            }
            for (id, agreement) in before.register.agreements
            where agreement.status == .withdrawn || agreement.status == .workDone {
                #expect(after.register.agreements[id]?.status == agreement.status)
            }
            let done = before.register.deletions.filter { $0.completion != nil }
            #expect(done.allSatisfy(after.register.deletions.contains), "SEED=\(seed)")
        }
    }

    @Test(arguments: FoldFixtures.seeds)
    func `one request a provider lives at most`(seed: UInt64) throws {
        _ = try walk(seed) { _, world, _ in
            let live = world.register.liveRequests.map(\.provider)
            #expect(Set(live).count == live.count, "SEED=\(seed)")
        }
    }

    @Test(arguments: FoldFixtures.seeds)
    func `what is decided changes the register, and the fold takes it from the log`(
        seed: UInt64
    ) throws {
        let walk = try walk(seed) { before, after, events in
            guard !events.isEmpty, events.allSatisfy({ !$0.isSignIn }) else { return }
            #expect(before.register.encoded != after.register.encoded, "SEED=\(seed)")
        }
        var state = TransferRegister()
        for event in walk.events {
            let bytes: [UInt8] = try event.serializedBytes()
            let view = try EventView(bytes.span, of: AssetID(high: 0, low: 0))
            try ConsentRegister().fold(view, into: &state)
        }
        #expect(state.encoded == walk.world.register.encoded, "SEED=\(seed)")
        #expect(try TransferRegister(decoding: state.encoded.span).encoded == state.encoded)
    }
}
