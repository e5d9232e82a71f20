/// A person's request that a provider send their data.
public struct TransferRequest: Hashable, Sendable {
    /// Where a request stands; only `live` goes on, the others are final.
    public enum State: Hashable, Sendable {
        /// Holds until the end of its last day, and may be extended. Goes to any of the others.
        case live
        /// A request with other terms took its place; the provider's token died with it.
        case replaced(by: ConsentID, at: Int64)
        /// Its last day has passed.
        case expired(at: Int64)
        /// It was ended before its last day.
        case withdrawn(WithdrawalReason, at: Int64)

        /// When it ended, in seconds since 1970-01-01 UTC; nil while it is live.
        public var endedAt: Int64? {
            switch self {
            case .live: nil
            case .replaced(by: _, let at), .expired(let at), .withdrawn(_, let at): at
            }
        }
    }

    /// The operator's id of it.
    public let id: ConsentID
    /// The provider's org_code.
    public let provider: String
    /// What it fixes.
    public internal(set) var terms: RequestTerms
    /// Where it stands.
    public internal(set) var state = State.live
    /// When it was made, in seconds since 1970-01-01 UTC.
    public let requestedAt: Int64
    /// When it was last extended.
    public internal(set) var extendedAt: Int64?
    /// Since when nothing may be asked for because its token was issued twice; a new request
    /// lifts that.
    public internal(set) var suspendedAt: Int64?

    init(id: ConsentID, provider: String, terms: RequestTerms, requestedAt: Int64) {
        (self.id, self.provider, self.terms) = (id, provider, terms)
        self.requestedAt = requestedAt
    }

    /// Whether it holds on a day: its end needs no event to be one.
    public func holds(on today: CivilDate) -> Bool { state == .live && today <= terms.endsOn }
}

/// A person's place in the service.
public enum Membership: Hashable, Sendable {
    /// Never joined. Goes to `joined`.
    case never
    /// A member until the end of a day. Goes to `joined`, renewed, and to `left`.
    case joined(at: Int64, until: CivilDate, age: AgeBand)
    /// Left; all data goes. Goes to `joined`.
    case left(at: Int64)
}

/// An agreement other than a transfer request.
public struct Agreement: Hashable, Sendable {
    /// The operator's id of it.
    public let id: ConsentID
    /// What the person was asked, and agreed to.
    public internal(set) var terms: AgreementTerms
    /// When, in seconds since 1970-01-01 UTC.
    public let grantedAt: Int64
    /// 01 normal goes to 02 withdrawing, 02 to 03 withdrawn or 04 work done, which are final.
    public internal(set) var status = ProvisionStatus.normal
    /// When the person withdrew it.
    public internal(set) var withdrawnAt: Int64?
    /// Hand-overs under it.
    public internal(set) var handOverCount: UInt64 = 0
    /// The last of them.
    public internal(set) var lastHandOverAt: Int64?

    /// Whether anything may be done under it on a day.
    public func holds(on today: CivilDate) -> Bool {
        status == .normal && today <= terms.endsOn ?? .withoutEnd
            && !(terms.isOnce && handOverCount > 0)
    }
}

/// A deletion that was asked for, and how it ended.
public struct Deletion: Hashable, Sendable {
    /// What it destroyed.
    public struct Completion: Hashable, Sendable {
        /// When, in seconds since 1970-01-01 UTC.
        public var at: Int64
        /// Compartments whose keys are destroyed.
        public var compartments: [AssetID]
        /// Revision up to which frames of them existed.
        public var throughRevision: UInt64
    }

    /// Whose data.
    public let scope: DeletionScope
    /// On what ground.
    public let reason: ShredReason
    /// When it was asked for, in seconds since 1970-01-01 UTC.
    public let askedAt: Int64
    /// Nil while it is owed.
    public internal(set) var completion: Completion?
}

/// Which data is to go.
public enum DeletionScope: Hashable, Sendable {
    /// All but what must be kept.
    case everything
    /// All of one provider, by org_code.
    case provider(String)
    /// These assets of a provider.
    case assets([AssetID], of: String)

    /// The provider's org_code; empty for everything.
    public var provider: String {
        switch self {
        case .everything: ""
        case .provider(let code), .assets(_, of: let code): code
        }
    }

    /// The assets that it names.
    public var assets: [AssetID] {
        guard case .assets(let assets, of: _) = self else { return [] }
        return assets
    }

    init(provider: String, assets: [AssetID]) {
        self =
            !assets.isEmpty
            ? .assets(assets, of: provider)
            : provider.isEmpty ? .everything : .provider(provider)
    }
}

/// Data that had been received by mistake and was removed.
public struct Purge: Hashable, Sendable {
    /// Under which request.
    public let request: ConsentID
    /// The provider's org_code.
    public let provider: String
    /// Time in which it was received, in seconds since 1970-01-01 UTC.
    public let received: ClosedRange<Int64>
    /// Events that went.
    public let events: UInt32
    /// When it was removed.
    public let at: Int64
}

/// A document that was given to the person.
public struct Notice: Hashable, Sendable {
    /// Which: `yearly-notice`.
    public let kind: String
    /// Days that it covers.
    public let days: ClosedRange<CivilDate>
    /// When it was given, in seconds since 1970-01-01 UTC.
    public let at: Int64
}
