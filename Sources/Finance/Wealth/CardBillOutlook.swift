/// What the next card bills will be, by card company: announced ones, and an estimate of the next.
///
/// An estimate takes what the cards of the company bought in the bill's period, what remains of
/// instalments, and, while the period still runs, at least the median of the last six bills. The
/// period of a bill is the month that ends `closingDays` before its payment.
public struct CardBillOutlook: Hashable, Sendable {
    /// Where a bill's amount comes from.
    public enum Source: UInt8, CaseIterable, Sendable {
        /// The company announced or issued it.
        case announced = 1
        /// Bought, with the period over.
        case bought = 2
        /// The period still runs.
        case estimated = 3
    }

    /// One bill to come.
    public struct Bill: Hashable, Sendable {
        /// Asset of the company's bills.
        public let asset: AssetID
        /// org_code of the company, or an import's source.
        public let provider: String
        /// When it is paid.
        public let paysOn: CivilDate
        /// What is known to be on it, in thousandths of a won.
        public let known: Int64
        /// What is expected; at least `known`.
        public let expected: Int64
        /// Part of `known` that was bought at once in the period.
        public let purchases: Int64
        /// Part of `known` that is instalments.
        public let instalments: Int64
        /// Where the amount comes from.
        public let source: Source
    }

    /// Instalments that remain on the bills of one month.
    public struct InstalmentMonth: Hashable, Sendable {
        /// Month in which they are paid.
        public let month: Month
        /// Their sum, in thousandths of a won.
        public let amount: Int64
    }

    /// By payment day and asset.
    public let bills: [Bill]
    /// Purchases in instalments of which bills have begun, by month, without gaps; at most 60.
    public let instalments: [InstalmentMonth]

    /// Days from the end of a bill's period to its payment: that of the 14th is for the calendar
    /// month before, that of the 25th for purchases to the 11th.
    public static let closingDays: Int32 = 14

    /// What is to be paid after `day`.
    public init(of state: ObligationsState, after day: CivilDate) {
        var bills: [Bill] = []
        var remaining: [Int32: Int64] = [:]
        for (id, asset) in state.assets where !asset.isClosed {
            let company = CardCompany(id, asset, state)
            bills += company.announced(after: day)
            if let next = company.next(after: day) { bills.append(next) }
            for (month, amount) in company.instalments(after: day) {
                let (sum, overflow) = remaining[month, default: 0].addingReportingOverflow(amount)
                remaining[month] = overflow ? .max : sum
            }
        }
        self.bills = bills.sorted { ($0.paysOn, $0.asset) < ($1.paysOn, $1.asset) }
        let months = remaining.keys.sorted()
        if let first = months.first, let last = months.last {
            instalments = (first...min(last, first + 59)).map {
                InstalmentMonth(month: Month(index: $0), amount: remaining[$0] ?? 0)
            }
        } else {
            instalments = []
        }
    }
}

/// One card company's bills and cards.
private struct CardCompany {
    private let id: AssetID
    private let asset: ObligationsState.Asset
    private let bills: [ObligationsState.Record]
    private let announcements: [ObligationsState.Record]
    private let cards: [ObligationsState.Asset]

    init(_ id: AssetID, _ asset: ObligationsState.Asset, _ state: ObligationsState) {
        self.id = id
        self.asset = asset
        bills = asset.all(.bill, in: 410).map(\.record)
        announcements = asset.all(.announced, in: 410).map(\.record)
        cards =
            bills.isEmpty && announcements.isEmpty
            ? []
            : state.assets.values.filter {
                // A cancelled card too: what was bought with it is billed all the same.
                $0.kind == UInt8(AssetKind.card.rawValue) && $0.provider == asset.provider
            }
    }

    private var provider: String { String(decoding: asset.provider, as: UTF8.self) }

    func announced(after day: CivilDate) -> [CardBillOutlook.Bill] {
        let days = Set(announcements.map(\.on))
        return (announcements + bills.filter { !days.contains($0.on) }).compactMap { record in
            guard let paysOn = CivilDate(knownDigits: record.on), paysOn > day else { return nil }
            return bill(paysOn, record.amount, 0, record.amount, 0, .announced)
        }
    }

