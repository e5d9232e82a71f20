internal import MyData

/// How one try of a call ended.
public enum CallOutcome: Hashable, Sendable {
    /// An answer with its HTTP status, its rsp_code and the seconds of its Retry-After.
    case answered(status: UInt32, code: UInt32, retryAfter: Int64?)
    /// An answer that could not be read.
    case unreadable(status: UInt32, retryAfter: Int64?)
    /// No answer.
    case failed(TransportFault)
}

/// What is done about it.
public enum CallAction: Hashable, Sendable {
    /// Take the answer.
    case take
    /// Nothing changed since the last time.
    case unchanged
    /// Ask the same again after so many milliseconds.
    case retry(afterMilliseconds: Int64)
    /// Renew the token, then ask again.
    case refreshToken
    /// Let this call be for now; others of the asset may work.
    case giveUpCall
    /// The provider does not have this API, or the request does not open it.
    case skipAPI
    /// Let this asset be for now.
    case giveUpAsset
    /// The asset is no longer there.
    case closeAsset
    /// Put the answer aside.
    case quarantine
    /// Wait for the provider's next time slot.
    case waitForSlot
    /// The week's share is used up: no regular transfer before the next (`ProviderStanding`).
    case waitForWeek
    /// Let this person be at this provider for now.
    case giveUpPerson
    /// The transfer request is over at the provider.
    case endRequest
    /// Ask this provider nothing, about anybody, for so many seconds; somebody must look if it is
    /// not the provider's own maintenance.
    case stopProvider(forSeconds: Int64)
}

/// What to do with a provider's answers to one call, try by try (§2.8).
public struct CallRules: Sendable {
    /// Tries so far.
    public private(set) var attempts: UInt32 = 0
    private let attemptsMax: UInt32
    private var backoff: Backoff
    private var wasRefreshed = false
    private var wasUnreadable = false

    /// Rules for one call; `seed` spreads its waits.
    public init(attemptsMax: UInt32, seed: UInt64) {
        precondition(attemptsMax >= 1, "a call is tried")
        self.attemptsMax = attemptsMax
        backoff = Backoff(seed: seed)
    }

    /// Takes in how a try ended.
    public mutating func answered(_ outcome: CallOutcome) -> CallAction {
        attempts += 1
        switch outcome {
        case .failed(.cancelled): return .giveUpPerson
        case .failed(.badAddress), .failed(.handshake): return .stopProvider(forSeconds: 3_600)
        case .failed(.tooLong): return .giveUpCall
        case .failed: return retry(after: nil)
        case .unreadable(let status, let retryAfter):
            guard status == 200 else {
                return status == 429 || status >= 500 ? retry(after: retryAfter) : .giveUpCall
            }
            // Damage on the way mends itself; what comes broken twice is put aside.
            guard wasUnreadable || attempts >= attemptsMax else {
                wasUnreadable = true
                return retry(after: nil)
            }
            return .quarantine
        case .answered(let status, let code, let retryAfter):
            return answered(status, code, retryAfter)
        }
    }

    private mutating func answered(
        _ status: UInt32,
        _ code: UInt32,
        _ retryAfter: Int64?
    ) -> CallAction {
        switch ResponseCode(rawValue: code) {
        case .success where status == 200: return .take
        case .upToDate where status == 200: return .unchanged
        // Wrong parameters, headers or windows are wrong the next time too.
        case .parameterInvalid, .headerInvalid, .windowTooLong, .tooOld: return .giveUpCall
        case .scopeMissing, .callWrong, .endpointUnknown, .methodNotAllowed: return .skipAPI
        // Version, address, certificate, code of the operator: nobody can be asked for.
        case .versionNotAllowed, .addressNotAllowed, .certificateRefused, .organisationUnknown:
            return .stopProvider(forSeconds: 3_600)
        case .tokenInvalid:
            guard !wasRefreshed else { return .giveUpPerson }
            wasRefreshed = true
            return .refreshToken
        case .assetNotRequested, .assetUnknown: return .giveUpAsset
        case .requestEnded: return .endRequest
        case .clientLimited: return .stopProvider(forSeconds: retryAfter ?? 600)
        case .assetClosed: return .closeAsset
        case .subjectUnknown: return .giveUpPerson
        case .quotaExceeded:
            return retryAfter == nil ? .waitForWeek : retry(after: retryAfter)
        case .systemFailed, .processingFailed, .processingTimedOut, .failedUnknown, .memberDown,
            .memberOfHubDown, .conversionFailed:
            return retry(after: retryAfter)
        case .maintenance: return .stopProvider(forSeconds: retryAfter ?? 1_800)
        case .outsideTimeSlot: return .waitForSlot
        case .success, .upToDate, nil:
            return status == 429 || status >= 500 ? retry(after: retryAfter) : .giveUpCall
        }
    }

    private mutating func retry(after seconds: Int64?) -> CallAction {
        // One API that fails for good must not keep the others from being asked; when all fail, the
        // circuit leaves the provider alone.
        guard attempts < attemptsMax else { return .giveUpCall }
        let wait = backoff.next()
        guard let seconds else { return .retry(afterMilliseconds: wait) }
        // A provider that wants to be left alone for long is left alone, not waited for.
        guard seconds <= CallRules.waitSecondsMax else {
            return .stopProvider(forSeconds: seconds)
        }
        return .retry(afterMilliseconds: max(wait, seconds * 1_000))
    }

    /// Longer waits are not sat out with a call in hand.
    static let waitSecondsMax: Int64 = 20
}

/// Waits that double and are spread: two callers that failed together do not come back together.
public struct Backoff: Sendable {
    private var state: UInt64
    private var ceiling: Int64

    /// First wait at most, in milliseconds.
    public static let firstMilliseconds: Int64 = 200
    /// Every wait at most, in milliseconds.
    public static let mostMilliseconds: Int64 = 20_000

    /// Equal seeds give equal waits.
    public init(seed: UInt64) {
        state = seed
        ceiling = Backoff.firstMilliseconds
    }

    /// The next wait in milliseconds: between half of the ceiling and the ceiling, which doubles.
    public mutating func next() -> Int64 {
        // SplitMix64.
        state &+= 0x9e37_79b9_7f4a_7c15
        var word = state
        word = (word ^ word >> 30) &* 0xbf58_476d_1ce4_e5b9
        word = (word ^ word >> 27) &* 0x94d0_49bb_1331_11eb
        word ^= word >> 31
        let half = ceiling / 2
        let wait = half + Int64(word % UInt64(half + 1))
        ceiling = min(ceiling * 2, Backoff.mostMilliseconds)
        return wait
    }
}
