/// The project's rules as data; `Checks.swift` reads them, `PlantedTests.swift` has each fail.
enum Rules {
    static let columnsMax = 100
    /// In scripts, where a call reads best as one line.
    static let columnsMaxElsewhere = 150
    static let fileLinesMax = 500
    /// A file longer than this is on `longFiles` or is split.
    static let fileLinesAim = 300
    static let functionLinesMax = 70
    static let fileBytesMax = 250_000

    /// What each module may import of the project's own (design, section 9).
    ///
    /// Imports go down, never sideways; mechanism and policy meet in `Commands` and above.
    static let imports: [String: Set<String>] = {
        let overC: Set = ["LMDB", "Cryptography", "Compression", "Files", "Threads"]
        let frames: Set = ["Cryptography", "Compression", "Frame", "Files", "Threads"]
        let writing = frames.union(["Finance", "EventLog", "Vault", "Commands"])
        return [
            "CLMDB": [], "COpenSSL": [], "CZstd": [], "CFloor": [], "CSimdJSON": [],
            "Files": [],
            "Threads": [],
            "LMDB": ["CLMDB"],
            "Cryptography": ["COpenSSL"],
            "Compression": ["CZstd"],
            "Finance": [],
            "Frame": ["Cryptography", "Compression"],
            "EventLog": overC.union(["Frame"]),
            "Vault": overC.union(["Frame", "EventLog"]),
            "Commands": overC.union(["Finance", "Frame", "EventLog", "Vault"]),
            "MyData": ["Finance", "Files", "Compression", "Cryptography", "CSimdJSON"],
            "Collector": writing.union(["MyData"]),
            "Sandbox": ["MyData", "Finance", "Files", "Cryptography"],
            "Projections": writing.union(["LMDB"]),
            "Web": writing.union(["MyData", "Projections"]),
            "jangbu": writing.union([
                "LMDB", "MyData", "Collector", "Sandbox", "Projections", "Web", "CFloor",
            ]),
        ]
    }()

    /// What comes with the toolchain and binds nobody.
    static let toolchain: Set<String> = [
        "Swift", "Synchronization", "Glibc", "Musl", "FoundationEssentials", "Dispatch",
    ]

    /// Packages of others, each only where its work is done.
    static let packages: [String: Set<String>] = [
        "Cryptography": ["Crypto", "CryptoExtras", "_CryptoExtras"],
        "Finance": ["SwiftProtobuf"],
        "EventLog": ["Logging", "Metrics"],
        "Vault": ["Logging", "SwiftProtobuf"],
        "Commands": ["Logging", "Metrics", "SwiftProtobuf"],
        "MyData": ["SwiftProtobuf"],
        "Collector": [
            "AsyncHTTPClient", "NIOCore", "NIOPosix", "NIOSSL", "NIOHTTP1", "NIOHTTP2", "Logging",
            "ServiceLifecycle", "SwiftProtobuf",
        ],
        "Sandbox": [
            "Hummingbird", "HummingbirdCore", "HummingbirdTLS", "HummingbirdHTTP2", "HTTPTypes",
            "NIOCore", "NIOPosix", "NIOSSL", "X509", "SwiftASN1", "Crypto", "Logging",
            "ServiceLifecycle", "Yams",
        ],
        "Projections": ["Logging", "Metrics", "ServiceLifecycle"],
        "Web": [
            "Hummingbird", "HummingbirdCore", "HTTPTypes", "NIOCore", "NIOFoundationCompat",
            "Mustache", "Logging", "Metrics", "CoreMetrics", "ServiceLifecycle", "AsyncAlgorithms",
            "Yams", "JWTKit", "AsyncHTTPClient", "NIOHTTP1", "NIOSSL", "HummingbirdTLS", "X509",
            "SwiftASN1",
        ],
        "jangbu": [
            "ArgumentParser", "Hummingbird", "Logging", "Metrics", "CoreMetrics", "NIOCore",
            "NIOHTTP1", "NIOPosix", "NIOSSL",
            "ServiceLifecycle", "SwiftProtobuf", "UnixSignals", "Yams",
        ],
    ]

