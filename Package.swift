// swift-tools-version: 6.3
import PackageDescription

/// Every target of ours is built with these; dependencies are not touched by them.
let strict: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .enableUpcomingFeature("InferIsolatedConformances"),
    .enableExperimentalFeature("Lifetimes"),
    .strictMemorySafety(),
    .treatAllWarnings(as: .error),
]

let jwt: Target.Dependency = .product(name: "JWTKit", package: "jwt-kit")
let crypto: Target.Dependency = .product(name: "Crypto", package: "swift-crypto")
let protobuf: Target.Dependency = .product(name: "SwiftProtobuf", package: "swift-protobuf")
let hummingbird: Target.Dependency = .product(name: "Hummingbird", package: "hummingbird")
let hummingbirdTLS: Target.Dependency = .product(name: "HummingbirdTLS", package: "hummingbird")
let hummingbirdHTTP2: Target.Dependency = .product(
    name: "HummingbirdHTTP2",
    package: "hummingbird"
)
let hummingbirdTesting: Target.Dependency = .product(
    name: "HummingbirdTesting",
    package: "hummingbird"
)
let hummingbirdCore: Target.Dependency = .product(
    name: "HummingbirdCore",
    package: "hummingbird"
)
let nioCore: Target.Dependency = .product(name: "NIOCore", package: "swift-nio")
let nioPosix: Target.Dependency = .product(name: "NIOPosix", package: "swift-nio")
let nioHTTP2: Target.Dependency = .product(name: "NIOHTTP2", package: "swift-nio-http2")
let nioSSL: Target.Dependency = .product(name: "NIOSSL", package: "swift-nio-ssl")
let httpClient: Target.Dependency = .product(
    name: "AsyncHTTPClient",
    package: "async-http-client"
)
let certificates: Target.Dependency = .product(name: "X509", package: "swift-certificates")
let asn1: Target.Dependency = .product(name: "SwiftASN1", package: "swift-asn1")
let nioHTTP: Target.Dependency = .product(name: "NIOHTTP1", package: "swift-nio")
let httpTypes: Target.Dependency = .product(name: "HTTPTypes", package: "swift-http-types")
let mustache: Target.Dependency = .product(name: "Mustache", package: "swift-mustache")
let metrics: Target.Dependency = .product(name: "Metrics", package: "swift-metrics")
let coreMetrics: Target.Dependency = .product(name: "CoreMetrics", package: "swift-metrics")
let logging: Target.Dependency = .product(name: "Logging", package: "swift-log")
let yams: Target.Dependency = .product(name: "Yams", package: "Yams")
let lifecycle: Target.Dependency = .product(
    name: "ServiceLifecycle",
    package: "swift-service-lifecycle"
)
let signals: Target.Dependency = .product(
    name: "UnixSignals",
    package: "swift-service-lifecycle"
)
let arguments: Target.Dependency = .product(
    name: "ArgumentParser",
    package: "swift-argument-parser"
)

func module(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .target(name: name, dependencies: dependencies, swiftSettings: strict)
}

func tests(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .testTarget(name: name + "Tests", dependencies: dependencies, swiftSettings: strict)
}

