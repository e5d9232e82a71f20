/// Names that people, firms and landlords have here; any likeness is by chance.
enum Names {
    static let family = [
        "김", "이", "박", "최", "정", "강", "조", "윤", "장", "임", "한", "오", "서", "신", "권",
        "황", "안", "송", "류", "홍", "전", "고", "문", "손", "양", "배", "백", "허", "남", "심",
    ]
    static let given = [
        "민준", "서연", "도윤", "지우", "하준", "서현", "지호", "수아", "주원", "하은", "예준",
        "지민", "건우", "윤서", "현우", "채원", "우진", "지유", "선우", "다은", "연우", "은서",
        "정우", "예린", "승현", "수빈", "준서", "소율", "유진", "가은", "영호", "미경", "성수",
        "은정", "정훈", "현정", "동현", "지영", "상우", "혜진", "진수", "경희", "광식", "순자",
        "영철", "말순", "태양", "별", "나래", "한솔",
    ]
    static let firms = [
        "(주)가람테크", "(주)나래소프트", "다온물산(주)", "라온건설(주)", "(주)마루식품",
        "바다해운(주)", "(주)사람과집", "아람전자(주)", "(주)자람교육", "차오름제약(주)",
        "(주)카온", "타래섬유(주)", "(주)파란하늘", "하람중공업(주)", "푸르미유통", "새결정공",
        "(주)누리정보", "온새미로(주)", "미르디자인", "(주)도담병원",
    ]
    static let clients = [
        "스튜디오여백", "(주)달콤출판", "모퉁이미디어", "(주)소금광고", "은하게임즈", "느티나무출판",
        "(주)이야기공방", "파도기획", "(주)반달영상", "오후네시",
    ]
}

/// What a person lives of.
enum Livelihood: Int, CaseIterable, Sendable {
    case employee, freelancer, owner, student, minor, retired
}

/// Who a person is, as far as money shows it.
struct Persona: Sendable {
    var livelihood: Livelihood
    var age: Int
    var name: String
    /// Won that come in a month, before luck.
    var income: Int
    /// Day of the month on which a salary or pension is paid.
    var payday: Int
    /// Where the money comes from.
    var payer: String
    /// Hundredths of what others pay for the same.
    var taste: Int
    /// Purchases a day, in hundredths.
    var purchases: Int

    init(using chance: inout Chance) {
        let draw = chance.below(1_000)
        let bounds = [570, 680, 770, 860, 930]
        livelihood = Livelihood(rawValue: bounds.firstIndex { draw < $0 } ?? 5) ?? .employee
        name = chance.pick(Names.family) + chance.pick(Names.given)
        payday = chance.pick([25, 25, 25, 25, 21, 21, 10, 10, 15, 20])
        payer = chance.pick(Names.firms)
        taste = chance.within(70...130)
        purchases = chance.within(130...210)
        switch livelihood {
        case .employee:
            age = chance.within(23...59)
            income = 2_100_000 + chance.below(180) * 10_000 + (age - 22) * 70_000
        case .freelancer:
            (age, income) = (chance.within(24...55), 1_900_000 + chance.below(260) * 10_000)
        case .owner:
            (age, income) = (chance.within(28...64), 2_600_000 + chance.below(400) * 10_000)
        case .student:
            (age, income) = (chance.within(19...26), 600_000 + chance.below(60) * 10_000)
            (taste, purchases) = (taste * 7 / 10, purchases * 8 / 10)
        case .minor:
            (age, income) = (chance.within(14...18), 80_000 + chance.below(14) * 10_000)
            (taste, purchases) = (taste * 4 / 10, purchases * 5 / 10)
        case .retired:
            (age, income) = (chance.within(62...80), 1_200_000 + chance.below(130) * 10_000)
            (payday, payer) = (25, "국민연금공단")
            purchases = purchases * 8 / 10
        }
    }

    /// Whether only deposits, debit cards and prepaid means may be theirs.
    var isMinor: Bool { livelihood == .minor }
    /// Whether there is an income that a card company or a bank would lend on.
    var isEarning: Bool { livelihood != .minor && livelihood != .student }
}
