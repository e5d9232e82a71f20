import HTTPTypes
import Hummingbird
import HummingbirdTesting
import NIOCore
import Synchronization
import Testing

@testable import Web

/// Many who sign in at once, and who never comes back.
extension OpenIDTests {
    @Test func `whoever begins many sign-ins takes nobody's place, and asks the provider once`()
        async throws
    {
        let issuer = TestIssuer()
        try await issuer.run {
            try await contract(issuer).run { client in
                let (query, cookie) = try await begin(client, issuer)
                for _ in 0...4_096 {
                    let other = try await client.send("/sign-in/with/staff", isBare: true)
                    #expect(other.status == .seeOther)
                }
                let back = try await client.send(
                    "/sign-in/with/staff/back" + query,
                    headers: [.cookie: cookie]
                )
                #expect(back.status == .ok)
                #expect(issuer.metadataAsked == 1)
            }
        }
    }

    @Test func `a sign-in must be over in ten minutes, and a mark tells nothing by itself`() throws
    {
        let begun = try BegunSignIns()
        let mark = try begun.mark(at: .seconds(7))
        let (state, request) = begun.entry(mark, issuer: "staff", redirect: "/back")
        #expect(Set([state, request.nonce, request.verifier, mark.secret]).count == 4)
        #expect(BegunSignIns.Mark(mark.text) == mark)
        func take(_ begun: BegunSignIns, issuer: String = "staff", to: String = "/back", at: Int)
            -> Bool
        {
            begun.take(state, mark, issuer: issuer, redirect: to, at: .seconds(at)) != nil
        }
        #expect(!take(begun, at: 607))
        #expect(!take(begun, at: 6))
        #expect(!take(begun, issuer: "other", at: 8))
        #expect(!take(begun, to: "/elsewhere", at: 8))
        #expect(!take(try BegunSignIns(), at: 8), "another process's key")
        #expect(take(begun, at: 606))
        #expect(!take(begun, at: 606), "it is good once")
        for text in ["", ".", "\(mark.secret)", "\(mark.secret).", "\(mark.secret).x", "x.1"] {
            #expect(BegunSignIns.Mark(text) == nil)
        }
    }

    @Test func `however many wait for a provider, it is asked once, and left alone when it fails`()
        async throws
    {
        let now = Mutex(Duration.zero)
        let asked = Mutex(0)
        let (gate, open) = AsyncStream.makeStream(of: Void.self)
        let facts = ProviderFacts { now.withLock { $0 } }
        let fetch: @Sendable () async throws(OpenIDRefusal) -> ProviderFacts.Facts = {
            () throws(OpenIDRefusal) in
            asked.withLock { $0 += 1 }
            for await _ in gate { break }
            throw .unreachable
        }
        let refusals = await withTaskGroup(of: OpenIDRefusal?.self) { group in
            for _ in 0..<40 {
                group.addTask {
                    do throws(OpenIDRefusal) {
                        _ = try await facts.read(isFresh: false, fetch)
                        return nil
                    } catch {
                        return error
                    }
                }
            }
            open.finish()
            return await group.reduce(into: 0) { count, refusal in
                count += refusal == .unreachable ? 1 : 0
            }
        }
        #expect(refusals == 40)
        #expect(asked.withLock { $0 } == 1)
        now.withLock { $0 = .seconds(5) }
        await #expect(throws: OpenIDRefusal.unreachable) {
            _ = try await facts.read(isFresh: false, fetch)
        }
        #expect(asked.withLock { $0 } == 2)
    }
}
