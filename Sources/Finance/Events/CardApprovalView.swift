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

    /// An approval to be written; what is not said is absent.
    @_lifetime(
        copy merchantName,
        copy approvalNumber,
        copy merchantRegistration,
        copy country
    )
    public init(
        amount: Int64,
        currency: UInt32 = 410,
        merchantName: Span<UInt8> = Span(),
        mcc: UInt32 = 0,
        payType: PayType = .unspecified,
        status: ApprovalStatus = .unspecified,
        approvalNumber: Span<UInt8> = Span(),
        instalments: UInt32 = 0,
        merchantRegistration: Span<UInt8> = Span(),
        country: Span<UInt8> = Span(),
        billedAmount: Int64? = nil,
        billedCurrency: UInt32 = 410,
        approvedAt: Int64 = 0,
        amountBefore: Int64 = 0
    ) {
        self.amount = amount
        currencyCode = EventView.currencyCode(currency)
        self.merchantName = merchantName
        self.mcc = mcc
        payTypeCode = Int32(truncatingIfNeeded: payType.rawValue)
        statusCode = Int32(truncatingIfNeeded: status.rawValue)
        self.approvalNumber = approvalNumber
        self.instalments = instalments
        self.merchantRegistration = merchantRegistration
        self.country = country
        self.billedAmount = billedAmount
        billedCurrencyCode = EventView.currencyCode(billedCurrency)
        self.approvedAt = approvedAt
        self.amountBefore = amountBefore
    }

    @_lifetime(copy fact)
    init(_ fact: Span<UInt8>, _ type: EventType) throws(EventError) {
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
            case 6 << 3 where type == .cardApproved: statusCode = try reader.int32()
            case 7 << 3 | 2: approvalNumber = try reader.delimited()
            case 8 << 3: instalments = try reader.uint32()
            case 9 << 3 | 2: merchantRegistration = try reader.delimited()
            case 10 << 3 | 2: country = try reader.delimited()
            case 11 << 3: billedAmount = try reader.zigzag()
            case 12 << 3: billedCurrencyCode = try reader.uint32()
            case 13 << 3 where type != .cardApproved:
                approvedAt = Int64(bitPattern: try reader.varint())
            case 14 << 3 where type == .cardApprovalCorrected: amountBefore = try reader.zigzag()
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

extension CardApprovalView {
    private func statusNumber(_ type: EventType) -> UInt64 {
        type == .cardApproved ? UInt64(bitPattern: Int64(statusCode)) : 0
    }

    private func approvedAtNumber(_ type: EventType) -> UInt64 {
        type == .cardApproved ? 0 : UInt64(bitPattern: approvedAt)
    }

    private func amountBeforeNumber(_ type: EventType) -> UInt64 {
        type == .cardApprovalCorrected ? WireSize.zigzag(amountBefore) : 0
    }

    @inline(__always)
    func size(_ type: EventType) -> Int {
        var size = WireSize.number(1, WireSize.zigzag(amount))
        size += WireSize.number(2, UInt64(currencyCode))
        size += WireSize.text(3, merchantName)
        size += WireSize.number(4, UInt64(mcc))
        size += WireSize.number(5, UInt64(bitPattern: Int64(payTypeCode)))
        size += WireSize.number(6, statusNumber(type))
        size += WireSize.text(7, approvalNumber)
        size += WireSize.number(8, UInt64(instalments))
        size += WireSize.text(9, merchantRegistration)
        size += WireSize.text(10, country)
        size += WireSize.number(11, ifSet: WireSize.zigzag(ifSet: billedAmount))
        size += WireSize.number(12, UInt64(billedCurrencyCode))
        size += WireSize.number(13, approvedAtNumber(type))
        return size + WireSize.number(14, amountBeforeNumber(type))
    }

    @inline(__always)
    func write(_ type: EventType, into output: inout OutputSpan<UInt8>) {
        output.number(1, WireSize.zigzag(amount))
        output.number(2, UInt64(currencyCode))
        output.text(3, merchantName)
        output.number(4, UInt64(mcc))
        output.number(5, UInt64(bitPattern: Int64(payTypeCode)))
        output.number(6, statusNumber(type))
        output.text(7, approvalNumber)
        output.number(8, UInt64(instalments))
        output.text(9, merchantRegistration)
        output.text(10, country)
        output.number(11, ifSet: WireSize.zigzag(ifSet: billedAmount))
        output.number(12, UInt64(billedCurrencyCode))
        output.number(13, approvedAtNumber(type))
        output.number(14, amountBeforeNumber(type))
    }
}

extension EventView {
    /// An absent currency is the won's.
    @inline(__always)
    static func currency(_ code: UInt32) -> UInt32 { code == 0 ? 410 : code }

    /// The won is left out.
    @inline(__always)
    static func currencyCode(_ currency: UInt32) -> UInt32 { currency == 410 ? 0 : currency }

    /// The approval, cancellation or correction, or nil when this is another fact.
    ///
    /// - Throws: why the fact's bytes cannot be read.
    @_lifetime(copy self)
    public func cardApproval() throws(EventError) -> CardApprovalView? {
        switch type {
        case .cardApproved, .cardApprovalCancelled, .cardApprovalCorrected:
            return try CardApprovalView(fact, type)
        default: return nil
        }
    }
}
