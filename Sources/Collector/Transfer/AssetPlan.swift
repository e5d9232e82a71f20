internal import Finance
internal import MyData

/// Decides what is asked about one asset now.
struct AssetPlan {
    let permit: CollectionPermit
    let provider: Provider
    let today: CivilDate
    /// The first day of movements that is of interest.
    let history: CivilDate

    /// Whether an API of an asset may be asked now; a regular transfer waits for its week.
    func isDue(_ api: ProviderAPI, _ known: CollectionState.Call?) -> Bool {
        guard permit.allows(api), let entry = StandardAPI[api] else { return false }
        guard permit.trigger == .scheduled else { return true }
        let days =
            entry.transferClass == .basic
            ? permit.terms.basicCycleDays : permit.terms.additionalCycleDays
        guard days > 0 else { return false }
        return Quota.isDue(last: known?.scheduledOn, cycleDays: UInt32(days), today: today)
    }

    /// The questions of one call, to be asked one after the other.
    func questions(_ call: StandardCall, _ known: CollectionState.Call?) -> [Question] {
        guard let entry = StandardAPI[call.api] else { return [] }
        switch entry.shape {
        // One mark for an API and an asset: what names a part of the asset has many. And what leads
        // to movements says so each time: they come whether or not it changes.
        case .list, .state:
            let hasMark = !entry.isOfPart && !AssetPlan.leaders.contains(call.api)
            return [question(call, entry, nil, hasMark ? known?.searchTimestamp ?? "0" : "0")]
        case .part: return [question(call, entry, nil, nil)]
        case .days, .months:
            let windows = Windows.plan(
                from: history,
                covered: known?.covered ?? [],
                reach: Windows.Reach(entry),
                trigger: permit.trigger,
                today: today
            )
            return windows.map { question(call, entry, $0, nil) }
        }
    }

    /// Cars and card loans: the movements of each are asked for by its own number.
    private static let leaders: Set<ProviderAPI> = [.insu004, .card012]

    /// A list; one that is searched comes whole, changed or not.
    func list(_ api: ProviderAPI, _ known: CollectionState.Call?) -> Question? {
        let mark = permit.trigger == .userSearch ? "0" : known?.searchTimestamp ?? "0"
        return StandardAPI[api].map { question(StandardCall(api), $0, nil, mark) }
    }

    /// An asset as earlier transfers asked about it, in vain or not, for a list that says nothing
    /// new.
    func remembered(_ asset: CollectionState.Asset) -> ListedAsset? {
        guard asset.provider == provider.code,
            let kind = AssetKind(rawValue: Int(asset.kind))
        else { return nil }
        var calls: [StandardCall] = []
        for number in asset.unanswered.union(asset.calls.keys).sorted() {
            guard let api = ProviderAPI(rawValue: Int(number)), let entry = StandardAPI[api],
                entry.shape != .list, !entry.isOfPart
            else { continue }
            calls.append(StandardCall(api, AssetKey.parameters(entry.parameters, of: asset.key)))
        }
        guard !calls.isEmpty else { return nil }
        return ListedAsset(
            key: asset.key,
            issuedOn: asset.issuedOn,
            kind: kind,
            isRequested: true,
            // Asked about, so allowed; and people grow older: of a minor, a debit card.
            card: kind == .card ? .debit : .unspecified,
            calls: calls,
            events: []
        )
    }

    /// The list that names assets of a kind.
    func listAPI(of kind: AssetKind) -> ProviderAPI {
        switch (provider.industry, kind) {
        case (_, .retirementAccount): .irp001
        case (_, .definedContribution): .dc001
        case (_, .definedBenefit): .db001
        case (_, .dormantAccount): .dormant001
        case (.efin, .paymentAccount): .efin101
        case (.efin, _): .efin001
        case (_, .prepaidWallet): .prepaid001
        case (.insu, .loan): .insu008
        case (.insu, _): .insu001
        case (.bank, _): .bank001
        case (.card, _): .card001
        case (.invest, _): .invest001
        case (.capital, _): .capital001
        case (.ginsu, _): .ginsu001
        default: .unspecified
        }
    }

    private func question(
        _ call: StandardCall,
        _ entry: StandardAPI,
        _ window: Window?,
        _ mark: String?
    ) -> Question {
        Question(
            call: call,
            entry: entry,
            provider: provider,
            window: window,
            searchTimestamp: mark.map { $0.isEmpty ? "0" : $0 },
            trigger: permit.trigger
        )
    }
}
