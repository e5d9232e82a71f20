internal import Finance

/// 금투-003: cash and securities as settled.
enum InvestTransactions {
    static let map = AnswerMap(
        list: "trans_list",
        count: "trans_cnt",
        of: InvestTransactionPosted.init,
        [
            .text("prod_name", 300) { $0.productName = $1 },
            .word("prod_code", 12) { $0.productCode = $1 },
            .moment("trans_dtime"),
            .word("trans_no", 64) { $0.transactionNumber = $1 },
            .code("trans_type", 3, .must) { $0.kind = $1 },
            .text("trans_type_detail", 60, .should) { $0.kindDetail = $1 },
            .exact("trans_num", .decimal(21, 6), unit: 6) { $0.quantity = $1 },
            .exact("base_amt", .decimal(17, 4), unit: 4) { $0.unitPrice = $1 },
            .money("trans_amt") { $0.amount = $1 },
            .money("settle_amt") { $0.settledAmount = $1 },
            .money("balance_amt") { $0.balanceAfter = $1 },
            .currency { $0.currency = $1 },
            .codeNumber("ex_code", 3) { $0.exchange = $1 },
            .text("trans_unit", 30) { $0.unit = $1 },
            .text("trans_memo", 90) { $0.memo = $1 },
        ]
    ) { (transaction, notes, page) throws(AnswerFault) in
        guard transaction.hasAmount || !movesCash(transaction.kind) else {
            throw AnswerFault(.fieldMissing, "trans_amt", row: notes.row)
        }
        guard transaction.hasQuantity || !movesSecurities(transaction.kind) else {
            throw AnswerFault(.fieldMissing, "trans_num", row: notes.row)
        }
        page.append(.investTransactionPosted(transaction), notes)
    }

    /// Kinds that say nothing without an amount.
    private static func movesCash(_ kind: InvestTransactionKind) -> Bool {
        [301, 302, 303, 311, 312, 341, 342].contains(kind.rawValue)
    }

    /// Kinds that say nothing without a quantity.
    private static func movesSecurities(_ kind: InvestTransactionKind) -> Bool {
        [321, 322, 341, 342].contains(kind.rawValue)
    }
}
