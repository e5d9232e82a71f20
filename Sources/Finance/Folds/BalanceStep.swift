/// How a movement takes a balance from one amount to another, in thousandths.
struct BalanceStep {
    let before: Int64
    let after: Int64

    /// Nil when the source does not say the balance after it, or the one before is beyond 64 bits.
    init?(by change: Int128, to after: Int64?) {
        guard let after, let before = Int64(exactly: Int128(after) - change) else { return nil }
        (self.before, self.after) = (before, after)
    }

    /// Nil also when the source does not say which way the money went.
    init?(_ bank: borrowing BankTransactionView) {
        guard let isIn = bank.kind.isIn else { return nil }
        self.init(by: isIn ? Int128(bank.amount) : -Int128(bank.amount), to: bank.balanceAfter)
    }

    /// Nil also when what the wallet has does not change.
    init?(_ wallet: borrowing EmoneyView) {
        guard let isIn = wallet.kind.isIn else { return nil }
        self.init(
            by: isIn ? Int128(wallet.amount) : -Int128(wallet.amount),
            to: wallet.balanceAfter
        )
    }
}