    /// The bill after the last one that is known.
    func next(after day: CivilDate) -> CardBillOutlook.Bill? {
        let known = (bills + announcements).compactMap { CivilDate(knownDigits: $0.on) }.max()
        guard let known else { return nil }
        var months: Int32 = 1
        while known.adding(months: months) <= day, months < 13 { months += 1 }
        // Nothing for a year: the company sends no bills any more.
        guard months < 13 else { return nil }
        let paysOn = known.adding(months: months)
        let closing = paysOn.adding(days: -CardBillOutlook.closingDays)
        let opening = paysOn.adding(months: -1).adding(days: -CardBillOutlook.closingDays)
        let period = (opening.daysSinceEpoch + 1)...closing.daysSinceEpoch
        var purchases: Int64 = 0
        var instalments: Int64 = self.instalments(after: day)[paysOn.month.index] ?? 0
        for entry in cards.flatMap(\.records) where period.contains(Int32(clamping: entry.key.rank))
        {
            switch entry.key.kind {
            case .approved: purchases = purchases.adding(clamped: entry.record.amount)
            case .approvedInstalments:
                let part = entry.record.amount / Int64(clamping: max(1, entry.key.product))
                instalments = instalments.adding(clamped: part)
            default: break
            }
        }
        let sum = purchases.adding(clamped: instalments)
        guard closing >= day else {
            return bill(paysOn, sum, instalments, sum, purchases, .bought)
        }
        return bill(paysOn, sum, instalments, max(sum, usual), purchases, .estimated)
    }

    /// Median of the last six bills.
    private var usual: Int64 {
        bills.sorted { $0.on < $1.on }.suffix(6).map(\.amount).median ?? 0
    }

    /// What remains of instalments, by the index of the month in which it is paid.
    func instalments(after day: CivilDate) -> [Int32: Int64] {
        var months: [Int32: Int64] = [:]
        for entry in asset.all(.instalment, in: 410) {
            let line = entry.record
            guard line.day < line.every, let last = payment(of: line.on) else { continue }
            let left = Int32(clamping: line.every - line.day)
            for step in 1...min(left, 60) {
                let month = last.adding(step)
                guard month >= day.month else { continue }
                // What remains, spread over the rest; the amount of this one where it is not said.
                let part = line.extra > 0 ? line.extra / Int64(left) : line.amount
                months[month.index] = (months[month.index] ?? 0).adding(clamped: part)
            }
        }
        return months
    }

    /// The month in which the bill of a month is paid.
    private func payment(of month: UInt32) -> Month? {
        if let bill = bills.first(where: { $0.extra == Int64(month) }) {
            return CivilDate(knownDigits: bill.on)?.month
        }
        return CivilDate(knownDigits: month &* 100 &+ 1)?.month
    }

    private func bill(
        _ paysOn: CivilDate,
        _ known: Int64,
        _ instalments: Int64,
        _ expected: Int64,
        _ purchases: Int64,
        _ source: CardBillOutlook.Source
    ) -> CardBillOutlook.Bill {
        CardBillOutlook.Bill(
            asset: id,
            provider: provider,
            paysOn: paysOn,
            known: known,
            expected: expected,
            purchases: purchases,
            instalments: instalments,
            source: source
        )
    }
}

extension Array<Int64> {
    /// The middle one, or the mean of the two middle ones rounded half to even; nil of nothing.
    var median: Int64? {
        guard !isEmpty else { return nil }
        let sorted = sorted()
        let middle = count / 2
        guard count % 2 == 0 else { return sorted[middle] }
        let sum = Int128(sorted[middle - 1]) + Int128(sorted[middle])
        return Int64(clamping: sum.dividedHalfEven(by: 2))
    }
}

extension Int64 {
    /// This plus `other`, held within 64 bits: for estimates, which nothing adds up to.
    func adding(clamped other: Int64) -> Int64 {
        Int64(clamping: Int128(self) + Int128(other))
    }
}
