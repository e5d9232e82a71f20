internal import Finance

/// 은행-014 and 금투-006.
enum StandingOrders {
    /// 은행-014.
    static let bank = map([.currency { $0.currency = $1 }])
    /// 금투-006, in won.
    static let invest = map([])

    private static func map(_ further: [FieldMap<ScheduledTransferReported>]) -> AnswerMap {
        AnswerMap(
            list: "scheduled_list",
            count: "scheduled_cnt",
            of: ScheduledTransferReported.init,
            [
                .word("scheduled_org_code", 8) { $0.counterpartyBank = $1 },
                .word("scheduled_account_num", 20, .must) { $0.counterpartyAccount = $1 },
            ] + further + [
                .money("scheduled_amt", .must) { $0.amount = $1 },
                .code("scheduled_cycle", 2, .should) { $0.cycle = $1 },
                .number("scheduled_date", 2) { $0.day = $1 },
                .text("trans_memo", 90) { $0.memo = $1 },
            ]
        ) { (order, notes, page) throws(AnswerFault) in
            page.append(.scheduledTransferReported(order), notes)
        }
    }
}
