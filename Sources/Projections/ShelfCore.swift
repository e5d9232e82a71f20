internal import Cryptography
internal import Finance
internal import Frame

/// What one shard's fold has in memory, under one lock: states, and how far they are.
struct ShelfCore<State: FoldState> {
    var table: StateTable<State>
    /// Opens states that are loaded; belongs to whoever holds the lock.
    var seal: StateSeal
    /// Blocks below this are folded.
    var next: UInt64
    /// By partition: positions below this are folded.
    var positions: [UInt64]
    /// By partition: events folded or parked since the store was opened.
    var events: [UInt64]
    /// Parked since the last snapshot.
    var parked: [ParkedEvent] = []
    /// Found damaged since the store was opened; at most `damagedCountMax` are named.
    var damaged: [SubjectID: ProjectionError.Damage] = [:]

    /// More damage than this has one cause, and one rebuild.
    static var damagedCountMax: Int { 1_000 }

    /// Notes that the frame's position is behind.
    mutating func pass(_ note: FrameNote) {
        if positions[note.partition] <= note.position {
            positions[note.partition] = note.position + 1
        }
    }

    /// Whether the frame is the one that the subject's slot takes next: not when it was folded
    /// before, nor damage or gone.
    mutating func isNext(_ note: FrameNote, _ slot: Int) -> Bool {
        guard table.slots[slot].isLive else { return false }
        let next = table.slots[slot].next
        guard next <= note.revision else { return false }
        guard next == note.revision else {
            markDamaged(slot, table.slots[slot].isCounted ? .older : .missing)
            return false
        }
        return true
    }

    /// Whether the frame can only be taken by folding the subject anew: a compartment was erased
    /// since what the slot holds.
    func needsRefold(_ note: FrameNote, _ slot: Int) -> Bool {
        table.slots[slot].isStale || (note.keysEpoch ?? 0) > table.slots[slot].keysEpoch
    }

    /// The slot takes the frame.
    mutating func advance(_ note: FrameNote, _ slot: Int) {
        pass(note)
        table.slots[slot].next = note.revision + 1
        table.markDirty(slot)
    }

    mutating func markDamaged(_ slot: Int, _ damage: ProjectionError.Damage) {
        if !table.slots[slot].flags.contains(.damaged) {
            table.slots[slot].flags.insert(.damaged)
            table.slots[slot].damage = damage
            table.slots[slot].state = State()
            table.slots[slot].isShareKnown = false
            table.markDirty(slot)
        }
        guard damaged.count < ShelfCore.damagedCountMax else { return }
        damaged[table.slots[slot].subject] = damage
    }

    mutating func park(
        _ note: FrameNote,
        index: UInt32,
        _ reason: ParkReason,
        in slot: Int
    ) {
        table.slots[slot].flags.insert(.incomplete)
        parked.append(
            ParkedEvent(
                partition: note.partition,
                position: note.position,
                index: index,
                subject: note.subject,
                revision: note.revision,
                reason: reason
            )
        )
    }

    /// Everything that changed since the last one, to be sealed and committed outside the lock.
    mutating func snapshot() -> Snapshot<State> {
        let places = table.takeDirty()
        var entries: [Snapshot<State>.Entry] = []
        entries.reserveCapacity(places.count)
        for place in places {
            entries.append(Snapshot<State>.Entry(place: place, slot: table.slots[place]))
        }
        return Snapshot(
            entries: entries,
            order: Array(entries.indices),
            next: next,
            positions: positions,
            events: events,
            parked: Dictionary(grouping: exchange(&parked, with: []), by: \.subject)
        )
    }

    /// The first `doneCount` states of the snapshot are committed, the others are to be done again.
    mutating func settle(_ snapshot: Snapshot<State>, _ doneCount: Int) {
        for index in snapshot.order[..<doneCount] { table.settle(snapshot.entries[index]) }
        for index in snapshot.order[doneCount...] {
            table.restore(snapshot.entries[index].place)
        }
        parked.insert(
            contentsOf: snapshot.order[doneCount...].flatMap {
                snapshot.parked(of: snapshot.entries[$0].slot.subject)
            },
            at: 0
        )
        table.trim()
    }
}

/// States as they were at one moment between two frames, with how far they were.
struct Snapshot<State: FoldState> {
    struct Entry {
        let place: Int
        let slot: StateSlot<State>
        var newTerm = Digest()
        var newByteCount = 0
        var newIsCounted = false
        var newIsDamageCounted = false
        var newCommitted: State?

        init(place: Int, slot: StateSlot<State>) {
            self.place = place
            self.slot = slot
        }
    }

    var entries: [Entry]
    /// Indices of the entries in the order in which they are committed.
    var order: [Int]
    let next: UInt64
    let positions: [UInt64]
    let events: [UInt64]
    fileprivate let parked: [SubjectID: [ParkedEvent]]

    /// What was parked of a subject, whose state is in the snapshot too.
    func parked(of subject: SubjectID) -> [ParkedEvent] { parked[subject] ?? [] }
}
