internal import Cryptography
internal import EventLog
internal import Finance
internal import Frame

// What a store holds is compared with what the vault says where the two may part: keys are
// destroyed first and read models follow, so a crash in between, or an erasure that a read model
// was not told of, leaves a state without its key, whose share of the sums nobody knows.
extension Generation {
    /// Puts the mark of erasure in the place of each state whose subject is erased, and adds the
    /// sums up again when a share of them was lost, now or before.
    ///
    /// A look-up an erased subject; call it before anything is folded.
    func reconcile() throws(ProjectionError) {
        let seal = try makeSeal()
        var sealed = SealedStates()
        for subject in keys.erasedSubjects {
            let partition = log.partition(of: subject)
            let isMarked = try store.read(subject, partition: partition) {
                StateRecord($0)?.flags.contains(.erased) ?? false
            }.result
            guard isMarked == false else { continue }
            let start = sealed.bytes.count
            let mark = StateRecord(flags: .erased, damage: nil, viewEpoch: 0, next: 0, salt: (0, 0))
            seal.mark(subject, mark, into: &sealed.bytes)
            let range = start..<sealed.bytes.count
            sealed.entries.append(SealedStates.Entry(subject: subject, range: range))
        }
        if !sealed.entries.isEmpty {
            sealed.areSumsDue = true
            try commit(sealed, partitions: [:])
        }
        if areSumsDue { try addUp() }
    }

    /// Adds hashes, counts and totals up again from the stored states.
    ///
    /// Opens each state; call it with no other commit of this generation under way.
    func addUp() throws(ProjectionError) {
        var fresh = records
        for partition in fresh.indices {
            fresh[partition].hash = Digest()
            (fresh[partition].states, fresh[partition].damaged) = (0, 0)
        }
        let sum = fold.makeTotals()
        var seal = try makeSeal()
        try forEachRecord { subject, record throws(ProjectionError) in
            var slot = StateSlot<F.State>(subject)
            open(record, with: &seal, into: &slot)
            let partition = log.partition(of: subject)
            fresh[partition].hash &+= slot.term
            if slot.isCounted { fresh[partition].states += 1 }
            if slot.isDamageCounted { fresh[partition].damaged += 1 }
            sum?.change(from: nil, to: slot.committed)
        }
        var sealed = SealedStates()
        sealed.areSumsDue = false
        sealed.totals = sum?.stored() ?? []
        try commit(
            sealed,
            partitions: Dictionary(uniqueKeysWithValues: fresh.enumerated().map { ($0, $1) })
        )
        try restoreTotals()
    }
}
