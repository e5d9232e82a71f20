import Cryptography
import Synchronization

/// Who is signed in, and the links that sign in once.
///
/// Only hashes of the secrets are kept, and only in memory: after a restart all sign in again.
final class Sessions: Sendable {
    /// From signing in: a working day.
    static let lifetime = Duration.seconds(12 * 3_600)
    /// Without a request: whoever went home is out.
    static let idleMax = Duration.seconds(2 * 3_600)
    /// Of a link: the way from a terminal to a browser.
    static let linkLifetime = Duration.seconds(15 * 60)
    /// Sessions at most, about 300 bytes each; beyond, the one used longest ago ends.
    static let countMax = 65_536
    /// Links at most that nobody has used yet; beyond, the oldest is void.
    static let linkCountMax = 64

    private struct Session {
        var caller: Caller
        var begun: Duration
        var used: Duration
    }

    private struct Link {
        var caller: Caller
        var begun: Duration
    }

    private struct State {
        var sessions: [[UInt8]: Session] = [:]
        var links: [[UInt8]: Link] = [:]
    }

    private let state = Mutex(State())

    /// A secret that signs `caller` in once, within ``linkLifetime``.
    func link(for caller: Caller, at now: Duration) throws(CryptographyError) -> String {
        let secret = try Sessions.secret()
        state.withLock { state in
            state.links = state.links.filter { now - $0.value.begun < Sessions.linkLifetime }
            if state.links.count >= Sessions.linkCountMax,
                let oldest = state.links.min(by: { $0.value.begun < $1.value.begun })?.key
            {
                state.links[oldest] = nil
            }
            state.links[Sessions.hash(secret)] = Link(caller: caller, begun: now)
        }
        return secret
    }

    /// Whom a link is for; it is good for nothing afterwards.
    func redeem(_ secret: String, at now: Duration) -> Caller? {
        let link = state.withLock { $0.links.removeValue(forKey: Sessions.hash(secret)) }
        guard let link, now - link.begun < Sessions.linkLifetime else { return nil }
        return link.caller
    }

    /// What the cookie of a new session holds.
    func begin(_ caller: Caller, at now: Duration) throws(CryptographyError) -> String {
        let secret = try Sessions.secret()
        state.withLock { state in
            if state.sessions.count >= Sessions.countMax {
                state.sessions = state.sessions.filter { Sessions.isOpen($0.value, at: now) }
            }
            if state.sessions.count >= Sessions.countMax,
                let oldest = state.sessions.min(by: { $0.value.used < $1.value.used })?.key
            {
                state.sessions[oldest] = nil
            }
            state.sessions[Sessions.hash(secret)] = Session(caller: caller, begun: now, used: now)
        }
        return secret
    }

    /// Whose session it is, unless it has ended.
    ///
    /// `isUse` is whether a person did something: what a page does by itself keeps nobody signed
    /// in.
    func caller(_ secret: String, at now: Duration, isUse: Bool = true) -> Caller? {
        let key = Sessions.hash(secret)
        return state.withLock { state in
            guard let session = state.sessions[key] else { return nil }
            guard Sessions.isOpen(session, at: now) else {
                state.sessions[key] = nil
                return nil
            }
            if isUse { state.sessions[key]?.used = now }
            return session.caller
        }
    }

    /// Ends a session.
    func end(_ secret: String) {
        state.withLock { $0.sessions[Sessions.hash(secret)] = nil }
    }

    private static func isOpen(_ session: Session, at now: Duration) -> Bool {
        now - session.begun < lifetime && now - session.used < idleMax
    }

    /// 256 bits as hexadecimal digits.
    static func secret() throws(CryptographyError) -> String { hexadecimal(try Random.bytes(32)) }

    private static func hash(_ secret: String) -> [UInt8] { SHA256.hash(Array(secret.utf8)).bytes }
}
