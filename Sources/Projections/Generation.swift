internal import Cryptography
internal import EventLog
internal import Finance
internal import Frame
internal import Synchronization

/// One complete set of a projection's states: a fold, a store, and what the store comes to.
final class Generation<F: Fold>: Sendable {
    let fold: F
    let number: UInt32
    let store: StateStore
    let log: EventLog
    let keys: any KeyLender
    let registry: EventRegistry
    /// What the states add up to; nil when the fold has no totals.
    let totals: (any TotalKeeping<F.State>)?
    private let committed: Mutex<[PartitionRecord]>
    private let isSumDue: Mutex<Bool>

    /// Name, version and configuration: what must be equal for states to be comparable.
    private let identity: [UInt8]

    init(
        _ fold: F,
        number: UInt32,
        opening path: String,
        log: EventLog,
        keys: any KeyLender,
        registry: EventRegistry,
        mapSizeBytes: Int
    ) throws(ProjectionError) {
        self.fold = fold
        self.number = number
        self.log = log
        self.keys = keys
        self.registry = registry
        identity = Generation.identity(of: fold)
        store = try StateStore(opening: path, mapSizeBytes: mapSizeBytes)
        guard try store.isOf(log: log.id) else { throw .otherLog(path: path) }
        totals = fold.makeTotals()
        committed = Mutex(try store.partitionRecords(log.layout.partitions))
        isSumDue = Mutex(try store.areSumsDue())
        guard isWithinLog else { throw .otherLog(path: path) }
        try restoreTotals()
        try reconcile()
    }

    /// Nothing is folded that the log does not have: it is not an older copy.
    private var isWithinLog: Bool {
        records.enumerated().allSatisfy { partition, record in
            let environment = log.layout.environment(ofPartition: partition)
            return record.sequence <= log.durableSequence(environment: environment)
                && record.position <= log.nextPosition(partition: partition)
        }
    }

    /// Takes the totals as they are stored, at opening and after a commit that failed.
    func restoreTotals() throws(ProjectionError) {
        guard let totals else { return }
        let bytes = try store.totals()
        do {
            try totals.restore(bytes)
        } catch {
            throw .damagedStore(file: store.path + "/data.mdb", place: "the totals")
        }
    }

    static func identity(of fold: F) -> [UInt8] {
        var bytes = Array(F.name.utf8)
        bytes.append(0)
        bytes.appendLittleEndian(F.version)
        bytes.appendLittleEndian(fold.configuration)
        return bytes
    }

    /// What was committed of each partition.
    var records: [PartitionRecord] { committed.withLock { $0 } }

    func makeSeal() throws(ProjectionError) -> StateSeal { try StateSeal(identity: identity) }

    /// Whether the sums are not what the states come to; see `addUp`.
    var areSumsDue: Bool { isSumDue.withLock { $0 } }

    /// Stores what is sealed, with how far it goes.
    func commit(
        _ sealed: borrowing SealedStates,
        partitions records: [Int: PartitionRecord]
    ) throws(ProjectionError) {
        try store.commit(sealed, partitions: records)
        committed.withLock { committed in
            for (partition, record) in records { committed[partition] = record }
        }
        if let areSumsDue = sealed.areSumsDue { isSumDue.withLock { $0 = areSumsDue } }
    }

    /// What the store has of a subject.
    struct Loaded {
        var slot: StateSlot<F.State>
        /// The subject's partition, as of the same commit.
        var partition: PartitionRecord?
    }

    /// Reads and opens the subject's record; an unknown subject gives an empty slot, damage one
    /// that says so.
    @_specialize(where F == SpendingProfile)
    @_specialize(where F == IntegratedView)
    @_specialize(where F == SubjectCounters)
    func load(
        _ subject: SubjectID,
        partition: Int,
        with seal: inout StateSeal
    ) -> Loaded {
        var loaded = Loaded(slot: StateSlot(subject))
        do {
            // Copied, because opening asks the vault for a key, which may take longer than a reader
            // should live.
            let (bytes, record) = try store.read(subject, partition: partition) { $0.array }
            loaded.partition = record
            guard let bytes else { return loaded }
            open(bytes, with: &seal, into: &loaded.slot)
        } catch {
            loaded.slot.damage = .altered
            loaded.slot.isShareKnown = false
        }
        return loaded
    }

    /// Opens a record into `slot`, whose damage says when that is not possible.
    func open(
        _ bytes: [UInt8],
        with seal: inout StateSeal,
        into slot: inout StateSlot<F.State>
    ) {
        slot.isCounted = true
        defer { slot.isShareKnown = slot.damage == nil && !slot.isStale }
        guard let record = StateRecord(bytes.span) else {
            slot.damage = .altered
            return
        }
        slot.flags = record.flags
        slot.next = record.next
        guard record.hasState else {
            guard StateSeal.isWhole(bytes.span, of: slot.subject) else {
                slot.flags = []
                slot.damage = .altered
                return
            }
            slot.damage = record.damage
            slot.isCounted = false
            slot.isDamageCounted = record.flags.contains(.damaged)
            return
        }
        do {
            guard let key = try keys.viewKey(of: slot.subject, epoch: record.viewEpoch) else {
                slot.isStale = try isFromBeforeErasure(record, of: slot.subject)
                if !slot.isStale { slot.damage = .keyless }
                return
            }
            decode(bytes, record, key, with: &seal, into: &slot)
        } catch {
            slot.damage = .keyless
        }
    }

    /// Whether the record's key went with a compartment or the whole subject.
    private func isFromBeforeErasure(
        _ record: StateRecord,
        of subject: SubjectID
    ) throws(KeyFailure) -> Bool {
        switch try keys.viewKey(of: subject) {
        case .key(_, epoch: let newest): newest > record.viewEpoch
        case .subjectErased: true
        case .absent: false
        }
    }

    private func decode(
        _ bytes: [UInt8],
        _ record: StateRecord,
        _ key: SecretKey,
        with seal: inout StateSeal,
        into slot: inout StateSlot<F.State>
    ) {
        let opened = seal.open(bytes.span, of: slot.subject, record, under: key) {
            prefix,
            state -> (F.State?, StateSeal.Prefix, Int) in
            do throws(FoldError) {
                return (try F.State(decoding: state), prefix, state.count)
            } catch {
                return (nil, prefix, 0)
            }
        }
        guard let (state, prefix, byteCount) = opened else {
            slot.damage = .altered
            return
        }
        guard let state else {
            slot.damage = .malformed
            return
        }
        slot.state = state
        if totals != nil { slot.committed = state }
        slot.term = prefix.term
        slot.keysEpoch = prefix.keysEpoch
        slot.byteCount = byteCount
    }
}
