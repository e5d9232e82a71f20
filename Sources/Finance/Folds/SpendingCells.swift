/// Sum and number of what was counted in one place of one month.
struct Tally: Hashable, Sendable {
    /// Thousandths, in the category's natural direction.
    var sum: Int64 = 0
    /// Payments less cancelled ones; negative when a cancellation came without its payment.
    var count: Int64 = 0
    /// Latest day of the month on which a payment of a merchant fell; 0 is none or not kept.
    var day: UInt8 = 0

    var isEmpty: Bool { sum == 0 && count == 0 }

    /// What takes this off again.
    func reversed() throws(FoldError) -> Tally {
        guard sum != .min else { throw .overflow }
        return Tally(sum: -sum, count: -count)
    }

    @inline(__always)
    func adding(_ other: Tally) throws(FoldError) -> Tally {
        let (sum, sumOverflow) = sum.addingReportingOverflow(other.sum)
        let (count, countOverflow) = count.addingReportingOverflow(other.count)
        guard !sumOverflow, !countOverflow else { throw .overflow }
        // Nothing left of a month's payments: neither is their day, or a state that was stored
        // without the empty cell would differ from one that was not.
        return Tally(sum: sum, count: count, day: sum | count == 0 ? 0 : max(day, other.day))
    }
}

/// Where a tally belongs: month, then category and currency, or month, then merchant.
///
/// Bits 30-19 month since 1970, bit 18 whether a merchant's, bits 17-0 category << 10 | currency or
/// the merchant's number. So cells are in order of month, categories first.
struct CellKey: Hashable, Comparable, Sendable {
    let bits: UInt32

    init(bits: UInt32) { self.bits = bits }

    @inline(__always)
    init(month: UInt32, merchant: Int) {
        bits = month << 19 | 1 << 18 | UInt32(truncatingIfNeeded: merchant)
    }

    @inline(__always)
    init(month: UInt32, category: UInt8, currency: UInt16) {
        bits = month << 19 | UInt32(category) << 10 | UInt32(currency)
    }

    /// Months later than 2139 are a mistake in the event.
    static let monthMax: UInt32 = 2_039

    var month: UInt32 { bits >> 19 }
    var merchant: Int? { bits & 1 << 18 != 0 ? Int(bits & 0x3_FFFF) : nil }
    var category: UInt8 { UInt8(truncatingIfNeeded: bits >> 10) }
    var currency: UInt16 { UInt16(bits & 0x3FF) }

    static func < (left: CellKey, right: CellKey) -> Bool { left.bits < right.bits }
}

/// Tallies by key, in order, 12 bytes each.
///
/// A tally is packed into 64 bits, sum 45, count 14, day 5, all that a person's month needs; what
/// does not fit stands in a list of its own. Two arrays, so that a search touches keys only.
struct SpendingCells: Sendable {
    private(set) var keys: ContiguousArray<UInt32> = []
    private var packed: ContiguousArray<UInt64> = []
    private var wide: ContiguousArray<Tally> = []

    /// 25 months of 255 merchants, and 400 category cells in each of 120 older months.
    static let countMax = 60_000

    private static let wideMark: Int64 = -8_192

    var count: Int { keys.count }

    subscript(index: Int) -> Tally {
        @inline(__always) get {
            let bits = Int64(bitPattern: packed[index])
            let count = (bits << 45) >> 50
            if count == SpendingCells.wideMark { return wide[Int(bits >> 19)] }
            return Tally(sum: bits >> 19, count: count, day: UInt8(bits & 31))
        }
        @inline(__always) set {
            let bits = Int64(bitPattern: packed[index])
            if (bits << 45) >> 50 == SpendingCells.wideMark {
                wide[Int(bits >> 19)] = newValue
            } else if let small = SpendingCells.pack(newValue) {
                packed[index] = small
            } else {
                packed[index] = append(wide: newValue)
            }
        }
    }

    func key(_ index: Int) -> CellKey { CellKey(bits: keys[index]) }

    @inline(__always)
    private static func pack(_ tally: Tally) -> UInt64? {
        guard (tally.sum << 19) >> 19 == tally.sum, tally.count > wideMark, tally.count < 8_192
        else {
            return nil
        }
        return UInt64(bitPattern: tally.sum << 19 | (tally.count & 0x3FFF) << 5 | Int64(tally.day))
    }

    private mutating func append(wide tally: Tally) -> UInt64 {
        wide.append(tally)
        let mark = (SpendingCells.wideMark & 0x3FFF) << 5
        return UInt64(bitPattern: Int64(wide.count - 1) << 19 | mark)
    }

    /// The first index whose key is not before `key`.
    func index(of key: CellKey) -> Int {
        var low = 0
        var high = keys.count
        while low < high {
            let middle = (low &+ high) &>> 1
            if keys[middle] < key.bits { low = middle &+ 1 } else { high = middle }
        }
        return low
    }

    /// Adds to the cell of `key`, which is made if it is not there, and returns its index.
    ///
    /// `hint` is an index that may be it.
    @inline(__always)
    mutating func add(_ tally: Tally, to key: CellKey, hint: Int) throws(FoldError) -> Int {
        if hint < keys.count, keys[hint] == key.bits {
            self[hint] = try self[hint].adding(tally)
            return hint
        }
        return try search(tally, key)
    }

    @inline(never)
    private mutating func search(_ tally: Tally, _ key: CellKey) throws(FoldError) -> Int {
        // Nearly always the last month's: look there before searching all.
        let index = keys.last.map { $0 < key.bits } ?? true ? keys.count : index(of: key)
        if index < keys.count, keys[index] == key.bits {
            self[index] = try self[index].adding(tally)
            return index
        }
        guard keys.count < SpendingCells.countMax else { throw .full }
        try insert(tally, key, at: index)
        return index
    }

    private mutating func insert(_ tally: Tally, _ key: CellKey, at index: Int) throws(FoldError) {
        if keys.count == keys.capacity || packed.count == packed.capacity {
            // Not the array's own doubling: a hundred thousand states are kept in memory.
            let capacity = keys.count + max(8, keys.count / 32)
            keys.reserveCapacity(capacity)
            packed.reserveCapacity(capacity)
        }
        let value = SpendingCells.pack(tally) ?? append(wide: tally)
        keys.insert(key.bits, at: index)
        packed.insert(value, at: index)
    }

    /// Appends a cell after all others.
    mutating func append(_ tally: Tally, _ key: CellKey) throws(FoldError) {
        guard keys.count < SpendingCells.countMax else { throw .full }
        precondition(keys.last.map { $0 < key.bits } ?? true, "cells are not in order")
        try insert(tally, key, at: keys.count)
    }

    mutating func reserve(_ count: Int) {
        keys.reserveCapacity(count)
        packed.reserveCapacity(count)
    }
}
