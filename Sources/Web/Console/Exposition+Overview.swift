extension Exposition {
    /// What the overview says, as metrics.
    mutating func write(_ overview: Overview, streams: Int) {
        single(
            "jangbu_events_total",
            .counter,
            help: "Durable events in the log.",
            .unsigned(overview.events)
        )
        single(
            "jangbu_frames_total",
            .counter,
            help: "Durable frames in the log.",
            .unsigned(overview.frames)
        )
        single(
            "jangbu_log_flushes_total",
            .counter,
            help: "Flushes of log files since the process started.",
            .unsigned(overview.flushes)
        )
        single(
            "jangbu_erasures_total",
            .counter,
            help: "Erasures carried out.",
            .unsigned(overview.erasures)
        )
        single(
            "jangbu_vault_damaged_slots",
            .gauge,
            help: "Persons whose vault slot is damaged, who do not open.",
            .unsigned(overview.damagedSlots)
        )
        single(
            "jangbu_subjects",
            .gauge,
            help: "Persons with at least one frame.",
            .unsigned(overview.subjects)
        )
        single(
            "jangbu_uptime_seconds",
            .gauge,
            help: "Time since the process was ready.",
            .number(Double(overview.uptimeMilliseconds) / 1000)
        )
        single(
            "jangbu_log_read_only",
            .gauge,
            help: "1 when the log takes no appends.",
            .integer(overview.mode == .normal ? 0 : 1)
        )
        single(
            "jangbu_log_index_failures",
            .gauge,
            help: "Environments whose index could not be written at the last attempt.",
            .unsigned(overview.indexFailures)
        )
        single(
            "jangbu_web_streams",
            .gauge,
            help: "Open streams of the web server.",
            .integer(Int64(streams))
        )
        partitions(overview.partitions)
        projections(overview.projections)
        disk(overview.disk)
    }

    private mutating func partitions(_ partitions: [PartitionState]) {
        each(
            "jangbu_partition_frames",
            "Durable frames of a partition.",
            partitions,
            { [Label(name: "partition", value: String($0.partition))] },
            { .unsigned($0.frames) }
        )
        each(
            "jangbu_partition_bytes",
            "Bytes of a partition's frames.",
            partitions,
            { [Label(name: "partition", value: String($0.partition))] },
            { .unsigned($0.bytes) }
        )
    }

    private mutating func projections(_ projections: [ProjectionState]) {
        let named: (ProjectionState) -> [Label] = {
            [
                Label(name: "projection", value: $0.name),
                Label(name: "version", value: String($0.version)),
            ]
        }
        each(
            "jangbu_projection_folded_frames",
            "Frames folded by a projection.",
            projections,
            named,
            { .unsigned($0.folded) }
        )
        each(
            "jangbu_projection_lag_frames",
            "Durable frames not folded yet.",
            projections,
            named,
            { .unsigned($0.lagFrames) }
        )
        each(
            "jangbu_projection_lag_events",
            "Durable events not folded yet.",
            projections,
            named,
            { .unsigned($0.lagEvents) }
        )
        each(
            "jangbu_projection_lag_seconds",
            "Age of the oldest durable frame not folded yet.",
            projections,
            named,
            { .number(Double($0.lagMilliseconds) / 1000) }
        )
        each(
            "jangbu_projection_parked_events",
            "Events that could not be folded.",
            projections,
            named,
            { .unsigned($0.parked) }
        )
    }

    private mutating func disk(_ disk: DiskState) {
        single(
            "jangbu_disk_size_bytes",
            .gauge,
            help: "Size of the log's file system.",
            .unsigned(disk.total)
        )
        single(
            "jangbu_disk_free_bytes",
            .gauge,
            help: "Free space on the log's file system.",
            .unsigned(disk.free)
        )
        single("jangbu_log_bytes", .gauge, help: "Size of the log's files.", .unsigned(disk.log))
        single(
            "jangbu_index_bytes",
            .gauge,
            help: "Size of indexes, projections and cursors.",
            .unsigned(disk.indexes)
        )
    }

    private mutating func each<Item>(
        _ name: String,
        _ help: String,
        _ items: [Item],
        _ labels: (Item) -> [Label],
        _ value: (Item) -> Value
    ) {
        guard !items.isEmpty else { return }
        family(name, .gauge, help: help)
        for item in items { sample(name, labels(item), value(item)) }
    }
}

extension Exposition.Value {
    static func unsigned(_ value: UInt64) -> Exposition.Value { .integer(Int64(clamping: value)) }
}
