internal import Finance

/// Terms of cards, and points.
enum CardStates {
    private static let brands: [String: CardBrand] = [
        "I01": .visa, "I02": .mastercard, "I03": .unionpay, "I04": .amex, "I05": .jcb,
        "I06": .discover, "I07": .diners, "D01": .domestic01, "D02": .domestic02,
        "D03": .domestic03, "D04": .domestic04, "D05": .domestic05, "D06": .domestic06,
        "D07": .domestic07, "D08": .domestic08,
    ]

    /// 카드-002.
    static let terms = AnswerMap(
        of: CardTermsReported.init,
        [
            .flag("is_trans_payable", .should) { $0.transitPayable = $1 },
            .flag("is_cash_card", .should) { $0.cashCard = $1 },
            .word("linked_bank_code", 8) { $0.linkedBank = $1 },
            .word("account_num", 20) { $0.linkedAccount = $1 },
            .code("card_brand", 3, .should, in: brands) { $0.brand = $1 },
            .money("annual_fee", .should, whole: 15) { $0.annualFee = $1 },
            .day("issue_date", .must) { $0.issuedOn = $1 },
        ]
    ) { (terms, notes, page) throws(AnswerFault) in
        page.append(.cardTermsReported(terms), notes)
    }

    /// 카드-003.
    static let points = AnswerMap(
        list: "point_list",
        count: "point_cnt",
        2,
        of: PointsReported.init,
        [
            .text("point_name", 60, .must) { $0.name = $1 },
            .exact("remain_point_amt", .integer(12), .must, unit: 0) { $0.balance = $1 },
            .exact("expiring_point_amt", .integer(12), .should, unit: 0) { $0.expiring = $1 },
        ]
    ) { (points, notes, page) throws(AnswerFault) in
        page.append(.pointsReported(points), notes)
    }
}
