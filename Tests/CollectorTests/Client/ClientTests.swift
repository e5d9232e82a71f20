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
            #expect(throws: TokenRefusal.refused(error, status: 400)) {
                _ = try TokenGrant(reply(400, #"{"error":"\#(error.rawValue)"}"#))
            }
        }
        #expect(throws: TokenRefusal.refused(.unknown, status: 400)) {
            _ = try TokenGrant(reply(400, #"{"error":"else"}"#))
        }
        // A provider that is down may say it in the words of a refusal.
        #expect(throws: TokenRefusal.refused(.serverError, status: 503)) {
            _ = try TokenGrant(reply(503, #"{"error":"server_error"}"#))
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
    func `only two answers end a revocation: revoked, and never valid`() throws {
        #expect(try TokenDesk.isRevoked(reply(200, #"{"rsp_code":"00000"}"#)))
        #expect(try !TokenDesk.isRevoked(reply(200, #"{"rsp_code":"99999"}"#)))
        for text in [#"{"rsp_code":"50001"}"#, #"{"rsp_code":"00001"}"#, "{}", ""] {
            #expect(throws: TokenRefusal.unreadable(status: 200)) {
                _ = try TokenDesk.isRevoked(reply(200, text))
            }
        }
        #expect(throws: TokenRefusal.unreadable(status: 500)) {
            _ = try TokenDesk.isRevoked(reply(500, #"{"rsp_code":"00000"}"#))
        }
    }

    @Test
    func `a token that is issued twice is nobody's`() {
        let issued = IssuedTokens()
        let (mine, other) = (holder(1), holder(2))
        func claim(_ provider: String, _ holder: IssuedTokens.Holder) -> IssuedTokens.Claim {
            issued.claim("t", of: provider, for: holder, until: 100, at: 1)
        }
        #expect(claim("A", mine) == .own)
        #expect(claim("A", mine) == .own)
        #expect(claim("B", other) == .own)
        #expect(issued.suspensions(at: 1).isEmpty)
        #expect(claim("A", other) == .issuedTwice)
        let suspension = IssuedTokens.Suspension(holder: mine, provider: "A")
        #expect(issued.suspensions(at: 1) == [suspension])
        for holder in [mine, other, holder(3)] {
            #expect(claim("A", holder) == .issuedTwice)
            issued.release("t", of: "A", by: holder)
        }
        // It stays until it is recorded, and is not looked at before its time.
        #expect(issued.suspensions(at: 1) == [suspension])
        issued.settled(suspension, againAt: 5)
        #expect(issued.suspensions(at: 4).isEmpty)
        #expect(issued.suspensions(at: 5) == [suspension])
        issued.settled(suspension)
        #expect(issued.suspensions(at: .max).isEmpty)
    }

    @Test
    func `tokens that nobody ended are forgotten when they have ended by themselves`() {
        let issued = IssuedTokens()
        for number in 0..<20_000 as Range<UInt64> {
            let now = Int64(number)
            let claim = issued.claim(
                "\(number)",
                of: "A",
                for: holder(number),
                until: now + 500,
                at: now
            )
            #expect(claim == .own)
            #expect(issued.count <= 2 * IssuedTokens.sweepCountMin)
        }
        // One that lives is still its holder's.
        let last = issued.claim("19999", of: "A", for: holder(1), until: 20_500, at: 20_000)
        #expect(last == .issuedTwice)
    }

    @Test
    func `tokens that were replaced or ended are not remembered`() {
        let issued = IssuedTokens()
        func claim(
            _ token: String,
            _ holder: IssuedTokens.Holder,
            _ before: String? = nil
        ) -> IssuedTokens.Claim {
            issued.claim(token, of: "A", for: holder, until: 100, at: 1, insteadOf: before)
        }
        for person in 0..<100 as Range<UInt64> {
            var last = "\(person)"
            #expect(claim(last, holder(person)) == .own)
            for renewal in 0..<10 {
                let next = "\(person)-\(renewal)"
                #expect(claim(next, holder(person), last) == .own)
                last = next
            }
            // A changed request of the same person may come with the same token.
            let changed = IssuedTokens.Holder(
                subject: SubjectID(high: 1, low: person),
                request: ConsentID(high: 2, low: person)
            )
            #expect(claim(last, changed) == .own)
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
