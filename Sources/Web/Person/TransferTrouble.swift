public import Finance

/// Why a provider's data does not come, in one of few words that a person can act on.
public enum TransferTrouble: String, CaseIterable, Sendable {
    /// No answer, or one that says to come back later: nothing to do.
    case providerDown = "provider-down"
    /// The week's share of regular transfers is used up: nothing to do.
    case quotaUsed = "quota-used"
    /// The provider refuses our certificate, address or version: the operator's to mend.
    case operatorRefused = "operator-refused"
    /// The provider no longer knows the token or the request: agree anew.
    case accessLost = "access-lost"
    /// The request has ended: agree anew.
    case consentExpired = "consent-expired"
    /// A token was issued twice, so nothing is asked for: agree anew.
    case suspended
    /// The provider says the person is no customer: see there.
    case notCustomer = "not-customer"
    /// It does not have what was asked, or the request does not open it: nothing to do.
    case notOffered = "not-offered"
    /// It answered, but not with what was asked for.
    case refused

    /// What the provider's last answer means (상세 응답코드); a gone asset is no trouble.
    public init?(_ failure: TransferHistory.Failure) {
        switch (failure.code, failure.status) {
        case (40_305, _): return nil
        case (40_101, _), (40_105, _), (40_106, _), (40_402, _): self = .accessLost
        case (40_003, _), (40_102, _), (40_103, _), (40_303, _): self = .operatorRefused
        case (40_403, _): self = .notCustomer
        case (40_104, _), (40_301, _), (40_401, _), (40_501, _): self = .notOffered
        case (42_901, _): self = .quotaUsed
        case (40_302, _), (50_000...59_999, _), (_, 0), (_, 429), (_, 500...599):
            self = .providerDown
        default: self = .refused
        }
    }
}
