/// Finds which transactions of a person belong together: both legs of a transfer between their own
/// assets, and what came back for a purchase.
///
/// Deterministic: candidates are taken in a stated order, and where two are equally good for
/// different assets none is taken, since a wrong pair hides money and a missing one does not.
public struct LinkRules: Sendable {
    /// Raised whenever the same transactions give other links.
    public static let version: UInt32 = 1
    /// Both times known, nothing but amount and direction tells: transfers arrive at once.
    public static let secondsMax: Int64 = 600
    /// One time unknown, or both texts say that it is an own account: days between.
    public static let daysMax: Int32 = 1
    /// Days after a purchase in which what comes back is taken to be for it.
    public static let refundDaysMax: Int32 = 90

    private let book: TransactionBook
    private var isUsed: [Bool]
    private var found: [TransactionLink] = []
    private var remaining: [Int: UInt64] = [:]

    /// All links of a book, in the order of their first transaction.
    public static func links(of book: TransactionBook) -> [TransactionLink] {
        var rules = LinkRules(book)
        rules.takeDecided()
        rules.pairTransfers()
        rules.linkRefunds()
        return rules.found.sorted { ($0.pair.from, $0.pair.to) < ($1.pair.from, $1.pair.to) }
    }

    private init(_ book: TransactionBook) {
        self.book = book
        isUsed = [Bool](repeating: false, count: book.entries.count)
    }

    /// What the person said goes before any rule.
    private mutating func takeDecided() {
        for decided in book.links.values.sorted(by: { $0.id < $1.id }) where decided.isLinked {
            guard let from = book.number(of: decided.pair.from),
                let to = book.number(of: decided.pair.to), book.entries[from].isStanding,
                book.entries[to].isStanding, !isUsed[from] || decided.kind == .refund, !isUsed[to]
            else { continue }
            take(from, to, decided.kind, "person", decided.id)
        }
    }

    private mutating func take(
        _ from: Int,
        _ to: Int,
        _ kind: LinkKind,
        _ rule: String,
        _ decision: EventPlace? = nil
    ) {
        isUsed[to] = true
        if kind == .refund {
            remaining[from] = left(of: from) - min(left(of: from), book.entries[to].sum.magnitude)
        } else {
            isUsed[from] = true
        }
        found.append(
            TransactionLink(
                kind: kind,
                pair: LinkPair(from: book.entries[from].id, to: book.entries[to].id),
                rule: rule,
                version: LinkRules.version,
                decision: decision
            )
        )
    }

    private func left(of number: Int) -> UInt64 {
        remaining[number] ?? book.entries[number].sum.magnitude
    }

    private func isRefused(_ from: Int, _ to: Int) -> Bool {
        let pair = LinkPair(from: book.entries[from].id, to: book.entries[to].id)
        return book.links[pair]?.isLinked == false
    }

    // MARK: Own transfers

    private struct Sum: Hashable {
        let magnitude: UInt64
        let currency: Currency
    }

    private struct Candidate {
        /// Seconds between, or whole days of them when a time is unknown.
        let gap: Int64
        let out: Int
        let back: Int
    }

    private mutating func pairTransfers() {
        var outs: [Sum: [Int]] = [:]
        var backs: [Sum: [Int]] = [:]
        for number in book.entries.indices where !isUsed[number] && isLeg(number) {
            let entry = book.entries[number]
            let sum = Sum(magnitude: entry.sum.magnitude, currency: entry.movement.currency)
            if entry.sum < 0 { outs[sum, default: []].append(number) }
            if entry.sum > 0 { backs[sum, default: []].append(number) }
        }
        var candidates: [Candidate] = []
        for (sum, outs) in outs {
            for out in outs {
                for back in backs[sum] ?? [] {
                    guard let gap = gap(out, back), !isRefused(out, back) else { continue }
                    candidates.append(Candidate(gap: gap, out: out, back: back))
                }
            }
        }
        candidates.sort { ($0.gap, $0.out, $0.back) < ($1.gap, $1.out, $1.back) }
        for (place, one) in candidates.enumerated() where !isUsed[one.out] && !isUsed[one.back] {
            guard !isAmbiguous(one, in: candidates, at: place) else { continue }
            take(one.out, one.back, .ownTransfer, "own-transfer")
        }
    }

