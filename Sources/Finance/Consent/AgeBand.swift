extension AgeBand {
    /// The band of an age in whole years, of 14 and more.
    public init(years: Int) { self = years >= 19 ? .adult : .teenager }

    /// Whether a person of this age may ask an industry for a class of data: a word of a scope
    /// without the industry's name.
    public func mayAsk(_ word: String, of industry: Industry) -> Bool {
        self == .adult || MinorRules.allows(word, in: industry)
    }
}
