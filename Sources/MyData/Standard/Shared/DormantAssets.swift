internal import Finance

/// 숨은금융: deposits and policies that nobody has asked for in years.
enum DormantAssets {
    private struct Row {
        var number = ""
        var seqno = ""
        var listed = AccountListed()
    }

    /// 숨은금융-001.
    static let list = AnswerMap(
        list: "sleep_list",
        count: "sleep_cnt",
        of: Row.init,
        [
            .word("sleep_num", 20, .must) { $0.number = $1 },
            .flag("is_consent", .must) { $0.listed.requested = $1 },
            .word("seqno", 7) { $0.seqno = $1 },
            .text("prod_name", 300, .should) { $0.listed.productName = $1 },
            .kept("sleep_type", .code(2), .should),
            .kept("insu_type", .code(2)),
        ]
    ) { (row, notes, page) throws(AnswerFault) in
        var parameters = [StandardCall.Parameter("sleep_num", row.number)]
        if !row.seqno.isEmpty { parameters.append(.init("seqno", row.seqno)) }
        page.list(
            .dormantAccount,
            AssetKey.join(row.number, row.seqno.isEmpty ? nil : row.seqno),
            isRequested: row.listed.requested,
            [StandardCall(.dormant002, parameters)],
            page.encoded(.accountListed(row.listed), notes)
        )
    }

    private struct Balance {
        var balance = BalanceReported()
        var terms = DepositTermsReported()
    }

    /// 숨은금융-002: what is there, and until when it can be asked for.
    static let balance = AnswerMap(
        of: Balance.init,
        [
            .currency {
                $0.balance.currency = $1
                $0.terms.currency = $1
            },
            .money("balance_amt", .must) { $0.balance.balance = $1 },
            .day("ext_pres_date", .should) { $0.terms.maturesOn = $1 },
        ]
    ) { (state, notes, page) throws(AnswerFault) in
        page.append(.balanceReported(state.balance), notes)
        if state.terms.maturesOn != 0 {
            page.append(.depositTermsReported(state.terms), notes)
        }
    }
}
