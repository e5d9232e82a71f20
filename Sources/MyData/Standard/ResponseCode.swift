/// `rsp_code` of an answer, and what to do about it (the standard's table of codes).
public enum ResponseCode: UInt32, CaseIterable, Sendable {
    case success = 0
    case upToDate = 1
    case parameterInvalid = 40001
    case headerInvalid = 40002
    case versionNotAllowed = 40003
    case windowTooLong = 40004
    case tokenInvalid = 40101
    case addressNotAllowed = 40102
    case certificateRefused = 40103
    case scopeMissing = 40104
    case assetNotRequested = 40105
    case requestEnded = 40106
    case callWrong = 40301
    case clientLimited = 40302
    case organisationUnknown = 40303
    case tooOld = 40304
    case assetClosed = 40305
    case endpointUnknown = 40401
    case assetUnknown = 40402
    case subjectUnknown = 40403
    case methodNotAllowed = 40501
    case quotaExceeded = 42901
    case systemFailed = 50001
    case processingFailed = 50002
    case processingTimedOut = 50003
    case failedUnknown = 50004
    case memberDown = 50005
    case memberOfHubDown = 50006
    case conversionFailed = 50007
    case maintenance = 50008
    case outsideTimeSlot = 50009

    /// What whoever asked does next.
    public enum Action: Hashable, Sendable {
        /// Take the answer in.
        case accept
        /// Nothing: what is known is still so.
        case keep
        /// Ask again later, with growing pauses.
        case retryLater
        /// Ask again in the provider's next time slot.
        case waitForSlot
        /// Ask again when the quota's week is over.
        case waitForQuota
        /// Renew the token once, then ask again; end the token if that does not help.
        case renewToken
        /// Ask nothing more under this transfer request.
        case stopRequest
        /// Ask nothing more about this asset; it is not closed.
        case stopAsset
        /// The asset is gone.
        case closeAsset
        /// Skip this API at this provider: it does not have it, or its scope is not open.
        case skipAPI
        /// Shorten the period and ask for what is allowed.
        case narrowWindow
        /// Ask this provider nothing more until a person has looked: keys, addresses, program.
        case stopProvider
    }

    /// What to do.
    public var action: Action {
        switch self {
        case .success: .accept
        case .upToDate: .keep
        case .systemFailed, .processingFailed, .processingTimedOut, .failedUnknown, .memberDown,
            .memberOfHubDown, .conversionFailed, .maintenance, .clientLimited:
            .retryLater
        case .outsideTimeSlot: .waitForSlot
        case .quotaExceeded: .waitForQuota
        case .tokenInvalid: .renewToken
        case .requestEnded, .subjectUnknown: .stopRequest
        case .assetNotRequested, .assetUnknown: .stopAsset
        case .assetClosed: .closeAsset
        case .scopeMissing, .callWrong, .endpointUnknown, .methodNotAllowed, .versionNotAllowed:
            .skipAPI
        case .windowTooLong, .tooOld: .narrowWindow
        case .parameterInvalid, .headerInvalid, .addressNotAllowed, .certificateRefused,
            .organisationUnknown:
            .stopProvider
        }
    }

    /// The HTTP status that comes with it.
    public var status: Int { rawValue <= 1 ? 200 : Int(rawValue / 100) }

    /// What to do about any code; one that is not in the table counts as its HTTP status says.
    public static func action(of code: UInt32, status: Int) -> Action {
        if let known = ResponseCode(rawValue: code) { return known.action }
        return switch status {
        case 401: .renewToken
        case 429: .waitForQuota
        case 500...: .retryLater
        default: .stopProvider
        }
    }
}
