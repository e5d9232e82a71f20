internal import Finance

/// A prepaid wallet (전금-001).
struct Wallet: Sendable {
    var face: AssetFace
    /// Most that it may hold, in units of ten thousand won.
    var limit: Int64
    /// Place of the account that charges it.
    var account: Int
    var opening: Int64
    var balance: Int64
    var rows: [WalletRow] = []
}

/// A row of 전금-004 or 전금-103.
struct WalletRow: Sendable {
    var at: Int64
    var amount: Int64
    /// After it; of a payment account 0.
    var balance: Int64 = 0
    /// What of the balance was earned, after it.
    var earned: Int64 = 0
    /// trans_type.
    var kind: UInt16
    var number: UInt32
    var merchant: TextID = 0
    var registration: TextID = 0
    var title: TextID = 0
    var memo: TextID = 0
    /// The other end's institution and what it is there.
    var institution: TextID = 0
    var other: TextID = 0
    /// trans_category, by its letter; 0 is none.
    var category: UInt8 = 0
    /// pay_method: 1 online, 2 offline; 0 is none.
    var place: UInt8 = 0
    /// Number of the order.
    var order: UInt32 = 0

    /// Whether money came in by it (attachment 9).
    var isIn: Bool {
        switch kind {
        case 5_101...5_109, 5_211...5_229, 5_301, 5_502, 5_901, 6_201...6_209: true
        default: false
        }
    }
}

/// An account at a payment service, which pays by a registered card (전금-101).
struct PaymentAccount: Sendable {
    var face: AssetFace
    /// account_id.
    var account: String
    /// Place of the card.
    var card: Int
    var rows: [WalletRow] = []
}

/// Points of a card company, by when they changed.
struct CardPoints: Sendable {
    var provider: Int
    var name: String
    var opening: Int64
    /// Second of Korea's clock, and the points from then on.
    var states: [(at: Int64, points: Int64)] = []

    func points(at second: Int64) -> Int64 {
        let known = states.firstPlace { $0.at > second }
        return known == 0 ? opening : states[known - 1].points
    }
}

/// A cash advance on a card (카드-011), paid back by the next bill.
struct CashAdvance: Sendable {
    var provider: Int
    var at: Int64
    var amount: Int64
    /// The day of the bill that pays it back; known from the start.
    var dueOn: CivilDate
    /// Second of Korea's clock from which on nothing is owed.
    var repaidAt = Int64.max
    var account: Int
}
