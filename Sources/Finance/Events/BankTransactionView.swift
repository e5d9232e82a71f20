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

    /// A movement to be written; what is not said is absent.
    @_lifetime(
        copy memo,
        copy channel,
        copy purpose,
        copy counterpartyBank,
        copy counterpartyAccount,
        copy transactionNumber
    )
    public init(
        amount: Int64,
        currency: UInt32 = 410,
        kind: BankTransactionKind,
        balanceAfter: Int64? = nil,
        memo: Span<UInt8> = Span(),
        channel: Span<UInt8> = Span(),
        purpose: Span<UInt8> = Span(),
        counterpartyBank: Span<UInt8> = Span(),
        counterpartyAccount: Span<UInt8> = Span(),
        transactionNumber: Span<UInt8> = Span(),
        paymentsInCount: UInt32 = 0
    ) {
        self.amount = amount
        currencyCode = EventView.currencyCode(currency)
        kindCode = Int32(truncatingIfNeeded: kind.rawValue)
        self.balanceAfter = balanceAfter
        self.memo = memo
        self.channel = channel
        self.purpose = purpose
        self.counterpartyBank = counterpartyBank
        self.counterpartyAccount = counterpartyAccount
        self.transactionNumber = transactionNumber
        self.paymentsInCount = paymentsInCount
    }

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

extension BankTransactionView {
    @inline(__always)
    var size: Int {
        var size = WireSize.number(1, WireSize.zigzag(amount))
        size += WireSize.number(2, UInt64(currencyCode))
        size += WireSize.number(3, UInt64(bitPattern: Int64(kindCode)))
        size += WireSize.number(4, ifSet: WireSize.zigzag(ifSet: balanceAfter))
        size += WireSize.text(5, memo)
        size += WireSize.text(6, channel)
        size += WireSize.text(7, purpose)
        size += WireSize.text(8, counterpartyBank)
        size += WireSize.text(9, counterpartyAccount)
        size += WireSize.text(10, transactionNumber)
        return size + WireSize.number(11, UInt64(paymentsInCount))
    }

    @inline(__always)
    func write(into output: inout OutputSpan<UInt8>) {
        output.number(1, WireSize.zigzag(amount))
        output.number(2, UInt64(currencyCode))
        output.number(3, UInt64(bitPattern: Int64(kindCode)))
        output.number(4, ifSet: WireSize.zigzag(ifSet: balanceAfter))
        output.text(5, memo)
        output.text(6, channel)
        output.text(7, purpose)
        output.text(8, counterpartyBank)
        output.text(9, counterpartyAccount)
        output.text(10, transactionNumber)
        output.number(11, UInt64(paymentsInCount))
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

extension BankTransactionKind {
    /// Whether an account has more afterwards; nil of a kind without a name here.
    var isIn: Bool? {
        switch self {
        case .opened, .deposited, .correctedIn, .withdrawalCancelled, .otherIn: true
        case .withdrawn, .correctedOut, .depositCancelled, .otherOut: false
        case .unspecified, .UNRECOGNIZED: nil
        }
    }

    /// Whether it takes back an earlier movement, which went the other way.
    var isReversal: Bool { self == .withdrawalCancelled || self == .depositCancelled }
}
