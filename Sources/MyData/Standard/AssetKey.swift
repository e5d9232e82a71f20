/// Natural keys of assets that a provider may name by two values: an account and its round, a
/// wallet and its account.
public enum AssetKey {
    /// The first value's names in calls.
    private static let composed: Set<String> = ["account_num", "sleep_num", "fob_id"]

    /// The key of both: the first slash is between them, one of the first value's own is escaped.
    static func join(_ first: String, _ second: String?) -> String {
        let first = first.replacing("%", with: "%25").replacing("/", with: "%2F")
        return second.map { first + "/" + $0 } ?? first
    }

    /// What an asset of a key is asked with, by the names of an API's parameters.
    public static func parameters(
        _ names: [String],
        of key: String
    ) -> [StandardCall.Parameter] {
        guard let name = names.first, composed.contains(name) else {
            return names.prefix(1).map { StandardCall.Parameter($0, key) }
        }
        var values = key.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
            .map(String.init)
        values[0] = values[0].replacing("%2F", with: "/").replacing("%25", with: "%")
        return zip(names, values).map { StandardCall.Parameter($0, $1) }
    }
}
