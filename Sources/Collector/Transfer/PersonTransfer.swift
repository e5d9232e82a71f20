internal import Finance
internal import Frame
internal import MyData
internal import Vault

/// One person's data at one provider, asked for once.
///
/// First the lists, then the calls of each requested asset, then those that follow from answers:
/// each side by side as far as the provider takes it; the windows of one history one after the
/// other.
struct PersonTransfer: Sendable {
    let runner: CallRunner
    let plan: AssetPlan
    let lists: [ProviderAPI]
    let state: CollectionState
    /// Known assets that are closed.
    let closed: Set<AssetID>

    /// An asset with what came of its calls.
    struct AssetAnswers: Sendable {
        var name: AssetName
        var listed: ListedAsset
        /// API of the list.
        var listAPI: ProviderAPI
        /// Whether the list says it now, rather than what is known from before.
        var isFresh: Bool
        /// Whether it was known to be closed before.
        var isKnownClosed: Bool
        /// Nil for one that is listed and not requested: its listing alone is recorded.
        var results: [CallResult]
    }

    /// All that came of it.
    struct Answers: Sendable {
        var lists: [CallResult] = []
        var assets: [AssetAnswers] = []
        /// Known assets that complete lists no longer have.
        var vanished: [CollectionState.Asset] = []
        /// The provider says that the request is over.
        var isRequestOver = false
    }

    func run() async -> Answers {
        var answers = Answers()
        let progress = state.providers[plan.provider.code]
        let due = lists.compactMap { api in
            let known = progress?.lists[UInt32(api.rawValue)]
            return plan.isDue(api, known) ? plan.list(api, known) : nil
        }
        answers.lists = await together(due) { await runner.run($0) }
        for result in answers.lists {
            guard case .failed(let failure) = result.end, failure.reach != .call else { continue }
            if case .request = failure.reach { answers.isRequestOver = true }
            return answers
        }
        let listed = sort(&answers)
        answers.assets = await together(listed) { await asset($0) }
        answers.isRequestOver = answers.assets.contains { asset in
            asset.results.contains { result in
                guard case .failed(let failure) = result.end, case .request = failure.reach
                else { return false }
                return true
            }
        }
        return answers
    }

    /// An asset to ask about, and how it is known.
    private struct Entry {
        var api: ProviderAPI
        var asset: ListedAsset
        var isFresh: Bool
    }

    /// What the lists name, what lists without news named before, and what is gone.
    private func sort(_ answers: inout Answers) -> [Entry] {
        var entries: [Entry] = []
        for list in answers.lists where list.isComplete {
            entries += list.assets.map { Entry(api: list.call.api, asset: $0, isFresh: true) }
        }
        let fresh = entries
        let there = state.assets.filter { !closed.contains($0.key) }.values
        for known in there.sorted(by: { $0.key < $1.key }) {
            guard let asset = plan.remembered(known) else { continue }
            let api = plan.listAPI(of: asset.kind)
            guard let list = answers.lists.first(where: { $0.call.api == api }) else {
                // Not its list's turn; its calls may have theirs.
                if lists.contains(api) {
                    entries.append(Entry(api: api, asset: asset, isFresh: false))
                }
                continue
            }
            if case .unchanged = list.end {
                entries.append(Entry(api: api, asset: asset, isFresh: false))
            } else if list.isComplete, !fresh.contains(where: { known.isSame(as: $0.asset) }) {
                // Gone; said once: what it was asked at the time of the list before was answered.
                let before = state.providers[known.provider]?.lists[UInt32(api.rawValue)]
                if known.lastAnsweredAt >= before?.answeredAt ?? 0 {
                    answers.vanished.append(known)
                }
            }
        }
        return entries
    }

    private func asset(_ entry: Entry) async -> AssetAnswers {
        let listed = entry.asset
        let name = AssetName(
            provider: plan.provider.code,
            key: listed.key,
            issuedOn: listed.issuedOn,
            kind: UInt32(listed.kind.rawValue),
            industry: UInt32(plan.provider.industry.rawValue)
        )
        let (id, before) = state.asset(listed, of: plan.provider.code)
        var answers = AssetAnswers(
            name: name,
            listed: listed,
            listAPI: entry.api,
            isFresh: entry.isFresh,
            isKnownClosed: id.map(closed.contains) ?? false,
            results: []
        )
        guard listed.isRequested, plan.permit.allows(listed.kind) else { return answers }
        let known = before?.calls ?? [:]
        // What was asked before is asked again, though no answer leads to it any more: that an
        // advance is paid back, only its own API says.
        let remembered = before.flatMap { plan.remembered($0) }?.calls ?? []
        let calls = listed.calls + remembered.filter { !listed.calls.contains($0) }
        let due = calls.filter { plan.isDue($0.api, known[UInt32($0.api.rawValue)]) }
        answers.results = await together(due) { call in
            await chain(call, known[UInt32(call.api.rawValue)], beside: due)
        }.flatMap(\.self)
        return answers
    }

    /// A call with its windows, then what followed from its answers and is not asked anyway.
    private func chain(
        _ call: StandardCall,
        _ known: CollectionState.Call?,
        beside asked: [StandardCall]
    ) async -> [CallResult] {
        var results: [CallResult] = []
        var followers: [StandardCall] = []
        for question in plan.questions(call, known) {
            let result = await runner.run(question)
            results.append(result)
            guard result.isComplete else { break }
            for call in result.calls where !followers.contains(call) && !asked.contains(call) {
                followers.append(call)
            }
        }
        let next = followers.filter { plan.permit.allows($0.api) }
        return results
            + (await together(next) { call in
                var followed: [CallResult] = []
                for question in plan.questions(call, nil) {
                    followed.append(await runner.run(question))
                }
                return followed
            }).flatMap(\.self)
    }

    /// `body` of all at the same time, as far as the provider's desk lets them; in their order.
    private func together<Item: Sendable, Result: Sendable>(
        _ items: [Item],
        _ body: @escaping @Sendable (Item) async -> Result
    ) async -> [Result] {
        guard items.count > 1 else {
            var results: [Result] = []
            for item in items { results.append(await body(item)) }
            return results
        }
        return await withTaskGroup(of: (Int, Result).self) { tasks in
            for (number, item) in items.enumerated() {
                tasks.addTask { (number, await body(item)) }
            }
            var all: [(Int, Result)] = []
            for await result in tasks { all.append(result) }
            return all.sorted { $0.0 < $1.0 }.map(\.1)
        }
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
    func asset(_ listed: ListedAsset, of provider: String) -> (AssetID?, Asset?) {
        let known = assets.first { $0.value.provider == provider && $0.value.isSame(as: listed) }
        return (known?.key, known?.value)
    }
}