    /// A leg of a transfer: at an account or a wallet, and neither spent nor earned.
    private func isLeg(_ number: Int) -> Bool {
        let entry = book.entries[number]
        guard entry.isStanding, entry.movement.source != .card, entry.movement.kind == .payment
        else { return false }
        guard let held = book.category(of: entry) else { return entry.movement.source == .wallet }
        return book.rules.taxonomy[held.category]?.kind == .transfer
    }

    private func gap(_ out: Int, _ back: Int) -> Int64? {
        let (one, other) = (book.entries[out], book.entries[back])
        guard one.asset != other.asset else { return nil }
        let days = abs(
            Int64(one.movement.day.daysSinceEpoch) - Int64(other.movement.day.daysSinceEpoch)
        )
        if one.movement.isTimed, other.movement.isTimed {
            let (difference, overflow) = one.movement.seconds
                .subtractingReportingOverflow(other.movement.seconds)
            guard !overflow else { return nil }
            let seconds = Int64(clamping: difference.magnitude)
            let limit =
                isSaidToBeOwn(one) && isSaidToBeOwn(other)
                ? Int64(LinkRules.daysMax) * 86_400 : LinkRules.secondsMax
            return seconds <= limit ? seconds : nil
        }
        return days <= LinkRules.daysMax ? days * 86_400 : nil
    }

    private func isSaidToBeOwn(_ entry: TransactionBook.Entry) -> Bool {
        guard let held = book.category(of: entry) else { return true }
        return book.rules.taxonomy[held.category]?.slug.hasSuffix(".own") ?? false
    }

    /// Whether another that is as near in time would say another asset.
    private func isAmbiguous(
        _ one: Candidate,
        in candidates: [Candidate],
        at place: Int
    ) -> Bool {
        func isRival(_ other: Candidate) -> Bool {
            guard !isUsed[other.out], !isUsed[other.back] else { return false }
            return other.out == one.out
                && book.entries[other.back].asset != book.entries[one.back].asset
                || other.back == one.back
                    && book.entries[other.out].asset != book.entries[one.out].asset
        }
        var index = place
        while index > 0, candidates[index - 1].gap == one.gap { index -= 1 }
        while index < candidates.count, candidates[index].gap == one.gap {
            if isRival(candidates[index]) { return true }
            index += 1
        }
        return false
    }

    // MARK: Refunds

    private struct Shop: Hashable {
        let asset: AssetID
        let currency: Currency
        let key: [UInt8]
    }

    /// What came back goes to the purchase of the same amount, else to the latest that is not less,
    /// at the same merchant and asset.
    private mutating func linkRefunds() {
        var purchases: [Shop: [Int]] = [:]
        for number in book.entries.indices {
            let entry = book.entries[number]
            guard entry.isStanding, entry.movement.ruling != nil, let shop = shop(entry) else {
                continue
            }
            if entry.sum < 0, entry.movement.kind == .payment {
                purchases[shop, default: []].append(number)
            }
        }
        for number in book.entries.indices where !isUsed[number] {
            let entry = book.entries[number]
            guard entry.isStanding, entry.sum > 0, isRefund(entry), let shop = shop(entry) else {
                continue
            }
            let fitting = (purchases[shop] ?? []).filter {
                let days =
                    Int64(entry.movement.day.daysSinceEpoch)
                    - Int64(book.entries[$0].movement.day.daysSinceEpoch)
                return (0...Int64(LinkRules.refundDaysMax)).contains(days)
                    && left(of: $0) >= entry.sum.magnitude && !isRefused($0, number)
                    && !isUsed[$0]
            }
            let order = fitting.sorted {
                (book.entries[$1].movement.day, $1) < (book.entries[$0].movement.day, $0)
            }
            let exact = order.first {
                book.entries[$0].sum.magnitude == entry.sum.magnitude
                    && left(of: $0) == entry.sum.magnitude
            }
            guard let purchase = exact ?? order.first else { continue }
            take(purchase, number, .refund, exact == nil ? "refund-part" : "refund-whole")
        }
    }

    /// Money that came back at a card or a wallet, or a withdrawal that was undone.
    private func isRefund(_ entry: TransactionBook.Entry) -> Bool {
        switch entry.movement.source {
        case .card, .wallet: entry.movement.ruling != nil
        case .deposit: entry.movement.kind == .cancellation
        }
    }

    private func shop(_ entry: TransactionBook.Entry) -> Shop? {
        let key = book.key(of: entry.movement)
        guard key.count > 1 else { return nil }
        return Shop(asset: entry.asset, currency: entry.movement.currency, key: key)
    }
}
