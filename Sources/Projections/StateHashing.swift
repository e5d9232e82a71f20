internal import Cryptography
internal import EventLog
internal import Finance
internal import Frame

extension Generation {
    /// States opened between two reader transactions: none lives longer than these take.
    private static var recordLimit: Int { 512 }

    /// Opens and hashes every stored state, and compares each with what the log has of its subject.
    func recomputeStateHash(
        onProgress: (UInt64, UInt64) -> Void
    ) throws(ProjectionError) -> StateHashReport {
        let before = records
        let total = before.reduce(0) { $0 + $1.states }
        var seal = try makeSeal()
        var report = StateHashReport(
            recomputed: Digest(),
            kept: before.stateHash,
            states: 0,
            damaged: [:]
        )
        var bytes: [UInt8] = []
        try forEachRecord { subject, record throws(ProjectionError) in
            var loaded = Loaded(slot: StateSlot(subject))
            loaded.partition = before[log.partition(of: subject)]
            open(record, with: &seal, into: &loaded.slot)
            if loaded.slot.isStale { loaded.slot.damage = .keyless }
            if loaded.slot.damage == nil, loaded.slot.isLive {
                loaded.slot.damage = try damage(of: loaded)
            }
            if let damage = loaded.slot.damage {
                report.damaged[subject] = damage
                return
            }
            guard loaded.slot.isLive else { return }
            bytes.removeAll(keepingCapacity: true)
            loaded.slot.state.encode(into: &bytes)
            report.recomputed &+= seal.term(of: subject, bytes.span)
            bytes.zero(first: bytes.count)
            report.states += 1
            if report.states.isMultiple(of: 1_000) { onProgress(report.states, total) }
        }
        return report
    }

    /// Calls `body` with every stored record, in order of subject.
    func forEachRecord(
        _ body: (SubjectID, [UInt8]) throws(ProjectionError) -> Void
    ) throws(ProjectionError) {
        var last: SubjectID?
        while true {
            var found: [(SubjectID, [UInt8])] = []
            try store.records(after: last, limit: Generation.recordLimit) {
                found.append(($0, $1.array))
            }
            guard let end = found.last else { return }
            last = end.0
            for (subject, record) in found { try body(subject, record) }
        }
    }
}
