internal import Finance

/// Policies and loans on them, as they are listed, and the terms of a policy.
enum Policies {
    private struct Row {
        var number = ""
        var listed = PolicyListed()
    }

    /// The kind of insurance that has cars.
    private static let car: UInt32 = 17

    private static let fields: [FieldMap<Row>] = [
        .word("insu_num", 20, .must) { $0.number = $1 },
        .flag("is_consent", .must) { $0.listed.requested = $1 },
        .text("prod_name", 300, .should) { $0.listed.productName = $1 },
        .codeNumber("insu_type", 2, .must) { $0.listed.insuranceType = $1 },
        .code("insu_status", 2, .should) { $0.listed.status = $1 },
    ]

    /// 보험-001.
    static let list = listed { type in
        let covers: [ProviderAPI] = type == car ? [.insu004] : []
        return [.insu002, .insu012] + covers + [.insu005, .insu006]
    }

    /// 보증보험-001.
    static let guarantees = listed { _ in [.ginsu002, .ginsu003] }

    private static func listed(
        _ apis: @escaping @Sendable (UInt32) -> [ProviderAPI]
    ) -> AnswerMap {
        AnswerMap(list: "insu_list", count: "insu_cnt", 5, of: Row.init, fields) {
            (row, notes, page) throws(AnswerFault) in
            page.list(
                .policy,
                row.number,
                isRequested: row.listed.requested,
                apis(row.listed.insuranceType).map {
                    StandardCall($0, [.init("insu_num", row.number)])
                },
                page.encoded(.policyListed(row.listed), notes)
            )
        }
    }

    /// 보험-008.
    static let loans = AnswerMap(
        list: "loan_list",
        count: "loan_cnt",
        of: AccountRow.init,
        [
            .text("prod_name", 300, .should) { $0.listed.productName = $1 },
            .word("account_num", 20, .must) { $0.number = $1 },
            .flag("is_consent", .must) { $0.listed.requested = $1 },
            .codeNumber("account_type", 4, .should) { $0.listed.accountType = $1 },
            .code("account_status", 2, .should) { $0.listed.status = $1 },
        ]
    ) { (account, notes, page) throws(AnswerFault) in
        page.list(
            .loan,
            account.key,
            isRequested: account.listed.requested,
            account.calls([.insu009, .insu010, .insu011]),
            page.encoded(.accountListed(account.listed), notes)
        )
    }

    private static let insured: [FieldMap<InsuredPerson>] = [
        .word("insured_no", 10) { $0.number = $1 },
        .text("insured_name", 30) { $0.name = $1 },
        .flag("is_primary") { $0.primary = $1 },
    ]

    /// Codes of 보험-002 and 보험-005: months, and 1Y for twelve.
    static let cycles: [String: PremiumCycle] = [
        "1M": .monthly, "2M": .every2Months, "3M": .quarterly, "6M": .halfYearly, "1Y": .yearly,
        "99": .other,
    ]

    /// 보험-002: terms, and a call for the contracts of each insured person.
    static let terms = AnswerMap(
        of: PolicyTermsReported.init,
        [
            .flag("is_renewable", .should) { $0.renewable = $1 },
            .day("issue_date", .should) { $0.openedOn = $1 },
            .day("exp_date", .should) { $0.maturesOn = $1 },
            .money("face_amt", .must) { $0.faceAmount = $1 },
            .currency { $0.currency = $1 },
            .flag("is_variable", .should) { $0.variable = $1 },
            .flag("is_universal", .should) { $0.universal = $1 },
            .day("pension_rcv_start_date") { $0.paysFrom = $1 },
            .code("pension_rcv_cycle", 2, in: cycles) { $0.pensionCycle = $1 },
            .flag("is_loanable", .should) { $0.loanable = $1 },
            .unrecorded("insured_cnt", .integer(2)),
            .list("insured_list", .should, of: InsuredPerson.init, insured) {
                $0.insured.append($1)
            },
        ]
    ) { (terms, notes, page) throws(AnswerFault) in
        page.append(.policyTermsReported(terms), notes)
        guard let policy = page.call["insu_num"] else { return }
        for person in terms.insured where !person.number.isEmpty {
            page.call(
                .insu003,
                [.init("insu_num", policy), .init("insured_no", person.number)]
            )
        }
    }

    /// 보증보험-002.
    static let guaranteeTerms = AnswerMap(
        of: PolicyTermsReported.init,
        [
            .day("issue_date", .should) { $0.openedOn = $1 },
            .day("exp_date", .should) { $0.maturesOn = $1 },
            .money("face_amt", .must) { $0.faceAmount = $1 },
            .unrecorded("insured_cnt", .integer(2)),
            .list("insured_list", .should, of: InsuredPerson.init, insured) {
                $0.insured.append($1)
            },
            .code("pay_due", 2, .should, in: ["01": PremiumDue.lumpSum, "02": .split]) {
                $0.premiumDue = $1
            },
            .money("pay_amt", .should, whole: 15) { $0.premium = $1 },
        ]
    ) { (terms, notes, page) throws(AnswerFault) in
        page.append(.policyTermsReported(terms), notes)
    }
}
