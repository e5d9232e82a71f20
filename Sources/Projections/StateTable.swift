internal import Cryptography
internal import Finance
internal import Frame

/// What is in memory of one subject in one projection.
struct StateSlot<State: FoldState> {
    var subject: SubjectID
    var state = State()
    /// The subject's revision to fold next.
    var next: UInt64 = 0
    /// Summand of the state hash, as last committed; zeros when nothing is.
    var term = Digest()
    /// The state as last committed, kept only where states add up to totals.
    var committed: State?
    /// Bytes of the state, as last committed or loaded.
    var byteCount = 0
    /// Newest epoch of the subject's own keys that was folded.
    var keysEpoch: UInt32 = 0
    var flags: StateRecord.Flags = []
    var damage: ProjectionError.Damage?
    /// A committed record counts as a state.
    var isCounted = false
    /// A committed record counts as damage.
    var isDamageCounted = false
    /// `term` and `committed` are what the committed record adds to the sums.
    var isShareKnown = true
    /// What is committed is from before an erasure that was not folded: folded anew with the next
    /// frame, or dropped.
    var isStale = false
    /// Changed since the last snapshot.
    var isDirty = false
    /// In a snapshot that is not committed yet.
    var isInFlight = false
    /// Will be folded anew and stays until then.
    var isPinned = false
    /// Used since the clock hand passed.
    var isRecent = true

    init(_ subject: SubjectID) { self.subject = subject }

    /// The subject's revision to fold next; of an erased one nothing is waited for.
    var revisionToWaitFor: UInt64 { flags.contains(.erased) ? .max : next }

    /// Frames still go into the state.
    var isLive: Bool { flags.isDisjoint(with: [.erased, .damaged]) }
}

/// States of the subjects of one shard, bounded: clean ones leave by the clock algorithm.
///
/// A slot is dirty until a snapshot takes it, then in flight until that is committed; neither
/// leaves.
struct StateTable<State: FoldState> {
    private var index: [SubjectID: Int] = [:]
    var slots: ContiguousArray<StateSlot<State>> = []
    private var free: [Int] = []
    private(set) var dirty: [Int] = []
    private var hand = 0
    /// Bytes of all states held, as last encoded.
    private var byteCount = 0
    private let limit: StateLimit

    init(limit: StateLimit) { self.limit = limit }

    var count: Int { slots.count - free.count }

    func find(_ subject: SubjectID) -> Int? { index[subject] }

    /// Takes a slot in; others leave when there are too many.
    mutating func insert(_ slot: StateSlot<State>) -> Int {
        while count >= limit.stateCountMax || byteCount + slot.byteCount > limit.byteCountMax {
            guard evictOne() else { break }
        }
        byteCount += slot.byteCount
        let place: Int
        if let reused = free.popLast() {
            slots[reused] = slot
            place = reused
        } else {
            slots.append(slot)
            place = slots.count - 1
        }
        index[slot.subject] = place
        return place
    }

    mutating func markDirty(_ place: Int) {
        slots[place].isRecent = true
        guard !slots[place].isDirty else { return }
        slots[place].isDirty = true
        dirty.append(place)
    }

    /// Gives the dirty slots to a snapshot.
    mutating func takeDirty() -> [Int] {
        for place in dirty {
            slots[place].isDirty = false
            slots[place].isInFlight = true
        }
        return exchange(&dirty, with: [])
    }

    /// The state that the snapshot held is committed.
    mutating func settle(_ entry: Snapshot<State>.Entry) {
        let place = entry.place
        slots[place].isInFlight = false
        slots[place].term = entry.newTerm
        slots[place].isCounted = entry.newIsCounted
        slots[place].committed = entry.newCommitted
        slots[place].isDamageCounted = entry.newIsDamageCounted
        slots[place].isShareKnown = !entry.newIsDamageCounted
        byteCount += entry.newByteCount - slots[place].byteCount
        slots[place].byteCount = entry.newByteCount
    }

    /// The snapshot that held `place` was not committed.
    mutating func restore(_ place: Int) {
        slots[place].isInFlight = false
        markDirty(place)
    }

    /// Lets clean states go until the limits hold.
    mutating func trim() {
        while count > limit.stateCountMax || byteCount > limit.byteCountMax {
            guard evictOne() else { return }
        }
    }

    /// Frees the next clean slot that was not used since the hand passed it; false when none is.
    private mutating func evictOne() -> Bool {
        guard !slots.isEmpty else { return false }
        for _ in 0..<(2 * slots.count) {
            hand = hand + 1 < slots.count ? hand + 1 : 0
            guard index[slots[hand].subject] == hand, !slots[hand].isDirty,
                !slots[hand].isInFlight, !slots[hand].isPinned
            else { continue }
            guard !slots[hand].isRecent else {
                slots[hand].isRecent = false
                continue
            }
            byteCount -= slots[hand].byteCount
            index[slots[hand].subject] = nil
            slots[hand] = StateSlot(.none)
            free.append(hand)
            return true
        }
        return false
    }
}

/// What a shard keeps in memory of each projection.
struct StateLimit: Sendable {
    /// States: bounds the table itself.
    var stateCountMax: Int
    /// Encoded bytes of the states; in memory a state takes two to three times that.
    var byteCountMax: Int
    /// Dirty states at which folding waits for a checkpoint: bounds what cannot leave.
    var dirtyCountMax: Int
}

extension SubjectID {
    /// No subject: 16 bytes of 0xff, which no random id is.
    static let none = SubjectID(high: .max, low: .max)
}
