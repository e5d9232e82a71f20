internal import Cryptography
internal import Frame
internal import Synchronization

/// Keyrings of the subjects used last, in shards so that threads seldom meet.
final class KeyringCache: Sendable {
    private static let shardCount = 64
    private let shards: [Shard]

    init(capacity: Int) {
        let each = max(1, capacity / KeyringCache.shardCount)
        shards = (0..<KeyringCache.shardCount).map { _ in Shard(capacity: each) }
    }

    private func shard(_ subject: SubjectID) -> Shard {
        // The top six bits of a multiplied word: all of it takes part.
        let mixed = (subject.high ^ subject.low) &* 0x9e37_79b9_7f4a_7c15
        return shards[Int(truncatingIfNeeded: mixed >> 58)]
    }

    enum Found {
        case key(SecretKey)
        case refused
        case erased
        /// The ring is cached and has no such key up to its revision.
        case unknown
        /// The subject has no ring here.
        case absent
    }

    /// The hot path: one lock, one lookup, a few comparisons, one reference counted.
    func key(
        of subject: SubjectID,
        _ compartment: CompartmentID,
        epoch: UInt32,
        roles: RoleSet
    ) -> Found {
        shard(subject).state.withLock { state in
            guard let place = state.place(of: subject) else { return .absent }
            return state.key(compartment, epoch, roles, at: place)
        }
    }

    func ring(of subject: SubjectID) -> Keyring? {
        shard(subject).state.withLock { state in
            guard let place = state.place(of: subject) else { return nil }
            return state.rings[place].ring
        }
    }

    /// Keeps `ring` if `isCurrent` still holds, which is asked under the shard's lock: an erasure
    /// first changes what it asks and then evicts, so no ring comes back after it.
    func keep(_ ring: Keyring, of subject: SubjectID, if isCurrent: (UInt32) -> Bool) {
        shard(subject).state.withLock { state in
            guard isCurrent(ring.kekEpoch) else { return }
            guard let place = state.place(of: subject) else {
                state.insert(ring, of: subject)
                return
            }
            let old = state.rings[place].ring
            guard old.kekEpoch == ring.kekEpoch, old.scannedTo > ring.scannedTo else {
                var new = ring
                if old.kekEpoch == ring.kekEpoch { new.merge(old.records) }
                state.rings[place].ring = new
                return
            }
            state.rings[place].ring.merge(ring.records)
        }
    }

    /// Adds what was appended at revisions `from..<to`.
    func extend(
        _ subject: SubjectID,
        with records: [KeyRecord],
        kekEpoch: UInt32,
        from: UInt64,
        to: UInt64,
        if isCurrent: (UInt32) -> Bool
    ) {
        shard(subject).state.withLock { state in
            guard isCurrent(kekEpoch) else { return }
            guard let place = state.place(of: subject) else {
                // A ring that was evicted in between is read from the log again when needed.
                guard from == 0 else { return }
                var ring = Keyring(kekEpoch: kekEpoch)
                ring.merge(records)
                ring.scannedTo = to
                state.insert(ring, of: subject)
                return
            }
            guard state.rings[place].ring.kekEpoch == kekEpoch else { return }
            state.rings[place].ring.merge(records)
            if state.rings[place].ring.scannedTo == from {
                state.rings[place].ring.scannedTo = to
            }
        }
    }

    func evict(_ subject: SubjectID) {
        shard(subject).state.withLock { state in
            if let place = state.place(of: subject) { state.remove(at: place) }
        }
    }

    private final class Shard: Sendable {
        let state: Mutex<ShardState>
        init(capacity: Int) { state = Mutex(ShardState(capacity: capacity)) }
    }
}

/// Second-chance eviction: a hand goes round and takes the first ring not used since it came by.
private struct ShardState {
    struct Kept {
        let subject: SubjectID
        var ring: Keyring
        var wasUsed: Bool
    }

    let capacity: Int
    var rings: [Kept] = []
    private var places: [SubjectID: Int] = [:]
    private var hand = 0

    init(capacity: Int) { self.capacity = capacity }

    mutating func place(of subject: SubjectID) -> Int? {
        guard let place = places[subject] else { return nil }
        rings[place].wasUsed = true
        return place
    }

    func key(
        _ compartment: CompartmentID,
        _ epoch: UInt32,
        _ roles: RoleSet,
        at place: Int
    ) -> KeyringCache.Found {
        // One reference counted for the whole search.
        let records = rings[place].ring.records
        for index in records.indices
        where records[index].id == compartment && records[index].epoch == epoch {
            guard roles.contains(records[index].role) else { return .refused }
            return .key(records[index].key)
        }
        return rings[place].ring.erased.contains(compartment) ? .erased : .unknown
    }

    mutating func insert(_ ring: Keyring, of subject: SubjectID) {
        let kept = Kept(subject: subject, ring: ring, wasUsed: false)
        if rings.count < capacity {
            places[subject] = rings.count
            rings.append(kept)
            return
        }
        while rings[hand].wasUsed {
            rings[hand].wasUsed = false
            hand = (hand + 1) % rings.count
        }
        places[rings[hand].subject] = nil
        places[subject] = hand
        rings[hand] = kept
        hand = (hand + 1) % rings.count
    }

    mutating func remove(at place: Int) {
        places[rings[place].subject] = nil
        let last = rings.removeLast()
        if place < rings.count {
            rings[place] = last
            places[last.subject] = place
        }
        if hand >= rings.count { hand = 0 }
    }
}
