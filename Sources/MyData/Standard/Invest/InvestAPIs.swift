internal import Finance

/// Investment firms: accounts, cash, movements, holdings, pension savings.
enum InvestAPIs {
    private static let account = ["account_num"]

    static let all: [StandardAPI] = [
        StandardAPI(
            .invest001,
            "금투-001",
            "IV01",
            in: [.invest],
            .get,
            "/accounts",
            .list,
            .basic,
            scope: "list",
            InvestAccounts.list
        ),
        StandardAPI(
            .invest002,
            "금투-002",
            "IV02",
            in: [.invest],
            .post,
            "/accounts/basic",
            .state,
            .additional,
            scope: "account",
            parameters: account,
            InvestAccounts.balances
        ),
        StandardAPI(
            .invest003,
            "금투-003",
            "IV03",
            in: [.invest],
            .post,
            "/accounts/transactions",
            .days,
            .additional,
            scope: "account",
            parameters: account,
            InvestTransactions.map
        ),
        StandardAPI(
            .invest004,
            "금투-004",
            "IV04",
            in: [.invest],
            .post,
            "/accounts/products",
            .state,
            paged: true,
            .additional,
            scope: "account",
            parameters: account,
            InvestAccounts.holdings
        ),
        StandardAPI(
            .invest005,
            "금투-005",
            "IV05",
            in: [.invest],
            .post,
            "/accounts/pension",
            .state,
            .additional,
            scope: "account",
            parameters: account,
            InvestAccounts.pension
        ),
        StandardAPI(
            .invest006,
            "금투-006",
            nil,
            in: [.invest],
            version: 2,
            .post,
            "/accounts/scheduled",
            isPathKnown: false,
            .state,
            paged: true,
            .additional,
            scope: "account",
            parameters: account,
            StandingOrders.invest
        ),
    ]
}
