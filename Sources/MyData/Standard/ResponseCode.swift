/// `rsp_code` of an answer (the standard's table of codes); what is done about each the collector
/// decides.
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
}
