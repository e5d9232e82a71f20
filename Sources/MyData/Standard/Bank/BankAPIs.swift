internal import Finance

/// Banks: deposits, funds, loans, ISA and standing orders.
enum BankAPIs {
    static let all: [StandardAPI] = [
        StandardAPI(
            .bank001,
            "은행-001",
            "BA01",
            in: [.bank],
            .get,
            "/accounts",
            .list,
            .basic,
            scope: "list",
            BankLists.accounts
        ),
        state(.bank002, "은행-002", "BA02", "deposit/basic", .basic, BankStates.terms),
        state(.bank003, "은행-003", "BA03", "deposit/detail", .additional, BankStates.balances),
        days(.bank004, "은행-004", "BA04", "deposit/transactions", BankTransactions.map),
        state(.bank005, "은행-005", "BA11", "invest/basic", .basic, BankFunds.terms),
        state(.bank006, "은행-006", "BA12", "invest/detail", .additional, BankFunds.balance),
        days(.bank007, "은행-007", "BA13", "invest/transactions", BankFunds.transactions),
        state(.bank008, "은행-008", "BA21", "loan/basic", .basic, Loans.bankTerms),
        state(.bank009, "은행-009", "BA22", "loan/detail", .additional, Loans.balance),
        days(
            .bank010,
            "은행-010",
            "BA23",
            "loan/transactions",
            window: .months(3),
            Loans.transactions
        ),
        state(.bank011, "은행-011", nil, version: 2, "isa/basic", .basic, BankISA.basic),
        days(.bank012, "은행-012", nil, version: 2, "isa/transactions", BankISA.transactions),
        state(
            .bank013,
            "은행-013",
            nil,
            version: 2,
            "isa/detail",
            paged: true,
            .additional,
            BankISA.holdings
        ),
        state(
            .bank014,
            "은행-014",
            nil,
            version: 2,
            "deposit/scheduled",
            paged: true,
            .additional,
            StandingOrders.bank
        ),
    ]

    /// The third part of the path is the scope: `deposit`, `invest`, `loan`; ISA is an investment.
    private static func scope(_ path: String) -> String {
        let word = String(path.prefix { $0 != "/" })
        return word == "isa" ? "invest" : word
    }

    private static func parameters(_ path: String) -> [String] {
        path.hasPrefix("isa") ? ["account_num"] : ["account_num", "seqno"]
    }

    private static func state(
        _ api: ProviderAPI,
        _ id: String,
        _ code: String?,
        version: Int = 1,
        _ path: String,
        paged: Bool = false,
        _ transferClass: StandardAPI.TransferClass,
        _ map: AnswerMap
    ) -> StandardAPI {
        StandardAPI(
            api,
            id,
            code,
            in: [.bank],
            version: version,
            .post,
            "/accounts/" + path,
            .state,
            paged: paged,
            transferClass,
            scope: scope(path),
            parameters: parameters(path),
            map
        )
    }

    private static func days(
        _ api: ProviderAPI,
        _ id: String,
        _ code: String?,
        version: Int = 1,
        _ path: String,
        window: StandardAPI.Window? = nil,
        _ map: AnswerMap
    ) -> StandardAPI {
        StandardAPI(
            api,
            id,
            code,
            in: [.bank],
            version: version,
            .post,
            "/accounts/" + path,
            .days,
            .additional,
            scope: scope(path),
            window: window,
            parameters: parameters(path),
            map
        )
    }
}
