internal import Finance

/// A text of a person's books: its place in `PersonBooks.texts`; 0 is none.
typealias TextID = UInt32

/// What every asset has.
struct AssetFace: Sendable {
    /// Place in the world's providers.
    var provider: Int
    /// Its key at the provider, without `seqno`.
    var number: String
    /// Second round of an account, where the provider counts rounds.
    var seqno: String?
    var name: String
    var openedOn: CivilDate
    /// Second of Korea's clock from which on it is no longer listed.
    var closesAt = Int64.max

    /// As `ListedAsset.key`.
    var key: String { seqno.map { "\(number)/\($0)" } ?? number }

    /// Whether the provider lists it at `second`.
    func isListed(at second: Int64) -> Bool {
        second < closesAt && KoreanClock.start(of: openedOn.daysSinceEpoch) <= second
    }
}

/// A deposit account in one currency.
struct DepositAccount: Sendable {
    var face: AssetFace
    /// account_type.
    var type = 1_001
    /// saving_method.
    var method = 1
    /// ISO 4217 numeric.
    var currency: UInt16 = 410
    var maturesOn: CivilDate?
    /// What was agreed, in thousandths.
    var committed: Int64?
    var monthly: Int64?
    /// Hundred-thousandths of one percent.
    var rate: Int64 = 10_000
    /// How far below zero it may go, in thousandths; nil where it may not.
    var overdraft: Int64?
    var balance: Int64
    /// What it had before its first row.
    var opening: Int64
    var rows: [DepositRow] = []
}

/// A row of 은행-004.
struct DepositRow: Sendable {
    /// Second of Korea's clock.
    var at: Int64
    /// Positive; `kind` has the direction.
    var amount: Int64
    var balance: Int64
    var memo: TextID
    /// `trans_no`, from 1 each day.
    var number: UInt16
    /// `paid_in_cnt`, 0 where there is none.
    var round: UInt16
    /// `trans_type`.
    var kind: UInt8
    /// `trans_class`, by its place in `Channel`.
    var channel: Channel

    /// Whether money came in by it.
    var isIn: Bool { [1, 3, 4, 6, 98].contains(kind) }
}

/// How a movement of an account was done: `trans_class`.
enum Channel: UInt8, Sendable {
    case debitCard, transfer, ownTransfer, automatic, atm, salary, interest, card, loan, counter
    case easyPay, openBanking

    /// Its words.
    var text: String {
        switch self {
        case .debitCard: "체크카드"
        case .transfer: "타행이체"
        case .ownTransfer: "인터넷"
        case .automatic: "자동이체"
        case .atm: "ATM"
        case .salary: "급여"
        case .interest: "이자"
        case .card: "카드대금"
        case .loan: "대출"
        case .counter: "창구"
        case .easyPay: "간편결제"
        case .openBanking: "오픈뱅킹"
        }
    }
}

/// A card.
struct PaymentCard: Sendable {
    var face: AssetFace
    /// Place of the account that pays it in `PersonBooks.deposits`.
    var account: Int
    /// card_type: 1 credit, 2 debit.
    var type: Int
    var brand: String
    var annualFee: Int64
    /// Masked number.
    var masked: String
    /// From when on the card is another of the same id: day and its masked number.
    var reissues: [(on: CivilDate, masked: String)] = []
    var domestic: [ApprovalRow] = []
    var overseas: [ApprovalRow] = []
}

/// A row of 카드-008 or 카드-009.
struct ApprovalRow: Sendable {
    /// approved_dtime.
    var at: Int64
    /// In thousandths of the currency.
    var amount: Int64
    /// When it was cancelled or corrected; `.max` is never.
    var changedAt = Int64.max
    /// What then held, for a correction.
    var corrected: Int64 = 0
    /// krw_amt, in thousandths; 0 where it is not fixed.
    var won: Int64 = 0
    var merchant: TextID
    var registration: TextID
    var number: UInt32
    var currency: UInt16 = 410
    /// ISO 3166, of a purchase abroad.
    var country: TextID = 0
    /// status before any change: 1, or 4 without approval.
    var status: UInt8 = 1
    /// status after the change: 2 or 3.
    var changedTo: UInt8 = 0
    var instalments: UInt8 = 0
    var isDebit: Bool

    /// When a provider would say it happened, as far as is known at `second`.
    @inline(__always)
    func known(at second: Int64) -> Int64 { changedAt <= second ? changedAt : at }

    /// What stands at `second`.
    func standing(at second: Int64) -> Int64 {
        guard changedAt <= second else { return amount }
        return changedTo == 2 ? 0 : corrected
    }
}

/// A bill of 카드-004 with its lines of 카드-005.
struct CardBill: Sendable {
    var provider: Int
    var month: Month
    var issuedAt: Int64
    var paysOn: CivilDate
    /// Agreed day of payment.
    var day: Int
    var lines: [BillLine]

    /// In thousandths of a won.
    var amount: Int64 { lines.reduce(0) { $0 + $1.amount } }
}

/// A line of a bill.
struct BillLine: Sendable {
    /// Place in `PersonBooks.cards`.
    var card: Int
    var at: Int64
    var amount: Int64
    var fee: Int64 = 0
    var rest: Int64 = 0
    var merchant: TextID
    var registration: TextID
    var instalments: UInt8 = 0
    var instalment: UInt8 = 0
    /// prod_type of a bill.
    var kind: UInt8 = 1
}
