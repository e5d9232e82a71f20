import Foundation

/// Everything that can be set, with its defaults: `conf/jangbu.yaml` says what each is for.
struct Settings: Sendable {
    var dataDirectory = ""
    var passphraseFile = ""
    var environmentCount = 1
    var partitionCount = 16
    var logMapSizeBytes = 1 << 40
    var queuedBytesMax = 256 << 20
    var tailFrameCountMax = 131_072
    var eventsPerFrameMax = 128
    var batchRowCount = 20_000
    var projectionShardCount = 1
    var checkpointIntervalMilliseconds = 250
    var stateCountMax = 65_536
    var stateBytesMax = 48 << 20
    var projectionMapSizeBytes = 1 << 36
    var rebuildThreadCount = 2
    var rulesDirectory = ""
    var backupDirectory = ""
    var providersFile = ""
    var operatorFile = ""
    var historyMonthCount = 24
    var webHost = "127.0.0.1"
    var webPort = 8080
    var webTokenFile = ""
    var webRolesFile = ""
    var webSignInFile = ""
    var webPublicURL = ""
    var webHostNames = ""
    var webTLSCertificateFile = ""
    var webTLSKeyFile = ""
    var webTLSClientAuthorityFile = ""
    var webLocalOperator = "allowed"
    var demoHeldBackPerMille = 100
    var demoEventsPerSecond = 50
    var demoDayMilliseconds = 3_000
    var sandboxDirectory = ""
    var sandboxPort = 8_443
    var sandboxSignInPort = 8_444
    var sandboxPeopleCount = 1_000
    var sandboxMonthCount = 24
    var sandboxSeed = 1
    var sandboxFirstDay = ""
    var sandboxClock = "running"
    var sandboxSlots = "kept"
    var sandboxFaults = ""
    var logLevel = "warning"

    /// One key of the file: its name ends with its unit.
    struct Key: Sendable {
        let name: String
        let apply: @Sendable (inout Settings, String) throws -> Void

        /// The environment's name of it: `log.partition_count` is `JANGBU_LOG_PARTITION_COUNT`.
        var variable: String {
            "JANGBU_" + name.replacingOccurrences(of: ".", with: "_").uppercased()
        }
    }

    static let keys: [Key] = [
        text("data.directory", \.dataDirectory),
        text("vault.passphrase_file", \.passphraseFile),
        number("log.environment_count", \.environmentCount, 1...64),
        number("log.partition_count", \.partitionCount, 1...1_024),
        number("log.map_size_bytes", \.logMapSizeBytes, 1 << 20...1 << 46),
        number("log.queued_bytes_max", \.queuedBytesMax, 1 << 20...1 << 34),
        number("log.tail_frame_count_max", \.tailFrameCountMax, 1_024...1 << 24),
        number("record.events_per_frame_count_max", \.eventsPerFrameMax, 1...128),
        number("record.batch_row_count", \.batchRowCount, 1...1_000_000),
        number("projections.shards_per_environment_count", \.projectionShardCount, 1...64),
        number(
            "projections.checkpoint_interval_milliseconds",
            \.checkpointIntervalMilliseconds,
            10...60_000
        ),
        number("projections.state_count_max", \.stateCountMax, 16...1 << 26),
        number("projections.state_bytes_max", \.stateBytesMax, 1 << 20...1 << 36),
        number("projections.map_size_bytes", \.projectionMapSizeBytes, 1 << 20...1 << 44),
        number("projections.rebuild_thread_count", \.rebuildThreadCount, 1...64),
        text("categories.directory", \.rulesDirectory),
        text("backup.directory", \.backupDirectory),
        text("collection.providers_file", \.providersFile),
        text("collection.operator_file", \.operatorFile),
        number("collection.history_month_count", \.historyMonthCount, 1...60),
        text("web.host", \.webHost),
        number("web.port", \.webPort, 0...65_535),
        text("web.token_file", \.webTokenFile),
        text("web.roles_file", \.webRolesFile),
        text("web.sign_in_file", \.webSignInFile),
        text("web.public_url", \.webPublicURL),
        text("web.host_names", \.webHostNames),
        text("web.tls_certificate_file", \.webTLSCertificateFile),
        text("web.tls_key_file", \.webTLSKeyFile),
        text("web.tls_client_authority_file", \.webTLSClientAuthorityFile),
        word("web.local_operator", \.webLocalOperator, ["allowed", "refused"]),
        number("demo.held_back_per_mille", \.demoHeldBackPerMille, 0...1_000),
        number("demo.events_per_second", \.demoEventsPerSecond, 1...100_000),
        number("demo.day_milliseconds", \.demoDayMilliseconds, 100...86_400_000),
        text("sandbox.directory", \.sandboxDirectory),
        number("sandbox.port", \.sandboxPort, 0...65_535),
        number("sandbox.sign_in_port", \.sandboxSignInPort, 0...65_535),
        number("sandbox.people_count", \.sandboxPeopleCount, 1...1_000_000),
        number("sandbox.month_count", \.sandboxMonthCount, 1...120),
        number("sandbox.seed", \.sandboxSeed, 0...Int.max),
        text("sandbox.first_day", \.sandboxFirstDay),
        word("sandbox.clock", \.sandboxClock, ["running", "standing"]),
        word("sandbox.slots", \.sandboxSlots, ["kept", "open"]),
        text("sandbox.faults", \.sandboxFaults),
        word(
            "logging.level",
            \.logLevel,
            ["trace", "debug", "info", "notice", "warning", "error", "critical"]
        ),
    ]

