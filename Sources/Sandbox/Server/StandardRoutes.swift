internal import Finance

/// Which path is which API, as the sandbox reads the standard.
///
/// A reading of its own, not the collector's: a mistake in either shows as a refusal.
struct StandardRoute: Sendable {
    /// How an API is asked.
    enum Shape: String, Sendable {
        /// search_timestamp.
        case state = "S"
        /// search_timestamp and pages.
        case list = "L"
        /// from_date, to_date and pages.
        case history = "H"
        /// The same, where a regular transfer may ask for three months.
        case quarterly = "Q"
        /// from_month, to_month and pages.
        case months = "M"
        /// None of these, pages.
        case pages = "P"
        /// None of these.
        case plain = "-"
    }

    /// The API.
    var api: ProviderAPI
    /// Whether it is asked by POST, with a JSON body.
    var isPost: Bool
    /// How it is asked.
    var shape: Shape
    /// Whether it is there from v2 on only.
    var isSecondVersionOnly: Bool
    /// Any of these opens it.
    var scopes: [String]
    /// Parameters that must be there, besides org_code and the shape's.
    var parameters: [Parameter]

    /// A parameter by its name.
    struct Parameter: Sendable {
        var name: String
        var isRequired: Bool
        /// Most bytes of its value.
        var bytesMax: Int
    }

    /// Whether regular transfers of it follow `fnd_cycle`; else `add_cycle`.
    var isBasic: Bool { StandardRoute.basic.contains(api.rawValue) }

    private static let basic: Set<Int> = [
        2, 101, 102, 105, 108, 111, 201, 202, 204, 205, 210, 301, 401, 402, 403, 404, 405, 408, 409,
        501, 503, 511, 512, 601, 602, 605, 701, 702, 801, 901, 902, 1001, 1101, 1102, 1111, 1121,
        1122, 1131, 1141, 1142,
    ]

    /// Names of parameters that say which asset is meant.
    static let assetKeys: Set<String> = [
        "account_num", "card_id", "insu_num", "fob_id", "sub_key", "mgmt_id", "lending_id",
        "bond_num", "dc_num", "pp_id", "loan_num", "sleep_num",
    ]

    /// All routes by `<industry>/<path>`; `{card_id}` stands for any.
    static let all: [String: StandardRoute] = {
        var routes: [String: StandardRoute] = [:]
        for line in table.split(separator: "\n") {
            let fields = line.split(separator: " ").map(String.init)
            guard fields.count >= 6, let number = Int(fields[0]),
                let api = ProviderAPI(rawValue: number),
                let shape = Shape(rawValue: String(fields[2].suffix(1)))
            else { preconditionFailure("a line of the table of routes is malformed: \(line)") }
            for industry in fields[3].split(separator: ",") {
                // `irp` alone is a scope of whatever industry the account is in.
                let scopes = fields[5].split(separator: ",").map { scope in
                    scope.contains(".") ? String(scope) : "\(industry).\(scope)"
                }
                routes["\(industry)/\(fields[4])"] = StandardRoute(
                    api: api,
                    isPost: fields[1] == "POST",
                    shape: shape,
                    isSecondVersionOnly: fields[2].hasPrefix("2"),
                    scopes: scopes,
                    parameters: fields.dropFirst(6).map(parameter)
                )
            }
        }
        return routes
    }()

    private static func parameter(_ text: String) -> Parameter {
        let isRequired = !text.hasSuffix("?")
        let name = isRequired ? text : String(text.dropLast())
        return Parameter(name: name, isRequired: isRequired, bytesMax: bytesMax[name] ?? 128)
    }

    private static let bytesMax: [String: Int] = [
        "account_num": 20, "seqno": 7, "card_id": 64, "charge_month": 6, "insu_num": 20,
        "insured_no": 10, "car_number": 17, "fob_id": 64, "account_id": 60, "sub_key": 64,
        "mgmt_id": 15, "lending_id": 40, "bond_num": 116, "dc_num": 15, "pp_id": 64,
        "loan_num": 20, "sleep_num": 20,
    ]

