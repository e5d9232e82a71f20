internal import Cryptography
internal import EventLog
internal import Finance
internal import Frame
internal import Synchronization

/// One generation's fold over one shard: takes frames from the runner, answers reads from memory,
/// and gives what changed to checkpoints.
///
/// The lock is held for one frame at a time. A checkpoint takes a snapshot under it (values that
/// share their storage until they change) and seals outside.
final class Shelf<F: Fold>: FrameSink {
    let generation: Generation<F>
    let shard: Shard
    private let fold: F
    private let registry: EventRegistry
    let core: Mutex<ShelfCore<F.State>>
    private let sequence: Atomic<UInt64>
    private let dirtyCount = Atomic<Int>(0)
    private let limit: StateLimit

    init(
        _ generation: Generation<F>,
        shard: Shard,
        limit: StateLimit
    ) throws(ProjectionError) {
        self.generation = generation
        self.shard = shard
        self.limit = limit
        fold = generation.fold
        registry = generation.registry
        let records = generation.records
        let next = shard.partitions.map { records[$0].sequence }.min() ?? 0
        core = Mutex(
            ShelfCore(
                table: StateTable(limit: limit),
                seal: try generation.makeSeal(),
                next: next,
                positions: records.map(\.position),
                events: records.map(\.events)
            )
        )
        sequence = Atomic(next)
    }

    var nextSequence: UInt64 { sequence.load(ordering: .acquiring) }
    /// States changed since the last snapshot.
    var changedCount: Int { dirtyCount.load(ordering: .relaxed) }
    var isFull: Bool { dirtyCount.load(ordering: .relaxed) >= limit.dirtyCountMax }

    // Reached through `FrameSink`, so the compiler does not see which fold it is unless told; each
    // of the lines below makes a copy of the whole path for one read model of ours.
    @_specialize(where F == SpendingProfile)
    @_specialize(where F == IntegratedView)
    @_specialize(where F == SubjectCounters)
    func fold(_ note: FrameNote, _ events: Span<UInt8>) -> Bool {
        core.withLock { core in
            guard let slot = admit(note, &core) else {
                core.pass(note)
                return false
            }
            // Nothing moves before `refold`: a checkpoint in between would commit the old state,
            // under the new key, as one that has taken the frame.
            guard !core.needsRefold(note, slot) else { return true }
            core.advance(note, slot)
            guard !events.isEmpty else { return false }
            core.events[note.partition] += UInt64(note.eventCount)
            let parked = foldAll(events, note.asset, into: &core.table.slots[slot].state)
            for (index, reason) in parked { core.park(note, index: index, reason, in: slot) }
            return false
        }
    }

    func park(_ note: FrameNote, _ reason: ParkReason) -> Bool {
        core.withLock { core in
            guard let slot = admit(note, &core) else {
                core.pass(note)
                return false
            }
            guard !core.needsRefold(note, slot) else { return true }
            core.advance(note, slot)
            core.events[note.partition] += UInt64(note.eventCount)
            core.park(note, index: ParkedEvent.wholeFrame, reason, in: slot)
            return false
        }
    }

    func erase(_ note: FrameNote) {
        core.withLock { core in
            core.pass(note)
            erase(note.subject, note.partition, &core)
        }
    }

    /// Drops the subject's state, and at the next checkpoint its share of the sums.
    func forget(_ subject: SubjectID, partition: Int) {
        core.withLock { erase(subject, partition, &$0) }
    }

    /// Keeps the subject in memory until it is folded anew or dropped, so that its share of the
    /// sums is known then.
    func pin(_ subject: SubjectID, partition: Int) {
        core.withLock { core in
            let slot = slot(of: subject, partition, &core)
            core.table.slots[slot].isPinned = true
        }
    }

    private func erase(
        _ subject: SubjectID,
        _ partition: Int,
        _ core: inout ShelfCore<F.State>
    ) {
        let slot = slot(of: subject, partition, &core)
        guard !core.table.slots[slot].flags.contains(.erased) else { return }
        core.table.slots[slot].flags = .erased
        core.table.slots[slot].damage = nil
        core.table.slots[slot].state = F.State()
        core.table.slots[slot].isStale = false
        core.table.slots[slot].isPinned = false
        core.damaged[subject] = nil
        core.table.markDirty(slot)
    }

    /// Frames folded, over the shard's partitions.
    var positionSum: UInt64 {
        core.withLock { core in shard.partitions.reduce(0) { $0 + core.positions[$1] } }
    }

    /// What memory knows of the subject; nil when it has to be looked up.
    func peek(_ subject: SubjectID) -> StateSlot<F.State>? {
        core.withLock { core in
            guard let place = core.table.find(subject) else { return nil }
            core.table.slots[place].isRecent = true
            return core.table.slots[place]
        }
    }

    /// Everything that changed since the last one.
    @_specialize(where F == SpendingProfile)
    @_specialize(where F == IntegratedView)
    @_specialize(where F == SubjectCounters)
    func snapshot() -> Snapshot<F.State> {
        core.withLock { $0.snapshot() }
    }

