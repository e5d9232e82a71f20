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
        var vanished: [(id: AssetID, asset: CollectionState.Asset)] = []
        /// It ended with the lists: nothing was asked of what they name.
        var isCut = false
        /// The provider says that the request is over.
        var isRequestOver = false

        /// Whether calls were left out for no answer of their own or of what they hang on: the
        /// provider is being left alone.
        var isLeftOff: Bool {
            func ends(_ result: CallResult) -> Bool {
                switch result.failureReach {
                case .person, .request: true
                case .call, .asset, nil: false
                }
            }
            guard !(lists + assets.flatMap(\.results)).contains(where: ends) else { return false }
            let open = assets.filter { asset in
                !asset.results.contains { if case .asset = $0.failureReach { true } else { false } }
            }
            return (lists + open.flatMap(\.results)).contains(where: \.isSkipped)
        }
    }

    func run() async -> Answers {
        var answers = Answers()
        let progress = state.providers[plan.provider.code]
        let due = lists.compactMap { api in
            let known = progress?.lists[UInt32(api.rawValue)]
            return plan.isDue(api, known) ? plan.list(api, known) : nil
        }
        answers.lists = await together(due) { await runner.inOwnTurn().run($0) }
        answers.isCut = runner.turn.isOver
        if !answers.isCut {
            let listed = sort(&answers)
            answers.assets = await together(listed) { await asset($0) }.compactMap { $0 }
        }
        let results = answers.lists + answers.assets.flatMap(\.results)
        answers.isRequestOver = results.contains { result in
            if case .request = result.failureReach { true } else { false }
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
        let there = state.assets.filter {
            $0.value.provider == plan.provider.code && $0.value.closedAt == nil
        }
        for (id, known) in there.sorted(by: { $0.value.key < $1.value.key }) {
            let api = plan.listAPI(of: AssetKind(rawValue: Int(known.kind)) ?? .unspecified)
            let list = answers.lists.first { $0.call.api == api }
            switch list?.end {
            case .complete:
                if !fresh.contains(where: { known.isSame(as: $0.asset) }) {
                    answers.vanished.append((id, known))
                }
            // No news of it; or it is not its list's turn, and its calls may have theirs.
            case .unchanged, nil:
                guard lists.contains(api), let asset = plan.remembered(known) else { continue }
                entries.append(Entry(api: api, asset: asset, isFresh: false))
            default: continue
            }
        }
        return entries
    }

    /// Nil for what the request does not open: that a list names it as well is not kept.
    private func asset(_ entry: Entry) async -> AssetAnswers? {
        let listed = entry.asset
        let (id, before) = state.asset(listed, of: plan.provider.code)
        guard plan.permit.allows(listed.kind, compartment: id, card: listed.card) else {
            return nil
        }
        let name = AssetName(
            provider: plan.provider.code,
            key: listed.key,
            issuedOn: listed.issuedOn,
            kind: UInt32(listed.kind.rawValue),
            industry: UInt32(plan.provider.industry.rawValue)
        )
        var answers = AssetAnswers(
            name: name,
            listed: listed,
            listAPI: entry.api,
            isFresh: entry.isFresh,
            isKnownClosed: before?.closedAt != nil,
            results: []
        )
        guard listed.isRequested else { return answers }
        let known = before?.calls ?? [:]
        // What was answered before is asked again, though no answer leads to it any more: that an
        // advance is paid back, only its own API says.
        let remembered = before.flatMap { plan.remembered($0) }?.calls ?? []
        let calls =
            listed.calls
            + remembered.filter {
                known[UInt32($0.api.rawValue)] != nil && !listed.calls.contains($0)
            }
        let due = calls.filter { plan.isDue($0.api, known[UInt32($0.api.rawValue)]) }
        let runner = runner.inOwnTurn()
        answers.results = await together(due) { call in
            await chain(call, known, beside: calls, with: runner)
        }.flatMap(\.self)
        return answers
    }

    /// A call with its windows, then what followed from its answers, is due and has no turn of its
    /// own.
    private func chain(
        _ call: StandardCall,
        _ known: [UInt32: CollectionState.Call],
        beside others: [StandardCall],
        with runner: CallRunner
    ) async -> [CallResult] {
        var results: [CallResult] = []
        var followers: [StandardCall] = []
        for question in plan.questions(call, known[UInt32(call.api.rawValue)]) {
            let result = await runner.run(question)
            results.append(result)
            guard result.isComplete else { break }
            for call in result.calls where !followers.contains(call) && !others.contains(call) {
                followers.append(call)
            }
        }
        let allowed = followers.filter { plan.permit.allows($0.api) }
        let next = allowed.filter { plan.isDue($0.api, known[UInt32($0.api.rawValue)]) }
        let followed = await together(next) { call in
            var followed: [CallResult] = []
            for question in plan.questions(call, nil) {
                followed.append(await runner.run(question))
            }
            return followed
        }.flatMap(\.self)
        if next.count < allowed.count || !followed.allSatisfy(\.isSettled) {
            for index in results.indices { results[index].unsettle() }
        }
        return results + followed
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

    /// When anything of it was last answered, in seconds since 1970-01-01 UTC; nil for never.
    var lastAnsweredAt: Int64? { calls.values.map(\.answeredAt).max() }
}

extension CollectionState {
    func asset(_ listed: ListedAsset, of provider: String) -> (AssetID?, Asset?) {
        let known = assets.first { $0.value.provider == provider && $0.value.isSame(as: listed) }
        return (known?.key, known?.value)
    }
}
