internal import Finance

/// Guarantee insurers.
enum GinsuAPIs {
    private static let policy = ["insu_num"]

    static let all: [StandardAPI] = [
        StandardAPI(
            .ginsu001,
            "보증보험-001",
            "GI01",
            in: [.ginsu],
            .get,
            "/insurances",
            .list,
            .basic,
            scope: "list",
            Policies.guarantees
        ),
        StandardAPI(
            .ginsu002,
            "보증보험-002",
            "GI02",
            in: [.ginsu],
            .post,
            "/insurances/basic",
            .state,
            .basic,
            scope: "insurance",
            parameters: policy,
            Policies.guaranteeTerms
        ),
        StandardAPI(
            .ginsu003,
            "보증보험-003",
            "GI03",
            in: [.ginsu],
            .post,
            "/insurances/transactions",
            .days,
            .additional,
            scope: "insurance",
            window: .months(3),
            parameters: policy,
            Premiums.paidForGuarantees
        ),
    ]
}