    /// The first `doneCount` states of the snapshot are committed.
    @_specialize(where F == SpendingProfile)
    @_specialize(where F == IntegratedView)
    @_specialize(where F == SubjectCounters)
    func settle(_ snapshot: Snapshot<F.State>, _ doneCount: Int) {
        core.withLock { core in
            core.settle(snapshot, doneCount)
            dirtyCount.store(core.table.dirty.count, ordering: .relaxed)
        }
    }

    func finish(through next: UInt64) {
        core.withLock { core in
            core.next = next
            dirtyCount.store(core.table.dirty.count, ordering: .relaxed)
        }
        sequence.store(next, ordering: .releasing)
    }

    func nextRevision(of subject: SubjectID) -> UInt64? {
        core.withLock { core in
            core.table.find(subject).map { core.table.slots[$0].revisionToWaitFor }
        }
    }

    func refold(
        _ last: FrameNote,
        with reader: SubjectReader
    ) throws(ProjectionError) {
        var state = F.State()
        var parked: [(FrameNote, UInt32, ParkReason)] = []
        var keysEpoch: UInt32 = 0
        let next = try reader.forEach(
            last.subject,
            through: last.revision
        ) { note, events, reason in
            keysEpoch = max(keysEpoch, note.keysEpoch ?? 0)
            if let reason { parked.append((note, ParkedEvent.wholeFrame, reason)) }
            for (index, reason) in foldAll(events, note.asset, into: &state) {
                parked.append((note, index, reason))
            }
        }
        guard next == last.revision + 1 else {
            throw .library(operation: "reading a subject's log again")
        }
        core.withLock { core in
            let slot = slot(of: last.subject, last.partition, &core)
            guard core.isNext(last, slot) else { return core.pass(last) }
            core.advance(last, slot)
            core.table.slots[slot].state = state
            core.table.slots[slot].keysEpoch = keysEpoch
            core.table.slots[slot].flags.remove(.incomplete)
            core.table.slots[slot].isStale = false
            core.table.slots[slot].isPinned = false
            for (note, index, reason) in parked { core.park(note, index: index, reason, in: slot) }
        }
    }

    /// The subject's state after the frames below `end`, beside the one that is kept.
    func read(
        _ subject: SubjectID,
        below end: UInt64,
        with reader: SubjectReader
    ) throws(ProjectionError) -> Reading<F.State> {
        var state = F.State()
        var isIncomplete = false
        let next = try reader.forEach(subject, through: end - 1) { note, events, reason in
            let parked = foldAll(events, note.asset, into: &state)
            if reason != nil || !parked.isEmpty { isIncomplete = true }
        }
        guard next == end else { throw .library(operation: "reading a subject's log again") }
        return Reading(state: state, revision: end, isIncomplete: isIncomplete)
    }

    /// The one loop over events: no allocation, no lookup, nothing dynamic.
    private func foldAll(
        _ events: Span<UInt8>,
        _ asset: AssetID,
        into state: inout F.State
    ) -> [(UInt32, ParkReason)] {
        var parked: [(UInt32, ParkReason)] = []
        var cursor = Finance.EventCursor(events, of: asset)
        var index: UInt32 = 0
        while true {
            do {
                guard let event = try cursor.next() else { return parked }
                let reason =
                    registry.isCurrent(event.type)
                    ? take(event, into: &state) : restate(event, into: &state)
                if let reason { parked.append((index, reason)) }
            } catch {
                parked.append((index, .unreadable))
            }
            index += 1
        }
    }

    @inline(__always)
    private func take(_ event: borrowing EventView, into state: inout F.State) -> ParkReason? {
        do throws(FoldError) {
            try fold.fold(event, into: &state)
            return nil
        } catch {
            return ParkReason(error)
        }
    }

    /// Folds an event of an older version as the current one states it; parks one of a later build.
    private func restate(_ event: EventView, into state: inout F.State) -> ParkReason? {
        do {
            switch try registry.read(event) {
            case .current: return take(event, into: &state)
            case .unknown: return .unknownType
            case .upcast(let bytes):
                return take(try EventView(bytes.span, of: event.asset), into: &state)
            }
        } catch {
            return .unreadable
        }
    }

    /// The slot that takes the frame; nil when nothing does.
    private func admit(_ note: FrameNote, _ core: inout ShelfCore<F.State>) -> Int? {
        // The platform's ledgers have no `view`, and nothing of a person.
        guard !note.subject.isPlatform else { return nil }
        let slot = slot(of: note.subject, note.partition, &core)
        return core.isNext(note, slot) ? slot : nil
    }

    /// The subject's slot, loaded when it is not in memory.
    private func slot(
        of subject: SubjectID,
        _ partition: Int,
        _ core: inout ShelfCore<F.State>
    ) -> Int {
        if let slot = core.table.find(subject) { return slot }
        let loaded = generation.load(subject, partition: partition, with: &core.seal)
        let slot = core.table.insert(loaded.slot)
        if let damage = loaded.slot.damage { core.markDamaged(slot, damage) }
        return slot
    }
}
