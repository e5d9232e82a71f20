/// A currency by its ISO 4217 numeric code, 1...999: 410 KRW, 826 GBP, 840 USD, 203 CZK.
public struct Currency: Hashable, Comparable, Sendable {
    /// ISO 4217 numeric code, 1...999.
    public let numericCode: UInt16

    /// A currency by numeric code, or nil when the code is not in 1...999.
    ///
    /// A code that ISO has not given out is accepted, since a provider may know a newer list than
    /// this build: money in it still adds up, it only has no letters.
    public init?(numericCode: UInt32) {
        guard numericCode >= 1, numericCode <= 999 else { return nil }
        self.numericCode = UInt16(numericCode)
    }

    /// A currency by its three capital letters, or nil when this build's list does not have it.
    public init?(alphabeticCode: some StringProtocol) {
        let letters = Array(alphabeticCode.utf8)
        guard letters.count == 3 else { return nil }
        let packed = letters.reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
        guard let code = CurrencyTable.packed.firstIndex(where: { $0 & 0xFF_FFFF == packed }),
            code > 0
        else { return nil }
        numericCode = UInt16(code)
    }

    private init(_ numericCode: UInt16) { self.numericCode = numericCode }

    /// South Korean won.
    public static let krw = Currency(410)
    /// Pound sterling.
    public static let gbp = Currency(826)
    /// US dollar.
    public static let usd = Currency(840)
    /// Euro.
    public static let eur = Currency(978)
    /// Czech koruna.
    public static let czk = Currency(203)

    /// Three capital letters, or nil when this build's list does not have the code.
    public var alphabeticCode: String? {
        let packed = CurrencyTable.packed[Int(numericCode)]
        guard packed != 0 else { return nil }
        let letters = [16, 8, 0].map { UInt8(truncatingIfNeeded: packed >> UInt32($0)) }
        return String(decoding: letters, as: UTF8.self)
    }

    /// Decimals of the minor unit: 0 for KRW, 2 for GBP, 3 for KWD; 2 when not in the list.
    ///
    /// CLF and UYW have four; money here is in thousandths, so they are shown with three.
    public var decimals: Int {
        let packed = CurrencyTable.packed[Int(numericCode)]
        return packed == 0 ? 2 : min(3, Int(packed >> 24))
    }

    /// By numeric code.
    public static func < (left: Currency, right: Currency) -> Bool {
        left.numericCode < right.numericCode
    }
}

extension Currency: CustomStringConvertible {
    /// The letters, or the three digits when there are none.
    public var description: String {
        if let alphabeticCode { return alphabeticCode }
        let digits = String(numericCode)
        return String(repeating: "0", count: 3 - digits.count) + digits
    }
}
