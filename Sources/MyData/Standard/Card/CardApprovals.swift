internal import Finance

/// Approvals with their cancellations and corrections: 카드-008, 카드-009 and 선불-004, written
/// straight into the body of events.
///
/// A row that says cancelled or corrected is two events: the approval as a row with status 01 said
/// it, then what became of it. The approval is mostly known already and recorded once.
enum CardApprovals {
    /// Where a row has what; `none` is in no row.
    private struct Places: Sendable {
        var number = 0
        var time = 1
        var status = 2
        var payType = none
        var changed = none
        var merchant = none
        var registration = none
        var amount = none
        var modified = none
        var instalments = none
        var country = none
        var currency = none
        var won = none
        var digits = 15
        var scale = 0

        static let none = 63
    }

    private static let head = [
        WireField("approved_num", .word(21), .must),
        WireField("approved_dtime", .moment, .must),
        WireField("status", .code(2), .must),
    ]

    /// 카드-008.
    static let domestic = map(
        head + [
            WireField("pay_type", .code(2), .should),
            WireField("trans_dtime", .moment, .may),
            WireField("merchant_name", .text(75), .may),
            WireField("merchant_regno", .word(12), .may),
            WireField("approved_amt", .integer(15), .must),
            WireField("modified_amt", .integer(15), .may),
            WireField("total_install_cnt", .integer(5), .may),
        ],
        Places(
            payType: 3,
            changed: 4,
            merchant: 5,
            registration: 6,
            amount: 7,
            modified: 8,
            instalments: 9
        )
    )

    /// 카드-009.
    static let overseas = map(
        head + [
            WireField("pay_type", .code(2), .should),
            WireField("trans_dtime", .moment, .may),
            WireField("merchant_name", .text(75), .may),
            WireField("approved_amt", .decimal(18, 3), .must),
            WireField("modified_amt", .decimal(18, 3), .may),
            WireField("country_code", .code(2), .may),
            WireField("currency_code", .code(3), .must),
            WireField("krw_amt", .integer(15), .may),
        ],
        Places(
            payType: 3,
            changed: 4,
            merchant: 5,
            amount: 6,
            modified: 7,
            country: 8,
            currency: 9,
            won: 10,
            digits: 18,
            scale: 3
        )
    )

    /// 선불-004.
    static let prepaid = map(
        head + [
            WireField("trans_dtime", .moment, .may),
            WireField("merchant_name", .text(75), .may),
            WireField("merchant_regno", .word(12), .may),
            WireField("approved_amt", .integer(15), .must),
            WireField("modified_amt", .integer(15), .may),
            WireField("total_install_cnt", .integer(5), .may),
        ],
        Places(
            changed: 3,
            merchant: 4,
            registration: 5,
            amount: 6,
            modified: 7,
            instalments: 8
        )
    )

    private static func map(_ fields: [WireField], _ places: Places) -> AnswerMap {
        AnswerMap(list: "approved_list", count: "approved_cnt", rows: fields) {
            (row, page) throws(AnswerFault) in
            try emit(row, places, &page)
        }
    }

    private static func emit(
        _ row: borrowing WireRow,
        _ places: Places,
        _ page: inout PageDraft
    ) throws(AnswerFault) {
        let approved = try row.moment(places.time)
        guard let status = try row.code(places.status, digits: 2), (1...4).contains(status) else {
            throw row.fault(.codeUnknown, places.status)
        }
        let amount = try row.money(places.amount, digits: places.digits, scale: places.scale)
        let payType = try payType(row, places)
        let currency = try page.currency(row, places.currency)
        let number = try row.word(places.number, 21)
        let merchant = try row.text(places.merchant, 75)
        let registration = try row.word(places.registration, 12)
        let instalments = try row.count(places.instalments, digits: 5)
        let country = try row.word(places.country, 2)
        let won = row.has(places.won) ? try row.money(places.won, digits: 15, scale: 0) : nil
        let start = page.answer.events.count
        EventWriter.append(
            CardApprovalView(
                amount: amount,
                currency: currency,
                merchantName: merchant,
                payType: payType,
                status: status == 4 ? .capturedUnapproved : .approved,
                approvalNumber: number,
                instalments: instalments,
                merchantRegistration: registration,
                country: country,
                billedAmount: won
            ),
            .cardApproved,
            at: approved.envelope(page.call.api),
            to: &page.answer.events
        )
        let changed = row.has(places.changed) ? try row.moment(places.changed) : approved
        let modified =
            row.has(places.modified)
            ? try row.money(places.modified, digits: places.digits, scale: places.scale) : nil
        if status == 2 || status == 3 {
            if status == 3, modified == nil { throw row.fault(.fieldMissing, places.modified) }
            EventWriter.append(
                CardApprovalView(
                    amount: status == 3 ? modified ?? 0 : amount,
                    currency: currency,
                    merchantName: merchant,
                    payType: payType,
                    approvalNumber: number,
                    instalments: instalments,
                    merchantRegistration: registration,
                    country: country,
                    billedAmount: won,
                    approvedAt: approved.seconds,
                    amountBefore: amount
                ),
                status == 2 ? .cardApprovalCancelled : .cardApprovalCorrected,
                at: changed.envelope(page.call.api),
                to: &page.answer.events
            )
        }
        try keepRest(row, places, isPayTypeKnown: payType != .unspecified, start, &page)
    }

    private static func payType(
        _ row: borrowing WireRow,
        _ places: Places
    ) throws(AnswerFault) -> PayType {
        guard row.has(places.payType) else { return .unspecified }
        return switch try row.code(places.payType, digits: 2) {
        case 1: .credit
        case 2: .debit
        default: .unspecified
        }
    }

    /// What has no field goes to both events, so that the approval is the same as it was before.
    private static func keepRest(
        _ row: borrowing WireRow,
        _ places: Places,
        isPayTypeKnown: Bool,
        _ start: Int,
        _ page: inout PageDraft
    ) throws(AnswerFault) {
        let isPayTypeKept = !isPayTypeKnown && row.has(places.payType)
        guard isPayTypeKept || row.hasUnknown else { return }
        var unmapped: [Unmapped] = []
        if isPayTypeKept { row.keep(places.payType, in: &unmapped) }
        row.appendUnknown(to: &unmapped)
        page.add(unmapped, from: start)
    }
}
