public import Finance

/// Who answered, as far as it decides how an answer is read.
public struct AnswerSource: Hashable, Sendable {
    /// The provider's industry.
    public var industry: Industry
    /// Version of its APIs, the number in the path.
    public var version: Int
    /// APIs that it does not have, by its list of APIs (정보제공-공통-001).
    public var missing: Set<ProviderAPI>
    /// What is taken from it although it breaks the standard.
    public var tolerates: Set<AnswerTolerance> = []

    /// A provider.
    public init(_ industry: Industry, version: Int = 2, missing: Set<ProviderAPI> = []) {
        (self.industry, self.version, self.missing) = (industry, version, missing)
    }

    /// Whether the provider answers calls of an API.
    public func offers(_ api: ProviderAPI) -> Bool {
        guard let entry = StandardAPI[api] else { return false }
        return entry.industries.contains(industry) && entry.version <= version
            && !missing.contains(api)
    }
}
