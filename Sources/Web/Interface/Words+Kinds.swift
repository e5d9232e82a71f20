import Finance

// Stable words of the interface for what the folds count by number; each is a key of the texts too.

extension AssetKind {
    /// Its stable word.
    var word: String {
        switch self {
        case .unspecified, .UNRECOGNIZED: "unknown"
        case .deposit: "deposit"
        case .fund: "fund"
        case .loan: "loan"
        case .isa: "isa"
        case .retirementAccount: "retirement-account"
        case .definedContribution: "defined-contribution"
        case .definedBenefit: "defined-benefit"
        case .dormantAccount: "dormant-account"
        case .card: "card"
        case .cardBill: "card-bill"
        case .cardPoints: "card-points"
        case .cardLoan: "card-loan"
        case .investmentAccount: "investment-account"
        case .policy: "policy"
        case .prepaidWallet: "prepaid-wallet"
        case .paymentAccount: "payment-account"
        case .capitalLoan: "capital-loan"
        case .operatingLease: "operating-lease"
        }
    }
}

extension WealthKind {
    /// Its stable word.
    var word: String {
        switch self {
        case .deposits: "deposits"
        case .investments: "investments"
        case .pensions: "pensions"
        case .wallets: "wallets"
        case .loans: "loans"
        case .cardDebt: "card-debt"
        case .overdrafts: "overdrafts"
        }
    }
}

extension NetWorthChange.Reason {
    /// Its stable word.
    var word: String {
        switch self {
        case .moved: "moved"
        case .appeared: "appeared"
        case .ended: "ended"
        }
    }
}

extension CashFlowForecast.Source {
    /// Its stable word.
    var word: String {
        switch self {
        case .announced: "announced"
        case .recurring: "recurring"
        case .usual: "usual"
        }
    }
}

extension CardBillOutlook.Source {
    /// Its stable word.
    var word: String {
        switch self {
        case .announced: "announced"
        case .bought: "bought"
        case .estimated: "estimated"
        }
    }
}

extension FixedCostReport.Kind {
    /// Its stable word.
    var word: String {
        switch self {
        case .housing: "housing"
        case .utilities: "utilities"
        case .telecom: "telecom"
        case .insurance: "insurance"
        case .loan: "loan"
        case .lease: "lease"
        case .subscription: "subscription"
        case .education: "education"
        case .other: "other"
        }
    }
}

extension Due.Kind {
    /// Its stable word.
    var word: String {
        switch self {
        case .cardPayment: "card-payment"
        case .premium: "premium"
        case .loan: "loan"
        case .lease: "lease"
        case .standingOrder: "standing-order"
        }
    }
}

extension Insight.Severity {
    /// Its stable word.
    var word: String {
        switch self {
        case .info: "info"
        case .notice: "notice"
        case .warning: "warning"
        }
    }
}

extension Insight {
    /// Stable word of its kind.
    var word: String { String(wording.key.dropFirst("insight.".count)) }
}

extension ConsentKind {
    /// Its stable word.
    var word: String {
        switch self {
        case .collectionAndUse: "collection-and-use"
        case .identityToProviders: "identity-to-providers"
        case .thirdPartyProvision: "third-party-provision"
        case .unspecified, .UNRECOGNIZED: "other"
        }
    }
}

extension ProvisionStatus {
    /// Its stable word.
    var word: String {
        switch self {
        case .withdrawing: "withdrawing"
        case .withdrawn: "withdrawn"
        case .workDone: "work-done"
        default: "normal"
        }
    }
}

extension WithdrawalReason {
    /// Its stable word.
    var word: String {
        switch self {
        case .asked: "asked"
        case .askedWithDeletion: "asked-with-deletion"
        case .dataDeleted: "data-deleted"
        case .leftService: "left-service"
        case .inactive: "inactive"
        case .providerRevoked: "provider-revoked"
        case .unspecified, .UNRECOGNIZED: "ended"
        }
    }
}

extension ShredReason {
    /// Its stable word.
    var word: String {
        switch self {
        case .withdrawnWithDeletion: "withdrawn-with-deletion"
        case .deletionAsked: "deletion-asked"
        case .leftService: "left-service"
        case .retentionEnded: "retention-ended"
        case .inactive: "inactive"
        case .receivedByMistake: "received-by-mistake"
        case .operatorTest: "operator-test"
        case .unspecified, .UNRECOGNIZED: "deleted"
        }
    }
}

extension DeletionScope {
    /// Its stable word.
    var word: String {
        switch self {
        case .everything: "everything"
        case .provider: "provider"
        case .assets: "assets"
        }
    }
}

extension TransferRequest {
    /// Where it stands on a day: what has passed its last day has expired, recorded or not.
    func stateWord(on day: CivilDate) -> String {
        switch state {
        case .live where day > terms.endsOn: "expired"
        case .live: suspendedAt == nil ? "live" : "suspended"
        case .replaced: "replaced"
        case .expired: "expired"
        case .withdrawn: "withdrawn"
        }
    }
}
