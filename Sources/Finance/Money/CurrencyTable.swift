/// The currencies of ISO 4217 as this build knows them: numeric code, alphabetic code, and the
/// number of decimals of the minor unit.
///
/// Withdrawn currencies stay when the data in use has them (HRK, BGN, ZWL). Precious metals,
/// testing and "no currency" codes are left out: nothing is paid in them.
/// Source: ISO 4217 list one, 2026-01.
enum CurrencyTable {
    /// One word a currency: three digits numeric code, three letters, one digit decimals.
    private static let text: StaticString = """
        008ALL2 012DZD2 032ARS2 036AUD2 044BSD2 048BHD3 050BDT2 051AMD2 052BBD2 060BMD2 064BTN2
        068BOB2 072BWP2 084BZD2 090SBD2 096BND2 104MMK2 108BIF0 116KHR2 124CAD2 132CVE2 136KYD2
        144LKR2 152CLP0 156CNY2 170COP2 174KMF0 188CRC2 191HRK2 192CUP2 203CZK2 208DKK2 214DOP2
        222SVC2 230ETB2 232ERN2 238FKP2 242FJD2 262DJF0 270GMD2 292GIP2 320GTQ2 324GNF0 328GYD2
        332HTG2 340HNL2 344HKD2 348HUF2 352ISK0 356INR2 360IDR2 364IRR2 368IQD3 376ILS2 388JMD2
        392JPY0 398KZT2 400JOD3 404KES2 408KPW2 410KRW0 414KWD3 417KGS2 418LAK2 422LBP2 426LSL2
        430LRD2 434LYD3 446MOP2 454MWK2 458MYR2 462MVR2 480MUR2 484MXN2 496MNT2 498MDL2 504MAD2
        512OMR3 516NAD2 524NPR2 532XCG2 533AWG2 548VUV0 554NZD2 558NIO2 566NGN2 578NOK2 586PKR2
        590PAB2 598PGK2 600PYG0 604PEN2 608PHP2 634QAR2 643RUB2 646RWF0 654SHP2 682SAR2 690SCR2
        702SGD2 704VND0 706SOS2 710ZAR2 728SSP2 748SZL2 752SEK2 756CHF2 760SYP2 764THB2 776TOP2
        780TTD2 784AED2 788TND3 800UGX0 807MKD2 818EGP2 826GBP2 834TZS2 840USD2 858UYU2 860UZS2
        882WST2 886YER2 901TWD2 924ZWG2 925SLE2 926VED2 927UYW4 928VES2 929MRU2 930STN2 932ZWL2
        933BYN2 934TMT2 936GHS2 938SDG2 940UYI0 941RSD2 943MZN2 944AZN2 946RON2 947CHE2 948CHW2
        949TRY2 950XAF0 951XCD2 952XOF0 953XPF0 960XDR2 967ZMW2 968SRD2 969MGA2 970COU2 971AFN2
        972TJS2 973AOA2 975BGN2 976CDF2 977BAM2 978EUR2 979MXV2 980UAH2 981GEL2 984BOV2 985PLN2
        986BRL2 990CLF4 997USN2
        """

    /// Alphabetic code packed as `a << 16 | b << 8 | c`, decimals in bits 24-27, by numeric code;
    /// zero where no currency has that code.
    static let packed: [UInt32] = {
        var table = [UInt32](repeating: 0, count: 1_000)
        var word: [UInt8] = []
        for byte in "\(text) ".utf8 {
            guard byte == 0x20 || byte == 0x0A else {
                word.append(byte)
                continue
            }
            guard word.count == 7 else {
                precondition(word.isEmpty, "the currency table is misspelt")
                continue
            }
            let digits = word[0..<3].map { Int($0) - 0x30 }
            let letters = word[3..<6].reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
            table[digits[0] * 100 + digits[1] * 10 + digits[2]] =
                letters | UInt32(word[6] - 0x30) << 24
            word.removeAll(keepingCapacity: true)
        }
        return table
    }()
}
