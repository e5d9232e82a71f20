/// What `demo --once` shows: the collection, what differs from the sandbox's ledger, the state
/// hashes, the collection again.
struct CollectionProof {
    let first: CollectSummary
    var verdict = LedgerVerdict()
    var stateHashes: [StateHashes.Line] = []
    var again = CollectSummary()

    private var differences: [String] { verdict.sentences }

    var isProven: Bool {
        first.failures.isEmpty && first.added > 0 && first.quarantined == 0
            && verdict.assetCount > 0 && differences.isEmpty && stateHashes.allSatisfy(\.isEqual)
            && again.failures.isEmpty && again.added == 0
            && again.retracted == 0
    }

    var text: String {
        [
            first.text,
            differences.isEmpty
                ? "the sandbox's ledger, the log and the read models agree to the won: "
                    + "\(Text.grouped(verdict.assetCount)) assets by movements, balances, values, "
                    + "bills and their lines, net worth by kind, and what falls due"
                    + (verdict.unprovenCount == 0
                        ? ""
                        : "; \(Text.grouped(verdict.unprovenCount)) went before they were asked "
                            + "for and are not compared")
                : differences.joined(separator: "\n"),
            stateHashes.map(\.text).joined(separator: "\n"),
            "collected again: \(Text.grouped(again.rows)) rows, \(Text.grouped(again.added)) new",
            isProven ? "all of it agrees" : "NOT ALL OF IT AGREES",
        ].joined(separator: "\n\n")
    }

    var json: String {
        get throws {
            try JSONText.encode(
                Body(
                    first: first,
                    assetsCompared: verdict.assetCount,
                    differences: differences,
                    stateHashes: Dictionary(
                        uniqueKeysWithValues: stateHashes.map { ($0.name, $0.kept) }
                    ),
                    again: again,
                    agrees: isProven
                )
            )
        }
    }

    private struct Body: Encodable {
        let first: CollectSummary
        let assetsCompared: Int
        let differences: [String]
        let stateHashes: [String: String]
        let again: CollectSummary
        let agrees: Bool
    }
}
