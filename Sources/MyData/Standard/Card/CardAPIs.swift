internal import Finance

/// Card companies: cards, approvals, captures, bills, points and loans.
enum CardAPIs {
    static let all: [StandardAPI] = [
        StandardAPI(
            .card001,
            "카드-001",
            "CD01",
            in: [.card],
            .get,
            "/cards",
            .list,
            .basic,
            scope: "list",
            CardLists.cards
        ),
        StandardAPI(
            .card002,
            "카드-002",
            "CD02",
            in: [.card],
            .get,
            "/cards/{card_id}",
            .state,
            .basic,
            scope: "card",
            parameters: card,
            CardStates.terms
        ),
        state(.card003, "카드-003", "CD11", "/points", .additional, "point", CardStates.points),
        StandardAPI(
            .card004,
            "카드-004",
            "CD21",
            in: [.card],
            .get,
            "/bills",
            .months,
            .basic,
            scope: "bill",
            CardBills.bills
        ),
        StandardAPI(
            .card005,
            "카드-005",
            "CD22",
            in: [.card],
            .get,
            "/bills/detail",
            .part,
            .basic,
            scope: "bill",
            parameters: ["seqno", "charge_month"],
            CardBills.lines
        ),
        state(.card006, "카드-006", "CD23", "/payments", .additional, "bill", CardBills.payments),
        state(
            .card007,
            "카드-007",
            "CD24",
            "/payments/revolving",
            .additional,
            "bill",
            CardBills.revolving
        ),
        days(.card008, "카드-008", "CD03", "approval-domestic", CardApprovals.domestic),
        days(.card009, "카드-009", "CD04", "approval-overseas", CardApprovals.overseas),
        state(.card010, "카드-010", "CD31", "/loans", .basic, "loan", CardLoans.flags),
        state(
            .card011,
            "카드-011",
            "CD32",
            "/loans/short-term",
            .additional,
            "loan",
            CardLoans.advances
        ),
        state(
            .card012,
            "카드-012",
            "CD33",
            "/loans/long-term",
            .additional,
            "loan",
            CardLoans.loans
        ),
        StandardAPI(
            .card013,
            "카드-013",
            nil,
            in: [.card],
            version: 2,
            .get,
            "/loans/long-term/transactions",
            isPathKnown: false,
            .days,
            .additional,
            scope: "loan",
            window: .months(3),
            parameters: ["loan_num"],
            isOfPart: true,
            Loans.cardTransactions
        ),
        days(
            .card014,
            "카드-014",
            nil,
            version: 2,
            "purchase-domestic",
            isPathKnown: false,
            CardCaptures.domestic
        ),
        days(
            .card015,
            "카드-015",
            nil,
            version: 2,
            "purchase-overseas",
            isPathKnown: false,
            CardCaptures.overseas
        ),
    ]

    private static let card = ["card_id"]

    private static func days(
        _ api: ProviderAPI,
        _ id: String,
        _ code: String?,
        version: Int = 1,
        _ path: String,
        isPathKnown: Bool = true,
        _ map: AnswerMap
    ) -> StandardAPI {
        StandardAPI(
            api,
            id,
            code,
            in: [.card],
            version: version,
            .get,
            "/cards/{card_id}/" + path,
            isPathKnown: isPathKnown,
            .days,
            .additional,
            scope: "card",
            parameters: card,
            map
        )
    }

    private static func state(
        _ api: ProviderAPI,
        _ id: String,
        _ code: String,
        _ path: String,
        _ transferClass: StandardAPI.TransferClass,
        _ scope: String,
        _ map: AnswerMap
    ) -> StandardAPI {
        StandardAPI(
            api,
            id,
            code,
            in: [.card],
            .get,
            path,
            .state,
            transferClass,
            scope: scope,
            map
        )
    }
}
