/// Leave to ask one provider about one person on one day: only their register gives it.
///
/// Whoever collects takes a permit, so nothing can be asked for without a live request. It names
/// the request; what was asked under it is void once that has ended (`TransferRegister.confirm`).
public struct CollectionPermit: Hashable, Sendable {
    /// The transfer request under which.
    public let request: ConsentID
    /// The provider's org_code.
    public let provider: String
    /// The provider's industry, as the scope says.
    public let industry: Industry
    /// Why it is asked.
    public let trigger: TransferTrigger
    /// The day in Korea on which it may be used.
    public let day: CivilDate
    /// What the request fixes: scope, assets, disclosures, cycles, last day.
    public let terms: RequestTerms
    /// How old the person is: of minors only deposits and debit or prepaid products are asked.
    public let age: AgeBand

    // Not public: a permit is made where the request is checked, and nowhere else.
    init(
        _ request: TransferRequest,
        industry: Industry,
        trigger: TransferTrigger,
        day: CivilDate,
        age: AgeBand
    ) {
        (self.request, provider, terms) = (request.id, request.provider, request.terms)
        (self.industry, self.trigger, self.day, self.age) = (industry, trigger, day, age)
    }

    /// Whether this API may be called.
    public func allows(_ api: ProviderAPI) -> Bool {
        switch api {
        case .common001, .common002: true
        case .unspecified, .UNRECOGNIZED: false
        default: terms.scope.opens(api) && (age == .adult || MinorRules.allows(api))
        }
    }

    /// Whether an asset may be asked about.
    ///
    /// `compartment` is nil for one that was never seen. Of a minor's cards only those are allowed
    /// that are known to be debit cards; elsewhere `card` is not looked at.
    public func allows(
        _ kind: AssetKind,
        compartment: AssetID? = nil,
        card: CardType = .unspecified
    ) -> Bool {
        guard terms.scope.opens(kind) else { return false }
        guard age == .adult || MinorRules.allows(kind, card: card) else { return false }
        guard !terms.assets.isEmpty else { return true }
        return terms.assets.contains { named in
            named.kind == kind && (named.compartment == nil || named.compartment == compartment)
        }
    }
}

extension TransferRegister {
    /// Leave to ask a provider today, the day in Korea, at `now` in seconds since 1970-01-01 UTC.
    ///
    /// `request` is what the asker began under; nil is whichever is live.
    /// - Throws: why nothing may be asked.
    public func permit(
        provider: String,
        under request: ConsentID? = nil,
        trigger: TransferTrigger,
        on today: CivilDate,
        at now: Int64
    ) throws(ConsentRefusal) -> CollectionPermit {
        let age = try member(on: today)
        switch trigger {
        case .scheduled, .userConsent, .userRefresh, .userSearch: break
        case .unspecified, .UNRECOGNIZED: throw .triggerUnknown
        }
        if let request { try checkNotEnded(request, of: provider) }
        guard let live = liveRequest(of: provider) else { throw ended(provider) }
        guard request == nil || request == live.id else { throw .requestUnknown }
        guard live.holds(on: today) else { throw .requestExpired }
        guard live.suspendedAt == nil else { throw .requestSuspended }
        guard !isDeletionOwed(of: provider) else { throw .deletionOwed }
        guard let industry = live.terms.scope.industry else { throw .scopeMalformed }
        if trigger == .scheduled {
            guard live.terms.isScheduled else { throw .notScheduled }
            guard let seen = lastSeenOn, today < seen.adding(months: Inactivity.pauseMonths)
            else { throw .inactive }
        }
        return CollectionPermit(
            live,
            industry: industry,
            trigger: trigger,
            day: today,
            age: age
        )
    }

    /// Whether what was asked for under a permit may still be recorded.
    ///
    /// - Throws: why not: the request ended or the data is to be deleted in the meantime.
    public func confirm(
        _ permit: CollectionPermit,
        on today: CivilDate,
        at now: Int64
    ) throws(ConsentRefusal) {
        _ = try self.permit(
            provider: permit.provider,
            under: permit.request,
            trigger: permit.trigger,
            on: today,
            at: now
        )
    }

    private func checkNotEnded(
        _ id: ConsentID,
        of provider: String
    ) throws(ConsentRefusal) {
        guard let request = requests[id], request.provider == provider else {
            throw .requestUnknown
        }
        switch request.state {
        case .live: break
        case .replaced: throw .requestReplaced
        case .expired: throw .requestExpired
        case .withdrawn: throw .requestWithdrawn
        }
    }

    /// Why a provider without a live request is not asked, by the request that ended last.
    func ended(_ provider: String) -> ConsentRefusal {
        let last = requests.values.filter { $0.provider == provider }
            .max { ($0.state.endedAt ?? 0, $0.id) < ($1.state.endedAt ?? 0, $1.id) }
        switch last?.state {
        case .expired: return .requestExpired
        case .withdrawn: return .requestWithdrawn
        case .replaced, .live, nil: return .notRequested
        }
    }

    func isDeletionOwed(of provider: String) -> Bool {
        owedDeletions.contains { $0.scope.provider.isEmpty || $0.scope.provider == provider }
    }

    /// The age of who is a member today.
    func member(on today: CivilDate) throws(ConsentRefusal) -> AgeBand {
        switch membership {
        case .never: throw .notAMember
        case .left: throw .leftService
        case .joined(at: _, let until, let age):
            guard today <= until else { throw .membershipEnded }
            return age
        }
    }
}

/// What may be collected of persons of 14 to 18: deposits, debit cards and prepaid means.
enum MinorRules {
    static func allows(_ kind: AssetKind, card: CardType) -> Bool {
        switch kind {
        case .deposit, .prepaidWallet: true
        case .card: card == .debit
        default: false
        }
    }

    /// APIs of these products, and the lists that name them.
    static func allows(_ api: ProviderAPI) -> Bool {
        switch api.rawValue {
        case 1...2, 101...104, 114, 201, 202, 208, 209, 501...504, 1_131...1_134: true
        default: false
        }
    }

    /// Scope words without the industry's name.
    static func allows(_ word: String, in industry: Industry) -> Bool {
        switch (industry, word) {
        case (.bank, "list"), (.bank, "deposit"), (.bank, "prepaid"), (.card, "list"),
            (.card, "card"), (.card, "prepaid"), (.efin, "list"), (.efin, "prepaid"):
            true
        default: false
        }
    }
}

/// What comes of not signing in: guideline of 2024-09, in force.
enum Inactivity {
    /// After so many months regular transfer stops.
    static let pauseMonths: Int32 = 6
    /// After so many months the data is deleted.
    static let deletionMonths: Int32 = 12
}
