import Cryptography
import EventLog
import Finance
import Frame

/// The benchmark's chance: SplitMix64, so that a seed gives the same workload on every machine.
struct BenchRandom: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var word = state
        word = (word ^ word >> 30) &* 0xbf58_476d_1ce4_e5b9
        word = (word ^ word >> 27) &* 0x94d0_49bb_1331_11eb
        return word ^ word >> 31
    }
}

/// Subjects drawn by Zipf's law with exponent 1.1: few are busy, most are quiet.
struct ZipfSubjects: Sendable {
    let subjects: [SubjectID]
    private let cumulated: [Double]

    init(count: Int) {
        var random = BenchRandom(seed: 4_711)
        subjects = (0..<count).map { _ in SubjectID(high: random.next(), low: random.next()) }
        var sum = 0.0
        // Rank to the power -1.1 by repeated exp of the logarithm would need Foundation; the
        // series below is exact enough for a workload and the same everywhere.
        cumulated = (1...count).map { rank in
            sum += 1 / (Double(rank) * Double(rank).squareRoot().squareRoot().squareRoot())
            return sum
        }
    }

    /// Index of a subject of one client's share: clients never write the same subject.
    func draw(_ random: inout BenchRandom, client: Int, of clients: Int) -> Int {
        let last = cumulated[cumulated.count - 1]
        let point = Double(random.next() >> 11) / Double(1 << 53) * last
        var (low, high) = (0, cumulated.count - 1)
        while low < high {
            let middle = (low + high) / 2
            if cumulated[middle] < point { low = middle + 1 } else { high = middle }
        }
        let share = low - low % clients + client
        return share < subjects.count ? share : client
    }
}

/// Card approvals as a card company reports them, about 62 bytes each, one a minute.
///
/// The ten million of eight writers are spread over two and a half years.
struct ApprovalSource {
    private var random: BenchRandom
    private var clock: Int64 = 1_700_000_000
    private static let merchants: [[UInt8]] = [
        "스타벅스 강남점", "이마트 여의도점", "씨유 마포공덕점", "쿠팡", "GS25 서초역점",
        "배달의민족", "교보문고 광화문", "올리브영 명동", "SK에너지 한남", "파리바게뜨 잠실",
        "카카오택시", "넷플릭스", "홈플러스 합정", "본죽 역삼점", "약손약국", "롯데시네마",
    ].map { Array($0.utf8) }
    private static let codes: [UInt32] = [
        5814, 5411, 5499, 5311, 5499, 5812, 5942, 5977, 5541, 5462, 4121, 4899, 5411, 5812, 5912,
        7832,
    ]

    init(seed: UInt64) { random = BenchRandom(seed: seed) }

    /// Appends `count` length-delimited events.
    mutating func append(_ count: Int, to body: inout [UInt8]) {
        for _ in 0..<count {
            let word = random.next()
            let merchant = Int(word & 15)
            clock += Int64(word >> 8 & 0x7f)
            var number: [8 of UInt8] = .init(repeating: 0)
            for digit in 0..<8 { number[digit] = 48 + UInt8(word >> (24 + 4 * digit) & 15) % 10 }
            let name = ApprovalSource.merchants[merchant]
            EventWriter.append(
                CardApprovalView(
                    amount: Int64(word >> 40 & 0x3ff) * 100_000 + 1_000_000,
                    merchantName: name.span,
                    mcc: ApprovalSource.codes[merchant],
                    payType: .credit,
                    status: .approved,
                    approvalNumber: number.span
                ),
                .cardApproved,
                at: EventEnvelope(occurredAt: clock),
                to: &body
            )
        }
    }
}
