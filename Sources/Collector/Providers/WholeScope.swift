public import Finance
internal import MyData

extension DataScope {
    /// All that a provider of an industry may be asked for, the list first (§2.4); empty where a
    /// person of that age may ask for nothing.
    public static func whole(_ industry: Industry, of age: AgeBand = .adult) -> DataScope {
        let words: [String] =
            switch industry {
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
        return DataScope(
            words.filter { age.mayAsk($0, of: industry) }.map { industry.pathName + "." + $0 }
                .joined(separator: " ")
        )
    }
}
