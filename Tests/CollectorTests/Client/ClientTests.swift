import Finance
import MyData
import Simulation
import Synchronization
import Testing

@testable import Collector

struct TransactionIDTests {
    @Test
    func `values are 25 letters and digits and never repeat, whoever draws the same day`() {
        let chance = Mutex(Seed(7))
        let draw: @Sendable () -> UInt64 = { chance.withLock { $0.next() } }
        var seen: Set<String> = []
        // Eight processes or restarts of one day.
        for _ in 0..<8 {
            let ids = TransactionIDs(operator: "Z1OP010000", chance: draw)
            for _ in 0..<5_000 {
                let value = ids.next()
                #expect(value.utf8.count == 25)
                #expect(value.hasPrefix("Z1OP010000M"))
                #expect(seen.insert(value).inserted)
            }
        }
    }
}

struct RequestTests {
    @Test
    func `forms and paths are encoded by the letter`() {
        let pairs = [(name: "consent", value: "가=1&b c"), (name: "x", value: "a-._~Z")]
        #expect(FormText.encode(pairs) == "consent=%EA%B0%80%3D1%26b%20c&x=a-._~Z")
        #expect(FormText.encode("a/b?c") == "a%2Fb%3Fc")
    }

    @Test
    func `a callback is read and an error in it is none`() {
        let good = AuthorizationCallback(location: "https://a.example/cb?code=c%2B1&state=s")
        #expect(good?.code == "c+1")
        #expect(good?.state == "s")
        #expect(AuthorizationCallback(location: "https://a.example/cb?error=x&state=s") == nil)
        #expect(AuthorizationCallback(location: "https://a.example/cb?state=s") == nil)
    }

    @Test
    func `secrets are in no description`() {
        let registration = ClientRegistration(identifier: "id", secret: "s3cret")
        #expect(!"\(registration)".contains("s3cret"))
        #expect(!String(reflecting: registration).contains("s3cret"))
        let grant = TokenGrant(
            access: "4cc3ss",
            expiresIn: 1,
            refresh: "r3fr3sh",
            refreshExpiresIn: 1,
            scope: "bank.list"
        )
        for text in ["\(grant)", String(reflecting: grant)] {
            #expect(!text.contains("4cc3ss") && !text.contains("r3fr3sh"))
        }
    }
}

struct TokenGrantTests {
    private func reply(_ status: UInt32, _ text: String) -> ProviderReply {
        ProviderReply(status: status, body: Array(text.utf8))
    }

    @Test
    func `a token is read and lives no longer than the standard lets it`() throws {
        let grant = try TokenGrant(
            reply(
                200,
                #"{"token_type":"Bearer","access_token":"t","expires_in":"99999999","#
                    + #""refresh_token":"r","refresh_token_expires_in":31536000,"#
                    + #""scope":"bank.list"}"#
            )
        )
        #expect(grant.access == "t")
        #expect(grant.expiresIn == 90 * 86_400)
        #expect(grant.refresh == "r")
        #expect(grant.refreshExpiresIn == 365 * 86_400)
    }

    @Test
    func `an error has its action, an unknown one gives up`() {
        for error in OAuthError.allCases where error != .unknown {
            #expect(throws: TokenRefusal.refused(error)) {
                _ = try TokenGrant(reply(400, #"{"error":"\#(error.rawValue)"}"#))
            }
        }
        #expect(throws: TokenRefusal.refused(.unknown)) {
            _ = try TokenGrant(reply(400, #"{"error":"else"}"#))
        }
        #expect(OAuthError.invalidGrant.action == .askPerson)
        #expect(OAuthError.invalidClient.action == .stopProvider)
        #expect(OAuthError.temporarilyUnavailable.action == .retry)
    }

    @Test
    func `what is no token is none`() {
        for text in ["", "{}", "[]", #"{"access_token":""}"#, #"{"access_token":"a"}"#] {
            #expect(throws: TokenRefusal.unreadable(status: 200)) {
                _ = try TokenGrant(reply(200, text))
            }
        }
    }

    @Test
    func `a token of another request is seen`() {
        let issued = IssuedTokens()
        let mine = IssuedTokens.Holder(subject: [1], request: [1])
        let other = IssuedTokens.Holder(subject: [2], request: [2])
        #expect(issued.claim("t", of: "A", for: mine))
        #expect(issued.claim("t", of: "A", for: mine))
        #expect(!issued.claim("t", of: "A", for: other))
        #expect(issued.claim("t", of: "B", for: other))
    }
}
