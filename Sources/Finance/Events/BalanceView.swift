/// A deposit account's balance in one currency, read in place.
public struct BalanceView: ~Escapable {
    /// Thousandths of `currency`; negative is overdraft in use.
    public private(set) var balance: Int64 = 0
    private var currencyCode: UInt32 = 0
    /// Thousandths of `currency` that can be withdrawn now, if the source says.
    public private(set) var available: Int64?
    /// Hundred-thousandths of one percent a year, if the source says.
    public private(set) var interestRate: Int32?
    /// How often was paid in, of an instalment deposit; 0 if it is none.
    public private(set) var paymentsInCount: UInt32 = 0
    /// Thousandths of `currency` that an ISA's holdings are worth.
    public private(set) var appraisedValue: Int64?

    @_lifetime(copy fact)
    init(_ fact: Span<UInt8>) throws(EventError) {
        var reader = WireReader(fact)
        while let tag = try reader.tag() {
            switch tag {
            case 1 << 3: balance = try reader.zigzag()
            case 2 << 3: currencyCode = try reader.uint32()
            case 3 << 3: available = try reader.zigzag()
            case 4 << 3: interestRate = try reader.zigzag32()
            case 5 << 3: paymentsInCount = try reader.uint32()
            case 6 << 3: appraisedValue = try reader.zigzag()
            default: try reader.skip(tag)
            }
        }
    }

    /// ISO 4217 numeric code of the amounts.
    public var currency: UInt32 { EventView.currency(currencyCode) }
}

extension EventView {
    /// The deposit account's balance, or nil when this is another fact.
    ///
    /// - Throws: why the fact's bytes cannot be read.
    @_lifetime(copy self)
    public func balance() throws(EventError) -> BalanceView? {
        guard type == .balanceReported else { return nil }
        return try BalanceView(fact)
    }
}
