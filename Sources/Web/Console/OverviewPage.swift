import Hummingbird

/// The first page: the platform as it is now.
extension Site {
    @Sendable func overviewPage(_ request: Request, _ context: Context) async throws -> Response {
        let overview = try await ledger.overview()
        let words = Words(wording, language(of: request))
        var values: [String: Any] = [
            "live_words": words.list([
                "live_static", "live_connecting", "live_live", "live_late", "live_lost",
            ]),
            "states": words.list(["state_current", "state_behind", "state_parked"]),
            "kinds": words.pairs(FrameHead.kinds) { "kind_" + $0 },
            "reasons": words.pairs(["disk-full", "map-full", "flush-failed"]) { "reason_" + $0 },
            "rate": Display.rate(overview.eventsPerSecond),
            "rate_minute": Display.rate(overview.eventsPerSecondMinute),
            "rate_chart": rateChart(overview, words).values,
            "facts": facts(overview, words),
            "has_projections": !overview.projections.isEmpty,
            "projections": overview.projections.map { row($0, words) },
            "has_partitions": !overview.partitions.isEmpty,
            "partitions": overview.partitions.map(row),
            "has_recent": !overview.recent.isEmpty,
            "recent": overview.recent.map { row($0, words) },
            "disk_used": Display.percent(perMille: overview.disk.usedPerMille),
            "disk_used_per_mille": String(overview.disk.usedPerMille),
            "disk_free": Display.bytes(overview.disk.free),
            "disk_log": Display.bytes(overview.disk.log),
            "disk_indexes": Display.bytes(overview.disk.indexes),
        ]
        if case .readOnly(let reason) = overview.mode {
            values["read_only"] = words(
                "read_only",
                ["reason": words.known("reason_", reason)]
            )
        }
        return page(
            .overview,
            request,
            title: words("overview_title"),
            section: .overview,
            values
        )
    }

    private func facts(_ overview: Overview, _ words: Words) -> [[String: Any]] {
        func fact(_ key: String, _ live: String, _ text: String, _ format: String = "integer")
            -> [String: Any]
        {
            ["name": words(key), "live": live, "format": format, "text": text]
        }
        return [
            fact("events_total", "events", grouped(overview.events)),
            fact("frames_total", "frames", grouped(overview.frames)),
            fact("subjects_total", "subjects", grouped(overview.subjects)),
            fact("flushes_total", "flushes", grouped(overview.flushes)),
            fact("erasures_total", "erasures", grouped(overview.erasures)),
            fact(
                "uptime",
                "uptime_ms",
                Display.duration(overview.uptimeMilliseconds, words),
                "duration"
            ),
        ]
    }

    private func rateChart(_ overview: Overview, _ words: Words) -> ChartFigure {
        let history = overview.eventsPerSecondHistory
        let rows = history.enumerated().map { place, rate in
            (
                name: words("seconds_ago", ["count": String(history.count - 1 - place)]),
                cells: [ChartFigure.Cell(value: "\(rate)", text: Display.rate(rate))]
            )
        }
        let template = words("rate_summary")
        var summary = ""
        if let low = history.min(), let high = history.max(), let last = history.last {
            summary = words(
                "rate_summary",
                [
                    "count": String(history.count), "low": Display.rate(low),
                    "high": Display.rate(high), "last": Display.rate(last),
                    "trend": words(ChartFigure.trend(history).rawValue),
                ]
            )
        }
        var figure = ChartFigure(
            id: "rate",
            kind: .spark,
            title: words("rate_title"),
            summary: summary,
            rowTitle: words("column_when"),
            columns: [.init(name: words("rate_title"), series: "0")],
            rows: rows
        )
        figure.live = (
            template: template, trends: words.list(ChartFigure.Trend.allCases.map(\.rawValue))
        )
        return figure
    }

    private func row(_ projection: ProjectionState, _ words: Words) -> [String: Any] {
        let state =
            projection.parked > 0 || projection.lastError != nil
            ? "parked" : projection.lagMilliseconds > 1000 ? "behind" : "current"
        return [
            "name": projection.name, "version": String(projection.version), "state": state,
            "state_text": words("state_" + state),
            "lag_events": grouped(projection.lagEvents),
            "lag_frames": grouped(projection.lagFrames),
            "lag_time": Display.duration(projection.lagMilliseconds, words),
            "folded": grouped(projection.folded), "parked": grouped(projection.parked),
        ]
    }

    private func row(_ partition: PartitionState) -> [String: Any] {
        [
            "partition": String(partition.partition), "frames": grouped(partition.frames),
            "bytes": Display.bytes(partition.bytes),
            "last": partition.lastRecordedAt.map(Display.moment) ?? "–",
        ]
    }

    private func row(_ frame: FrameHead, _ words: Words) -> [String: Any] {
        [
            "kind": words.known("kind_", frame.kind), "partition": String(frame.partition),
            "position": grouped(frame.position), "events": grouped(frame.events),
            "bytes": Display.bytes(UInt64(frame.bytes)),
            "recorded": Display.moment(frame.recordedAt),
        ]
    }
}

extension FrameHead {
    /// Words of all kinds of frames.
    static let kinds = [
        "provider-data", "consent", "decision", "preference", "self", "control",
    ]
}

/// The table of words in one language.
struct Words {
    private let wording: Wording
    let language: Language

    init(_ wording: Wording, _ language: Language) {
        self.wording = wording
        self.language = language
    }

    func callAsFunction(_ key: String, _ values: [String: String] = [:]) -> String {
        wording.text(key, language, values)
    }

    /// The text for a stable word that may be newer than the table; then the word itself.
    func known(_ prefix: String, _ word: String) -> String {
        wording.known(prefix + word.replacing("-", with: "_"), or: word, language)
    }

    /// Several texts for the script, which takes them apart at the bars.
    func list(_ keys: [String]) -> String { keys.map { self($0) }.joined(separator: "|") }

    /// Words with their texts for the script: `word=text|word=text`.
    func pairs(_ words: [String], _ key: (String) -> String) -> String {
        words.map { $0 + "=" + self(key($0.replacing("-", with: "_"))) }.joined(separator: "|")
    }
}
