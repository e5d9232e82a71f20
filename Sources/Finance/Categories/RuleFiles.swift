/// The bytes of the files in `conf/categories`; reading them from disk is the executable's work.
public struct RuleFiles: Sendable {
    /// Content of `taxonomy.csv`.
    public var taxonomy: [UInt8]
    /// Content of `mcc.csv`.
    public var mcc: [UInt8]
    /// Content of `ksic.csv`.
    public var ksic: [UInt8]
    /// Content of `merchants.csv`.
    public var merchants: [UInt8]
    /// Content of `bank.csv`.
    public var bank: [UInt8]
    /// Content of `expense.csv`.
    public var expense: [UInt8]
    /// Content of `payment.csv`.
    public var payment: [UInt8]

    /// The names of the files, in the order of this type's properties.
    public static let names = [
        "taxonomy.csv", "mcc.csv", "ksic.csv", "merchants.csv", "bank.csv", "expense.csv",
        "payment.csv",
    ]

    /// Asks `read` for each file by name.
    ///
    /// - Throws: what `read` throws.
    public init<Failure: Error>(reading read: (String) throws(Failure) -> [UInt8]) throws(Failure) {
        taxonomy = try read(RuleFiles.names[0])
        mcc = try read(RuleFiles.names[1])
        ksic = try read(RuleFiles.names[2])
        merchants = try read(RuleFiles.names[3])
        bank = try read(RuleFiles.names[4])
        expense = try read(RuleFiles.names[5])
        payment = try read(RuleFiles.names[6])
    }

    /// FNV-1a, 64 bits, over all files with their lengths: a name for the rules, not a proof.
    var digest: UInt64 {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for file in [taxonomy, mcc, ksic, merchants, bank, expense, payment] {
            for byte in file { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
            hash = (hash ^ UInt64(file.count)) &* 0x100_0000_01B3
        }
        return hash
    }
}
