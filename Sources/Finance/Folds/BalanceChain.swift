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
    /// Days before them that are told apart no more.
    private(set) var older: Day?

    /// Days told apart: two years and more of an account that moves daily.
    static let daysMax = 800
    /// Balances of a day that do not cancel; a day with more is broken for good.
    static let openMax = 64

    /// One day, or many as if they were one.
    struct Day: Hashable, Sendable {
        /// The last of them, since 1970.
        var day: Int32
        var rows: Int64 = 0
        /// Rows that do not say the balance.
        var silent: Int64 = 0
        /// How often each balance was closed with less how often it was opened with; never 0.
        ///
        /// Rising by balance.
        var open: [Net] = []
        /// More did not cancel than is kept.
        var isTorn = false

        struct Net: Hashable, Sendable {
            let balance: Int64
            var count: Int64
        }

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
    var isEmpty: Bool { rows == 0 && silent == 0 && open.isEmpty && !isTorn }

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
        guard !isTorn else { return }
        let index = open.firstIndex { $0.balance >= balance } ?? open.count
        if index < open.count, open[index].balance == balance {
            open[index].count &+= count
            if open[index].count == 0 { open.remove(at: index) }
        } else {
            open.insert(Net(balance: balance, count: count), at: index)
        }
        if open.count > BalanceChain.openMax {
            open = []
            isTorn = true
        }
    }

    func merged(with later: BalanceChain.Day) -> BalanceChain.Day {
        var both = self
        both.day = max(day, later.day)
        both.rows &+= later.rows
        both.silent &+= later.silent
        both.isTorn = isTorn || later.isTorn
        if both.isTorn { both.open = [] }
        for net in later.open { both.add(net.balance, net.count) }
        return both
    }

    /// What the day says of the balance.
    enum Reading: Hashable, Sendable {
        /// From one balance to another without a gap.
        case whole(opening: Int64, closing: Int64)
        /// Without a gap, back to where it began: not from which balance.
        case round
        /// A row is missing or wrong.
        case broken
        /// Rows do not say the balance.
        case silent
    }

    var reading: Reading {
        if isTorn { return .broken }
        if silent != 0 { return .silent }
        if open.isEmpty { return .round }
        guard open.count == 2, let opening = open.first(where: { $0.count == -1 }),
            let closing = open.first(where: { $0.count == 1 })
        else { return .broken }
        return .whole(opening: opening.balance, closing: closing.balance)
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
        var previous = older?.day
        for _ in 0..<(try reader.count(through: BalanceChain.daysMax)) {
            let day = try Day(&reader)
            guard previous.map({ $0 < day.day }) ?? true else { throw .malformedState }
            previous = day.day
            days.append(day)
        }
        guard !isEmpty else { throw .malformedState }
    }
}

extension BalanceChain.Day {
    fileprivate func encode(into writer: inout StateWriter) {
        writer.signed(Int64(day))
        writer.signed(rows)
        writer.signed(silent)
        writer.number(isTorn ? 1 : 0)
        writer.number(open.count)
        for net in open {
            writer.signed(net.balance)
            writer.signed(net.count)
        }
    }

    fileprivate init(_ reader: inout StateReader) throws(FoldError) {
        self.init(try reader.day())
        rows = try reader.signed()
        silent = try reader.signed()
        isTorn = try reader.number(through: 1) == 1
        for _ in 0..<(try reader.count(through: BalanceChain.openMax)) {
            let net = Net(balance: try reader.signed(), count: try reader.signed())
            guard net.count != 0, open.last.map({ $0.balance < net.balance }) ?? true else {
                throw .malformedState
            }
            open.append(net)
        }
        guard !isEmpty, open.isEmpty || !isTorn else { throw .malformedState }
    }
}
