import Finance

/// A chart as the page carries it: a table with a name and a summary in words.
///
/// The script draws from the table, so the picture and the table cannot differ, and without the
/// script the table is there.
struct ChartFigure {
    enum Kind: String { case stacked, bars, grouped, line, spark, waterfall, band, strip }

    struct Column {
        var name: String
        /// Which of the palette's series it is drawn as; `nil` is not drawn.
        var series: String?
    }

    struct Cell {
        /// Exact decimal number for the script.
        var value: String
        var text: String

        init(_ amount: Money) {
            value = amount.decimal
            text = amount.text
        }

        init(value: String, text: String) {
            self.value = value
            self.text = text
        }
    }

    var id: String
    var kind: Kind
    var title: String
    var summary: String
    var rowTitle: String
    var columns: [Column]
    var rows: [(name: String, cells: [Cell])]
    var isWide = false
    var currency = ""
    /// For a live chart: the summary with its places open, and the words for the trend.
    var live: (template: String, trends: String)?

    var values: [String: Any] {
        var values: [String: Any] = [
            "id": id, "kind": kind.rawValue, "title": title, "summary": summary,
            "row_title": rowTitle, "size": isWide ? "wide" : "", "currency": currency,
            "columns": columns.map { column in
                var values: [String: Any] = ["name": column.name]
                if let series = column.series { values["series"] = series }
                return values
            },
            "rows": rows.map { row in
                [
                    "name": row.name,
                    "cells": row.cells.map { ["value": $0.value, "text": $0.text] },
                ] as [String: Any]
            },
        ]
        if let live {
            values["summary_template"] = live.template
            values["trends"] = live.trends
        }
        return values
    }

    /// Whether a row of numbers rises or falls: the mean of its last third against that of its
    /// first, by more than a twentieth.
    static func trend(_ numbers: [Double]) -> Trend {
        guard numbers.count >= 2 else { return .flat }
        let third = max(1, numbers.count / 3)
        let first = numbers.prefix(third).reduce(0, +) / Double(third)
        let last = numbers.suffix(third).reduce(0, +) / Double(third)
        let scale = max(first.magnitude, last.magnitude)
        guard (last - first).magnitude > scale / 20 else { return .flat }
        return last > first ? .up : .down
    }

    enum Trend: String, CaseIterable {
        case up = "trend_up"
        case down = "trend_down"
        case flat = "trend_flat"
    }
}
