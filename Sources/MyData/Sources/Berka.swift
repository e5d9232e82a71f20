internal import Finance

/// What the files of the Berka data set share: a Czech bank, 1993-1998, amounts in koruna, days
/// `YYMMDD`.
enum Berka {
    static let provider = "berka"
    static let ids = 1...99_999_999

    /// The data set's last day: what is known of loans and standing orders without a date of its
    /// own is as of then.
    static let last: CivilDate = {
        guard let day = CivilDate(year: 1998, month: 12, day: 31) else {
            preconditionFailure("New Year's Eve is a day")
        }
        return day
    }()

    static func account(_ number: Int) -> ImportedAsset {
        ImportedAsset(
            provider: provider,
            industry: .bank,
            kind: .deposit,
            key: "account-\(number)"
        )
    }

    static func loan(_ number: Int) -> ImportedAsset {
        ImportedAsset(provider: provider, industry: .bank, kind: .loan, key: "loan-\(number)")
    }
}
