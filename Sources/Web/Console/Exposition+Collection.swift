extension Exposition {
    /// How the collection stands, by provider, API and result.
    ///
    /// There are as many series as the standard has APIs and codes, whatever providers answer.
    /// Counts are of what the log holds, so they go down when a person is erased: gauges.
    mutating func write(_ report: CollectionReport) {
        let today = report.today
        byProvider(
            "jangbu_collection_due_people",
            "People whose regular transfer is due today.",
            report
        ) { $0.due(on: today) }
        byProvider(
            "jangbu_collection_overdue_people",
            "People whose regular transfer was due before today.",
            report
        ) { $0.overdue(on: today) }
        byProvider(
            "jangbu_collection_lag_seconds",
            "Time since the day on which the earliest transfer that is not made was due.",
            report
        ) { UInt64(clamping: $0.lagDays(on: today) * 86_400) }
        byProvider(
            "jangbu_collection_quota_used",
            "People whose regular transfer of this cycle is made.",
            report
        ) { $0.used(on: today) }
        byProvider(
            "jangbu_collection_quota",
            "People with regular transfers.",
            report
        ) { $0.regular }
        byProvider(
            "jangbu_collection_failing_people",
            "People whose last transfer was given up.",
            report
        ) { $0.failing }
        byProvider(
            "jangbu_collection_transfers",
            "Transfers in the log, made or given up.",
            report
        ) { $0.transfers }
        calls(report)
        byAPI("jangbu_collection_rows", "Rows that were answered.", report, \.rows)
        byAPI("jangbu_collection_bytes", "Bytes that were answered.", report, \.bytes)
        byAPI(
            "jangbu_collection_quarantine_open",
            "Answers that are put aside now.",
            report,
            \.aside
        )
    }

    private mutating func calls(_ report: CollectionReport) {
        guard report.providers.contains(where: { !$0.apis.isEmpty }) else { return }
        let name = "jangbu_collection_calls"
        family(name, .gauge, help: "Calls in the log by how they ended: ok or rsp_code.")
        for provider in report.providers {
            for api in provider.apis {
                let labels = [
                    Label(name: "org_code", value: provider.code),
                    Label(name: "api", value: api.id),
                ]
                sample(name, labels + [Label(name: "result", value: "ok")], .unsigned(api.calls))
                for error in api.errors {
                    sample(
                        name,
                        labels + [Label(name: "result", value: String(error.code))],
                        .unsigned(error.count)
                    )
                }
            }
        }
    }

    private mutating func byProvider(
        _ name: String,
        _ help: String,
        _ report: CollectionReport,
        _ value: (ProviderCollection) -> UInt64
    ) {
        guard !report.providers.isEmpty else { return }
        family(name, .gauge, help: help)
        for provider in report.providers {
            let label = Label(name: "org_code", value: provider.code)
            sample(name, [label], .unsigned(value(provider)))
        }
    }

    private mutating func byAPI(
        _ name: String,
        _ help: String,
        _ report: CollectionReport,
        _ value: KeyPath<APICollection, UInt64>
    ) {
        guard report.providers.contains(where: { !$0.apis.isEmpty }) else { return }
        family(name, .gauge, help: help)
        for provider in report.providers {
            for api in provider.apis {
                let labels = [
                    Label(name: "org_code", value: provider.code),
                    Label(name: "api", value: api.id),
                ]
                sample(name, labels, .unsigned(api[keyPath: value]))
            }
        }
    }
}
