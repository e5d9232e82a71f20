// A made-up person with two years of transactions in won and a little in pounds; the last one of
// the list has nothing at all. Reports are sums of the lines, so that what a page shows can be
// added up again.
import Finance
import Web

struct TestPerson: Sendable {
    /// A merchant, its category, typical won, how many a month, and the day for one that comes each
    /// month.
    struct Habit {
        var merchant: String
        var category: String
        var won: Int64
        var monthly: UInt64
        var day: Int?
    }

    /// 2026-03-18.
    static let today = CivilDate(daysSinceEpoch: 20_530)

    static let names: [String: LocalizedName] = [
        "food.grocery": .init(ko: "장보기", en: "Groceries"),
        "food.restaurant": .init(ko: "외식", en: "Eating out"),
        "food.cafe": .init(ko: "카페", en: "Cafés"),
        "transport": .init(ko: "교통", en: "Transport"),
        "shopping": .init(ko: "쇼핑", en: "Shopping"),
        "housing": .init(ko: "집과 공과금", en: "Home and bills"),
        "telecom": .init(ko: "통신", en: "Telecom"),
        "health": .init(ko: "병원과 약", en: "Health"),
        "culture": .init(ko: "문화와 구독", en: "Culture and subscriptions"),
        "travel": .init(ko: "여행", en: "Travel"),
    ]

    static let habits: [Habit] = [
        .init(merchant: "이마트 성수점", category: "food.grocery", won: 68_000, monthly: 5),
        .init(merchant: "컬리", category: "food.grocery", won: 41_300, monthly: 3),
        .init(merchant: "배달의민족", category: "food.restaurant", won: 24_500, monthly: 7),
        .init(merchant: "을지로 <골뱅이> & 노가리", category: "food.restaurant", won: 38_000, monthly: 2),
        .init(merchant: "스타벅스 시청역점", category: "food.cafe", won: 6_100, monthly: 9),
        .init(merchant: "서울교통공사", category: "transport", won: 1_550, monthly: 24),
        .init(merchant: "카카오T 택시", category: "transport", won: 13_200, monthly: 3),
        .init(merchant: "쿠팡", category: "shopping", won: 32_900, monthly: 5),
        .init(merchant: "올리브영", category: "shopping", won: 27_400, monthly: 1),
        .init(merchant: "아파트 관리비", category: "housing", won: 218_000, monthly: 1, day: 25),
        .init(merchant: "한국전력공사", category: "housing", won: 47_800, monthly: 1, day: 21),
        .init(merchant: "SK텔레콤", category: "telecom", won: 69_000, monthly: 1, day: 12),
        .init(merchant: "넷플릭스", category: "culture", won: 17_000, monthly: 1, day: 7),
        .init(merchant: "교보문고", category: "culture", won: 19_800, monthly: 1),
        .init(merchant: "연세가정의학과의원", category: "health", won: 14_700, monthly: 1),
        .init(merchant: "대한항공", category: "travel", won: 412_000, monthly: 0),
    ]

    var id: String
    var lines: [TransactionLine] = []

    init(number: Int, random: inout SeededRandom) {
        let digits = String(random.next(), radix: 16) + String(random.next(), radix: 16)
        id = String((digits + String(repeating: "0", count: 32)).prefix(32))
        guard number < 22 else { return }
        var revision: UInt64 = 0
        for back in (0..<24).reversed() {
            let month = TestPerson.today.month.adding(Int32(-back))
            var days: [(Int, String, Int64, String?, Currency)] = [
                (10, "(주)장부테크 급여", 3_850_000_000, nil, .krw)
            ]
            for habit in TestPerson.habits {
                let isRare = habit.monthly == 0
                let extra: UInt64 = isRare && random.below(6) == 0 ? 1 : 0
                for _ in 0..<(habit.monthly + extra) {
                    let swing = habit.day == nil ? 70 + Int64(random.below(60)) : 100
                    let day = habit.day ?? 1 + Int(random.below(28))
                    days.append(
                        (
                            day, habit.merchant, -habit.won * swing / 1000 * 10_000, habit.category,
                            .krw
                        )
                    )
                }
            }
            days.append((16, "쿠팡", 12_900_000, "shopping", .krw))
            if back % 5 == 2 {
                days.append((17, "TESCO STORES 2231", -23_450, "food.grocery", .gbp))
            }
            for (day, merchant, amount, category, currency) in days.sorted(by: { $0.0 < $1.0 }) {
                let date = month.day(day)
                guard date <= TestPerson.today else { continue }
                lines.append(
                    TransactionLine(
                        event: EventID(revision: revision, index: 0),
                        kind: amount > 0 && category != nil ? .cancellation : .payment,
                        day: date,
                        merchant: merchant,
                        amount: Money(thousandths: amount, currency: currency),
                        category: category,
                        categoryName: category.flatMap { TestPerson.names[$0] }
                    )
                )
                revision += 1
            }
        }
    }

