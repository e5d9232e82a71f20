internal import Finance

/// Electronic finance firms: wallets and payment accounts.
enum EfinAPIs {
    private static let wallet = ["fob_id", "account_id"]
    private static let account = ["sub_key"]

    static let all: [StandardAPI] = [
        StandardAPI(
            .efin001,
            "전금-001",
            "EF01",
            in: [.efin],
            .get,
            "/prepaid",
            .list,
            .basic,
            scope: "list",
            Wallets.wallets
        ),
        StandardAPI(
            .efin002,
            "전금-002",
            "EF02",
            in: [.efin],
            .post,
            "/prepaid/balance",
            .state,
            .additional,
            scope: "prepaid",
            parameters: wallet,
            Wallets.balance
        ),
        StandardAPI(
            .efin003,
            "전금-003",
            "EF03",
            in: [.efin],
            .post,
            "/prepaid/charge",
            .state,
            .basic,
            scope: "prepaid",
            parameters: wallet,
            EfinPayments.charges
        ),
        StandardAPI(
            .efin004,
            "전금-004",
            "EF04",
            in: [.efin],
            .post,
            "/prepaid/transactions",
            .days,
            .additional,
            scope: "prepaid",
            parameters: wallet,
            EfinPayments.walletTransactions
        ),
        StandardAPI(
            .efin101,
            "전금-101",
            "EF11",
            in: [.efin],
            .get,
            "/paid",
            .list,
            .basic,
            scope: "list",
            EfinPayments.accounts
        ),
        StandardAPI(
            .efin102,
            "전금-102",
            "EF12",
            in: [.efin],
            .post,
            "/paid/methods",
            .state,
            .basic,
            scope: "paid",
            parameters: account,
            EfinPayments.methods
        ),
        StandardAPI(
            .efin103,
            "전금-103",
            "EF13",
            in: [.efin],
            .post,
            "/paid/transactions",
            .days,
            .additional,
            scope: "paid",
            parameters: account,
            EfinPayments.payments
        ),
    ]
}
