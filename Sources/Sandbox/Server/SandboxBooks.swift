public import Finance

/// The people and their accounts, as the server sees them.
public protocol SandboxBooks: Sendable {
    /// All providers.
    var providers: [SandboxProvider] { get }
    /// How many people there are.
    var peopleCount: Int { get }
    /// The CI of a person: base64, 88 letters.
    func ci(of person: Int) -> String
    /// The person with this CI, or nil.
    func person(withCI ci: String) -> Int?
    /// Codes of the providers that know this person.
    func providerCodes(of person: Int) -> [String]
    /// What a provider answers.
    func answer(_ query: BookQuery) -> BookAnswer
    /// What the ledger says of a person's assets, with all that happened through this day.
    func statements(of person: Int, through day: CivilDate) -> [AssetStatement]
    /// Takes back or changes one past row of the person's at the provider; false when there is
    /// none that can be changed.
    func changeHistory(of person: Int, at provider: String, now: Int64) -> Bool
}
