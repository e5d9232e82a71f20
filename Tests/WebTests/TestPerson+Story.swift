// What a made-up person's log would say, folded by the real folds: accounts with balances, a card
// with its bills, a loan, requests and transfers. Two things are wrong on purpose: a movement of
// June 2025 is missing, and the card was not asked for in the first half of October 2025.
import Finance
import Foundation
import SwiftProtobuf
import Testing
import Web

/// One person's events, and what the folds make of them.
struct TestStory {
    /// The person's assets; the number is the second half of the id.
    enum Asset: UInt64, CaseIterable {
        case account = 1
        case savings, investment, loan, card, bills, points

        var id: AssetID { AssetID(high: 7, low: rawValue) }

        var kind: AssetKind {
            switch self {
            case .account, .savings: .deposit
            case .investment: .investmentAccount
            case .loan: .loan
            case .card: .card
            case .bills: .cardBill
            case .points: .cardPoints
            }
        }

        var provider: String {
            switch self {
            case .account: "A1KB000001"
            case .savings, .loan: "A1KK000001"
            case .investment: "C1MA000001"
            case .card, .bills, .points: "B1HD000001"
            }
        }

        var name: String? {
            switch self {
            case .account: "KB Star*t 통장 ····4417"
            case .savings: "나눠모으기 통장"
            case .investment: "ISA ····0921"
            case .loan: "전월세보증금 대출"
            case .card: "M ····8830"
            case .bills, .points: nil
            }
        }
    }

    static let names = [
        "A1KB000001": "국민은행", "A1KK000001": "카카오뱅크", "C1MA000001": "미래에셋증권",
        "B1HD000001": "현대카드",
    ]

    static let rules: CategoryRules = {
        let folder = Checkout.root.appending(path: "conf/categories")
        do {
            return try CategoryRules(
                RuleFiles { (name: String) throws -> [UInt8] in
                    Array(try Data(contentsOf: folder.appending(path: name)))
                }
            )
        } catch { fatalError("conf/categories: \(error)") }
    }()

    private(set) var coverage = CoverageState()
    private(set) var netWorth = NetWorthState()
    private(set) var obligations = ObligationsState()
    private(set) var spending = SpendingState()
    var register = TransferRegister()
    var consentEvents: [Event] = []
    private(set) var payments: PaymentBook
    /// The account's movements.
    private(set) var movements: [TransactionLine] = []
    private let last: CivilDate

    /// What happened through a day.
    init(_ person: TestPerson, through last: CivilDate = TestPerson.today) {
        self.last = last
        payments = PaymentBook(
            rules: TestStory.rules,
            from: TestPerson.today.adding(days: -InsightFeed.daysMax)
        )
        guard !person.lines.isEmpty else { return }
        do {
            try open()
            try balances()
            try approvals(person)
            try transfers()
            try agree()
        } catch { preconditionFailure("the story does not fold: \(error)") }
    }

    static func titles(_ isKnown: Bool) -> AssetTitles {
        guard isKnown else { return [:] }
        return Dictionary(
            uniqueKeysWithValues: Asset.allCases.map { asset in
                (
                    asset.id,
                    AssetTitle(
                        id: String(repeating: "0", count: 31) + String(asset.rawValue),
                        kind: asset.kind,
                        provider: names[asset.provider] ?? asset.provider,
                        name: asset.name
                    )
                )
            }
        )
    }

    /// Noon in Korea.
    static func noon(_ day: CivilDate) -> Int64 {
        Int64(day.daysSinceEpoch) * 86_400 + 3 * 3_600
    }

    private mutating func take(
        _ asset: Asset,
        _ day: CivilDate,
        place: Payment.Place? = nil,
        second: Int64 = 0,
        _ fill: (inout Event) -> Void
    ) throws {
        guard day <= last else { return }
        var event = Event()
        event.occurredAt = TestStory.noon(day) + second
        fill(&event)
        let bytes: [UInt8] = try event.serializedBytes()
        let view = try EventView(bytes.span, of: asset.id)
        try Coverage().fold(view, into: &coverage)
        try NetWorth().fold(view, into: &netWorth)
        try Obligations().fold(view, into: &obligations)
        try SpendingProfile(rules: TestStory.rules).fold(view, into: &spending)
        if let place { try payments.take(view, at: place) }
    }

    private mutating func open() throws {
        let day = TestPerson.today.month.adding(-24).day(1)
        for asset in Asset.allCases {
            try take(asset, day) { event in
                event.compartmentOpened = .with {
                    $0.compartment = Data(asset.id.bytes)
                    $0.purpose = .asset
                    $0.provider = asset.provider
                    $0.assetKey = asset.name ?? "-"
                    $0.assetKind = asset.kind
                }
            }
        }
    }

