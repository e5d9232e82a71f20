internal import Finance

/// Sales slips that a card company took in: 카드-014 and 카드-015.
enum CardCaptures {
    private static let head: [FieldMap<CardPurchaseCaptured>] = [
        // The answer is about one card; a row that names another is still that card's by its call.
        .unrecorded("card_id", .word(64)),
        .word("purchase_num", 32, .must) { $0.captureNumber = $1 },
        FieldMap("purchase_date", .date, .must) {
            (fact, row, place, notes) throws(AnswerFault) in
            fact.capturedOn = try row.date(place)
            notes.moment = try row.moment(place)
        },
        .day("sales_date") { $0.soldOn = $1 },
        .word("pri_approved_num", 21) { $0.approvalNumber = $1 },
        .instant("pri_approved_dtime") { $0.approvedAt = $1 },
    ]

    private static let middle: [FieldMap<CardPurchaseCaptured>] = [
        .code("pay_type", 2, .should) { $0.payType = $1 },
        .text("merchant_name", 75) { $0.merchantName = $1 },
    ]

    private static func map(_ fields: [FieldMap<CardPurchaseCaptured>]) -> AnswerMap {
        AnswerMap(
            list: "purchase_list",
            count: "purchase_cnt",
            of: CardPurchaseCaptured.init,
            fields
        ) { (capture, notes, page) throws(AnswerFault) in
            page.append(.cardPurchaseCaptured(capture), notes)
        }
    }

    /// 카드-014.
    static let domestic = map(
        head + [.money("pri_approved_amt") { $0.approvedAmount = $1 }] + middle + [
            .word("merchant_regno", 12) { $0.merchantRegistration = $1 },
            .money("approved_amt", .must) { $0.amount = $1 },
            .number("total_install_cnt", 5) { $0.instalments = $1 },
        ]
    )

    /// 카드-015.
    static let overseas = map(
        head + [
            .money("pri_krw_amt", whole: 15) { $0.approvedAmount = $1 },
            .currency("pri_currency_code") { $0.approvedCurrency = $1 },
        ] + middle + [
            .money("approved_amt", .must) { $0.amount = $1 },
            .word("country_code", 2) { $0.country = $1 },
            .currency("currency_code", .must) { $0.currency = $1 },
            .money("krw_amt", whole: 15) { $0.billedAmount = $1 },
        ]
    )
}
