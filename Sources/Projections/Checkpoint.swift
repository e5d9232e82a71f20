internal import Cryptography
internal import EventLog
internal import Finance
internal import Frame

/// Seals what changed and commits it with how far it goes.
///
/// Not `Sendable`: one per thread of work; a shelf is checkpointed by one thread at a time.
struct Checkpoint<F: Fold>: ~Copyable {
    private let generation: Generation<F>
    private var seal: StateSeal
    private var sealed = SealedStates()
    private var salts: [UInt8] = []
    /// Mean encoded bytes of the states that the last run sealed; 0 before the first.
    private(set) var stateByteCountMean = 0

    /// A commit changes at most about this many bytes: LMDB keeps its pages in memory until then.
    private static var commitByteCountMax: Int { 8 << 20 }

    init(_ generation: Generation<F>) throws(ProjectionError) {
        self.generation = generation
        seal = try generation.makeSeal()
    }

    /// Commits everything that the shelf has folded by now.
    ///
    /// - Returns: what the shelf's partitions came to at that moment.
    /// - Throws: when nothing of the last part was committed; the shelf keeps it as changed.
    @discardableResult
    mutating func run(_ shelf: Shelf<F>) throws(ProjectionError) -> [Int: PartitionRecord] {
        try run(shelf, shelf.snapshot())
    }

    /// Commits a snapshot of the shelf.
    mutating func run(
        _ shelf: Shelf<F>,
        _ snapshot: consuming Snapshot<F.State>
    ) throws(ProjectionError) -> [Int: PartitionRecord] {
        var snapshot = snapshot
        // Places are sorted, not states: a state is several references.
        let subjects = snapshot.entries.map(\.slot.subject)
        snapshot.order.sort { subjects[$0] < subjects[$1] }
        var doneCount = 0
        do {
            let records = try commit(&snapshot, of: shelf, &doneCount)
            shelf.settle(snapshot, doneCount)
            return records
        } catch {
            shelf.settle(snapshot, doneCount)
            try generation.restoreTotals()
            throw error
        }
    }

    @_specialize(where F == SpendingProfile)
    @_specialize(where F == IntegratedView)
    @_specialize(where F == SubjectCounters)
    private mutating func commit(
        _ snapshot: inout Snapshot<F.State>,
        of shelf: Shelf<F>,
        _ doneCount: inout Int
    ) throws(ProjectionError) -> [Int: PartitionRecord] {
        let before = generation.records
        var records: [Int: PartitionRecord] = [:]
        for partition in shelf.shard.partitions { records[partition] = before[partition] }
        do {
            try Random.refill(&salts, count: snapshot.entries.count * 16)
        } catch {
            throw .library(operation: "RAND_bytes")
        }
        sealed.removeAll()
        for (number, index) in snapshot.order.enumerated() {
            let partition = generation.log.partition(of: snapshot.entries[index].slot.subject)
            var record = records[partition] ?? before[partition]
            try take(&snapshot.entries[index], salt: index, into: &record)
            let parked = snapshot.parked(of: snapshot.entries[index].slot.subject)
            sealed.parked += parked
            record.parked += UInt32(parked.count)
            records[partition] = record
            guard sealed.bytes.count >= Checkpoint.commitByteCountMax else { continue }
            sealed.totals = generation.totals?.stored() ?? []
            // States may be ahead of how far their partition says it is: each carries the revision
            // it goes on from, so what is folded again after a crash is passed over. So what was
            // parked of them commits with them.
            try generation.commit(sealed, partitions: records)
            sealed.removeAll()
            doneCount = number + 1
        }
        for partition in shelf.shard.partitions {
            guard var record = records[partition] else { continue }
            record.sequence = snapshot.next
            record.position = snapshot.positions[partition]
            record.events = snapshot.events[partition]
            records[partition] = record
        }
        sealed.totals = generation.totals?.stored() ?? []
        try generation.commit(sealed, partitions: records)
        sealed.removeAll()
        doneCount = snapshot.entries.count
        if doneCount > 0 {
            stateByteCountMean =
                snapshot.entries.reduce(0) { $0 + $1.newByteCount } / doneCount
        }
        return records
    }

    /// Seals one state and takes the difference it makes into its partition's record.
    private mutating func take(
        _ entry: inout Snapshot<F.State>.Entry,
        salt: Int,
        into record: inout PartitionRecord
    ) throws(ProjectionError) {
        let slot = entry.slot
        let start = sealed.bytes.count
        var flags = slot.flags
        var damage = slot.damage
        var key: SecretKey?
        var epoch: UInt32 = 0
        if slot.isLive {
            switch try viewKey(of: slot.subject) {
            case .key(let newest, epoch: let newestEpoch): (key, epoch) = (newest, newestEpoch)
            case .subjectErased: flags = .erased
            case .absent: (flags, damage) = (.damaged, .keyless)
            }
        }
        let at = salt * 16
        let salt = (
            salts.span.bigEndian(UInt64.self, at: at), salts.span.bigEndian(UInt64.self, at: at + 8)
        )
        let header = StateRecord(
            flags: flags,
            damage: damage,
            viewEpoch: epoch,
            next: slot.next,
            salt: salt
        )
        if let key {
            entry.newTerm = try seal.seal(
                of: slot.subject,
                header,
                keysEpoch: slot.keysEpoch,
                under: key,
                into: &sealed.bytes
            ) { slot.state.encode(into: &$0) }
            entry.newByteCount =
                sealed.bytes.count - start - StateRecord.headerByteCount
                - StateRecord.prefixByteCount - AEAD.tagByteCount
        } else {
            seal.mark(slot.subject, header, into: &sealed.bytes)
        }
        entry.newIsCounted = key != nil
        entry.newIsDamageCounted = flags.contains(.damaged)
        sealed.entries.append(
            SealedStates.Entry(subject: slot.subject, range: start..<sealed.bytes.count)
        )
        if let totals = generation.totals {
            entry.newCommitted = key == nil ? nil : slot.state
            totals.change(from: slot.committed, to: entry.newCommitted)
        }
        record.hash &-= slot.term
        record.hash &+= entry.newTerm
        if slot.isCounted, !entry.newIsCounted { record.states -= 1 }
        if !slot.isCounted, entry.newIsCounted { record.states += 1 }
        if !slot.isDamageCounted, entry.newIsDamageCounted { record.damaged += 1 }
        if slot.isDamageCounted, !entry.newIsDamageCounted { record.damaged -= 1 }
        // A state that is still damaged leaves the sums as they are: they wait for a rebuild.
        if !slot.isShareKnown, !entry.newIsDamageCounted { sealed.areSumsDue = true }
    }

    private func viewKey(of subject: SubjectID) throws(ProjectionError) -> ViewLease {
        do throws(KeyFailure) {
            return try generation.keys.viewKey(of: subject)
        } catch {
            throw .keys(error)
        }
    }
}

extension Random {
    /// Makes `bytes` hold `count` fresh random ones.
    fileprivate static func refill(
        _ bytes: inout [UInt8],
        count: Int
    ) throws(CryptographyError) {
        bytes.removeAll(keepingCapacity: true)
        bytes.append(contentsOf: repeatElement(0, count: count))
        guard count > 0 else { return }
        try Random.fill(&bytes)
    }
}