    /// Where `import Foundation` is allowed: it brings ICU and 40 MB into a process.
    static let foundation: [Place] = [
        Place("Sources/jangbu/", because: "the executable may; ArgumentParser and Yams need it"),
        Place("Sources/Sandbox/", because: "X509 dates certificates by Foundation's Date"),
    ]

    /// Words that may not stand in code (comments and text literals are not code).
    static let banned: [Ban] = [
        Ban("try?", #"\btry\?"#, "an error swallowed: handle it or let it pass"),
        Ban("try!", #"\btry!"#, "an error that stops the process: handle it or let it pass"),
        Ban("Date()", #"\bDate\(\)"#, "time is an argument", except: executable),
        Ban("UUID()", #"\bUUID\(\)"#, "identity is an argument", except: executable),
        Ban(
            ".now",
            #"(?<![\w)\]])\.now\b(?!\s*:)|\b(ContinuousClock|SuspendingClock|Date)\.now\b"#,
            "time is an argument",
            except: executable
        ),
        Ban(
            "Task {",
            #"\bTask(\.detached)?\s*(\([^)]*\))?\s*\{"#,
            "work without an owner",
            except: executable
        ),
        Ban("print(", #"(?<![\w.])print\("#, "libraries return or log", except: executable),
        Ban("fatalError(", #"\bfatalError\("#, "throw, or precondition with the claim that broke"),
        Ban(
            "unsafe",
            #"\bunsafe\b"#,
            "pointers live in the modules over C",
            except: [
                Place("Sources/LMDB/", because: "over liblmdb"),
                Place("Sources/Cryptography/", because: "over libcrypto"),
                Place("Sources/Compression/", because: "over libzstd"),
                Place("Sources/MyData/JSON/", because: "over libsimdjson"),
                Place("Sources/Files/", because: "over the system's files"),
                Place("Sources/Threads/", because: "over the system's threads"),
                Place("Sources/jangbu/Bench/", because: "calls the floors in C"),
            ]
        ),
    ]

    static let executable = [
        Place("Sources/jangbu/", because: "the executable owns time, chance, tasks and output")
    ]

    /// Files over `fileLinesAim`, each with the lines it has now; an entry shrinks or goes.
    static let longFiles: [String: Int] = ["Tests/WebTests/Browser/claims.py": 328]

    /// Made by a program or brought in whole; nobody edits them here.
    static let generated = [".pb.swift", ".min.js", "/Vendor/", "/vendor/"]

    /// Larger than `fileBytesMax`, because it is data that the project is about.
    static let largeData: [Place] = [
        Place("Replay/", because: "recorded histories and the real data that the demo imports")
    ]

    /// Text that tells where a file was written or which mirror served it.
    ///
    /// Put together here, so that this file does not hold what it forbids.
    static let machineText = [
        "/wo" + "rk/", "/opt/" + "swift", "/ro" + "ot/", "/home/" + "user", "/tmp/" + "mini",
        "pypi." + "org", "files.python" + "hosted", "registry.npm" + "js.org", "crates" + ".io",
        "proxy.go" + "lang.org", "--index" + "-url", "--trusted" + "-host", "instead" + "Of =",
        "deb.deb" + "ian.org",
    ]

    /// Kinds of files that lines are counted and measured in.
    static let codeKinds: Set<String> = [
        "swift", "c", "h", "sh", "js", "mjs", "css", "py", "modulemap",
    ]
}

/// A folder (ending in `/`) or a file, and why a rule does not hold there.
struct Place: Sendable {
    let path: String
    let reason: String

    init(_ path: String, because reason: String) {
        self.path = path
        self.reason = reason
    }

    func covers(_ other: String) -> Bool {
        path.hasSuffix("/") ? other.hasPrefix(path) : other == path
    }
}

/// A pattern that may not match in the code below `Sources/`.
struct Ban: Sendable {
    let name: String
    let pattern: String
    let why: String
    let exceptions: [Place]

    init(_ name: String, _ pattern: String, _ why: String, except exceptions: [Place] = []) {
        self.name = name
        self.pattern = pattern
        self.why = why
        self.exceptions = exceptions
    }
}
