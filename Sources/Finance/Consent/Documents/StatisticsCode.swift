/// The standard's statistics codes (attachment 12) of its APIs.
///
/// APIs that only later editions have were given none that is known: they are left out of 지원-004.
enum StatisticsCode {
    static func code(of api: ProviderAPI) -> String? {
        let number = api.rawValue
        guard let row = rows.first(where: { $0.apis.contains(number) }) else { return nil }
        let value = row.first + number - row.apis.lowerBound
        return row.prefix + (value < 10 ? "0\(value)" : "\(value)")
    }

    private struct Row {
        let apis: ClosedRange<Int>
        let prefix: String
        let first: Int

        init(_ apis: ClosedRange<Int>, _ prefix: String, _ first: Int) {
            (self.apis, self.prefix, self.first) = (apis, prefix, first)
        }
    }

    private static let rows = [
        Row(1...2, "CM", 1), Row(101...104, "BA", 1), Row(105...107, "BA", 11),
        Row(108...110, "BA", 21), Row(201...202, "CD", 1), Row(203...203, "CD", 11),
        Row(204...207, "CD", 21), Row(208...209, "CD", 3), Row(210...212, "CD", 31),
        Row(301...305, "IV", 1), Row(401...407, "IS", 1), Row(408...411, "IS", 11),
        Row(412...412, "IS", 8), Row(501...504, "EF", 1), Row(511...513, "EF", 11),
        Row(601...606, "CP", 1), Row(701...703, "GI", 1), Row(801...804, "TC", 1),
        Row(901...904, "LD", 1), Row(1_001...1_003, "BD", 1), Row(1_101...1_104, "IR", 1),
        Row(1_131...1_134, "PP", 1),
    ]
}