    var summary: SubjectSummary {
        SubjectSummary(
            id: id,
            frames: UInt64(lines.count),
            assets: lines.isEmpty ? 0 : 6,
            lastRecordedAt: lines.isEmpty ? nil : TestLedger.start
        )
    }

    var report: SubjectView {
        guard !lines.isEmpty else {
            return SubjectView(id: id, frames: 0, assets: [], totals: [], sources: [])
        }
        func won(_ amount: Int64) -> Money { Money(thousandths: amount * 1000, currency: .krw) }
        func asset(
            _ place: Int,
            _ kind: AssetGroup,
            _ provider: String,
            _ name: String?,
            _ balance: Money?
        )
            -> AssetLine
        {
            AssetLine(
                id: String(id.dropLast(2)) + "0\(place)",
                kind: kind,
                provider: provider,
                name: name,
                balance: balance,
                balanceOn: balance == nil ? nil : TestPerson.today,
                transactions: UInt64(lines.count / (place + 1))
            )
        }
        return SubjectView(
            id: id,
            frames: UInt64(lines.count),
            assets: [
                asset(0, .account, "국민은행", "KB Star*t 통장 ···4417", won(4_218_350)),
                asset(1, .account, "토스뱅크", "나눠모으기 통장", won(12_500_000)),
                asset(2, .investment, "미래에셋증권", "ISA ···0921", won(18_340_720)),
                asset(3, .loan, "카카오뱅크", "전월세보증금 대출", won(-68_000_000)),
                asset(4, .card, "현대카드", "M ···8830", won(-842_150)),
                asset(5, .wallet, "네이버페이", nil, nil),
            ],
            totals: [
                CurrencyTotal(
                    has: won(35_059_070),
                    owes: won(-68_842_150),
                    net: won(-33_783_080)
                )
            ],
            sources: [
                SourceLine(
                    provider: "국민은행",
                    state: .good,
                    lastGoodAt: TestLedger.start,
                    events: 1204
                ),
                SourceLine(
                    provider: "현대카드",
                    state: .stale,
                    lastGoodAt: TestLedger.start - 190_000_000,
                    events: 1833
                ),
                SourceLine(
                    provider: "미래에셋증권",
                    state: .failed(reason: "consent-expired"),
                    lastGoodAt: TestLedger.start - 2_900_000_000,
                    events: 92
                ),
            ]
        )
    }

    func explain(_ event: EventID) -> CategoryReason? {
        guard let line = lines.first(where: { $0.event == event }), let category = line.category,
            let merchant = line.merchant
        else { return nil }
        return CategoryReason(
            transaction: line,
            rule: "merchant.\(category).3",
            ruleText: .init(
                ko: "가게 이름과 업종 번호가 모두 이 범주예요",
                en: "Both the merchant's name and its code belong to this category"
            ),
            version: "2026-02-01",
            evidence: [
                .init(kind: .merchantText, value: merchant), .init(kind: .mcc, value: "5411"),
            ],
            others: UInt64(lines.count { $0.merchant == merchant } - 1)
        )
    }
}
