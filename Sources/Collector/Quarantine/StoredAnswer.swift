internal import Finance
internal import FoundationEssentials
internal import Frame
internal import MyData

/// An answer that was put aside, with what the log says of it since.
struct StoredAnswer {
    /// Whole, but for the parts that the log lacks.
    var payload = PayloadQuarantined()
    /// Where it lies: an asset's, or that of its provider's lists.
    var compartment: CompartmentID
    /// When its transfer began, in seconds since 1970-01-01 UTC.
    var startedAt: Int64
    /// Why it could not be read the last time.
    var fault: AnswerFault
    /// What became of it.
    var released: QuarantineReleased?
    /// Calls of the same API for the same asset, or list, that later transfers were answered.
    var later: [LaterCall] = []
    private var assembly = PayloadAssembly()

    /// A call that was answered in a later transfer.
    struct LaterCall: Hashable {
        /// Days that the answer speaks for; nil for what has no period.
        var days: ClosedRange<CivilDate>?
    }

    init(_ first: PayloadQuarantined, in compartment: CompartmentID, startedAt: Int64) {
        (self.compartment, self.startedAt) = (compartment, startedAt)
        fault = AnswerFault(first.reason, first.field, row: Int(first.row))
        take(first)
    }

    var isWhole: Bool { assembly.isWhole }

    mutating func take(_ part: PayloadQuarantined) {
        assembly.take(part)
        if let whole = assembly.whole { payload = whole }
    }

    mutating func take(_ retried: QuarantineRetried) {
        fault = AnswerFault(retried.reason, retried.field, row: Int(retried.row))
    }

    /// Notes what a transfer was answered, if it began later.
    mutating func take(_ done: TransferCompleted, at startedAt: Int64) {
        guard startedAt > self.startedAt, done.provider == payload.provider,
            done.compartment.isEmpty
                ? isList : Array(done.compartment) == compartment.bytes
        else { return }
        for call in done.calls where call.api == payload.api && call.code <= 1 {
            let last = CollectionState.lastWholeDay(at: startedAt)
            guard !call.unsettled, let last, let from = CivilDate(digits: call.fromOn),
                let to = CivilDate(digits: call.toOn)
            else {
                later.append(LaterCall(days: nil))
                continue
            }
            let through = min(to, last)
            guard from <= through else { continue }
            later.append(LaterCall(days: from...through))
        }
    }

    var isList: Bool { StandardAPI[payload.api]?.shape == .list }

    /// Days asked about; nil of an API without a period.
    var days: ClosedRange<CivilDate>? {
        guard let from = CivilDate(digits: payload.fromOn),
            let to = CivilDate(digits: payload.toOn), from <= to
        else { return nil }
        return from...to
    }

    /// The days asked about that no later answer speaks for, in order; nil without a period.
    var openDays: [ClosedRange<CivilDate>]? {
        guard let days else { return nil }
        var open = [days]
        for said in later.compactMap(\.days) {
            open = open.flatMap { range -> [ClosedRange<CivilDate>] in
                guard range.overlaps(said) else { return [range] }
                var left: [ClosedRange<CivilDate>] = []
                if range.lowerBound < said.lowerBound {
                    left.append(range.lowerBound...said.lowerBound.adding(days: -1))
                }
                if said.upperBound < range.upperBound {
                    left.append(said.upperBound.adding(days: 1)...range.upperBound)
                }
                return left
            }
        }
        return open
    }

    /// Whether later answers say all that this one could.
    var isSuperseded: Bool { openDays.map(\.isEmpty) ?? !later.isEmpty }

    /// What was asked; nil when the record of it cannot be read.
    var call: StandardCall? {
        guard case .object(let members)? = JSONTree(Array(payload.query)) else { return nil }
        let named = Set(StandardAPI[payload.api]?.parameters ?? [])
        let parameters = members.filter { named.contains($0.key) }.sorted { $0.key < $1.key }
        return StandardCall(
            payload.api,
            parameters.compactMap { name, value in
                value.scalar.map { StandardCall.Parameter(name, $0) }
            }
        )
    }
}
