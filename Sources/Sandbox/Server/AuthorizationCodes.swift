internal import Synchronization

/// Codes between 개별인증-001 and -002; each is good once.
final class AuthorizationCodes: Sendable {
    /// Ten minutes (the standard's advice).
    static let seconds: Int64 = 600

    struct Kept: Sendable {
        var person: Int
        var provider: String
        var client: String
        var callback: String
        var terms: TransferTerms
        var ends: Int64
    }

    private let kept = Mutex<[String: Kept]>([:])

    func keep(_ code: String, _ what: Kept) { kept.withLock { $0[code] = what } }

    func take(_ code: String) -> Kept? { kept.withLock { $0.removeValue(forKey: code) } }
}
