/// Which of a subject's records a merchant's name comes from.
enum MerchantSource: UInt8, Sendable {
    case card = 1
    case bankIn = 2
    case bankOut = 3
    /// Transactions that a person put somewhere one by one.
    case cardByHand = 4
    case bankInByHand = 5
    case bankOutByHand = 6
}

/// One merchant or counterparty of a subject, in 20 bytes: what tells it apart, and its category.
struct Merchant: Sendable {
    let hash: UInt32
    fileprivate(set) var nameStart: UInt16
    let nameLength: UInt8
    let category: UInt8
    let mcc: UInt16
    let currency: UInt16
    /// Index of the cell that was last added to.
    var hint: UInt16 = 0
    /// Bits 0-3 evidence, bit 4 whether money in counts as positive.
    fileprivate(set) var traits: UInt8
    let source: UInt8
    /// Category that a person put it into, 0 if none: a function of the corrections and the name.
    fileprivate(set) var correction: UInt8 = 0
    /// Whether money counts the other way there.
    fileprivate(set) var isTurned = false

    init(
        _ identity: MerchantIdentity,
        _ hash: UInt32,
        category: UInt8,
        traits: UInt8,
        name: (Int, Int)
    ) {
        self.hash = hash
        nameStart = UInt16(name.0)
        nameLength = UInt8(name.1)
        self.category = category
        mcc = identity.mcc
        currency = identity.currency
        self.traits = traits
        source = identity.source
    }

    /// The category follows from the identity; otherwise it is part of it.
    @inline(__always)
    var isDecided: Bool { source == MerchantSource.card.rawValue && traits & 15 <= 6 }
    var isInflow: Bool { traits & 16 != 0 }
    /// The category that holds.
    var held: UInt8 { correction == 0 ? category : correction }

    /// A tally as it counts in the category that holds.
    @inline(__always)
    func shown(_ tally: Tally) throws(FoldError) -> Tally {
        guard isTurned else { return tally }
        return Tally(
            sum: try SpendingProfile.negated(tally.sum),
            count: tally.count,
            day: tally.day
        )
    }
}

/// What tells a merchant from another beside the name.
struct MerchantIdentity: Sendable {
    let mcc: UInt16
    let currency: UInt16
    let source: UInt8

    @inline(__always)
    init(mcc: UInt32, currency: UInt16, source: MerchantSource) {
        self.mcc = UInt16(truncatingIfNeeded: min(mcc, 65_535))
        self.currency = currency
        self.source = source.rawValue
    }
}

/// A subject's merchants, found by name in constant time.
///
/// Open addressing over a 64-bit hash. A hit is checked against the name's bytes: a counterparty
/// writes its name itself, so two names that collide must not become one merchant.
struct MerchantTable: Sendable {
    private(set) var entries: ContiguousArray<Merchant> = []
    private var names: ContiguousArray<UInt8> = []
    /// Entry's number plus one, 0 is free; at most two thirds are taken.
    private var slots: ContiguousArray<UInt8> = []

    /// Two years of a busy person; who has more keeps the greatest, see `SpendingState`.
    static let countMax = 255
    /// A longer name is cut: providers' fields hold at most 90 letters, 270 bytes.
    static let nameBytesMax = 255

    var isFull: Bool { entries.count == MerchantTable.countMax }

    /// Mixes eight bytes at a time by a 64 x 64 -> 128 bit product, as wyhash does.
    @inline(__always)
    static func hash(_ name: Span<UInt8>, count: Int, _ identity: MerchantIdentity) -> UInt64 {
        let seed = UInt64(identity.mcc) << 32 | UInt64(identity.currency) << 8
        var hash = mix(seed | UInt64(identity.source), UInt64(truncatingIfNeeded: count))
        var index = 0
        while index &+ 8 <= count {
            var word = UInt64(name[index])
            word |= UInt64(name[index &+ 1]) << 8
            word |= UInt64(name[index &+ 2]) << 16
            word |= UInt64(name[index &+ 3]) << 24
            word |= UInt64(name[index &+ 4]) << 32
            word |= UInt64(name[index &+ 5]) << 40
            word |= UInt64(name[index &+ 6]) << 48
            word |= UInt64(name[index &+ 7]) << 56
            hash = mix(hash, word)
            index &+= 8
        }
        var word: UInt64 = 0
        while index < count {
            word = word << 8 | UInt64(name[index])
            index &+= 1
        }
        return mix(hash, word)
    }

    @inline(__always)
    private static func mix(_ left: UInt64, _ right: UInt64) -> UInt64 {
        let product = (left ^ 0xA076_1D64_78BD_642F).multipliedFullWidth(
            by: right ^ 0xE703_7ED1_A0B4_28DB
        )
        return product.high ^ product.low
    }

