// Seeded events for the fold tests: a small world of merchants, months and mistakes, drawn so that
// the months roll out of the detail and, with `merchantCount` above 255, merchants out of the
// table.

import Finance
import Foundation
import SwiftProtobuf

/// SplitMix64: the same numbers for the same seed, everywhere.
struct FoldRandom: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ value >> 30) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ value >> 27) &* 0x94D0_49BB_1331_11EB
        return value ^ value >> 31
    }

    mutating func below(_ bound: Int) -> Int { Int(next() % UInt64(bound)) }
}

enum FoldFixtures {
    /// The rules of the project, read from `conf/categories`.
    static let rules: CategoryRules = {
        do {
            let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
                .deletingLastPathComponent().deletingLastPathComponent()
                .deletingLastPathComponent()
            let folder = root.appendingPathComponent("conf/categories")
            return try CategoryRules(
                RuleFiles { (name: String) throws -> [UInt8] in
                    Array(try Data(contentsOf: folder.appendingPathComponent(name)))
                }
            )
        } catch { fatalError("conf/categories: \(error)") }
    }()

    static let seeds: [UInt64] = [1, 2, 3, 42, 20_261_121]

    static let names = [
        "스타벅스 강남점", "이마트24 역삼", "(주)우아한형제들", "쿠팡", "tesco stores 5504", "amazon uk",
        "이름 모를 가게", "zzyzx ltd", "행복약국", "", "넷플릭스", "shell fiveways 387",
    ]

    static func asset(_ number: UInt64 = 1) -> AssetID { AssetID(high: 7, low: number) }

    static func encoded(_ event: Event) throws -> [UInt8] { try event.serializedBytes() }
}

/// One payment of the small world, as the oracle sees it and as the log has it.
struct FoldCase {
    enum Kind { case approval, refund, cancellation, correction, bank }

    var kind = Kind.approval
    var at: Int64 = 1_700_000_000
    var approvedAt: Int64 = 0
    var amount: Int64 = 4_500_000
    var before: Int64 = 0
    var currency: UInt32 = 410
    var merchant = "스타벅스 강남점"
    var mcc: UInt32 = 0
    var bankKind = BankTransactionKind.withdrawn
    var purpose = ""
    var number = ""

    func event() -> Event {
        var event = Event()
        event.occurredAt = at
        switch kind {
        case .approval, .refund:
            event.cardApproved.amount = amount
            event.cardApproved.currency = currency == 410 ? 0 : currency
            event.cardApproved.merchantName = merchant
            event.cardApproved.mcc = mcc
            event.cardApproved.approvalNumber = number
        case .cancellation:
            event.cardApprovalCancelled.amount = amount
            event.cardApprovalCancelled.currency = currency
            event.cardApprovalCancelled.merchantName = merchant
            event.cardApprovalCancelled.mcc = mcc
            event.cardApprovalCancelled.approvalNumber = number
            event.cardApprovalCancelled.approvedAt = approvedAt
        case .correction:
            event.cardApprovalCorrected.amount = amount
            event.cardApprovalCorrected.amountBefore = before
            event.cardApprovalCorrected.currency = currency
            event.cardApprovalCorrected.merchantName = merchant
            event.cardApprovalCorrected.mcc = mcc
            event.cardApprovalCorrected.approvalNumber = number
            event.cardApprovalCorrected.approvedAt = approvedAt
        case .bank:
            event.bankTransactionPosted.amount = amount
            event.bankTransactionPosted.currency = currency
            event.bankTransactionPosted.kind = bankKind
            event.bankTransactionPosted.memo = merchant
            event.bankTransactionPosted.purpose = purpose
        }
        return event
    }

    /// A history of `count` payments over `months` months, with later mistakes about earlier ones.
    static func history(
        seed: UInt64,
        count: Int,
        months: Int = 30,
        merchantCount: Int = 40,
        mistakes: Bool = true
    ) -> [FoldCase] {
        var random = FoldRandom(seed: seed)
        var cases: [FoldCase] = []
        for index in 0..<count {
            var one = FoldCase()
            let step = Int64(months) * 2_629_746 / Int64(count)
            one.at = 1_600_000_000 + Int64(index) * step + Int64(random.below(400_000)) - 200_000
            one.amount = Int64(random.below(900_000) + 1) * 10
            one.currency = [410, 410, 410, 826, 840][random.below(5)]
            let number = random.below(merchantCount)
            one.merchant = FoldFixtures.names[number % FoldFixtures.names.count]
            if !one.merchant.isEmpty, number >= FoldFixtures.names.count {
                one.merchant += " \(number)"
            }
            one.mcc = [0, 5812, 5411][random.below(3)]
            let dice = mistakes ? random.below(10) : 0
            if dice == 9, let earlier = cases.randomElement(using: &random),
                earlier.kind == .approval
            {
                one = earlier
                one.kind = .cancellation
                one.approvedAt = earlier.at
                one.at = 1_600_000_000 + Int64(index) * step
            } else if dice == 8, let earlier = cases.randomElement(using: &random),
                earlier.kind == .approval
            {
                one = earlier
                one.kind = .correction
                one.before = earlier.amount
                one.amount = earlier.amount / 2
                one.approvedAt = random.below(3) == 0 ? 0 : earlier.at
            } else if dice == 7 {
                one.kind = .refund
                one.amount = -one.amount
            } else if random.below(3) == 0 {
                one.kind = .bank
                one.bankKind =
                    mistakes
                    ? [.withdrawn, .deposited, .withdrawalCancelled, .otherOut][random.below(4)]
                    : [.withdrawn, .deposited][random.below(2)]
                one.merchant = ["11월급여", "월세", "", "홍길동", "카드대금"][random.below(5)]
                one.purpose = ["", "", "SIPO"][random.below(3)]
            }
            cases.append(one)
        }
        return cases
    }
}

extension Fold {
    /// The state after all of `cases`, in their order.
    func folded(_ cases: [FoldCase], from start: State = State()) throws -> State {
        var state = start
        for one in cases {
            let bytes = try FoldFixtures.encoded(one.event())
            let event = try EventView(bytes.span, of: FoldFixtures.asset())
            try fold(event, into: &state)
        }
        return state
    }
}

extension FoldState {
    var encoded: [UInt8] {
        var bytes: [UInt8] = []
        encode(into: &bytes)
        return bytes
    }
}
