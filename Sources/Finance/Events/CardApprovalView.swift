/// An approval, its cancellation or its correction, read in place.
///
/// The three facts share their field numbers, so one view serves all; `event.type` says which it
/// is. What only one of them has is 0 in the others. Fields 15 and up are left to `message()`.
public struct CardApprovalView: ~Escapable {
    /// Thousandths of `currency` approved, cancelled or as corrected; negative is a refund.
    public private(set) var amount: Int64 = 0
    private var currencyCode: UInt32 = 0
    /// Merchant category code; 0 if unknown.
    public private(set) var mcc: UInt32 = 0
    /// Monthly instalments; 0 is a lump sum.
    public private(set) var instalments: UInt32 = 0
    private var payTypeCode: Int32 = 0
    private var statusCode: Int32 = 0
    /// Thousandths of `billedCurrency` that are charged, if fixed in another currency.
    public private(set) var billedAmount: Int64?
    private var billedCurrencyCode: UInt32 = 0
    /// When the approval had been given, of a cancellation or correction; seconds since 1970 UTC.
    public private(set) var approvedAt: Int64 = 0
    /// Thousandths of `currency` that held before a correction.
    public private(set) var amountBefore: Int64 = 0
    /// Merchant as the source writes it, UTF-8; empty if it does not.
    public private(set) var merchantName: Span<UInt8>
    /// Number of the approval; with the time it names the approval.
    public private(set) var approvalNumber: Span<UInt8>
    /// Business registration number of the merchant.
    public private(set) var merchantRegistration: Span<UInt8>
    /// ISO 3166 alpha-2; empty is the card's own country.
    public private(set) var country: Span<UInt8>

    @_lifetime(copy fact)
    init(_ fact: Span<UInt8>) throws(EventError) {
        merchantName = Span()
        approvalNumber = Span()
        merchantRegistration = Span()
        country = Span()
        var reader = WireReader(fact)
        while let tag = try reader.tag() {
            switch tag {
            case 1 << 3: amount = try reader.zigzag()
            case 2 << 3: currencyCode = try reader.uint32()
            case 3 << 3 | 2: merchantName = try reader.delimited()
            case 4 << 3: mcc = try reader.uint32()
            case 5 << 3: payTypeCode = try reader.int32()
            case 6 << 3: statusCode = try reader.int32()
            case 7 << 3 | 2: approvalNumber = try reader.delimited()
            case 8 << 3: instalments = try reader.uint32()
            case 9 << 3 | 2: merchantRegistration = try reader.delimited()
            case 10 << 3 | 2: country = try reader.delimited()
            case 11 << 3: billedAmount = try reader.zigzag()
            case 12 << 3: billedCurrencyCode = try reader.uint32()
            case 13 << 3: approvedAt = Int64(bitPattern: try reader.varint())
            case 14 << 3: amountBefore = try reader.zigzag()
            default: try reader.skip(tag)
            }
        }
    }

    /// ISO 4217 numeric code of `amount` and `amountBefore`.
    public var currency: UInt32 { EventView.currency(currencyCode) }
    /// ISO 4217 numeric code of `billedAmount`.
    public var billedCurrency: UInt32 { EventView.currency(billedCurrencyCode) }
    /// Credit or debit.
    public var payType: PayType { PayType(rawValue: Int(payTypeCode)) ?? .unspecified }
    /// Approved, or captured without an approval; unspecified on the other two facts.
    public var status: ApprovalStatus {
        ApprovalStatus(rawValue: Int(statusCode)) ?? .unspecified
    }
}

extension EventView {
    /// An absent currency is the won's.
    @inline(__always)
    static func currency(_ code: UInt32) -> UInt32 { code == 0 ? 410 : code }

    /// The approval, cancellation or correction, or nil when this is another fact.
    ///
    /// - Throws: why the fact's bytes cannot be read.
    @_lifetime(copy self)
    public func cardApproval() throws(EventError) -> CardApprovalView? {
        switch type {
        case .cardApproved, .cardApprovalCancelled, .cardApprovalCorrected:
            return try CardApprovalView(fact)
        default: return nil
        }
    }
}
