/// A line of a card bill, read in place.
///
/// The fields that are not here are left to `message()`.
public struct BillLineView: ~Escapable {
    /// Thousandths of `currency`; may be negative.
    public private(set) var amount: Int64 = 0
    private var currencyCode: UInt32 = 0
    /// Month of the bill, YYYYMM.
    public private(set) var month: UInt32 = 0
    /// Which of several bills of the month, UTF-8; empty where the source does not say.
    public private(set) var billNumber: Span<UInt8>
    /// Monthly instalments in all; 0 where the source does not say.
    public private(set) var instalments: UInt32 = 0

    @_lifetime(copy fact)
    init(_ fact: Span<UInt8>) throws(EventError) {
        billNumber = Span()
        var reader = WireReader(fact)
        while let tag = try reader.tag() {
            switch tag {
            case 1 << 3: amount = try reader.zigzag()
            case 2 << 3: currencyCode = try reader.uint32()
            case 5 << 3: month = try reader.uint32()
            case 6 << 3 | 2: billNumber = try reader.delimited()
            case 10 << 3: instalments = try reader.uint32()
            default: try reader.skip(tag)
            }
        }
    }

    /// ISO 4217 numeric code of the amount.
    public var currency: UInt32 { EventView.currency(currencyCode) }
}

extension EventView {
    /// The line of a card bill, or nil when this is another fact.
    ///
    /// - Throws: why the fact's bytes cannot be read.
    @_lifetime(copy self)
    public func billLine() throws(EventError) -> BillLineView? {
        guard type == .cardBillLineCharged else { return nil }
        return try BillLineView(fact)
    }
}
