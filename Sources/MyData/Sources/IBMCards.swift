internal import Finance
internal import SwiftProtobuf

/// Cards of the IBM TabFormer sample: synthetic people, so nobody's data.
///
/// Full numbers and check values are not kept: the number is masked but for four digits, as
/// providers do.
public struct IBMCards: Importer {
    /// The columns.
    public enum Column: Int, ImportColumn {
        /// Person, from 0.
        case user
        /// Card of the person, from 0.
        case index
        /// Visa, Mastercard, Amex or Discover.
        case brand
        /// Debit, credit or prepaid.
        case type
        /// Number.
        case number
        /// Month of expiry.
        case expires
        /// Whether it has a chip.
        case chip
        /// How many cards were issued under the account.
        case issuedCount
        /// Limit in dollars.
        case limit
        /// Month in which the account was opened.
        case opened
        /// Year in which the PIN was changed last.
        case pinChanged
        /// Whether its number was offered on the dark web.
        case darkWeb

        /// The name in the header.
        public var name: String {
            switch self {
            case .user: "User"
            case .index: "CARD INDEX"
            case .brand: "Card Brand"
            case .type: "Card Type"
            case .number: "Card Number"
            case .expires: "Expires"
            case .chip: "Has Chip"
            case .issuedCount: "Cards Issued"
            case .limit: "Credit Limit"
            case .opened: "Acct Open Date"
            case .pinChanged: "Year PIN last Changed"
            case .darkWeb: "Card on Dark Web"
            }
        }
    }

    /// Name of the importer.
    public static let name = "ibm-cards"
    /// A check value is never stored.
    public static let ignored: Set<String> = ["CVV"]
    static let provider = "ibm"

    /// An importer without settings.
    public init() {}

    /// A card moves no money.
    public func movement(_ row: borrowing ImportRow<Column>) throws(RowFault<Column>) -> Movement? {
        nil
    }

    /// The card's listing and its terms.
    public func map(
        _ row: borrowing ImportRow<Column>,
        moving movement: Movement?
    ) throws(RowFault<Column>) -> MappedRow {
        let card = IBMCard(
            user: try row.number(.user, in: 0...9_999_999),
            index: try row.number(.index, in: 0...999)
        )
        let month = try row.month(.opened)
        let envelope = LocalClock.utc.envelope(month.day(1), .month)
        let number = try row.requiredText(.number)
        var listed = envelope
        listed.cardListed.cardName = try row.requiredText(.brand)
        listed.cardListed.cardType = try IBMCards.type(row).card
        listed.cardListed.maskedNumber = "************" + number.suffix(4)
        listed.cardListed.requested = true
        for column in IBMCards.rest {
            var kept = Unmapped()
            kept.name = column.name
            kept.value = try row.text(column)
            listed.unmapped.append(kept)
        }
        var terms = envelope
        let limit = try row.amount(.limit, .usd, prefix: UInt8(ascii: "$"))
        let brand = try IBMCards.brand(row)
        terms.cardTermsReported = .with {
            $0.brand = brand
            $0.issuedOn = month.day(1).digits
            $0.creditLimit = limit.thousandths
            $0.currency = UInt32(limit.currency)
        }
        return MappedRow(
            subject: card.subject,
            asset: card.asset,
            event: listed,
            further: [terms]
        )
    }

    private static let rest: [Column] = [.expires, .chip, .issuedCount, .pinChanged, .darkWeb]

    private static func brand(
        _ row: borrowing ImportRow<Column>
    ) throws(RowFault<Column>) -> CardBrand {
        switch try row.text(.brand) {
        case "Visa": return .visa
        case "Mastercard": return .mastercard
        case "Amex": return .amex
        case "Discover": return .discover
        default: throw RowFault(.brand, .word)
        }
    }

    static func type(
        _ row: borrowing ImportRow<Column>
    ) throws(RowFault<Column>) -> (card: CardType, pay: PayType) {
        switch try row.text(.type) {
        case "Credit": return (.credit, .credit)
        case "Debit", "Debit (Prepaid)": return (.debit, .debit)
        default: throw RowFault(.type, .word)
        }
    }
}

/// A card of the sample by its two numbers.
struct IBMCard: Hashable {
    var user: Int
    var index: Int

    var subject: String { "ibm:user:\(user)" }

    var asset: ImportedAsset {
        ImportedAsset(
            provider: IBMCards.provider,
            industry: .card,
            kind: .card,
            key: "\(user)-\(index)"
        )
    }
}
