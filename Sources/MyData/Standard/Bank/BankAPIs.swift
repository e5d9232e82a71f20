internal import Finance

/// Banks: deposits, funds, loans and standing orders.
enum BankAPIs {
    static let all: [StandardAPI] = [
        StandardAPI(
            .bank001, "은행-001", "BA01", in: [.bank], .get, "/accounts", .list, .basic,
            scope: "list", BankLists.accounts),
        deposit(.bank002, "은행-002", "BA02", "basic", .basic, BankStates.terms),
        deposit(.bank003, "은행-003", "BA03", "detail", .additional, BankStates.balances),
        StandardAPI(
            .bank004, "은행-004", "BA04", in: [.bank], .post,
            "/accounts/deposit/transactions", .days, .additional, scope: "deposit",
            parameters: account,
            BankTransactions.map),
    ]

    private static let account = ["account_num", "seqno"]

    private static func deposit(
        _ api: ProviderAPI,
        _ id: String,
        _ code: String,
        _ path: String,
        _ transferClass: StandardAPI.TransferClass,
        _ map: AnswerMap
    ) -> StandardAPI {
        StandardAPI(
            api, id, code, in: [.bank], .post, "/accounts/deposit/" + path, .state,
            transferClass, scope: "deposit",
            parameters: account, map)
    }
}
