internal import Finance
internal import Frame
internal import MyData
internal import Vault

/// One person's data at one provider, asked for once.
///
/// First the lists, then the calls of each requested asset, side by side as far as the provider
/// takes it; the windows of one history one after the other.
struct PersonTransfer: Sendable {
    let runner: CallRunner
    let plan: AssetPlan
    let lists: [ProviderAPI]
    let state: CollectionState

    /// An asset with what came of its calls.
    struct AssetAnswers: Sendable {
        var name: AssetName
        var listed: ListedAsset
        /// API of the list.
        var listAPI: ProviderAPI
        /// Nil for one that is listed and not requested: its listing alone is recorded.
        var results: [CallResult]
    }

    /// All that came of it.
    struct Answers: Sendable {
        var lists: [CallResult] = []
        var assets: [AssetAnswers] = []
        /// Known assets that complete lists no longer have, with when they were last there.
        var vanished: [CollectionState.Asset] = []
        /// The provider says that the request is over.
        var isRequestOver = false
    }

    func run() async -> Answers {
        var answers = Answers()
        let progress = state.providers[plan.provider.code]
        for api in lists where plan.isDue(api, progress?.lists[UInt32(api.rawValue)]) {
            guard let question = plan.list(api) else { continue }
            let result = await runner.run(question)
            answers.lists.append(result)
            if case .failed(let failure) = result.end, failure.reach != .call {
                if case .request = failure.reach { answers.isRequestOver = true }
                return answers
            }
        }
        let listed = answers.lists.flatMap { list in
            list.isComplete ? list.assets.map { (api: list.call.api, asset: $0) } : []
        }
        answers.assets = await withTaskGroup(of: (Int, AssetAnswers).self) { tasks in
            for (number, entry) in listed.enumerated() {
                tasks.addTask { (number, await asset(entry.asset, entry.api)) }
            }
            var all: [(Int, AssetAnswers)] = []
            for await answer in tasks { all.append(answer) }
            return all.sorted { $0.0 < $1.0 }.map(\.1)
        }
        answers.vanished = vanished(listed.map(\.asset), answers.lists)
        answers.isRequestOver = answers.assets.contains { asset in
            asset.results.contains { result in
                guard case .failed(let failure) = result.end, case .request = failure.reach
                else { return false }
                return true
            }
        }
        return answers
    }

    private func asset(_ listed: ListedAsset, _ api: ProviderAPI) async -> AssetAnswers {
        let name = AssetName(
            provider: plan.provider.code,
            key: listed.key,
            issuedOn: listed.issuedOn,
            kind: UInt32(listed.kind.rawValue),
            industry: UInt32(plan.provider.industry.rawValue)
        )
        var answers = AssetAnswers(name: name, listed: listed, listAPI: api, results: [])
        guard listed.isRequested, plan.permit.allows(listed.kind) else { return answers }
        let known = state.asset(listed, of: plan.provider.code)?.calls ?? [:]
        let due = listed.calls.filter { plan.isDue($0.api, known[UInt32($0.api.rawValue)]) }
        answers.results = await withTaskGroup(of: (Int, [CallResult]).self) { tasks in
            for (number, call) in due.enumerated() {
                tasks.addTask {
                    (number, await chain(call, known[UInt32(call.api.rawValue)]))
                }
            }
            var all: [(Int, [CallResult])] = []
            for await results in tasks { all.append(results) }
            return all.sorted { $0.0 < $1.0 }.flatMap(\.1)
        }
        return answers
    }

    /// A call with its windows, then what followed from its answers.
    private func chain(
        _ call: StandardCall,
        _ known: CollectionState.Call?
    ) async -> [CallResult] {
        var results: [CallResult] = []
        var followers: [StandardCall] = []
        for question in plan.questions(call, known) {
            let result = await runner.run(question)
            results.append(result)
            guard result.isComplete else { break }
            for call in result.calls where !followers.contains(call) { followers.append(call) }
        }
        for call in followers where plan.permit.allows(call.api) {
            for question in plan.questions(call, nil) {
                results.append(await runner.run(question))
            }
        }
        return results
    }

    /// Assets that were there and are in none of the lists, when all lists came whole.
    private func vanished(
        _ listed: [ListedAsset],
        _ lists: [CallResult]
    ) -> [CollectionState.Asset] {
        guard lists.count == self.lists.count, lists.allSatisfy(\.isComplete) else { return [] }
        return state.assets.values.filter { asset in
            guard asset.provider == plan.provider.code, asset.closedAt == nil,
                let kind = AssetKind(rawValue: Int(asset.kind)), plan.permit.allows(kind)
            else { return false }
            return !listed.contains { asset.isSame(as: $0) }
        }.sorted { ($0.key, $0.issuedOn) < ($1.key, $1.issuedOn) }
    }
}

extension CollectionState.Asset {
    func isSame(as listed: ListedAsset) -> Bool {
        key == listed.key && issuedOn == listed.issuedOn && kind == UInt32(listed.kind.rawValue)
    }

    /// When anything of it was last answered, in seconds since 1970-01-01 UTC.
    var lastAnsweredAt: Int64 { calls.values.map(\.answeredAt).max() ?? 0 }
}

extension CollectionState {
    func asset(_ listed: ListedAsset, of provider: String) -> Asset? {
        assets.values.first { $0.provider == provider && $0.isSame(as: listed) }
    }
}
