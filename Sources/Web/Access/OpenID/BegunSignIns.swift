import Cryptography
import Synchronization

/// Sign-ins that browsers have begun at a provider and not come back from.
///
/// A browser keeps its own: a random mark in a cookie. State, nonce and verifier follow from the
/// mark under a key of this process, so whoever begins many takes nobody else's place, and a mark
/// alone tells none of them.
final class BegunSignIns: Sendable {
    /// A person finds their certificate, or their password.
    static let lifetime = Duration.seconds(600)
    /// States that came back, at most, 32 bytes each; beyond, the memory begins anew, and that a
    /// code is good once is the provider's to see.
    static let takenCountMax = 4_096

    /// What a browser's cookie says: random, and when it began.
    struct Mark: Sendable, Equatable {
        let secret: String
        /// Of the process's clock.
        let begunMilliseconds: Int64

        init(secret: String, begunMilliseconds: Int64) {
            (self.secret, self.begunMilliseconds) = (secret, begunMilliseconds)
        }

        init?(_ text: String) {
            let parts = text.split(separator: ".", omittingEmptySubsequences: false)
            guard parts.count == 2, parts[0].utf8.count == 64, let begun = Int64(parts[1]) else {
                return nil
            }
            self.init(secret: String(parts[0]), begunMilliseconds: begun)
        }

        var text: String { "\(secret).\(begunMilliseconds)" }
    }

    private let key: SecretKey
    private let taken = Mutex<Set<String>>([])

    init() throws(CryptographyError) { key = try SecretKey.random() }

    /// A mark that nobody can guess.
    func mark(at now: Duration) throws(CryptographyError) -> Mark {
        Mark(secret: try Sessions.secret(), begunMilliseconds: now.milliseconds)
    }

    /// What a browser with this mark takes to a provider, and must come back with.
    func entry(
        _ mark: Mark,
        issuer: String,
        redirect: String
    ) -> (state: String, request: OpenIDClient.Request) {
        func part(_ what: String) -> String {
            // No part can hold a line's end, so none can run into the next.
            let text = [what, issuer, redirect, mark.text].joined(separator: "\n")
            return key.withBytes { key in
                let mac = HMAC(key: key)
                let bytes = Array(text.utf8)
                return hexadecimal(mac.code(bytes.span).bytes)
            }
        }
        let request = OpenIDClient.Request(
            redirect: redirect,
            nonce: part("nonce"),
            verifier: part("verifier")
        )
        return (part("state"), request)
    }

    /// What was begun under `state`, once, by the browser with this mark at this provider.
    func take(
        _ state: String,
        _ mark: Mark,
        issuer: String,
        redirect: String,
        at now: Duration
    ) -> OpenIDClient.Request? {
        let age = now.milliseconds.subtractingReportingOverflow(mark.begunMilliseconds)
        guard !age.overflow, 0..<BegunSignIns.lifetime.milliseconds ~= age.partialValue else {
            return nil
        }
        let (expected, request) = entry(mark, issuer: issuer, redirect: redirect)
        guard constantTimeEqual(Array(state.utf8), Array(expected.utf8)) else { return nil }
        let isFirst = taken.withLock { taken in
            if taken.count >= BegunSignIns.takenCountMax { taken.removeAll() }
            return taken.insert(expected).inserted
        }
        return isFirst ? request : nil
    }
}

extension Duration {
    fileprivate var milliseconds: Int64 { Int64(self / .milliseconds(1)) }
}
