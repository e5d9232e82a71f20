public import Finance

/// When an asset that its provider no longer lists last said all of itself.
///
/// What happened between that and its closing no API tells any more, so what is known of it is
/// compared with the ledger as it was then.
public struct LastAnswers {
    private let state: CollectionState

    /// Those of one person.
    public init(_ state: CollectionState) { self.state = state }

    /// The closed ones of `truth` that `known` has, by the second since 1970-01-01 UTC of their
    /// last whole answer; nil where parts of it were answered at other times.
    public func closed(
        in truth: [AssetLedger],
        known: [AssetLedger]
    ) -> [Int64?: [AssetLedger]] {
        let closed = truth.filter { line in
            line.isClosed && known.contains { $0.isSame(as: line) }
        }
        return Dictionary(grouping: closed) { whole($0) }
    }

    private func whole(_ line: AssetLedger) -> Int64? {
        let asset = state.assets.values.first {
            $0.provider == line.provider && $0.key == line.key && $0.kind == line.kind
        }
        guard let asset else { return nil }
        let histories = asset.calls.values.filter { !$0.covered.isEmpty }
        guard let last = asset.calls.values.map(\.answeredAt).max(), last > 0,
            asset.calls.values.allSatisfy({ $0.answeredAt == last }),
            let day = CollectionState.lastWholeDay(at: last),
            histories.allSatisfy({ $0.covered.count == 1 && $0.covered[0].upperBound >= day })
        else { return nil }
        return last
    }
}
