/// Joins the service, or renews the membership.
public struct Join: Hashable, Sendable {
    /// Age in years today.
    public var years: Int
    /// Last day of the membership.
    public var until: CivilDate

    /// A membership.
    public init(years: Int, until: CivilDate) { (self.years, self.until) = (years, until) }
}

/// Signs in.
public struct SignIn: Hashable, Sendable {
    /// How: an authority's org_code.
    public var method: String

    /// A sign-in.
    public init(method: String) { self.method = method }
}

/// Who authenticated a transfer request, and what was signed.
public struct SignedRequest: Hashable, Sendable {
    /// The operator's id of the authentication, `tx_id`.
    public var transaction = ""
    /// The signer's id of the signature, `sign_tx_id`.
    public var signatureTransaction = ""
    /// The certificate authority's id, `cert_tx_id`.
    public var certificateTransaction = ""
    /// org_code of the body that authenticated the person.
    public var authority = ""
    /// SHA-256 of the signed request, 32 bytes.
    public var digest: [UInt8]

    /// A signature over a request.
    public init(digest: [UInt8]) { self.digest = digest }
}

/// Asks a provider to send data; of a provider that has a live request this is a change.
public struct RequestTransfer: Hashable, Sendable {
    /// Id of the new request.
    public var id: ConsentID
    /// The provider's org_code.
    public var provider: String
    /// What is asked.
    public var terms: RequestTerms
    /// The signature.
    public var signed: SignedRequest

    /// A request.
    public init(id: ConsentID, provider: String, terms: RequestTerms, signed: SignedRequest) {
        (self.id, self.provider, self.terms, self.signed) = (id, provider, terms, signed)
    }
}

/// Changes a live request: another with other terms takes its place.
public struct ChangeTransfer: Hashable, Sendable {
    /// The new request.
    public var request: RequestTransfer

    /// A change.
    public init(_ request: RequestTransfer) { self.request = request }
}

/// Extends live requests, all at once when the first is about to end.
public struct ExtendTransfers: Hashable, Sendable {
    /// Their new last day.
    public var until: CivilDate
    /// SHA-256 of the signed request by provider, 32 bytes each; these are extended.
    public var signed: [String: [UInt8]]

    /// An extension.
    public init(until: CivilDate, signed: [String: [UInt8]]) {
        (self.until, self.signed) = (until, signed)
    }
}

/// Ends a provider's live request; with `isDeleting` what it brought goes at once.
public struct WithdrawTransfer: Hashable, Sendable {
    /// The provider's org_code.
    public var provider: String
    /// Whether the person chose deletion.
    public var isDeleting: Bool

    /// A withdrawal.
    public init(provider: String, isDeleting: Bool) {
        (self.provider, self.isDeleting) = (provider, isDeleting)
    }
}

/// Asks for data to be deleted; requests that would bring it again end.
public struct RequestDeletion: Hashable, Sendable {
    /// Which data.
    public var scope: DeletionScope

    /// A request.
    public init(_ scope: DeletionScope) { self.scope = scope }
}

/// Leaves the service: every request ends, all data goes.
public struct LeaveService: Hashable, Sendable {
    /// Leaving.
    public init() {}
}

/// Agrees to something other than a transfer.
public struct GrantConsent: Hashable, Sendable {
    /// Id of the agreement.
    public var id: ConsentID
    /// What is agreed to.
    public var terms: AgreementTerms

    /// An agreement.
    public init(id: ConsentID, terms: AgreementTerms) { (self.id, self.terms) = (id, terms) }
}

/// Moves an agreement's withdrawal a step on: 01 to 02, 02 to 03 or 04.
public struct WithdrawConsent: Hashable, Sendable {
    /// Which agreement.
    public var id: ConsentID
    /// The step: withdrawing when the person asks, then withdrawn or work done.
    public var step: ProvisionStatus

    /// A step.
    public init(id: ConsentID, step: ProvisionStatus = .withdrawing) {
        (self.id, self.step) = (id, step)
    }
}

/// Records a hand-over to a third party.
public struct RecordProvision: Hashable, Sendable {
    /// Under which agreement.
    public var id: ConsentID
    /// org_code of who hands over.
    public var senderCode: String
    /// What, in words; 5,000 bytes at most.
    public var items: String
    /// Whether the person got something for it.
    public var isRewarded: Bool

    /// A hand-over.
    public init(id: ConsentID, senderCode: String, items: String, isRewarded: Bool) {
        (self.id, self.senderCode, self.items) = (id, senderCode, items)
        self.isRewarded = isRewarded
    }
}

/// Removes what was received while a token was issued twice.
public struct PurgeMistake: Hashable, Sendable {
    /// Under which request.
    public var request: ConsentID
    /// Compartments that something was received for.
    public var assets: [AssetID]

    /// A purge.
    public init(request: ConsentID, assets: [AssetID]) {
        (self.request, self.assets) = (request, assets)
    }
}

/// Lets a day pass: expiry, the end of retention and of membership, a year without signing in.
///
/// Deciding it again on the same day brings nothing.
public struct ObserveDay: Hashable, Sendable {
    /// A day.
    public init() {}
}

/// Records that an owed deletion is done.
public struct CompleteDeletion: Hashable, Sendable {
    /// Which.
    public var deletion: Deletion
    /// Compartments whose keys are destroyed.
    public var destroyed: [AssetID]
    /// Revision up to which frames of them existed.
    public var throughRevision: UInt64
    /// Events that they held.
    public var events: UInt32

    /// A completion.
    public init(
        _ deletion: Deletion,
        destroyed: [AssetID],
        throughRevision: UInt64,
        events: UInt32
    ) {
        (self.deletion, self.destroyed) = (deletion, destroyed)
        (self.throughRevision, self.events) = (throughRevision, events)
    }
}

/// Records that a document was given to the person.
public struct SendNotice: Hashable, Sendable {
    /// Which: `yearly-notice`.
    public var kind: String
    /// Days that it covers.
    public var days: ClosedRange<CivilDate>
    /// SHA-256 of the document, 32 bytes.
    public var digest: [UInt8]

    /// A notice.
    public init(kind: String, days: ClosedRange<CivilDate>, digest: [UInt8]) {
        (self.kind, self.days, self.digest) = (kind, days, digest)
    }
}
