public import Finance

/// That somebody looked at a person's data.
public struct DataAccess: Sendable, Hashable {
    /// Who: a word or number of the server's, never a name.
    public var actor: String
    /// In what role of `conf/roles.yaml`.
    public var role: String
    /// What for.
    public var purpose: String
    /// What was shown: method and template of the route.
    public var items: String
    /// When, milliseconds since 1970 UTC; of what is to be recorded, nothing yet.
    public var at: Int64?

    /// A look.
    public init(actor: String, role: String, purpose: String, items: String, at: Int64? = nil) {
        (self.actor, self.role, self.purpose) = (actor, role, purpose)
        (self.items, self.at) = (items, at)
    }
}

/// What the server must know and tell of persons to let anybody see them.
public protocol AccessBook: Sendable {
    /// How old the person is, as far as rules need it; `.unspecified` where nothing is known of
    /// that, nil when the person is unknown or erased.
    func age(of subject: String) async throws -> AgeBand?

    /// Takes down a look in the person's evidence; durable when it returns.
    ///
    /// Looks of one day (in Korea) that are alike may be one. Of an unknown subject: nothing.
    func record(_ access: DataAccess, of subject: String) async throws

    /// Who looked, newest first; nil when the person is unknown or erased.
    ///
    /// A page may hold fewer than `limit`, even none, and go on.
    func accesses(
        of subject: String,
        after cursor: Cursor?,
        limit: Int
    ) async throws -> Listing<DataAccess>?

    /// The member who is enrolled under this CI, whose sign-in through an authority (its org_code)
    /// is recorded when this returns; nil when there is none.
    func signIn(personKey: String, through authority: String) async throws -> String?
}
