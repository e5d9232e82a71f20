internal import Finance
internal import SwiftProtobuf

/// Purchase cards of Birmingham City Council, 2014-2018: real purchases with merchants' names.
///
/// A card is a subject and its one asset. Days without a time are midnights in Britain. A negative
/// amount is a refund. Where no currency stands, it is pounds: the council's own. The billed amount
/// is kept where the purchase was in another currency. `source_file` says which month's publication
/// had the row, nothing more.
public struct Birmingham: Importer {
    /// The columns.
    public enum Column: Int, ImportColumn {
        /// Day of the purchase, `YYYY-MM-DD`.
        case day
        /// The council's tax code.
        case tax
        /// Amount, negative for a refund.
        case amount
        /// Its currency; empty is pounds.
        case currency
        /// What was charged, from 2017 on.
        case billedAmount
        /// Its currency.
        case billedCurrency
        /// Merchant.
        case merchant
        /// Card, all but four digits masked.
        case card
        /// Expense account: code.
        case expenseCode
        /// Expense account: name.
        case expenseText
        /// Cost centre: code.
        case centreCode
        /// Cost centre: name.
        case centreText
        /// Further account code.
        case fund
        /// Part of the council.
        case directorate

        /// The name in the header.
        public var name: String {
            switch self {
            case .day: "trans_date"
            case .tax: "trans_vat_desc"
            case .amount: "original_gross_amt"
            case .currency: "original_cur"
            case .billedAmount: "billing_gross_amt"
            case .billedCurrency: "billing_cur_code"
            case .merchant: "merchant_name"
            case .card: "card_number"
            case .expenseCode: "trans_cac_code_1"
            case .expenseText: "trans_cac_desc_1"
            case .centreCode: "trans_cac_code_2"
            case .centreText: "trans_cac_desc_2"
            case .fund: "trans_cac_code_3"
            case .directorate: "directorate"
            }
        }
    }

    /// Name of the importer and of the provider.
    public static let name = "birmingham"
    /// Which month's publication the row is from.
    public static let ignored: Set<String> = ["source_file"]

    /// When the council began to publish: every card is listed as of then, whichever row shows it
    /// first.
    private static let listing: Event = {
        guard let day = CivilDate(year: 2014, month: 4, day: 1) else {
            preconditionFailure("the first of April is a day")
        }
        return LocalClock.london.envelope(day, .day)
    }()

    /// An importer without settings.
    public init() {}

    /// The purchase or refund.
    public func movement(_ row: borrowing ImportRow<Column>) throws(RowFault<Column>) -> Movement? {
        let currency = try row.currency(.currency, absent: .gbp)
        return Movement(.card, try row.amount(.amount, currency))
    }

    /// An approval, and the card's listing.
    public func map(
        _ row: borrowing ImportRow<Column>,
        moving movement: Movement?
    ) throws(RowFault<Column>) -> MappedRow {
        guard let money = movement?.money else { throw RowFault(.amount, .missing) }
        let card = try row.requiredText(.card)
        guard card.utf8.count >= 4, card.suffix(4).allSatisfy(\.isASCIIDigit) else {
            throw RowFault(.card, .word)
        }
        var event = LocalClock.london.envelope(try row.isoDay(.day), .day)
        event.cardApproved = try approval(row, money)
        var listed = Birmingham.listing
        listed.cardListed = .with {
            $0.cardName = "Purchase card"
            $0.cardType = .credit
            $0.maskedNumber = card
            $0.requested = true
        }
        return MappedRow(
            subject: "birmingham:card:\(card.suffix(4))",
            asset: ImportedAsset(
                provider: Birmingham.name,
                industry: .card,
                kind: .card,
                key: card
            ),
            event: event,
            further: [listed]
        )
    }

    private func approval(
        _ row: borrowing ImportRow<Column>,
        _ money: Money
    ) throws(RowFault<Column>) -> CardApproved {
        var approval = CardApproved()
        approval.amount = money.thousandths
        approval.currency = UInt32(money.currency)
        approval.merchantName = try row.text(.merchant)
        approval.payType = .credit
        approval.status = .approved
        let billedCurrency = try row.currency(.billedCurrency, absent: .gbp)
        if !row.isBlank(.billedAmount) {
            let billed = try row.amount(.billedAmount, billedCurrency)
            if billed != money {
                approval.billedAmount = billed.thousandths
                approval.billedCurrency = UInt32(billed.currency)
            }
        }
        approval.expenseCode = try row.text(.expenseCode)
        approval.expenseText = try row.text(.expenseText)
        let centre = [try row.text(.centreCode), try row.text(.centreText)]
        approval.costCentre = centre.filter { !$0.isEmpty }.joined(separator: " ")
        approval.payerUnit = try row.text(.directorate)
        approval.taxCode = try row.text(.tax)
        approval.fundCode = try row.text(.fund)
        return approval
    }
}

extension Character {
    var isASCIIDigit: Bool { isASCII && isNumber }
}