    /// Two years of pay, rent, card bills and savings, with balances; a missing row in June 2025.
    private mutating func balances() throws {
        var account: Int64 = 2_400_000
        var saved: Int64 = 6_000_000
        for back in (0..<24).reversed() {
            let month = TestPerson.today.month.adding(Int32(-back))
            let bill = 1_500_000 + Int64(back * 37 % 11) * 60_000
            let rows: [(day: Int, won: Int64, memo: String)] = [
                (5, -700_000, "월세"), (10, 3_850_000, "급여"), (12, -69_000, "SK텔레콤"),
                (14, -bill, "현대카드"), (20, -1_100_000, "나눠모으기"),
            ]
            for (day, won, memo) in rows where month.day(day) <= TestPerson.today {
                account += won
                if memo == "SK텔레콤", month.components == (2025, 6) { continue }
                let after = account
                movements.append(
                    TransactionLine(
                        event: EventID(revision: UInt64(900 + movements.count), index: 0),
                        day: month.day(day),
                        merchant: memo,
                        amount: Money(thousandths: won * 1_000, currency: .krw),
                        category: won < 0 ? "transfer-out.other" : "income.salary",
                        categoryName: nil
                    )
                )
                try take(.account, month.day(day)) { event in
                    event.bankTransactionPosted = .with {
                        $0.amount = abs(won) * 1_000
                        $0.kind = won < 0 ? .withdrawn : .deposited
                        $0.balanceAfter = after * 1_000
                        $0.memo = memo
                    }
                }
            }
            try monthEnd(month, back, bill, &saved)
        }
    }

    private mutating func monthEnd(
        _ month: Month,
        _ back: Int,
        _ bill: Int64,
        _ saved: inout Int64
    ) throws {
        let day = min(month.day(20), TestPerson.today)
        saved += 1_100_000
        let savings = saved
        try take(.savings, day) { $0.balanceReported.balance = savings * 1_000 }
        let owed = 68_000_000 + Int64(back) * 250_000
        try take(.loan, day) { event in
            event.loanBalanceReported = .with {
                $0.balance = owed * 1_000
                $0.nextPaymentOn = month.adding(1).day(25).digits
            }
        }
        if back < 8 {
            let value = 15_000_000 + Int64(8 - back) * 400_000
            try take(.investment, day) { event in
                event.holdingReported = .with {
                    $0.value = value * 1_000
                    $0.productCode = "KR7005930003"
                }
            }
        }
        try take(.bills, month.day(1)) { event in
            event.cardBilled = .with {
                $0.amount = bill * 1_000
                $0.month = month.day(14).digits / 100
                $0.paysOn = month.day(14).digits
            }
        }
    }

    /// The card's approvals are the person's lines; one of today comes twice.
    private mutating func approvals(_ person: TestPerson) throws {
        let bought = person.lines.filter {
            $0.amount.currency == .krw && $0.amount.thousandths < 0 && $0.merchant != nil
        }
        for line in bought {
            try approve(line, second: 0)
        }
        if let last = bought.last {
            try approve(last, second: 60, place: .init(revision: 3, index: 0))
        }
    }

    private mutating func approve(
        _ line: TransactionLine,
        second: Int64,
        place: Payment.Place? = nil
    ) throws {
        let place = place ?? .init(revision: line.event.revision, index: line.event.index)
        try take(.card, line.day, place: place, second: second) { event in
            event.cardApproved = .with {
                $0.amount = -line.amount.thousandths
                $0.merchantName = line.merchant ?? ""
                $0.payType = .credit
                $0.status = .approved
            }
        }
    }

    /// Every asset was answered for in full, but the card's first half of October 2025.
    private mutating func transfers() throws {
        let first = TestPerson.today.month.adding(-23).day(1)
        let hole = TestPerson.today.month.adding(-5)
        let spans: [(Asset, ProviderAPI, CivilDate, CivilDate)] = [
            (.account, .bank004, first, TestPerson.today),
            (.card, .card008, first, hole.adding(-1).day(31)),
            (.card, .card008, hole.day(15), TestPerson.today),
        ]
        for (asset, api, from, through) in spans {
            try take(asset, TestPerson.today) { event in
                event.transferCompleted = .with {
                    $0.provider = asset.provider
                    $0.compartment = Data(asset.id.bytes)
                    $0.trigger = .scheduled
                    $0.calls = [
                        .with {
                            $0.api = api
                            $0.fromOn = from.digits
                            $0.toOn = through.digits
                            $0.rows = 40
                        }
                    ]
                    $0.added = 40
                }
            }
        }
    }
}
