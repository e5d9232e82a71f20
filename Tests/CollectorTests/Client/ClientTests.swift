import Finance
import Frame
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
    func `a token that is issued twice is nobody's`() {
        let issued = IssuedTokens()
        let (mine, other) = (holder(1), holder(2))
        #expect(issued.claim("t", of: "A", for: mine) == .own)
        #expect(issued.claim("t", of: "A", for: mine) == .own)
        #expect(issued.claim("t", of: "B", for: other) == .own)
        #expect(issued.takeSuspensions().isEmpty)
        #expect(issued.claim("t", of: "A", for: other) == .issuedTwice)
        #expect(issued.takeSuspensions() == [.init(holder: mine, provider: "A")])
        for holder in [mine, other, holder(3)] {
            #expect(issued.claim("t", of: "A", for: holder) == .issuedTwice)
            issued.release("t", of: "A", by: holder)
        }
        #expect(issued.takeSuspensions().isEmpty)
    }

    @Test
    func `tokens that were replaced or ended are not remembered`() {
        let issued = IssuedTokens()
        for person in 0..<100 as Range<UInt64> {
            var last = "\(person)"
            #expect(issued.claim(last, of: "A", for: holder(person)) == .own)
            for renewal in 0..<10 {
                let next = "\(person)-\(renewal)"
                let claim = issued.claim(next, of: "A", for: holder(person), insteadOf: last)
                #expect(claim == .own)
                last = next
            }
            // A changed request of the same person may come with the same token.
            let changed = IssuedTokens.Holder(
                subject: SubjectID(high: 1, low: person),
                request: ConsentID(high: 2, low: person)
            )
            #expect(issued.claim(last, of: "A", for: changed) == .own)
            if person % 2 == 0 { issued.release(last, of: "A", by: changed) }
        }
        #expect(issued.count == 50)
    }

    private func holder(_ person: UInt64) -> IssuedTokens.Holder {
        IssuedTokens.Holder(
            subject: SubjectID(high: 1, low: person),
            request: ConsentID(high: 1, low: person)
        )
    }

    @Test(arguments: [AgeBand.adult, .teenager])
    func `a person under 19 has a token endpoint of their own`(age: AgeBand) {
        let provider = Provider(
            code: "A1BK010000",
            name: "b",
            industry: .bank,
            place: ProviderPlace(host: "b"),
            registration: ClientRegistration(identifier: "i", secret: "s")
        )
        let signed = SignedConsent(
            transaction: "t",
            authority: "Z9CA010000",
            personKey: "ci",
            consent: "text",
            signature: "signature"
        )
        let asked = OAuthRequests(provider).token(for: signed, age: age, transaction: "x")
        let isAdult = age == .adult
        #expect(asked.path == (isAdult ? "/oauth/2.0/token" : "/v2/oauth/2.0/youth_token"))
        #expect(asked.parameters.contains { $0.name == "signed_person_info_req" } == isAdult)
        let renewed = OAuthRequests(provider).refresh("r", transaction: "x")
        #expect(renewed.path == "/oauth/2.0/token")
    }
}
