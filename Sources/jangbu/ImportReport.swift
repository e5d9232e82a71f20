import Finance
import MyData

/// What an import came to, as people and programs read it.
struct ImportReport {
    let outcomes: [FileOutcome]
    let total: ImportSummary

    init(_ outcomes: [FileOutcome]) {
        self.outcomes = outcomes
        var total = ImportSummary()
        for outcome in outcomes { total.add(outcome.summary) }
        self.total = total
    }

    var text: String {
        var lines = Table(["file", "rows", "events", "duplicates", "rejected"])
        for outcome in outcomes { lines.add(outcome.file, counts(outcome.summary)) }
        if outcomes.count > 1 { lines.add("all", counts(total)) }
        var money = Table(["currency", "flow", "in rows", "events", "duplicates", "rejected"])
        for (currency, sums) in total.sums.sorted(by: { $0.key < $1.key }) {
            for flow in Flow.allCases where sums.rows[flow] != 0 {
                money.add(
                    currency.description,
                    [flow.rawValue]
                        + [sums.rows, sums.events, sums.duplicates, sums.rejected].map {
                            Text.decimal($0[flow], decimals: currency.decimals)
                        }
                )
            }
        }
        let verdict =
            total.isReconciled
            ? "reconciled: rows = events + duplicates + rejected, in rows and in money"
            : "NOT RECONCILED"
        return [lines.text, money.isEmpty ? nil : money.text, verdict].compactMap { $0 }
            .joined(separator: "\n\n")
    }

    private func counts(_ summary: ImportSummary) -> [String] {
        [summary.rows, summary.events, summary.duplicates, summary.rejected].map(Text.grouped)
    }

    var json: String {
        get throws {
            try JSONText.encode(
                Body(
                    files: outcomes.map { Body.File($0) },
                    total: Body.File(FileOutcome(file: "all", summary: total)),
                    reconciled: total.isReconciled
                )
            )
        }
    }

    private struct Body: Encodable {
        let files: [File]
        let total: File
        let reconciled: Bool

        struct File: Encodable {
            let file: String
            let rows, events, duplicates, rejected, rejectedWithoutAmount: Int
            let sums: [String: [String: Sums]]

            init(_ outcome: FileOutcome) {
                let summary = outcome.summary
                file = outcome.file
                (rows, events) = (summary.rows, summary.events)
                (duplicates, rejected) = (summary.duplicates, summary.rejected)
                rejectedWithoutAmount = summary.rejectedWithoutAmount
                sums = Dictionary(
                    uniqueKeysWithValues: summary.sums.map { currency, sums in
                        let flows = Flow.allCases.filter { sums.rows[$0] != 0 }
                        return (
                            currency.description,
                            Dictionary(
                                uniqueKeysWithValues: flows.map {
                                    ($0.rawValue, Sums(sums, $0, currency.decimals))
                                }
                            )
                        )
                    }
                )
            }
        }

        struct Sums: Encodable {
            let rows, events, duplicates, rejected: String

            init(_ sums: ImportSummary.Sums, _ flow: Flow, _ decimals: Int) {
                rows = Text.decimal(sums.rows[flow], decimals: decimals)
                events = Text.decimal(sums.events[flow], decimals: decimals)
                duplicates = Text.decimal(sums.duplicates[flow], decimals: decimals)
                rejected = Text.decimal(sums.rejected[flow], decimals: decimals)
            }
        }
    }
}

/// The ways that money moves, by the names that reports show.
enum Flow: String, CaseIterable {
    case card, bankIn = "in", bankOut = "out"
}

extension Flows {
    subscript(_ flow: Flow) -> Int128 {
        switch flow {
        case .card: card
        case .bankIn: bankIn
        case .bankOut: bankOut
        }
    }
}
