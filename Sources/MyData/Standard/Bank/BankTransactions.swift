internal import Finance

/// 은행-004, the busiest list of banks: written straight into the body of events.
enum BankTransactions {
    private enum Place {
        static let time = 0
        static let number = 1
        static let kind = 2
        static let channel = 3
        static let currency = 4
        static let amount = 5
        static let balance = 6
        static let paidIn = 7
        static let memo = 8
    }

    static let map = AnswerMap(
        list: "trans_list",
        count: "trans_cnt",
        rows: [
            WireField("trans_dtime", .moment, .must),
            WireField("trans_no", .word(64), .may),
            WireField("trans_type", .code(2), .must),
            WireField("trans_class", .text(15), .should),
            WireField("currency_code", .code(3), .may),
            WireField("trans_amt", .decimal(18, 3), .must),
            WireField("balance_amt", .decimal(18, 3), .should),
            WireField("paid_in_cnt", .integer(6), .may),
            WireField("trans_memo", .text(90), .may),
        ],
        emit: emit
    )

    @Sendable
    private static func emit(
        _ row: borrowing WireRow,
        _ page: inout PageDraft
    ) throws(AnswerFault) {
        let moment = try row.moment(Place.time)
        // The kind is the movement's direction: without it there is no movement.
        guard let code = try row.code(Place.kind, digits: 2), let kind = kind(code) else {
            throw row.fault(.codeUnknown, Place.kind)
        }
        let amount = try row.money(Place.amount, digits: 18, scale: 3)
        guard amount >= 0 else { throw row.fault(.inconsistent, Place.amount) }
        let hasBalance = row.has(Place.balance)
        let balance = hasBalance ? try row.money(Place.balance, digits: 18, scale: 3) : 0
        let start = page.answer.events.count
        EventWriter.append(
            BankTransactionView(
                amount: amount,
                currency: try page.currency(row, Place.currency),
                kind: kind,
                balanceAfter: hasBalance ? balance : nil,
                memo: try row.text(Place.memo, 90),
                channel: try row.text(Place.channel, 15),
                transactionNumber: try row.word(Place.number, 64),
                paymentsInCount: try row.count(Place.paidIn, digits: 6)
            ),
            at: moment.envelope(.bank004),
            to: &page.answer.events
        )
        if row.hasUnknown {
            var unmapped: [Unmapped] = []
            row.appendUnknown(to: &unmapped)
            page.add(unmapped, from: start)
        }
    }

    private static func kind(_ code: Int) -> BankTransactionKind? {
        switch code {
        case 1...7, 98, 99: BankTransactionKind(rawValue: code)
        default: nil
        }
    }
}
