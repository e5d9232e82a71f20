import Finance

/// What a spending profile must add up to, worked out anew from the payments by the stated rules
/// and nothing else: one dictionary, dates by Foundation-free counting of days, no caches, no
/// order.
struct SpendingOracle {
    struct Key: Hashable {
        let month: Int
        let category: UInt8
        let currency: UInt32
    }

    private(set) var totals: [Key: (sum: Int64, count: Int64)] = [:]

    init(_ cases: [FoldCase], _ rules: CategoryRules) {
        for one in cases {
            var at = one.at
            var sum = one.amount
            var count: Int64 = 1
            let ruling: Ruling
            switch one.kind {
            case .approval: break
            case .refund: count = 0
            case .cancellation:
                sum = -one.amount
                count = -1
                at = one.approvedAt
            case .correction:
                sum = one.amount - one.before
                count = 0
                if one.approvedAt != 0 { at = one.approvedAt }
            case .bank: break
            }
            if one.kind == .bank {
                let isIn = one.bankKind == .deposited
                let isReversed = one.bankKind == .withdrawalCancelled
                ruling = rules.bank(
                    kind: UInt32(one.bankKind.rawValue),
                    isIn: isIn,
                    memo: Array(one.merchant.utf8).span,
                    channel: Span(),
                    purpose: Array(one.purpose.utf8).span
                )
                sum = isIn || isReversed ? -one.amount : one.amount
                if isReversed { count = -1 }
            } else {
                ruling = rules.card(merchant: Array(one.merchant.utf8).span, mcc: one.mcc)
            }
            let entry = rules.taxonomy[ruling.category]
            let isInflow =
                entry?.kind == .income
                || entry.flatMap { rules.taxonomy[$0.primary]?.slug } == "transfer-in"
            let key = Key(
                month: SpendingOracle.month(at),
                category: ruling.category.rawValue,
                currency: one.currency
            )
            let known = totals[key] ?? (0, 0)
            totals[key] = (known.sum + (isInflow ? -sum : sum), known.count + count)
        }
        totals = totals.filter { $0.value.sum != 0 || $0.value.count != 0 }
    }

    /// Month since 1970 in Korea, by walking the calendar.
    private static func month(_ seconds: Int64) -> Int {
        var days = (seconds + 540 * 60) / 86_400
        var month = 0
        while true {
            let year = 1970 + month / 12
            let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
            let length: Int64 = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][
                month % 12
            ]
            if days < length { return month }
            days -= length
            month += 1
        }
    }

    /// The places in which `state` and the oracle differ.
    func differences(from state: SpendingState) throws -> [Key] {
        var rest = totals
        var wrong: [Key] = []
        for total in try state.monthlyTotals() {
            let key = Key(
                month: Int(total.month.index),
                category: total.category.rawValue,
                currency: UInt32(total.currency.numericCode)
            )
            let expected = rest.removeValue(forKey: key) ?? (0, 0)
            if expected != (total.sum, total.count) { wrong.append(key) }
        }
        return wrong + rest.keys
    }
}
