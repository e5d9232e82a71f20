// What the tests of the wealth read models share: a small world of assets, and the dates in it.

import Finance
import Foundation
import SwiftProtobuf
import Testing

enum WealthFixtures {
    /// Noon in Korea.
    static func noon(_ year: Int, _ month: Int, _ day: Int) throws -> Int64 {
        let date = try #require(CivilDate(year: year, month: month, day: day))
        return Int64(date.daysSinceEpoch) * 86_400 + 3 * 3_600
    }

    static func month(_ year: Int, _ month: Int) throws -> Month {
        try #require(Month(year: year, month: month))
    }

    static func day(_ year: Int, _ month: Int, _ day: Int) throws -> CivilDate {
        try #require(CivilDate(year: year, month: month, day: day))
    }

    static func event(at seconds: Int64, _ fill: (inout Event) -> Void) -> Event {
        var event = Event()
        event.occurredAt = seconds
        fill(&event)
        return event
    }

    static func balance(_ amount: Int64, at seconds: Int64, currency: UInt32 = 410) -> Event {
        event(at: seconds) {
            $0.balanceReported.balance = amount
            $0.balanceReported.currency = currency
        }
    }

    static func movement(
        _ amount: Int64,
        after: Int64,
        at seconds: Int64,
        kind: BankTransactionKind = .withdrawn,
        memo: String = ""
    ) -> Event {
        event(at: seconds) {
            $0.bankTransactionPosted.amount = amount
            $0.bankTransactionPosted.kind = kind
            $0.bankTransactionPosted.balanceAfter = after
            $0.bankTransactionPosted.memo = memo
        }
    }

    /// That an event, the only one of the frame `revision`, no longer stands.
    static func retraction(
        of original: Event,
        at seconds: Int64,
        reason: RetractionReason = .vanished,
        revision: UInt64 = 0
    ) throws -> Event {
        let bytes: [UInt8] = try original.serializedBytes()
        return event(at: seconds) {
            $0.transactionRetracted.event = Data(bytes)
            $0.transactionRetracted.reason = reason
            $0.transactionRetracted.revision = revision
        }
    }

    static func closed(at seconds: Int64) -> Event {
        event(at: seconds) { $0.assetClosed.sign = .missingFromList }
    }

    static func fold<F: Fold>(
        _ fold: F,
        _ events: [(UInt64, Event)],
        from start: F.State = F.State()
    ) throws -> F.State {
        var state = start
        for (asset, event) in events {
            let bytes = try FoldFixtures.encoded(event)
            let view = try EventView(bytes.span, of: FoldFixtures.asset(asset))
            try fold.fold(view, into: &state)
        }
        return state
    }

    /// Events of all kinds that net worth takes in, all at different times.
    static func events(seed: UInt64, count: Int = 200) throws -> [(UInt64, Event)] {
        var random = FoldRandom(seed: seed)
        return try (0..<count).map { index in
            let asset = UInt64(random.below(6))
            let seconds = 1_600_000_000 + Int64(index) * 500_000 + Int64(random.below(400_000))
            let amount = Int64(random.below(1_000_000)) - 200_000
            let event =
                switch random.below(8) {
                case 0:
                    IntegratedFixtures.opened(
                        asset,
                        [.deposit, .loan, .isa, .retirementAccount, .cardLoan, .prepaidWallet][
                            Int(asset)
                        ],
                        provider: "p"
                    )
                case 1: event(at: seconds) { $0.loanBalanceReported.balance = amount }
                case 2:
                    event(at: seconds) {
                        $0.holdingReported.value = amount
                        $0.holdingReported.productCode = "KR\(amount % 4)"
                    }
                case 3: event(at: seconds) { $0.pensionReported.value = amount }
                case 4: random.below(4) == 0 ? closed(at: seconds) : balance(amount, at: seconds)
                case 5: movement(10, after: amount, at: seconds)
                case 6:
                    try retraction(of: movement(10, after: amount, at: seconds), at: seconds)
                default:
                    event(at: seconds) {
                        $0.prepaidBalanceReported.balance = amount
                        $0.prepaidBalanceReported.account = ["", "a", "b"][Int(asset % 3)]
                    }
                }
            return (asset, event)
        }
    }
}
