internal import Cryptography
internal import Frame

/// The subjects in memory: 60 bytes each and two indexes of 4-byte cells.
struct SubjectTable {
    struct Record {
        var id: SubjectID
        var lookup: Digest
        var kekEpoch: UInt32
        var state: Slot.State
    }

    /// By slot number; void slots and the header have the state `.void`.
    private(set) var records: [Record] = []
    private var byID = SlotIndex()
    private var byLookup = SlotIndex()
    /// Persons who are live.
    private(set) var liveCount = 0
    /// Persons who were erased.
    private(set) var erasedCount = 0

    /// Adds the slot of the next number.
    mutating func append(_ slot: Slot?) {
        let number = UInt32(records.count)
        guard let slot, slot.state != .void else {
            records.append(
                Record(
                    id: SubjectID(high: 0, low: 0),
                    lookup: Digest(),
                    kekEpoch: 0,
                    state: .void
                )
            )
            return
        }
        records.append(
            Record(
                id: slot.subject,
                lookup: slot.lookup,
                kekEpoch: slot.kekEpoch,
                state: slot.state
            )
        )
        byID.insert(number, hash: SubjectTable.hash(slot.subject)) { [records] in
            SubjectTable.hash(records[Int($0)].id)
        }
        if slot.subject.isPlatform { return }
        if slot.state == .erased {
            erasedCount += 1
            return
        }
        liveCount += 1
        byLookup.insert(number, hash: SubjectTable.hash(slot.lookup)) { [records] in
            SubjectTable.hash(records[Int($0)].lookup)
        }
    }

    mutating func reserve(_ count: Int) {
        records.reserveCapacity(records.count + count)
    }

    /// Slot number of a subject, live or erased.
    func number(of subject: SubjectID) -> Int? {
        byID.find(hash: SubjectTable.hash(subject)) { records[$0].id == subject }
    }

    /// Slot number of the live subject with this keyed hash.
    func number(lookup: Digest) -> Int? {
        byLookup.find(hash: SubjectTable.hash(lookup)) {
            records[$0].lookup == lookup && records[$0].state == .live
        }
    }

    mutating func erase(_ number: Int) {
        guard records[number].state == .live else { return }
        records[number].state = .erased
        records[number].lookup = Digest()
        liveCount -= 1
        erasedCount += 1
    }

    mutating func set(kekEpoch: UInt32, of number: Int) {
        records[number].kekEpoch = kekEpoch
    }

    // Identifiers and keyed hashes are random already; the multiplication spreads the platform's.
    private static func hash(_ subject: SubjectID) -> UInt64 {
        (subject.high ^ subject.low) &* 0x9e37_79b9_7f4a_7c15
    }

    private static func hash(_ lookup: Digest) -> UInt64 {
        lookup.withBytes { $0.littleEndian(UInt64.self, at: 0) } &* 0x9e37_79b9_7f4a_7c15
    }
}

/// Open addressing over slot numbers: a cell is 4 bytes, at most half are full.
///
/// Nothing is removed.
struct SlotIndex {
    private static let empty = UInt32.max
    private var cells: [UInt32] = Array(repeating: SlotIndex.empty, count: 16)
    private var count = 0

    func find(hash: UInt64, where matches: (Int) -> Bool) -> Int? {
        let mask = cells.count - 1
        var cell = Int(truncatingIfNeeded: hash >> 32) & mask
        while cells[cell] != SlotIndex.empty {
            let number = Int(cells[cell])
            if matches(number) { return number }
            cell = (cell + 1) & mask
        }
        return nil
    }

    mutating func insert(_ number: UInt32, hash: UInt64, rehash: (UInt32) -> UInt64) {
        if count * 2 >= cells.count { grow(rehash) }
        put(number, hash: hash)
        count += 1
    }

    private mutating func put(_ number: UInt32, hash: UInt64) {
        let mask = cells.count - 1
        var cell = Int(truncatingIfNeeded: hash >> 32) & mask
        while cells[cell] != SlotIndex.empty { cell = (cell + 1) & mask }
        cells[cell] = number
    }

    private mutating func grow(_ rehash: (UInt32) -> UInt64) {
        let old = cells
        cells = Array(repeating: SlotIndex.empty, count: old.count * 2)
        for number in old where number != SlotIndex.empty { put(number, hash: rehash(number)) }
    }
}
