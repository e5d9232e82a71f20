internal import Finance

/// Insurers: policies, covers, premiums and loans on policies.
enum InsuAPIs {
    static let all: [StandardAPI] = [
        StandardAPI(
            .insu001,
            "보험-001",
            "IS01",
            in: [.insu],
            .get,
            "/insurances",
            .list,
            .basic,
            scope: "list",
            Policies.list
        ),
        policy(.insu002, "보험-002", "IS02", "basic", .basic, Policies.terms),
        StandardAPI(
            .insu003,
            "보험-003",
            "IS03",
            in: [.insu],
            .post,
            "/insurances/contracts",
            .state,
            .basic,
            scope: "insurance",
            parameters: ["insu_num", "insured_no"],
            isOfPart: true,
            PolicyCovers.contracts
        ),
        policy(.insu004, "보험-004", "IS04", "car", .basic, PolicyCovers.cars),
        policy(.insu005, "보험-005", "IS05", "payment", .basic, Premiums.schedule),
        premiums(.insu006, "보험-006", "IS06", "transactions", ["insu_num"], Premiums.paid),
        premiums(
            .insu007,
            "보험-007",
            "IS07",
            "car/transactions",
            ["insu_num", "car_number"],
            isOfPart: true,
            Premiums.paidForCars
        ),
        StandardAPI(
            .insu008,
            "보험-008",
            "IS11",
            in: [.insu],
            .get,
            "/loans",
            .list,
            .basic,
            scope: "list",
            Policies.loans
        ),
        loan(.insu009, "보험-009", "IS12", "basic", .basic, Loans.insuranceTerms),
        loan(.insu010, "보험-010", "IS13", "detail", .additional, Loans.balance),
        StandardAPI(
            .insu011,
            "보험-011",
            "IS14",
            in: [.insu],
            .post,
            "/loans/transactions",
            .days,
            .additional,
            scope: "loan",
            window: .months(3),
            parameters: ["account_num"],
            Loans.insuranceTransactions
        ),
        policy(.insu012, "보험-012", "IS08", "coverages", .additional, PolicyCovers.coverages),
        premiums(
            .insu021,
            "보험-021",
            nil,
            version: 2,
            "general/transactions",
            isPathKnown: false,
            ["insu_num"],
            Premiums.paid
        ),
    ]

    private static func policy(
        _ api: ProviderAPI,
        _ id: String,
        _ code: String,
        _ path: String,
        _ transferClass: StandardAPI.TransferClass,
        _ map: AnswerMap
    ) -> StandardAPI {
        StandardAPI(
            api,
            id,
            code,
            in: [.insu],
            .post,
            "/insurances/" + path,
            .state,
            transferClass,
            scope: "insurance",
            parameters: ["insu_num"],
            map
        )
    }

    private static func loan(
        _ api: ProviderAPI,
        _ id: String,
        _ code: String,
        _ path: String,
        _ transferClass: StandardAPI.TransferClass,
        _ map: AnswerMap
    ) -> StandardAPI {
        StandardAPI(
            api,
            id,
            code,
            in: [.insu],
            .post,
            "/loans/" + path,
            .state,
            transferClass,
            scope: "loan",
            parameters: ["account_num"],
            map
        )
    }

    private static func premiums(
        _ api: ProviderAPI,
        _ id: String,
        _ code: String?,
        version: Int = 1,
        _ path: String,
        isPathKnown: Bool = true,
        _ parameters: [String],
        isOfPart: Bool = false,
        _ map: AnswerMap
    ) -> StandardAPI {
        StandardAPI(
            api,
            id,
            code,
            in: [.insu],
            version: version,
            .post,
            "/insurances/" + path,
            isPathKnown: isPathKnown,
            .days,
            .additional,
            scope: "insurance",
            window: .months(3),
            parameters: parameters,
            isOfPart: isOfPart,
            map
        )
    }
}
