/// A movement on a deposit account, read in place.
public struct BankTransactionView: ~Escapable {
    /// Thousandths of `currency`, positive; `kind` gives the direction.
    public private(set) var amount: Int64 = 0
    private var currencyCode: UInt32 = 0
    private var kindCode: Int32 = 0
    /// Thousandths of `currency` after the movement, if the source says; negative is overdraft.
    public private(set) var balanceAfter: Int64?
    /// Which instalment of an instalment deposit; 0 if it is none.
    public private(set) var paymentsInCount: UInt32 = 0
    /// Passbook text, UTF-8; the law allows it for the person's own view only.
    public private(set) var memo: Span<UInt8>
    /// How it was done, in the source's words.
    public private(set) var channel: Span<UInt8>
    /// What it was for, in the source's own code.
    public private(set) var purpose: Span<UInt8>
    /// Bank at the other end, in the source's own code.
    public private(set) var counterpartyBank: Span<UInt8>
    /// Account at the other end.
    public private(set) var counterpartyAccount: Span<UInt8>
    /// The source's number of the row.
    public private(set) var transactionNumber: Span<UInt8>

    @_lifetime(copy fact)
    init(_ fact: Span<UInt8>) throws(EventError) {
        memo = Span()
        channel = Span()
        purpose = Span()
        counterpartyBank = Span()
        counterpartyAccount = Span()
        transactionNumber = Span()
        var reader = WireReader(fact)
        while let tag = try reader.tag() {
            switch tag {
            case 1 << 3: amount = try reader.zigzag()
            case 2 << 3: currencyCode = try reader.uint32()
            case 3 << 3: kindCode = try reader.int32()
            case 4 << 3: balanceAfter = try reader.zigzag()
            case 5 << 3 | 2: memo = try reader.delimited()
            case 6 << 3 | 2: channel = try reader.delimited()
            case 7 << 3 | 2: purpose = try reader.delimited()
            case 8 << 3 | 2: counterpartyBank = try reader.delimited()
            case 9 << 3 | 2: counterpartyAccount = try reader.delimited()
            case 10 << 3 | 2: transactionNumber = try reader.delimited()
            case 11 << 3: paymentsInCount = try reader.uint32()
            default: try reader.skip(tag)
            }
        }
    }

    /// ISO 4217 numeric code of both amounts.
    public var currency: UInt32 { EventView.currency(currencyCode) }
    /// What kind of movement; unspecified if the source's code has no name here.
    public var kind: BankTransactionKind {
        BankTransactionKind(rawValue: Int(kindCode)) ?? .unspecified
    }
}

extension EventView {
    /// The movement on a deposit account, or nil when this is another fact.
    ///
    /// - Throws: why the fact's bytes cannot be read.
    @_lifetime(copy self)
    public func bankTransaction() throws(EventError) -> BankTransactionView? {
        guard type == .bankTransactionPosted else { return nil }
        return try BankTransactionView(fact)
    }
}