    /// The number of the first merchant of that name, identity and category, or nil.
    ///
    /// Category 0 takes the first of any.
    @inline(__always)
    func find(
        _ name: Span<UInt8>,
        count: Int,
        hash: UInt64,
        _ identity: MerchantIdentity,
        category: UInt8 = 0
    ) -> Int? {
        guard !slots.isEmpty else { return nil }
        let mask = slots.count &- 1
        let tag = UInt32(truncatingIfNeeded: hash >> 32)
        var slot = Int(truncatingIfNeeded: hash) & mask
        while slots[slot] != 0 {
            let number = Int(slots[slot]) &- 1
            if entries[number].hash == tag, matches(number, name, count, identity),
                category == 0 || entries[number].category == category
            {
                return number
            }
            slot = (slot &+ 1) & mask
        }
        return nil
    }

    @inline(__always)
    private func matches(
        _ number: Int,
        _ name: Span<UInt8>,
        _ count: Int,
        _ identity: MerchantIdentity
    ) -> Bool {
        let entry = entries[number]
        guard Int(entry.nameLength) == count, entry.mcc == identity.mcc,
            entry.currency == identity.currency, entry.source == identity.source
        else { return false }
        let start = Int(entry.nameStart)
        var index = 0
        while index < count {
            if names[start &+ index] != name[index] { return false }
            index &+= 1
        }
        return true
    }

    /// Adds a merchant that is not there, for which there must be room, and returns its number.
    mutating func insert(
        _ name: Span<UInt8>,
        count: Int,
        hash: UInt64,
        _ identity: MerchantIdentity,
        category: UInt8,
        traits: UInt8
    ) -> Int {
        precondition(entries.count < MerchantTable.countMax, "the merchant table is full")
        reserve(nameBytes: count)
        let start = names.count
        for index in 0..<count { names.append(name[index]) }
        let number = entries.count
        entries.append(
            Merchant(
                identity,
                UInt32(truncatingIfNeeded: hash >> 32),
                category: category,
                traits: traits,
                name: (start, count)
            )
        )
        if (entries.count + 1) * 3 > slots.count * 2 {
            rehash()
        } else {
            place(number, UInt32(truncatingIfNeeded: hash))
        }
        return number
    }

    private mutating func reserve(nameBytes: Int) {
        if entries.count == entries.capacity {
            entries.reserveCapacity(entries.count + max(4, entries.count / 16))
        }
        if names.count + nameBytes > names.capacity {
            names.reserveCapacity(names.count + nameBytes + max(32, names.count / 16))
        }
    }

    private mutating func place(_ number: Int, _ hash: UInt32) {
        let mask = slots.count - 1
        var slot = Int(hash) & mask
        while slots[slot] != 0 { slot = (slot + 1) & mask }
        slots[slot] = UInt8(number + 1)
    }

    private mutating func rehash() {
        slots = ContiguousArray(repeating: 0, count: max(16, slots.count * 2))
        for number in entries.indices {
            let entry = entries[number]
            let start = Int(entry.nameStart)
            let name = Array(names[start..<start + Int(entry.nameLength)])
            let identity = MerchantIdentity(of: entry)
            let hash = MerchantTable.hash(name.span, count: name.count, identity)
            place(number, UInt32(truncatingIfNeeded: hash))
        }
    }

    /// The bytes of a merchant's name.
    func name(_ number: Int) -> ContiguousArray<UInt8>.SubSequence {
        let start = Int(entries[number].nameStart)
        return names[start..<start + Int(entries[number].nameLength)]
    }

    @inline(__always)
    mutating func setHint(_ number: Int, _ index: Int) {
        entries[number].hint = UInt16(truncatingIfNeeded: index)
    }

    mutating func setTraits(_ number: Int, _ traits: UInt8) { entries[number].traits = traits }

    mutating func setCorrection(_ number: Int, _ choice: SpendingCorrections.Choice?) {
        entries[number].correction = choice?.category ?? 0
        entries[number].isTurned = choice.map { $0.isInflow != entries[number].isInflow } ?? false
    }

    mutating func setCorrection(_ number: Int, _ category: UInt8, isTurned: Bool) {
        entries[number].correction = category
        entries[number].isTurned = isTurned
    }

    /// The table of the merchants for which `keeps`, in the same order, and each one's new number.
    func filtered(_ keeps: (Int) -> Bool) -> (table: MerchantTable, numbers: [Int?]) {
        var table = MerchantTable()
        var numbers = [Int?](repeating: nil, count: entries.count)
        for number in entries.indices where keeps(number) {
            let entry = entries[number]
            let name = Array(name(number))
            let identity = MerchantIdentity(of: entry)
            let kept = table.insert(
                name.span,
                count: name.count,
                hash: MerchantTable.hash(name.span, count: name.count, identity),
                identity,
                category: entry.category,
                traits: entry.traits
            )
            table.setCorrection(kept, entry.correction, isTurned: entry.isTurned)
            numbers[number] = kept
        }
        return (table, numbers)
    }
}

extension MerchantIdentity {
    init(of entry: Merchant) {
        mcc = entry.mcc
        currency = entry.currency
        source = entry.source
    }
}
