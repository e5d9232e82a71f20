/// A movement at a wallet or payment service, read in place.
///
/// Fields 9 and up except the two numbers of its natural key are left to `message()`.
public struct EmoneyView: ~Escapable {
    /// Thousandths of `currency`, positive; `kind` gives the direction.
    public private(set) var amount: Int64 = 0
    private var currencyCode: UInt32 = 0
    private var kindCode: Int32 = 0
    private var categoryCode: Int32 = 0
    private var placeCode: Int32 = 0
    /// Thousandths of `currency` in the wallet afterwards, if the source says.
    public private(set) var balanceAfter: Int64?
    /// Merchant as the source writes it, UTF-8; empty if it does not.
    public private(set) var merchantName: Span<UInt8>
    /// Title of the order.
    public private(set) var title: Span<UInt8>
    /// The source's number of the order.
    public private(set) var orderNumber: Span<UInt8>
    /// The source's number of the row.
    public private(set) var transactionNumber: Span<UInt8>

    @_lifetime(copy fact)
    init(_ fact: Span<UInt8>) throws(EventError) {
        merchantName = Span()
        title = Span()
        orderNumber = Span()
        transactionNumber = Span()
        var reader = WireReader(fact)
        while let tag = try reader.tag() {
            switch tag {
            case 1 << 3: amount = try reader.zigzag()
            case 2 << 3: currencyCode = try reader.uint32()
            case 3 << 3: kindCode = try reader.int32()
            case 4 << 3 | 2: merchantName = try reader.delimited()
            case 5 << 3: categoryCode = try reader.int32()
            case 6 << 3 | 2: title = try reader.delimited()
            case 7 << 3: balanceAfter = try reader.zigzag()
            case 8 << 3: placeCode = try reader.int32()
            case 11 << 3 | 2: orderNumber = try reader.delimited()
            case 12 << 3 | 2: transactionNumber = try reader.delimited()
            default: try reader.skip(tag)
            }
        }
    }

    /// ISO 4217 numeric code of both amounts.
    public var currency: UInt32 { EventView.currency(currencyCode) }
    /// What kind of movement; unspecified if the source's code has no name here.
    public var kind: EmoneyTransactionKind {
        EmoneyTransactionKind(rawValue: Int(kindCode)) ?? .unspecified
    }
    /// What was bought, by the provider.
    public var category: PurchaseCategory {
        PurchaseCategory(rawValue: Int(categoryCode)) ?? .unspecified
    }
    /// Online or offline.
    public var place: PaymentPlace { PaymentPlace(rawValue: Int(placeCode)) ?? .unspecified }
}

extension EventView {
    /// The movement at a wallet or payment service, or nil when this is another fact.
    ///
    /// - Throws: why the fact's bytes cannot be read.
    @_lifetime(copy self)
    public func emoneyTransaction() throws(EventError) -> EmoneyView? {
        guard type == .emoneyTransactionPosted else { return nil }
        return try EmoneyView(fact)
    }
}

extension EmoneyTransactionKind {
    /// Whether a wallet has more afterwards; nil when what it has does not change.
    var isIn: Bool? {
        switch self {
        case .chargedByCard, .chargedByAccount, .chargedByPoints, .chargedBySlip,
            .chargedByVoucher, .chargedOtherwise, .returnedFromAccount, .returnedFromMember,
            .returnedOtherwise, .receivedFromAccount, .receivedFromMember, .receivedOtherwise,
            .earned, .paymentCancelled, .otherIn:
            true
        case .chargeByCardCancelled, .chargeByAccountCancelled, .chargeByPointsCancelled,
            .chargeBySlipCancelled, .chargeByVoucherCancelled, .chargeOtherwiseCancelled,
            .sentToAccount, .sentToMember, .sentOtherwise, .earningCancelled, .feePaid, .paid,
            .otherOut:
            false
        default: nil
        }
    }
}
