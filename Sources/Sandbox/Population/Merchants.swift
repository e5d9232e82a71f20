/// A kind of shop: what it is called, what it costs and when one goes there.
struct Trade: Sendable {
    /// The kind, in the words of a spending profile.
    let kind: String
    let chains: [String]
    /// Whether branches have names of their own.
    let isBranched: Bool
    /// Won of one purchase, from and to.
    let price: ClosedRange<Int>
    /// Won that prices are whole multiples of.
    let step: Int
    /// How often one goes, against other trades.
    let weight: Int
    /// Hours of the day.
    let hours: ClosedRange<Int>
    /// Whether it is bought by instalments when it is dear.
    let isByInstalments: Bool

    init(
        _ kind: String,
        _ chains: [String],
        branched isBranched: Bool = true,
        _ price: ClosedRange<Int>,
        step: Int = 100,
        weight: Int,
        hours: ClosedRange<Int> = 9...21,
        instalments isByInstalments: Bool = false
    ) {
        (self.kind, self.chains, self.isBranched) = (kind, chains, isBranched)
        (self.price, self.step, self.weight, self.hours) = (price, step, weight, hours)
        self.isByInstalments = isByInstalments
    }
}

/// Trades of a Korean town.
///
/// Names that everybody knows stand for what they are known for; the
/// others are made up.
enum Trades {
    static let daily: [Trade] = [
        Trade(
            "cafe",
            ["스타벅스", "컴포즈커피", "메가엠지씨커피", "이디야커피", "달보드레커피", "카페온유", "커피나무숲"],
            1_500...13_000,
            weight: 190,
            hours: 7...20
        ),
        Trade(
            "convenience",
            ["GS25", "씨유(CU)", "세븐일레븐", "이마트24", "별편의점"],
            1_000...16_000,
            weight: 200,
            hours: 0...23
        ),
        Trade(
            "restaurant",
            [
                "한강분식", "국수마을", "할매순대국", "바른식당", "해주냉면", "연안식당", "솔뫼갈비", "황금돈까스",
                "명가김밥", "청기와감자탕", "동해횟집", "만리성", "스시온", "이태리부엌", "본죽", "김밥천국",
            ],
            6_000...58_000,
            step: 500,
            weight: 210,
            hours: 11...21
        ),
        Trade(
            "bakery",
            ["파리바게뜨", "뚜레쥬르", "밀밭베이커리", "성심제과"],
            2_500...26_000,
            weight: 50,
            hours: 8...21
        ),
        Trade(
            "fastfood",
            ["롯데리아", "맘스터치", "맥도날드", "버거온", "BBQ치킨", "참닭집"],
            5_500...31_000,
            weight: 60,
            hours: 11...22
        ),
        Trade(
            "mart",
            ["이마트", "홈플러스", "롯데마트", "하나로마트", "우리동네슈퍼", "노브랜드"],
            7_000...142_000,
            step: 10,
            weight: 90,
            hours: 10...21
        ),
        Trade(
            "delivery",
            ["배달의민족", "쿠팡이츠", "요기요", "(주)우아한형제들"],
            branched: false,
            13_000...42_000,
            weight: 90,
            hours: 11...22
        ),
        Trade(
            "online",
            ["쿠팡", "네이버파이낸셜(주)", "11번가", "G마켓", "SSG.COM", "오늘의집", "마켓컬리", "토스페이먼츠"],
            branched: false,
            4_900...178_000,
            step: 10,
            weight: 120,
            hours: 0...23,
            instalments: true
        ),
        Trade(
            "transit",
            ["티머니 버스", "티머니 지하철", "이비카드 버스", "코레일"],
            branched: false,
            1_250...4_800,
            step: 50,
            weight: 150,
            hours: 6...22
        ),
        Trade(
            "taxi",
            ["카카오T 택시", "개인택시", "온다택시"],
            branched: false,
            4_800...31_000,
            weight: 40,
            hours: 0...23
        ),
        Trade(
            "fuel",
            ["SK에너지", "GS칼텍스", "현대오일뱅크", "알뜰주유소"],
            30_000...95_000,
            step: 1_000,
            weight: 30,
            hours: 6...22
        ),
        Trade(
            "pharmacy",
            ["온누리약국", "우리약국", "새봄약국", "종로약국"],
            3_000...38_000,
            weight: 40,
            hours: 9...19
        ),
        Trade(
            "clinic",
            ["연세내과의원", "밝은안과", "튼튼정형외과", "미소치과의원", "서울이비인후과"],
            4_500...125_000,
            weight: 35,
            hours: 9...18
        ),
        Trade(
            "beauty",
            ["올리브영", "준오헤어", "살롱드미", "네일한송이"],
            8_000...98_000,
            weight: 40,
            hours: 10...20
        ),
        Trade(
            "household",
            ["다이소", "모던하우스", "한샘몰", "철물나라"],
            2_000...64_000,
            step: 500,
            weight: 50,
            hours: 10...21
        ),
        Trade(
            "clothing",
            ["유니클로", "무신사", "탑텐", "지그재그", "봄날옷장"],
            15_000...230_000,
            weight: 30,
            instalments: true
        ),
        Trade(
            "culture",
            ["CGV", "메가박스", "교보문고", "예스24", "알라딘", "코인노래연습장"],
            5_000...46_000,
            weight: 50,
            hours: 10...22
        ),
        Trade(
            "parking",
            ["카카오T주차", "하이파킹", "한국도로공사", "공영주차장"],
            branched: false,
            1_000...18_000,
            weight: 35,
            hours: 7...22
        ),
        Trade(
            "sport",
            ["스포애니", "골프존파크", "당구클럽", "클라이밍온"],
            7_000...110_000,
            weight: 20,
            hours: 8...22
        ),
        Trade(
            "department",
            ["현대백화점", "신세계백화점", "롯데백화점", "전자랜드", "하이마트"],
            45_000...1_450_000,
            step: 1_000,
            weight: 12,
            hours: 11...20,
            instalments: true
        ),
        Trade(
            "travel",
            ["대한항공", "제주항공", "야놀자", "여기어때", "푸른여행사"],
            branched: false,
            48_000...680_000,
            weight: 10,
            instalments: true
        ),
        Trade("pet", ["튼튼동물병원", "멍냥하우스"], 9_000...140_000, weight: 8, hours: 10...19),
    ]

