public import Finance

/// Who answered, as far as it decides how an answer is read.
public struct AnswerSource: Hashable, Sendable {
    /// The provider's industry.
    public var industry: Industry
    /// Version of its APIs, the number in the path.
    public var version: Int
    /// What is taken from it although it breaks the standard.
    public var tolerates: Set<AnswerTolerance> = []

    /// A provider.
    public init(_ industry: Industry, version: Int = 2) {
        (self.industry, self.version) = (industry, version)
    }

    /// Whether the standard has an API for a provider of this industry and version.
    public func offers(_ api: ProviderAPI) -> Bool {
        guard let entry = StandardAPI[api] else { return false }
        return entry.industries.contains(industry) && entry.version <= version
    }
}
