public import Finance

/// An API of the standard: how it is asked and what its answer looks like.
///
/// The table is put together from one folder an industry (`Bank/`, `Card/`, ...); `shared` has
/// those that several industries serve. Editions differ in fields, never in meaning: what a later
/// one adds is optional here.
public struct StandardAPI: Sendable {
    /// HTTP method.
    public enum Method: String, Sendable {
        case get = "GET"
        case post = "POST"
    }

    /// How it is asked, and what a complete answer speaks for.
    public enum Shape: Sendable {
        /// Which assets there are; or terms of the request itself.
        case list
        /// A state, whole.
        case state
        /// Movements from `from_date` to `to_date`.
        case days
        /// Movements from `from_month` to `to_month`.
        case months
        /// What belongs to the parameters that it is asked with, without a period.
        case part
    }

    /// Class of regular transfer.
    public enum TransferClass: Sendable { case basic, additional }

    /// Longest period of one regular call.
    public enum Window: Hashable, Sendable {
        case days(Int)
        case months(Int)
    }

    /// The case in events.
    public let api: ProviderAPI
    /// The standard's id, such as 은행-004.
    public let id: String
    /// Code in statistics to the portal, such as BA04; nil where none was found.
    public let statisticsCode: String?
    /// Industries that serve it, by the first part of the path.
    public let industries: [Industry]
    /// Lowest version that has it: 1, or 2 for what the first text does not have.
    public let version: Int
    /// HTTP method; parameters go into the query of GET and the JSON body of POST.
    public let method: Method
    /// Path behind version and industry; `{card_id}` is a parameter of the call.
    public let path: String
    /// Whether the source gives the path; otherwise it is ours, by the pattern of the others.
    public let isPathKnown: Bool
    /// How it is asked.
    public let shape: Shape
    /// Whether it has `limit` and `next_page`.
    public let isPaged: Bool
    /// Whether it takes `search_timestamp`.
    public let isConditional: Bool
    /// Class of regular transfer.
    public let transferClass: TransferClass
    /// The second word of the scope that opens it, such as `deposit`; the first is the industry.
    public let scope: String
    /// Longest period of one regular call; nil without a period.
    public let scheduledWindow: Window?
    /// Parameters by name besides `org_code` and what the shape adds.
    public let parameters: [String]
    /// Whether a call names a part of its asset (a car, a bill): its answer can only add.
    public let isOfPart: Bool
    let map: AnswerMap

    init(
        _ api: ProviderAPI,
        _ id: String,
        _ statisticsCode: String?,
        in industries: [Industry],
        version: Int = 1,
        _ method: Method,
        _ path: String,
        isPathKnown: Bool = true,
        _ shape: Shape,
        paged: Bool? = nil,
        conditional: Bool? = nil,
        _ transferClass: TransferClass,
        scope: String,
        window: Window? = nil,
        parameters: [String] = [],
        isOfPart: Bool = false,
        _ map: AnswerMap
    ) {
        (self.api, self.id, self.statisticsCode) = (api, id, statisticsCode)
        (self.industries, self.version, self.method) = (industries, version, method)
        (self.path, self.isPathKnown, self.shape) = (path, isPathKnown, shape)
        isPaged = paged ?? (shape != .state)
        isConditional = conditional ?? (shape == .list || shape == .state)
        self.transferClass = transferClass
        self.scope = scope
        let usual: Window? =
            switch shape {
            case .days: .days(31)
            case .months: .months(3)
            case .list, .state, .part: nil
            }
        scheduledWindow = window ?? usual
        self.parameters = parameters
        self.isOfPart = isOfPart || shape == .part
        self.map = map
    }

    /// Every API that is known, by industry.
    public static let all: [StandardAPI] =
        CommonAPIs.all + BankAPIs.all + CardAPIs.all + InvestAPIs.all + InsuAPIs.all
        + EfinAPIs.all + CapitalAPIs.all + GinsuAPIs.all + SharedAPIs.all

    private static let byNumber = Dictionary(
        uniqueKeysWithValues: all.map { ($0.api, $0) }
    )

    /// The API's entry; nil for those of which only the number is known.
    public static subscript(_ api: ProviderAPI) -> StandardAPI? { byNumber[api] }

    /// The API of an id such as 은행-004, or nil.
    public static func named(_ id: String) -> StandardAPI? { all.first { $0.id == id } }

    /// APIs by which a transfer from an industry begins: they list its assets.
    public static func lists(of industry: Industry, version: Int) -> [StandardAPI] {
        all.filter {
            $0.shape == .list && $0.industries.contains(industry) && $0.version <= version
                && $0.scope != CommonAPIs.scope
        }
    }

    /// Fields of a row; of the body where there are no rows.
    public var fields: [WireField] {
        guard let rows = map.rows else {
            return Array(map.body.fields.dropFirst(AnswerMap.common.count))
        }
        return rows.fields
    }

    /// Name of the list, nil where the body is all there is.
    public var listName: String? {
        map.rows == nil ? nil : map.body.fields[map.listPlace].name
    }

    /// Fields beside the list: those of every answer, the API's own, and the count.
    public var bodyFields: [WireField] {
        map.rows == nil ? AnswerMap.common : Array(map.body.fields.dropLast())
    }

    /// What a complete answer to a call speaks for.
    ///
    /// - Parameter days: the days that were asked about, of an API over days.
    /// - Returns: what of the asset must be in the answer if it is still so.
    public func coverage(days: ClosedRange<CivilDate>?) -> AnswerCoverage {
        guard !isOfPart else { return .part }
        switch shape {
        case .days: return days.map { .days($0) } ?? .part
        case .months, .part: return .part
        case .list, .state: return .state
        }
    }
}

extension Industry {
    /// The industry's part of the path: `bank`.
    public var pathName: String {
        switch self {
        case .bank: "bank"
        case .card: "card"
        case .invest: "invest"
        case .insu: "insu"
        case .efin: "efin"
        case .capital: "capital"
        case .ginsu: "ginsu"
        case .telecom: "telecom"
        case .p2P: "p2p"
        case .bond: "bond"
        case .usury: "usury"
        case .unspecified, .UNRECOGNIZED: ""
        }
    }

    /// The industry of a part of the path, or nil.
    public init?(pathName: some StringProtocol) {
        guard let industry = Industry.allCases.first(where: { $0.pathName == pathName }),
            industry != .unspecified
        else { return nil }
        self = industry
    }
}
