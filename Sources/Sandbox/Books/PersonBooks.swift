internal import Finance

/// All that the providers of one person know, told up to some day.
struct PersonBooks: Sendable {
    /// The last day that is told.
    var lastDay: Int32
    /// Texts of rows; the first is no text.
    var texts: [String] = [""]
    var deposits: [DepositAccount] = []
    var cards: [PaymentCard] = []
    var bills: [CardBill] = []
    var points: [CardPoints] = []
    var advances: [CashAdvance] = []
    var funds: [FundAccount] = []
    var loans: [LoanAccount] = []
    var orders: [StandingOrder] = []
    var wallets: [Wallet] = []
    var policies: [Policy] = []
    var investments: [InvestAccount] = []
    var leases: [Lease] = []
    var retirements: [RetirementAccount] = []
    var payments: [PaymentAccount] = []
    /// Bought on credit and not billed on the last day, less what is to be given back.
    var unbilled: Int64 = 0

    /// Every asset's face, closed ones too.
    var faces: [AssetFace] {
        var faces = deposits.map(\.face)
        faces += cards.map(\.face)
        faces += funds.map(\.face)
        faces += loans.map(\.face)
        faces += wallets.map(\.face)
        faces += payments.map(\.face)
        faces += policies.map(\.face)
        faces += investments.map(\.face)
        faces += leases.map(\.face)
        faces += retirements.map(\.face)
        return faces
    }

    /// An account by its number and round at a provider.
    func deposit(_ provider: Int, _ number: String, _ seqno: String?) -> Int? {
        deposits.firstIndex {
            $0.face.provider == provider && $0.face.number == number && $0.face.seqno == seqno
        }
    }

    /// A card by its id at a provider.
    func card(_ provider: Int, _ id: String) -> Int? {
        cards.firstIndex { $0.face.provider == provider && $0.face.number == id }
    }
}
