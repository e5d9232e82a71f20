internal import Finance
internal import SwiftProtobuf

/// Card transactions of the IBM TabFormer sample: synthetic people.
///
/// A row with an entry under `Errors?` was declined, whatever the rest says; a negative amount is a
/// refund; fraud becomes an event of its own beside the approval. Times have no zone and are taken
/// as UTC. Foreign merchants have their country in the place of a state. The cards' file says how
/// each card pays.
public struct IBMTransactions: Importer {
    /// The columns.
    public enum Column: Int, ImportColumn {
        /// Person, from 0.
        case user
        /// Card of the person, from 0.
        case card
        /// Year of the purchase.
        case year
        /// Month.
        case month
        /// Day.
        case day
        /// Time, `HH:MM`.
        case time
        /// Amount in dollars, `$-99.00` for a refund.
        case amount
        /// How the card was presented.
        case entry
        /// The source's id of the merchant.
        case merchant
        /// City, or ONLINE.
        case city
        /// State, or country.
        case state
        /// Postal code, with `.0` behind it.
        case postcode
        /// Merchant category code.
        case mcc
        /// Why it was declined.
        case errors
        /// Yes or No.
        case fraud

        /// The name in the header.
        public var name: String {
            switch self {
            case .user: "User"
            case .card: "Card"
            case .year: "Year"
            case .month: "Month"
            case .day: "Day"
            case .time: "Time"
            case .amount: "Amount"
            case .entry: "Use Chip"
            case .merchant: "Merchant Name"
            case .city: "Merchant City"
            case .state: "Merchant State"
            case .postcode: "Zip"
            case .mcc: "MCC"
            case .errors: "Errors?"
            case .fraud: "Is Fraud?"
            }
        }
    }

    /// Name of the importer.
    public static let name = "ibm"
    /// File beside the transactions that says how each card pays.
    public static let companion = "sd254_cards.csv"
    private let payTypes: [IBMCard: PayType]

    /// An importer for cards that pay as the cards' file says.
    ///
    /// - Throws: `.companionUnusable` when a row of it cannot be used.
    public init(cards: ByteSource) throws(ImportError) {
        var table = try CompanionTable<IBMCards>(cards)
        var payTypes: [IBMCard: PayType] = [:]
        let isWhole = try table.forEach { (row) throws(RowFault<IBMCards.Column>) in
            let card = IBMCard(
                user: try row.number(.user, in: 0...9_999_999),
                index: try row.number(.index, in: 0...999)
            )
            payTypes[card] = try IBMCards.type(row).pay
        }
        guard isWhole else { throw .companionUnusable(IBMTransactions.companion) }
        self.payTypes = payTypes
    }

    /// The purchase or refund; nothing when it was declined.
    public func movement(_ row: borrowing ImportRow<Column>) throws(RowFault<Column>) -> Movement? {
        let money = try row.amount(.amount, .usd, prefix: UInt8(ascii: "$"))
        return row.isBlank(.errors) ? Movement(.card, money) : nil
    }

    /// An approval, with fraud beside it if it was, or a refusal.
    public func map(
        _ row: borrowing ImportRow<Column>,
        moving movement: Movement?
    ) throws(RowFault<Column>) -> MappedRow {
        let card = IBMCard(
            user: try row.number(.user, in: 0...9_999_999),
            index: try row.number(.card, in: 0...999)
        )
        guard let payType = payTypes[card] else { throw RowFault(.card, .unknownReference) }
        let envelope = try IBMTransactions.envelope(row)
        let purchase = try IBMPurchase(row, payType)
        let isFraud = try IBMTransactions.isFraud(row)
        var event = envelope
        guard movement != nil else {
            event.cardDeclined = purchase.declined(try row.requiredText(.errors))
            return MappedRow(subject: card.subject, asset: card.asset, event: event)
        }
        event.cardApproved = purchase.approved
        var further: [Event] = []
        if isFraud {
            var fraud = envelope
            fraud.cardFraudConfirmed = .with {
                $0.amount = purchase.amount
                $0.currency = UInt32(.usd)
                $0.approvedAt = envelope.occurredAt
                $0.merchantID = purchase.merchant
            }
            further.append(fraud)
        }
        return MappedRow(
            subject: card.subject,
            asset: card.asset,
            event: event,
            further: further
        )
    }

    private static func envelope(
        _ row: borrowing ImportRow<Column>
    ) throws(RowFault<Column>) -> Event {
        let year = try row.number(.year, in: 1970...2100)
        let month = try row.number(.month, in: 1...12)
        let day = try row.number(.day, in: 1...31)
        guard let date = CivilDate(year: year, month: month, day: day) else {
            throw RowFault(.day, .time)
        }
        return LocalClock.utc.envelope(date, minute: try row.minuteOfDay(.time), .minute)
    }

    private static func isFraud(_ row: borrowing ImportRow<Column>) throws(RowFault<Column>) -> Bool
    {
        switch try row.text(.fraud) {
        case "Yes": return true
        case "No": return false
        default: throw RowFault(.fraud, .word)
        }
    }
}

/// What approved and declined rows share.
private struct IBMPurchase {
    let amount: Int64
    let payType: PayType
    let entry: EntryMode
    let merchant: String
    let city: String
    let region: String
    let postcode: String
    let mcc: UInt32

    init(
        _ row: borrowing ImportRow<IBMTransactions.Column>,
        _ payType: PayType
    ) throws(RowFault<IBMTransactions.Column>) {
        self.payType = payType
        amount = try row.amount(.amount, .usd, prefix: UInt8(ascii: "$")).thousandths
        merchant = try row.requiredText(.merchant)
        city = try row.text(.city)
        region = try row.text(.state)
        mcc = UInt32(try row.number(.mcc, in: 1...9_999))
        let zip = try row.text(.postcode)
        // The sample wrote its postal codes as numbers, which lost the zeros in front.
        let digits = zip.hasSuffix(".0") ? zip.dropLast(2) : zip[...]
        postcode =
            digits.isEmpty ? "" : String(repeating: "0", count: max(0, 5 - digits.count)) + digits
        switch try row.text(.entry) {
        case "Swipe Transaction": entry = .swiped
        case "Chip Transaction": entry = .chip
        case "Online Transaction": entry = .online
        default: throw RowFault(.entry, .word)
        }
    }

    var approved: CardApproved {
        .with {
            $0.amount = amount
            $0.currency = UInt32(.usd)
            $0.mcc = mcc
            $0.payType = payType
            $0.status = .approved
            $0.merchantCity = city
            $0.merchantRegion = region
            $0.merchantPostcode = postcode
            $0.entryMode = entry
            $0.merchantID = merchant
        }
    }

    func declined(_ reason: String) -> CardDeclined {
        .with {
            $0.amount = amount
            $0.currency = UInt32(.usd)
            $0.mcc = mcc
            $0.payType = payType
            $0.reason = reason
            $0.merchantCity = city
            $0.merchantRegion = region
            $0.merchantPostcode = postcode
            $0.entryMode = entry
            $0.merchantID = merchant
        }
    }
}
