internal import Finance

/// The providers of a world by what they do.
struct Terrain: Sendable {
    let providers: [SandboxProvider]
    let quirks: [ProviderQuirks]
    private let places: [Industry: [Int]]
    private let codes: [String: Int]

    init(_ configuration: WorldConfiguration) {
        providers = configuration.providers
        quirks = providers.map { configuration.quirks[$0.code] ?? ProviderQuirks() }
        places = Dictionary(grouping: providers.indices) { [providers] in providers[$0].industry }
        codes = Dictionary(
            providers.enumerated().map { ($1.code, $0) },
            uniquingKeysWith: { first, _ in first }
        )
    }

    /// Places of the providers of an industry.
    subscript(_ industry: Industry) -> [Int] { places[industry] ?? [] }

    /// Place of a provider by its org_code.
    func place(of code: String) -> Int? { codes[code] }

    /// aN(8): how others name an institution, its org_code without the industry.
    func shortCode(_ provider: Int) -> String { String(providers[provider].code.dropFirst(2)) }
}