    static let branches = [
        "강남대로", "역삼", "망원", "홍대입구", "연남", "성수", "잠실새내", "노원", "수유", "신림", "목동",
        "여의도", "분당서현", "판교", "수원인계", "일산", "부천", "인천구월", "대전둔산", "천안", "청주",
        "전주객사", "광주상무", "대구동성로", "부산서면", "해운대", "울산삼산", "창원", "춘천", "강릉",
        "제주노형", "세종", "평촌", "광명", "구리", "의정부",
    ]

    /// Merchants abroad: name, country, currency, price in hundredths from and to.
    static let abroad:
        [(name: String, country: String, currency: UInt16, price: ClosedRange<Int>)] =
            [
                ("AMAZON.COM*RT4K2", "US", 840, 899...18_900),
                ("OPENAI *CHATGPT SUBSCR", "US", 840, 2_000...2_000),
                ("APPLE.COM/BILL", "US", 840, 99...2_999),
                ("STEAMGAMES.COM", "US", 840, 499...5_999),
                ("KISSA HATO", "JP", 392, 60_000...480_000),
                ("LAWSON TOKYO", "JP", 392, 20_000...310_000),
                ("DON QUIJOTE OSAKA", "JP", 392, 150_000...2_400_000),
                ("BOULANGERIE DU PORT", "FR", 978, 320...4_500),
                ("GASTHOF ZUR LINDE", "DE", 978, 1_200...16_000),
                ("IHERB.COM", "US", 840, 1_500...9_900),
            ]

    /// Subscriptions that a card pays each month.
    static let subscriptions: [(name: String, price: Int)] = [
        ("넷플릭스", 13_500), ("유튜브프리미엄", 14_900), ("멜론", 10_900), ("쿠팡와우멤버십", 7_890),
        ("네이버플러스멤버십", 4_900), ("밀리의서재", 9_900), ("티빙", 10_900), ("지니뮤직", 8_400),
    ]
}

/// A place where a person goes again and again.
struct Haunt: Sendable {
    var trade: Int
    /// As a card company writes it.
    var name: UInt32
    /// Business registration number, with its hyphens.
    var registration: UInt32
    /// Which price of its trade this place has, hundredths of the span.
    var level: Int
}