    private static func text(
        _ name: String,
        _ path: any WritableKeyPath<Settings, String> & Sendable
    ) -> Key {
        Key(name: name) { settings, text in settings[keyPath: path] = text }
    }

    private static func number(
        _ name: String,
        _ path: any WritableKeyPath<Settings, Int> & Sendable,
        _ range: ClosedRange<Int>
    ) -> Key {
        Key(name: name) { settings, text in
            let digits = text.replacingOccurrences(of: "_", with: "")
            guard let value = Int(digits), range.contains(value) else {
                throw Failure(
                    .configuration,
                    "\(name) must be a whole number from \(range.lowerBound) to "
                        + "\(range.upperBound)."
                )
            }
            settings[keyPath: path] = value
        }
    }

    private static func word(
        _ name: String,
        _ path: any WritableKeyPath<Settings, String> & Sendable,
        _ words: [String]
    ) -> Key {
        Key(name: name) { settings, text in
            guard words.contains(text) else {
                throw Failure(
                    .configuration,
                    "\(name) must be one of \(words.joined(separator: ", "))."
                )
            }
            settings[keyPath: path] = text
        }
    }

    /// Sets one key; an unknown one is refused with the known one that is nearest.
    mutating func set(_ name: String, to value: String, from place: String) throws {
        guard let key = Settings.keys.first(where: { $0.name == name }) else {
            let nearest = Settings.keys.map(\.name).min {
                Settings.distance($0, name) < Settings.distance($1, name)
            }
            throw Failure(
                .configuration,
                "\(place): there is no key \(name)\(nearest.map { "; did you mean \($0)?" } ?? ".")"
            )
        }
        try key.apply(&self, value)
    }

    /// Edits that turn one word into the other (Levenshtein).
    static func distance(_ one: String, _ other: String) -> Int {
        let (one, other) = (Array(one.utf8), Array(other.utf8))
        var row = Array(0...other.count)
        for (index, byte) in one.enumerated() {
            var diagonal = row[0]
            row[0] = index + 1
            for place in other.indices {
                let substituted = diagonal + (other[place] == byte ? 0 : 1)
                diagonal = row[place + 1]
                row[place + 1] = min(substituted, row[place] + 1, row[place + 1] + 1)
            }
        }
        return row[other.count]
    }
}
