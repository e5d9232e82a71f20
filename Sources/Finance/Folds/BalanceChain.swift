/// An account's balances in one currency, day by day, as far as its movements tell them.
///
/// Within a day rows have no order that can be trusted, and none is needed: each row is a step from
/// the balance before it to the balance after it, and of a whole day's steps all balances cancel
/// but the one that it opens with and the one that it closes with. What does not cancel is a row
/// that is missing or wrong. So a day is a sum, to which rows come in any order and from which they
/// are taken off again.
struct BalanceChain: Hashable, Sendable {
    /// Days with a movement, rising.
    private(set) var days: [Day] = []
    /// Days before them that are told apart no more, also when some after them are taken back.
    private(set) var older: Day?

    /// Days told apart: two years and more of an account that moves daily.
    static let daysMax = 800

    /// One day, or many as if they were one.
    struct Day: Hashable, Sendable {
        /// The last of them, since 1970.
        var day: Int32
        var rows: Int64 = 0
        /// Rows that do not say the balance.
        var silent: Int64 = 0
        /// Sums over the balances that rows closed with, less those that rows opened with: of
        /// the balances, of their squares, and of a hash of each, all modulo a power of two.
        ///
        /// Where all but two balances cancel, the first two sums tell these, and the third that
        /// it is so, but for one in 2^64. They are the day's own ends unless it went back to where
        /// it began and lacks a row: only the days around it tell (`BalanceWalk`).
        private(set) var balances: Int128 = 0
        private(set) var squares: Int128 = 0
        private(set) var hashes: UInt64 = 0

        init(_ day: Int32) { self.day = day }
    }

    var isEmpty: Bool { days.isEmpty && older == nil }

    mutating func add(_ step: BalanceStep?, on day: Int32, sign: Int32) {
        if var merged = older, day <= merged.day {
            merged.add(step, Int64(sign))
            older = merged.isEmpty ? nil : merged
            return
        }
        let index = index(of: day)
        if index == days.count || days[index].day != day {
            days.insert(Day(day), at: index)
        }
        days[index].add(step, Int64(sign))
        if days[index].isEmpty { days.remove(at: index) }
        guard days.count > BalanceChain.daysMax else { return }
        let first = days.removeFirst()
        older = older.map { $0.merged(with: first) } ?? first
    }

    private func index(of day: Int32) -> Int {
        var (low, high) = (0, days.count)
        while low < high {
            let middle = (low + high) / 2
            if days[middle].day < day { low = middle + 1 } else { high = middle }
        }
        return low
    }
}

extension BalanceChain.Day {
    /// Nothing is left of it: a state that never had it is the same.
    var isEmpty: Bool { rows == 0 && silent == 0 && isRound }

    /// All balances cancel.
    private var isRound: Bool { balances == 0 && squares == 0 && hashes == 0 }

    mutating func add(_ step: BalanceStep?, _ sign: Int64) {
        rows &+= sign
        guard let step else {
            silent &+= sign
            return
        }
        add(step.after, sign)
        add(step.before, -sign)
    }

    private mutating func add(_ balance: Int64, _ count: Int64) {
        let moved = Int128(count) &* Int128(balance)
        balances &+= moved
        squares &+= moved &* Int128(balance)
        hashes &+= UInt64(bitPattern: count) &* BalanceChain.Day.hash(balance)
    }

    func merged(with later: BalanceChain.Day) -> BalanceChain.Day {
        var both = self
        both.day = max(day, later.day)
        both.rows &+= later.rows
        both.silent &+= later.silent
        both.balances &+= later.balances
        both.squares &+= later.squares
        both.hashes &+= later.hashes
        return both
    }

    /// The finalizer of SplitMix64.
    private static func hash(_ balance: Int64) -> UInt64 {
        var value = UInt64(bitPattern: balance) &+ 0x9E37_79B9_7F4A_7C15
        value = (value ^ value >> 30) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ value >> 27) &* 0x94D0_49BB_1331_11EB
        return value ^ value >> 31
    }

    /// The two balances that alone do not cancel; nil where none or others do not either.
    fileprivate var ends: (opening: Int64, closing: Int64)? {
        // c - o and c² - o² of 64-bit numbers: beyond them there are others.
        guard balances != 0, balances.magnitude < 1 << 64, squares.magnitude <= 1 << 126 else {
            return nil
        }
        let (sum, remainder) = squares.quotientAndRemainder(dividingBy: balances)
        guard remainder == 0, sum.magnitude <= 1 << 64, (sum + balances) % 2 == 0,
            let closing = Int64(exactly: (sum + balances) / 2),
            let opening = Int64(exactly: (sum - balances) / 2),
            BalanceChain.Day.hash(closing) &- BalanceChain.Day.hash(opening) == hashes
        else { return nil }
        return (opening, closing)
    }

    /// What the day says of the balance.
    enum Reading: Hashable, Sendable {
        /// From one balance to another, without a gap as far as the day itself tells.
        case whole(opening: Int64, closing: Int64)
        /// Without a gap, back to where it began: not from which balance.
        case round
        /// A row is missing or wrong.
        case broken
        /// Rows do not say the balance.
        case silent
    }

    var reading: Reading {
        if silent != 0 { return .silent }
        if isRound { return .round }
        return ends.map { .whole(opening: $0.opening, closing: $0.closing) } ?? .broken
    }
}

extension BalanceChain {
    func encode(into writer: inout StateWriter) {
        writer.number(older == nil ? 0 : 1)
        older?.encode(into: &writer)
        writer.number(days.count)
        for day in days { day.encode(into: &writer) }
    }

    init(_ reader: inout StateReader) throws(FoldError) {
        if try reader.number(through: 1) == 1 { older = try Day(&reader) }
        var keys = RisingKeys<Int32>()
        if let older { try keys.take(older.day) }
        for _ in 0..<(try reader.count(through: BalanceChain.daysMax)) {
            let day = try Day(&reader)
            try keys.take(day.day)
            days.append(day)
        }
        guard !isEmpty else { throw .malformedState }
    }
}

extension BalanceChain.Day {
    /// The sums as what they tell: 0 nothing, 1 the balances at both ends, 2 the sums themselves.
    fileprivate func encode(into writer: inout StateWriter) {
        writer.signed(Int64(day))
        writer.signed(rows)
        writer.signed(silent)
        if let ends {
            writer.number(1)
            writer.signed(ends.opening)
            writer.signed(ends.closing)
        } else if isRound {
            writer.number(0)
        } else {
            writer.number(2)
            writer.wide(balances)
            writer.wide(squares)
            writer.fixed(hashes)
        }
    }

    fileprivate init(_ reader: inout StateReader) throws(FoldError) {
        self.init(try reader.day())
        rows = try reader.signed()
        silent = try reader.signed()
        switch try reader.number(through: 2) {
        case 0: break
        case 1:
            add(try reader.signed(), -1)
            add(try reader.signed(), 1)
            guard !isRound else { throw .malformedState }
        default:
            balances = try reader.wide()
            squares = try reader.wide()
            hashes = try reader.fixed()
            guard !isRound, ends == nil else { throw .malformedState }
        }
        guard !isEmpty else { throw .malformedState }
    }
}
