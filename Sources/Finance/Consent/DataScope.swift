/// The classes of data that a transfer request or a token opens, `bank.list bank.deposit`.
///
/// A word that is not in the tables below opens nothing. Source: scopes of OAuth 2.0 in the
/// standard; it has no words for DB and DC pensions and for dormant assets, which go with `irp` and
/// with `deposit` here.
public struct DataScope: Hashable, Sendable {
    /// The words, separated by spaces, as they were sent.
    public let text: String
    /// The industry of all its words; nil when they are of several, of none that the standard has,
    /// or when the list is not among them.
    public let industry: Industry?
    /// The parts of the words after the industry's name.
    ///
    /// Split once, since each call of a collection asks what it opens.
    let classes: [String]

    /// A scope as it is written.
    public init(_ text: String) {
        self.text = text.cut(to: DataScope.bytesMax)
        let words = self.text.split(separator: " ")
        industry = DataScope.industry(of: words)
        classes = words.map { word in String(word.drop { $0 != "." }.dropFirst()) }
    }

    static let bytesMax = 512

    /// Its words in their order.
    public var words: [Substring] { text.split(separator: " ") }

    private static func industry(of words: [Substring]) -> Industry? {
        guard let name = words.first?.prefix(while: { $0 != "." }),
            let industry = industries.first(where: { $0.name == name })?.industry,
            words.allSatisfy({ $0.hasPrefix(name + ".") && $0.utf8.count > name.utf8.count + 1 }),
            words.contains(name + ".list")
        else { return nil }
        return industry
    }

    /// Whether the scope opens assets of this kind.
    public func opens(_ kind: AssetKind) -> Bool {
        guard let industry else { return false }
        guard let name = DataScope.class(of: kind, in: industry) else { return false }
        return classes.contains(name)
    }

    /// Whether the scope opens this API.
    public func opens(_ api: ProviderAPI) -> Bool {
        guard let industry else { return false }
        guard let name = DataScope.class(of: api, in: industry) else { return false }
        return classes.contains(name)
    }

    private static let industries: [(name: String, industry: Industry)] = [
        ("bank", .bank), ("card", .card), ("invest", .invest), ("insu", .insu), ("efin", .efin),
        ("capital", .capital), ("ginsu", .ginsu), ("telecom", .telecom), ("p2p", .p2P),
        ("bond", .bond), ("usury", .usury),
    ]

    /// The class that opens a kind of asset at an industry; nil when it has no such kind.
    static func `class`(of kind: AssetKind, in industry: Industry) -> String? {
        switch kind {
        case .deposit, .dormantAccount: industry == .bank ? "deposit" : nil
        case .fund, .isa: industry == .bank ? "invest" : nil
        case .loan: [.bank, .insu].contains(industry) ? "loan" : nil
        case .retirementAccount, .definedContribution, .definedBenefit:
            [.bank, .invest, .insu].contains(industry) ? "irp" : nil
        case .card: industry == .card ? "card" : nil
        case .cardBill: industry == .card ? "bill" : nil
        case .cardPoints: industry == .card ? "point" : nil
        case .cardLoan: industry == .card ? "loan" : nil
        case .investmentAccount: industry == .invest ? "account" : nil
        case .policy: [.insu, .ginsu].contains(industry) ? "insurance" : nil
        case .prepaidWallet: [.bank, .card, .efin].contains(industry) ? "prepaid" : nil
        case .paymentAccount: industry == .efin ? "paid" : nil
        case .capitalLoan, .operatingLease: industry == .capital ? "loan" : nil
        case .unspecified, .UNRECOGNIZED: nil
        }
    }

    /// The class that opens an API at an industry; nil when the industry has no such API.
    static func `class`(of api: ProviderAPI, in industry: Industry) -> String? {
        if let shared = sharedClass(of: api) {
            return shared.industries.contains(industry) ? shared.name : nil
        }
        guard let row = classRows.first(where: { $0.apis.contains(api.rawValue) }) else {
            return nil
        }
        return row.industries.contains(industry) ? row.name : nil
    }

    private static func sharedClass(
        of api: ProviderAPI
    ) -> (name: String, industries: [Industry])? {
        switch api.rawValue {
        case 1_101...1_129: ("irp", [.bank, .invest, .insu])
        case 1_131...1_139: ("prepaid", [.bank, .card])
        case 1_141...1_149: ("deposit", [.bank])
        default: nil
        }
    }

    /// The first row that holds an API's number counts.
    private static let classRows: [(apis: ClosedRange<Int>, name: String, industries: [Industry])] =
        [
            (101...101, "list", [.bank]), (102...104, "deposit", [.bank]),
            (105...107, "invest", [.bank]), (108...110, "loan", [.bank]),
            (111...113, "invest", [.bank]), (114...114, "deposit", [.bank]),
            (201...201, "list", [.card]), (202...202, "card", [.card]),
            (203...203, "point", [.card]), (204...207, "bill", [.card]),
            (208...209, "card", [.card]), (210...213, "loan", [.card]),
            (214...215, "card", [.card]), (301...301, "list", [.invest]),
            (302...306, "account", [.invest]), (401...401, "list", [.insu]),
            (402...407, "insurance", [.insu]), (408...411, "loan", [.insu]),
            (412...425, "insurance", [.insu]), (501...501, "list", [.efin]),
            (502...504, "prepaid", [.efin]), (511...511, "list", [.efin]),
            (512...513, "paid", [.efin]), (601...601, "list", [.capital]),
            (602...606, "loan", [.capital]), (701...701, "list", [.ginsu]),
            (702...703, "insurance", [.ginsu]), (801...801, "list", [.telecom]),
            (802...804, "mgmt", [.telecom]), (901...901, "list", [.p2P]),
            (902...904, "lending", [.p2P]), (1_001...1_001, "list", [.bond, .usury]),
            (1_002...1_003, "bond", [.bond, .usury]),
        ]
}
