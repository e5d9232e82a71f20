/// A page of card approvals and simdjson's own parse of it, for benchmarks: `CSimdJSON` stays
/// behind this module.
public struct PageBenchmark: ~Copyable {
    private var index = JSONIndex()

    /// A benchmark with empty buffers.
    public init() {}

    /// Rows that simdjson's whole parse finds: what reading costs without looking at any of it.
    public mutating func parse(_ page: Span<UInt8>) -> Int? { index.countByTree(page) }

    /// An answer of 카드-008 as a provider sends it, newest first, the same for a seed.
    ///
    /// One row in sixteen is cancelled, one in five paid in instalments.
    public static func page(rows: Int, seed: UInt64) -> [UInt8] {
        var words = seed
        var text = #"{"rsp_code":"00000","rsp_msg":"정상처리","approved_cnt":"\#(rows)","#
        text += #""approved_list":["#
        for row in 0..<rows {
            // SplitMix64.
            words &+= 0x9e37_79b9_7f4a_7c15
            var word = words
            word = (word ^ word >> 30) &* 0xbf58_476d_1ce4_e5b9
            word = (word ^ word >> 27) &* 0x94d0_49bb_1331_11eb
            word ^= word >> 31
            text += row == 0 ? "" : ","
            text += PageBenchmark.row(word, row)
        }
        return Array((text + "]}").utf8)
    }

    private static let merchants = [
        "스타벅스 강남점", "이마트 여의도점", "씨유 마포공덕점", "쿠팡", "GS25 서초역점", "배달의민족",
        "교보문고 광화문", "올리브영 명동", "SK에너지 한남", "파리바게뜨 잠실", "카카오택시",
        "넷플릭스", "홈플러스 합정", "본죽 역삼점", "약손약국", "롯데시네마",
    ]

    private static func row(_ word: UInt64, _ row: Int) -> String {
        let day = 28 - row * 27 / 500 % 28
        precondition(day > 0, "days of a month begin at 1")
        let time = [(word >> 8) % 24, (word >> 16) % 60, (word >> 24) % 60]
        let clock = time.map { two(Int($0)) }.joined()
        let isCancelled = word & 15 == 0
        var text = #"{"approved_num":"\#(10_000_000 + word % 89_999_999)","#
        text += #""approved_dtime":"202608\#(two(day))\#(clock)","#
        text += #""status":"\#(isCancelled ? "02" : "01")","pay_type":"01","#
        if isCancelled { text += #""trans_dtime":"20260829\#(clock)","# }
        text += #""merchant_name":"\#(merchants[Int(word >> 32 & 15)])","#
        text += #""merchant_regno":"101-81-\#(10_000 + (word >> 36) % 89_999)","#
        text += #""approved_amt":"\#((word >> 40 & 0x3ff) * 100 + 1_000)""#
        if (word >> 50) % 5 == 0 { text += #","total_install_cnt":"3""# }
        return text + "}"
    }

    private static func two(_ number: Int) -> String { (number < 10 ? "0" : "") + String(number) }
}
