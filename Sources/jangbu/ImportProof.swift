import Finance
import MyData

/// What `demo-import --once` shows: the import, the four-way reconciliation, the state hashes, the
/// import again.
struct ImportProof {
    let report: ImportReport
    var reconciliation: Reconciliation?
    var stateHashes: [StateHashes.Line] = []
    var again = ImportSummary()

    var isProven: Bool {
        report.total.isReconciled && reconciliation?.isEqual == true
            && stateHashes.allSatisfy(\.isEqual) && again.events == 0
            && again.duplicates + again.rejected == report.total.rows && again.isReconciled
    }

    var text: String {
        [
            report.text, reconciliation?.text,
            stateHashes.map(\.text).joined(separator: "\n"),
            "imported again: \(Text.grouped(again.rows)) rows, \(Text.grouped(again.events)) new, "
                + "\(Text.grouped(again.duplicates)) there before",
            isProven ? "all of it agrees" : "NOT ALL OF IT AGREES",
        ].compactMap { $0 }.joined(separator: "\n\n")
    }

    var json: String {
        get throws {
            try JSONText.encode(
                Body(
                    rows: report.total.rows,
                    events: report.total.events,
                    duplicates: report.total.duplicates,
                    rejected: report.total.rejected,
                    sums: reconciliation?.lines.map(Body.Sum.init) ?? [],
                    stateHashes: Dictionary(
                        uniqueKeysWithValues: stateHashes.map { ($0.name, $0.kept) }
                    ),
                    replayedEvents: reconciliation?.replayedEvents ?? 0,
                    newWhenImportedAgain: again.events,
                    agrees: isProven
                )
            )
        }
    }

    private struct Body: Encodable {
        let rows, events, duplicates, rejected: Int
        let sums: [Sum]
        let stateHashes: [String: String]
        let replayedEvents, newWhenImportedAgain: Int
        let agrees: Bool

        struct Sum: Encodable {
            let currency, files, log, counters, spendingProfiles: String
            let equal: Bool

            init(_ line: Reconciliation.Line) {
                let decimals = line.currency.decimals
                currency = line.currency.description
                files = Text.decimal(line.file.signed, decimals: decimals)
                log = Text.decimal(line.log.signed, decimals: decimals)
                counters = Text.decimal(line.counters.signed, decimals: decimals)
                spendingProfiles = Text.decimal(line.spending, decimals: decimals)
                equal = line.isEqual
            }
        }
    }
}
