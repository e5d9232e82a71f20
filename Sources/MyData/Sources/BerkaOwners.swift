internal import Finance

/// Who owns each account of the Berka data set, from `disp.asc`: the subject of all that concerns
/// it.
public struct BerkaOwners: Sendable {
    /// The file's name in the data set.
    public static let fileName = "disp.asc"
    private var clients: [Int: Int] = [:]

    /// Reads the file.
    ///
    /// - Throws: `.companionUnusable` when a row of it cannot be used.
    public init(_ source: ByteSource) throws(ImportError) {
        var table = try CompanionTable<Berka.Dispositions>(source)
        var clients: [Int: Int] = [:]
        let isWhole = try table.forEach { (row) throws(RowFault<Berka.Dispositions.Column>) in
            guard try row.text(.type) == "OWNER" else { return }
            clients[try row.number(.account, in: Berka.ids)] = try row.number(
                .client,
                in: Berka.ids
            )
        }
        guard isWhole else { throw .companionUnusable(BerkaOwners.fileName) }
        self.clients = clients
    }

    /// The natural key of the account's owner; nil when the file names none.
    func subject(ofAccount account: Int) -> String? {
        clients[account].map { "berka:client:\($0)" }
    }
}