let package = Package(
    name: "jangbu",
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-asn1", from: "1.7.4"),
        .package(url: "https://github.com/apple/swift-certificates", from: "1.21.1"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-metrics", from: "2.13.0"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-http2", from: "1.46.0"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
        .package(url: "https://github.com/apple/swift-protobuf", from: "1.39.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),
        .package(url: "https://github.com/hummingbird-project/swift-mustache", from: "2.1.1"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        .package(url: "https://github.com/vapor/jwt-kit", from: "5.7.1"),
    ],
    targets: [
        .systemLibrary(name: "CLMDB"),
        .systemLibrary(name: "COpenSSL"),
        .systemLibrary(name: "CZstd"),
        .target(
            name: "CSimdJSON",
            linkerSettings: [.linkedLibrary("simdjson")]
        ),
        .target(name: "CFloor", linkerSettings: [.linkedLibrary("lmdb")]),
        module("Files", []),
        module("Threads", []),
        module("LMDB", ["CLMDB"]),
        module("Cryptography", ["COpenSSL", crypto]),
        module("Compression", ["CZstd"]),
        module("Finance", [protobuf]),
        module("Frame", ["Cryptography", "Compression"]),
        module("EventLog", ["LMDB", "Files", "Threads", "Cryptography", "Frame"]),
        module("Vault", ["EventLog", "LMDB", "Files", "Cryptography", "Frame"]),
        module("Commands", ["Vault", "EventLog", "Cryptography", "Frame", "Finance", protobuf]),
        module(
            "MyData",
            ["Finance", "Files", "Compression", "Cryptography", "CSimdJSON", protobuf]
        ),
        module(
            "Collector",
            [
                "MyData", "Commands", "Vault", "EventLog", "Frame", "Finance", "Cryptography",
                "Files", httpClient, nioCore, nioPosix, nioSSL, nioHTTP, nioHTTP2, logging,
                lifecycle, protobuf,
            ]
        ),
        module(
            "Sandbox",
            [
                "MyData", "Finance", "Cryptography", "Files", hummingbird, hummingbirdCore,
                hummingbirdTLS, hummingbirdHTTP2, httpTypes, nioCore, nioPosix, nioSSL,
                certificates, asn1, crypto, logging, lifecycle, yams,
            ]
        ),
        module(
            "Projections",
            [
                "Vault", "EventLog", "LMDB", "Files", "Threads", "Cryptography", "Frame",
                "Finance",
            ]
        ),
        .target(
            name: "Web",
            dependencies: [
                "Cryptography", "Finance", hummingbird, hummingbirdCore, mustache, metrics,
                coreMetrics, logging, yams, lifecycle, nioCore, httpTypes, hummingbirdTLS, nioSSL,
                nioHTTP, certificates, asn1, httpClient, jwt,
            ],
            resources: [.embedInCode("Resources")],
            swiftSettings: strict
        ),
        .executableTarget(
            name: "jangbu",
            dependencies: [
                "Web", "Projections", "Collector", "Sandbox", "MyData", "Commands", "Vault",
                "EventLog", "Frame",
                "Finance", "Cryptography", "Compression", "Files", "Threads", "LMDB", "CFloor",
                arguments, lifecycle, signals, logging, metrics, yams, hummingbird, nioCore,
                nioPosix, nioHTTP, nioSSL, protobuf,
            ],
            swiftSettings: strict
        ),

        .target(
            name: "Simulation",
            dependencies: ["Files"],
            path: "Tests/Simulation",
            swiftSettings: strict
        ),
        .target(name: "CPowerFail", path: "Tests/Tools/CPowerFail"),
        .target(
            name: "PowerFail",
            dependencies: ["CPowerFail"],
            path: "Tests/Tools/PowerFail",
            swiftSettings: strict
        ),
        .executableTarget(
            name: "Workload",
            dependencies: [
                "Projections", "Vault", "EventLog", "Frame", "Finance", "Cryptography", "Files",
                "Threads", "LMDB", "Simulation", "PowerFail",
            ],
            path: "Tests/Tools/Workload",
            swiftSettings: strict
        ),
        tests("Tidy", []),
        tests("CFloor", ["CFloor"]),
        tests("LMDB", ["LMDB", "Simulation"]),
        tests("Cryptography", ["Cryptography", "Simulation"]),
        tests("Compression", ["Compression", "Simulation"]),
        tests("Frame", ["Frame", "Cryptography", "Compression", "Simulation", "CZstd"]),
        tests("Finance", ["Finance", protobuf, crypto, yams]),
        tests(
            "EventLog",
            ["EventLog", "Frame", "Cryptography", "Files", "Threads", "Simulation"]
        ),
        tests(
            "Vault",
            [
                "Vault", "EventLog", "Files", "Finance", "Frame", "Cryptography", "Simulation",
                protobuf,
            ]
        ),
        tests(
            "Commands",
            [
                "Commands", "Vault", "EventLog", "Files", "Finance", "Frame", "Cryptography",
                "Simulation", protobuf,
            ]
        ),
        .testTarget(
            name: "MyDataTests",
            dependencies: ["MyData", "Files", "Finance", "Cryptography", "Simulation", protobuf],
            exclude: ["Samples"],
            swiftSettings: strict
        ),
        tests(
            "Sandbox",
            [
                "Sandbox", "MyData", "Finance", "Files", "Simulation", httpClient, httpTypes,
                logging, nioCore, nioSSL, nioHTTP, certificates, "Cryptography", protobuf,
            ]
        ),
        tests(
            "Collector",
            [
                "Collector", "Sandbox", "MyData", "Commands", "Vault", "EventLog", "Frame",
                "Finance", "Cryptography", "Files", "Simulation", protobuf, logging,
            ]
        ),
        tests(
            "Projections",
            [
                "Projections", "EventLog", "LMDB", "Files", "Threads", "Finance", "Frame",
                "Cryptography",
            ]
        ),
        .testTarget(
            name: "WebTests",
            dependencies: [
                "Web", "Finance", hummingbird, hummingbirdCore, hummingbirdTesting, httpTypes,
                nioCore, coreMetrics,
                logging, crypto, protobuf,
            ],
            exclude: ["Browser"],
            swiftSettings: strict
        ),
        tests(
            "jangbu",
            [
                "jangbu", "Commands", "EventLog", "Files", "Finance", "Frame", "Projections",
                "Simulation", "Vault", "Web", protobuf, "Sandbox", httpClient, nioCore, nioHTTP,
                nioSSL, logging, lifecycle,
            ]
        ),
        tests(
            "Decoder",
            [
                "jangbu", "Collector", "Sandbox", "MyData", "Finance", "Frame", "Cryptography",
                "Files", "Simulation", logging, httpTypes,
            ]
        ),
        tests(
            "System",
            [
                "Workload", "jangbu", "Collector", "EventLog", "Files", "Finance", "Simulation",
                "Threads",
            ]
        ),
    ],
    cxxLanguageStandard: .cxx17
)
