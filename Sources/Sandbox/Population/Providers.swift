public import Finance

/// How a provider departs from what a reader would like to get, all of it within the standard or
/// seen in practice.
public struct ProviderQuirks: Hashable, Sendable {
    /// Times of movements come as days (DATE instead of DTIME), where the standard lets them.
    public var daysOnly = false
    /// `trans_no` is left out.
    public var unnumbered = false
    /// `trans_memo` is left out.
    public var silent = false
    /// Numbers and booleans come as such and not as strings.
    public var bareValues = false
    /// Amounts of F(18,3) have their three decimals.
    public var decimals = false
    /// `search_timestamp` is not supported.
    public var unmarked = false
    /// Approval numbers have 21 characters (2022-10).
    public var longApprovals = false
    /// Small purchases come as captured without an approval (status 04).
    public var captures = false
    /// Accounts of one number are told apart by a round (`seqno`).
    public var countsRounds = false
    /// Rows of a page at most, as a relay has it.
    public var rowsMax = 500

    /// A provider without quirks.
    public init() {}
}

/// What world there is.
public struct WorldConfiguration: Sendable {
    /// All chance comes from it.
    public var seed: UInt64
    /// How many people there are.
    public var personCount: Int
    /// The day on which their books begin.
    public var firstDay: CivilDate
    /// How long their lives are told at once; they go on as far as they are asked for.
    public var months: Int
    /// The providers; an industry without one has no customers.
    public var providers = StandardProviders.all
    /// How providers depart from the plain form, by org_code.
    public var quirks = StandardProviders.quirks
    /// People kept in memory at once.
    public var cachedPersons = 256

    /// A world with the ordinary providers.
    public init(seed: UInt64, personCount: Int, firstDay: CivilDate, months: Int) {
        (self.seed, self.personCount) = (seed, personCount)
        (self.firstDay, self.months) = (firstDay, months)
    }
}

/// Providers of an ordinary world; none of them exists.
public enum StandardProviders {
    /// All of them.
    public static let all: [SandboxProvider] = [
        SandboxProvider(code: "A1BK010000", name: "두루미은행", industry: .bank),
        SandboxProvider(code: "A1BK020000", name: "물결은행", industry: .bank),
        SandboxProvider(code: "A1BK030000", name: "별빛뱅크", industry: .bank),
        SandboxProvider(code: "A1BK040000", name: "한울저축은행", industry: .bank),
        SandboxProvider(code: "B1CD010000", name: "온누리카드", industry: .card),
        SandboxProvider(code: "B1CD020000", name: "들꽃카드", industry: .card),
        SandboxProvider(code: "B1CD030000", name: "새벽카드", industry: .card),
        SandboxProvider(code: "C1IV010000", name: "가온증권", industry: .invest),
        SandboxProvider(code: "C1IV020000", name: "산들증권", industry: .invest),
        SandboxProvider(code: "D1IS010000", name: "새봄생명", industry: .insu),
        SandboxProvider(code: "D1IS020000", name: "하늘손해보험", industry: .insu),
        SandboxProvider(code: "E1EF010000", name: "달빛페이", industry: .efin),
        SandboxProvider(code: "E1EF020000", name: "나루페이", industry: .efin),
        SandboxProvider(code: "F1CP010000", name: "바른캐피탈", industry: .capital),
        SandboxProvider(code: "G1GI010000", name: "든든보증보험", industry: .ginsu),
        SandboxProvider(code: "H1TC010000", name: "이음텔레콤", industry: .telecom),
        SandboxProvider(code: "H1TC020000", name: "소리통신", industry: .telecom),
        SandboxProvider(code: "I1LD010000", name: "함께펀딩", industry: .p2P),
    ]

    /// What is awkward about some of them.
    public static let quirks: [String: ProviderQuirks] = {
        var terse = ProviderQuirks()
        (terse.daysOnly, terse.unnumbered, terse.silent) = (true, true, true)
        var bare = ProviderQuirks()
        bare.bareValues = true
        var relay = ProviderQuirks()
        (relay.rowsMax, relay.decimals, relay.unmarked) = (30, true, true)
        relay.countsRounds = true
        var later = ProviderQuirks()
        (later.longApprovals, later.captures) = (true, true)
        var dated = ProviderQuirks()
        (dated.daysOnly, dated.unnumbered) = (true, true)
        return [
            "A1BK020000": terse, "A1BK030000": bare, "A1BK040000": relay, "B1CD020000": later,
            "B1CD030000": bare, "C1IV020000": dated, "D1IS020000": bare, "E1EF020000": dated,
        ]
    }()
}