    // Number of ours, method, shape (2: from v2 on), industries, path, scopes, parameters.
    private static let table = """
        2 GET - bank,card,invest,insu,efin,capital,ginsu,telecom,p2p,bond,usury consents list
        101 GET L bank accounts bank.list
        102 POST S bank accounts/deposit/basic bank.deposit account_num seqno?
        103 POST S bank accounts/deposit/detail bank.deposit account_num seqno?
        104 POST H bank accounts/deposit/transactions bank.deposit account_num seqno?
        105 POST S bank accounts/invest/basic bank.invest account_num seqno?
        106 POST S bank accounts/invest/detail bank.invest account_num seqno?
        107 POST H bank accounts/invest/transactions bank.invest account_num seqno?
        108 POST S bank accounts/loan/basic bank.loan account_num seqno?
        109 POST S bank accounts/loan/detail bank.loan account_num seqno?
        110 POST Q bank accounts/loan/transactions bank.loan account_num seqno?
        111 POST 2S bank accounts/isa/basic bank.invest account_num
        112 POST 2H bank accounts/isa/transactions bank.invest account_num
        113 POST 2L bank accounts/isa/detail bank.invest account_num
        114 POST 2L bank accounts/deposit/scheduled bank.deposit account_num
        201 GET L card cards card.list
        202 GET S card cards/{card_id} card.card
        203 GET S card points card.point
        204 GET M card bills card.bill
        205 GET P card bills/detail card.bill seqno? charge_month
        206 GET S card payments card.bill
        207 GET S card payments/revolving card.bill
        208 GET H card cards/{card_id}/approval-domestic card.card
        209 GET H card cards/{card_id}/approval-overseas card.card
        210 GET S card loans card.loan
        211 GET S card loans/short-term card.loan
        212 GET S card loans/long-term card.loan
        213 GET H card loans/long-term/transactions card.loan loan_num
        214 GET H card cards/{card_id}/purchase-domestic card.card
        215 GET H card cards/{card_id}/purchase-overseas card.card
        301 GET L invest accounts invest.list
        302 POST S invest accounts/basic invest.account account_num
        303 POST H invest accounts/transactions invest.account account_num
        304 POST L invest accounts/products invest.account account_num
        305 POST S invest accounts/pension invest.account account_num
        306 POST L invest accounts/scheduled invest.account account_num
        401 GET L insu insurances insu.list
        402 POST S insu insurances/basic insu.insurance insu_num
        403 POST S insu insurances/contracts insu.insurance insu_num insured_no
        404 POST S insu insurances/car insu.insurance insu_num
        405 POST S insu insurances/payment insu.insurance insu_num
        406 POST Q insu insurances/transactions insu.insurance insu_num
        407 POST Q insu insurances/car/transactions insu.insurance insu_num car_number
        408 GET L insu loans insu.list
        409 POST S insu loans/basic insu.loan account_num
        410 POST S insu loans/detail insu.loan account_num
        411 POST Q insu loans/transactions insu.loan account_num
        412 POST S insu insurances/coverages insu.insurance insu_num
        421 POST Q insu insurances/general/transactions insu.insurance insu_num
        501 GET L efin prepaid efin.list
        502 POST S efin prepaid/balance efin.prepaid fob_id account_id?
        503 POST S efin prepaid/charge efin.prepaid fob_id account_id?
        504 POST H efin prepaid/transactions efin.prepaid fob_id account_id?
        511 GET L efin paid efin.list
        512 POST S efin paid/methods efin.paid sub_key
        513 POST H efin paid/transactions efin.paid sub_key
        601 GET L capital loans capital.list
        602 POST S capital loans/basic capital.loan account_num seqno?
        603 POST S capital loans/detail capital.loan account_num seqno?
        604 POST Q capital loans/transactions capital.loan account_num seqno?
        605 POST S capital loans/oplease/basic capital.loan account_num seqno?
        606 POST Q capital loans/oplease/transactions capital.loan account_num seqno?
        701 GET L ginsu insurances ginsu.list
        702 POST S ginsu insurances/basic ginsu.insurance insu_num
        703 POST Q ginsu insurances/transactions ginsu.insurance insu_num
        801 GET L telecom telecoms telecom.list
        802 POST - telecom telecoms/bills telecom.mgmt mgmt_id charge_month
        803 POST M telecom telecoms/transactions telecom.mgmt mgmt_id
        804 POST H telecom telecoms/paid-transactions telecom.mgmt mgmt_id
        901 GET L p2p lendings p2p.list
        902 POST S p2p lendings/basic p2p.lending lending_id
        903 POST S p2p lendings/detail p2p.lending lending_id
        904 POST Q p2p lendings/transactions p2p.lending lending_id
        1001 GET L bond,usury bonds list
        1002 POST S bond,usury bonds/detail bond bond_num
        1003 POST Q bond,usury bonds/transactions bond bond_num
        1101 GET S bank,invest,insu irps list
        1102 POST S bank,invest,insu irps/basic irp account_num
        1103 POST L bank,invest,insu irps/detail irp account_num
        1104 POST H bank,invest,insu irps/transactions irp account_num
        1111 GET 2S bank,invest,insu db/basic list
        1121 GET 2S bank,invest,insu dc list
        1122 POST 2S bank,invest,insu dc/basic irp dc_num
        1123 POST 2H bank,invest,insu dc/transactions irp dc_num
        1124 POST 2L bank,invest,insu dc/detail irp dc_num
        1131 GET L bank,card prepaid bank.list,card.list
        1132 POST S bank,card prepaid/balance bank.deposit,card.prepaid pp_id
        1133 POST H bank,card prepaid/transactions bank.deposit,card.prepaid pp_id
        1134 POST H bank,card prepaid/approval bank.deposit,card.prepaid pp_id
        1141 GET 2L bank,insu sleep_noncont list
        1142 POST 2S bank,insu sleep_noncont/deposit list sleep_num
        """
}

/// Words of the standard for an industry, and its scopes.
extension Industry {
    /// As paths have it, such as `bank`.
    var word: String {
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
        case .unspecified, .UNRECOGNIZED: "none"
        }
    }

    /// All scopes of the industry; the first is the list's, which every transfer request has.
    var scopes: [String] {
        let words: [String] =
            switch self {
            case .bank: ["list", "deposit", "invest", "loan", "irp"]
            case .card: ["list", "card", "prepaid", "point", "bill", "loan"]
            case .invest: ["list", "account", "irp"]
            case .insu: ["list", "insurance", "loan", "irp"]
            case .efin: ["list", "prepaid", "paid"]
            case .capital: ["list", "loan"]
            case .ginsu: ["list", "insurance"]
            case .telecom: ["list", "mgmt"]
            case .p2P: ["list", "lending"]
            case .bond, .usury: ["list", "bond"]
            case .unspecified, .UNRECOGNIZED: []
            }
        return words.map { "\(word).\($0)" }
    }
}
