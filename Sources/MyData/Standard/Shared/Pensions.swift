internal import Finance

/// What IRP, DC pensions and ISA share, and DB pensions.
enum Pensions {
    /// DC-003 and 은행-012: kinds have the numbers of the enum.
    static func transactions(currency: Bool) -> AnswerMap {
        let head: [FieldMap<PensionTransactionPosted>] = [
            .moment("trans_dtime"),
            .word("trans_no", 64) { $0.transactionNumber = $1 },
            .code("trans_type", 2, .must) { $0.kind = $1 },
        ]
        let tail: [FieldMap<PensionTransactionPosted>] =
            currency ? [.currency { $0.currency = $1 }] : []
        return movements(head + tail + [.magnitude("trans_amt") { $0.amount = $1 }])
    }

    private static func movements(_ fields: [FieldMap<PensionTransactionPosted>]) -> AnswerMap {
        AnswerMap(
            list: "trans_list",
            count: "trans_cnt",
            of: PensionTransactionPosted.init,
            fields
        ) { (transaction, notes, page) throws(AnswerFault) in
            page.append(.pensionTransactionPosted(transaction), notes)
        }
    }

    /// Holdings by a table of fields.
    static func holdings(
        list: String,
        count: String,
        _ fields: [FieldMap<HoldingReported>]
    ) -> AnswerMap {
        AnswerMap(list: list, count: count, of: HoldingReported.init, fields) {
            (holding, notes, page) throws(AnswerFault) in
            page.append(.holdingReported(holding), notes)
        }
    }

    /// How much, from when to when and at what rate; units of funds have three decimals.
    static let holdingRest: [FieldMap<HoldingReported>] = [
        .exact("holding_num", .decimal(18, 3), unit: 6) { $0.quantity = $1 },
        .day("issue_date") { $0.openedOn = $1 },
        .day("exp_date") { $0.maturesOn = $1 },
        .rate("int_rate", .decimal(5, 3)) { $0.interestRate = $1 },
    ]

    private struct Row {
        var number = ""
        var listed = AccountListed()
    }

    private static func list(
        list: String,
        count: String,
        _ kind: AssetKind,
        _ scheme: PensionScheme,
        number: String,
        numberLength: Int,
        name: String,
        _ apis: [ProviderAPI]
    ) -> AnswerMap {
        AnswerMap(
            list: list,
            count: count,
            of: Row.init,
            [
                .text(name, 300, .should) { $0.listed.productName = $1 },
                .word(number, numberLength, .must) { $0.number = $1 },
                .flag("is_consent", .must) { $0.listed.requested = $1 },
            ]
        ) { (row, notes, page) throws(AnswerFault) in
            var listed = row.listed
            listed.scheme = scheme
            let parameters = [StandardCall.Parameter(number, row.number)]
            page.list(
                kind,
                row.number,
                isRequested: listed.requested,
                apis.map { StandardCall($0, parameters) },
                page.encoded(.accountListed(listed), notes)
            )
        }
    }

    /// IRP-001.
    static let irps = list(
        list: "irp_list",
        count: "irp_cnt",
        .retirementAccount,
        .irp,
        number: "account_num",
        numberLength: 20,
        name: "prod_name",
        [.irp002, .irp003, .irp004]
    )

    /// DC-001.
    static let dcs = list(
        list: "dc_list",
        count: "dc_cnt",
        .definedContribution,
        .definedContribution,
        number: "dc_num",
        numberLength: 15,
        name: "dc_name",
        [.dc002, .dc004, .dc003]
    )

    /// IRP-002.
    static let irpState = AnswerMap(
        of: PensionReported.init,
        [
            .money("accum_amt", .should) { $0.balance = $1 },
            .money("eval_amt", .must) { $0.value = $1 },
            .money("employer_amt", .should) { $0.employerAmount = $1 },
            .money("employee_amt", .should) { $0.employeeAmount = $1 },
            .day("issue_date", .should) { $0.openedOn = $1 },
            .day("first_deposit_date") { $0.firstPaidOn = $1 },
            .day("reg_date") { $0.joinedOn = $1 },
            .day("rcv_start_date") { $0.paysFrom = $1 },
        ]
    ) { (pension, notes, page) throws(AnswerFault) in
        var pension = pension
        pension.scheme = .irp
        page.append(.pensionReported(pension), notes)
    }

    /// DC-002.
    static let dcState = AnswerMap(
        of: PensionReported.init,
        [
            .money("balance_amt") { $0.balance = $1 },
            .money("eval_amt", .must) { $0.value = $1 },
            .day("issue_date", .should) { $0.openedOn = $1 },
        ]
    ) { (pension, notes, page) throws(AnswerFault) in
        var pension = pension
        pension.scheme = .definedContribution
        page.append(.pensionReported(pension), notes)
    }

    /// DB-001: whether there is one; it is the asset and all that is known of it.
    static let db = AnswerMap(
        of: PensionReported.init,
        [.flag("is_running_pension", .must) { $0.running = $1 }]
    ) { (pension, notes, page) throws(AnswerFault) in
        guard pension.running else { return }
        var (listed, pension) = (AccountListed(), pension)
        pension.scheme = .definedBenefit
        listed.scheme = .definedBenefit
        page.list(
            .definedBenefit,
            CardLists.customerKey,
            isRequested: true,
            [],
            page.encoded(.accountListed(listed), notes)
                + page.encoded(.pensionReported(pension), notes)
        )
    }

    /// IRP-003.
    static let irpHoldings = holdings(
        list: "irp_list",
        count: "irp_cnt",
        [
            .text("irp_name", 300, .should) { $0.productName = $1 },
            .word("irp_no", 64) { $0.productCode = $1 },
            .code("irp_type", 2, .should) { $0.guarantee = $1 },
            .money("eval_amt", .must) { $0.value = $1 },
            .money("inv_principal", .should) { $0.cost = $1 },
            .exact("fund_num", .decimal(18, 3), unit: 6) { $0.quantity = $1 },
            .day("open_date") { $0.openedOn = $1 },
            .day("exp_date") { $0.maturesOn = $1 },
            .rate("int_rate", .decimal(5, 3)) { $0.interestRate = $1 },
        ]
    )

    /// DC-004.
    static let dcHoldings = holdings(
        list: "dc_list",
        count: "dc_cnt",
        [
            .text("prod_name", 300, .should) { $0.productName = $1 },
            .word("prod_num", 64) { $0.productCode = $1 },
            .code("prod_type", 2, .should) { $0.guarantee = $1 },
            .money("eval_amt", .must) { $0.value = $1 },
            .money("principal_amt", .should) { $0.cost = $1 },
        ] + holdingRest
    )

    /// IRP-004: its 01 and 02 are 02 and 03 elsewhere.
    static let irpTransactions = movements([
        .moment("trans_dtime"),
        .word("trans_no", 64) { $0.transactionNumber = $1 },
        .code("trans_type", 2, .must, in: ["01": .paidIn, "02": .paidOut]) {
            (fact, kind: PensionTransactionKind) in fact.kind = kind
        },
        .magnitude("trans_amt", whole: 15) { $0.amount = $1 },
    ])
}
