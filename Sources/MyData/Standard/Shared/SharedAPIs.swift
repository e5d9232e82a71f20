internal import Finance

/// What several industries serve: pensions, prepaid means, dormant assets.
enum SharedAPIs {
    static let all: [StandardAPI] = pensions + prepaid + dormant

    private static let pensionIndustries: [Industry] = [.bank, .invest, .insu]
    private static let irp = ["account_num"]
    private static let dc = ["dc_num"]

    private static let pensions: [StandardAPI] = [
        StandardAPI(
            .irp001,
            "IRP-001",
            "IR01",
            in: pensionIndustries,
            .get,
            "/irps",
            .list,
            paged: false,
            .basic,
            scope: "irp",
            Pensions.irps
        ),
        StandardAPI(
            .irp002,
            "IRP-002",
            "IR02",
            in: pensionIndustries,
            .post,
            "/irps/basic",
            .state,
            .basic,
            scope: "irp",
            parameters: irp,
            Pensions.irpState
        ),
        StandardAPI(
            .irp003,
            "IRP-003",
            "IR03",
            in: pensionIndustries,
            .post,
            "/irps/detail",
            .state,
            paged: true,
            .additional,
            scope: "irp",
            parameters: irp,
            Pensions.irpHoldings
        ),
        StandardAPI(
            .irp004,
            "IRP-004",
            "IR04",
            in: pensionIndustries,
            .post,
            "/irps/transactions",
            .days,
            .additional,
            scope: "irp",
            parameters: irp,
            Pensions.irpTransactions
        ),
        StandardAPI(
            .db001,
            "DB-001",
            nil,
            in: pensionIndustries,
            version: 2,
            .get,
            "/db/basic",
            .list,
            paged: false,
            .basic,
            scope: "db",
            Pensions.db
        ),
        StandardAPI(
            .dc001,
            "DC-001",
            nil,
            in: pensionIndustries,
            version: 2,
            .get,
            "/dc",
            .list,
            paged: false,
            .basic,
            scope: "dc",
            Pensions.dcs
        ),
        StandardAPI(
            .dc002,
            "DC-002",
            nil,
            in: pensionIndustries,
            version: 2,
            .post,
            "/dc/basic",
            .state,
            .basic,
            scope: "dc",
            parameters: dc,
            Pensions.dcState
        ),
        StandardAPI(
            .dc003,
            "DC-003",
            nil,
            in: pensionIndustries,
            version: 2,
            .post,
            "/dc/transactions",
            .days,
            .additional,
            scope: "dc",
            parameters: dc,
            Pensions.transactions(currency: false)
        ),
        StandardAPI(
            .dc004,
            "DC-004",
            nil,
            in: pensionIndustries,
            version: 2,
            .post,
            "/dc/detail",
            .state,
            paged: true,
            .additional,
            scope: "dc",
            parameters: dc,
            Pensions.dcHoldings
        ),
    ]

    private static let prepaidIndustries: [Industry] = [.bank, .card]
    private static let means = ["pp_id"]

    private static let prepaid: [StandardAPI] = [
        StandardAPI(
            .prepaid001,
            "선불-001",
            "PP01",
            in: prepaidIndustries,
            .get,
            "/prepaid",
            .list,
            .basic,
            scope: "prepaid",
            Wallets.prepaidMeans
        ),
        StandardAPI(
            .prepaid002,
            "선불-002",
            "PP02",
            in: prepaidIndustries,
            .post,
            "/prepaid/balance",
            .state,
            .additional,
            scope: "prepaid",
            parameters: means,
            Wallets.prepaidBalance
        ),
        StandardAPI(
            .prepaid003,
            "선불-003",
            "PP03",
            in: prepaidIndustries,
            .post,
            "/prepaid/transactions",
            .days,
            .additional,
            scope: "prepaid",
            parameters: means,
            Wallets.prepaidTransactions
        ),
        StandardAPI(
            .prepaid004,
            "선불-004",
            "PP04",
            in: prepaidIndustries,
            .post,
            "/prepaid/approval",
            .days,
            .additional,
            scope: "prepaid",
            parameters: means,
            CardApprovals.prepaid
        ),
    ]

    private static let dormant: [StandardAPI] = [
        StandardAPI(
            .dormant001,
            "숨은금융-001",
            nil,
            in: [.bank, .insu],
            version: 2,
            .get,
            "/sleep_noncont",
            .list,
            .basic,
            scope: "list",
            DormantAssets.list
        ),
        StandardAPI(
            .dormant002,
            "숨은금융-002",
            nil,
            in: [.bank, .insu],
            version: 2,
            .post,
            "/sleep_noncont/deposit",
            .state,
            .basic,
            scope: "list",
            parameters: ["sleep_num", "seqno"],
            DormantAssets.balance
        ),
    ]
}
