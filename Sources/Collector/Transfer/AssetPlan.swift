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
        // One mark for an API and an asset: what names a part of the asset has many.
        case .list, .state:
            let mark = entry.isOfPart ? "0" : known?.searchTimestamp ?? "0"
            return [question(call, entry, nil, mark)]
        case .part: return [question(call, entry, nil, nil)]
        case .days, .months:
            let windows = Windows.plan(
                from: history,
                covered: known?.covered ?? [],
                reach: entry.scheduledWindow == .days(31) ? .days : .months,
                trigger: permit.trigger,
                today: today
            )
            return windows.map { question(call, entry, $0, nil) }
        }
    }

    /// A list: always asked for whole, since what is asked next follows from its rows.
    func list(_ api: ProviderAPI) -> Question? {
        StandardAPI[api].map { question(StandardCall(api), $0, nil, "0") }
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
