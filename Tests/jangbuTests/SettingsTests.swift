import Foundation
import Testing

@testable import jangbu

@Suite struct SettingsTests {
    private func failure(_ body: () throws -> Void) -> Failure? {
        do {
            try body()
            return nil
        } catch { return Failure(error) }
    }

    private func read(_ yaml: String) throws -> Settings {
        var settings = Settings()
        try settings.read(yaml: yaml, from: "a.yaml")
        return settings
    }

    @Test func `a file sets what it says and leaves the rest`() throws {
        let settings = try read("log:\n  partition_count: 4\n  map_size_bytes: 2_097_152\nweb:\n")
        #expect(settings.partitionCount == 4)
        #expect(settings.logMapSizeBytes == 2_097_152)
        #expect(settings.webPort == 8_080)
    }

    @Test func `the project's file reads and holds every key with its default`() throws {
        let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("conf/jangbu.yaml")
        let text = try String(contentsOf: path, encoding: .utf8)
        _ = try read(text)
        // What is commented out shows the default, so it reads as the defaults too.
        let shown = text.replacing(#/  # ([a-z_]+: [^ ]+)$/#.anchorsMatchLineEndings()) {
            "  \($0.output.1)"
        }
        let settings = try read(shown)
        #expect("\(settings)" == "\(Settings())")
        for key in Settings.keys {
            let last = key.name.split(separator: ".").last ?? ""
            #expect(shown.contains("  \(last): "), "\(key.name) is not in conf/jangbu.yaml")
        }
    }

    @Test(arguments: [
        ("log:\n  partition_cout: 4", "log.partition_count"), ("web:\n  prot: 1", "web.port"),
        ("wbe:\n  port: 1", "web.port"),
    ])
    func `an unknown key is refused with the nearest known one`(yaml: String, nearest: String) {
        let failure = failure { _ = try read(yaml) }
        #expect(failure?.exit == .configuration)
        #expect(failure?.sentence.contains("did you mean \(nearest)?") == true)
    }

    @Test(arguments: [
        "log:\n  partition_count: many", "log:\n  partition_count: 0", "log: 3", "- log",
        "log:\n  partition_count: [1]", "logging:\n  level: loud", "log:\n  \tx: 1: 2",
    ])
    func `a wrong value or shape is refused`(yaml: String) {
        #expect(failure { _ = try read(yaml) }?.exit == .configuration)
    }

    @Test func `the environment names keys, and only keys`() throws {
        var settings = Settings()
        try settings.read(["JANGBU_WEB_PORT": "9000", "JANGBU_DATA": "/x", "HOME": "/y"])
        #expect(settings.webPort == 9_000)
        for name in ["JANGBU_WEB_PROT", "JANGBU_PORT", "JANGBU_WEBPORT"] {
            let wrong = failure { try settings.read([name: "1"]) }
            #expect(wrong?.exit == .configuration)
            #expect(wrong?.sentence.contains("JANGBU_WEB_PORT") == true, "\(name)")
        }
        #expect(failure { try settings.read(["JANGBU_PROJECTION_X": "1"]) } != nil)
    }

    @Test func `each class of failure has its own exit code`() {
        #expect(Set(ExitClass.allCases.map(\.rawValue)).count == ExitClass.allCases.count)
        for exit in ExitClass.allCases { #expect(ExitClass.table.contains("\(exit.rawValue)  ")) }
    }

    @Test(arguments: [
        (Int128(0), 2, "0.00"), (-1_005, 2, "-1.005"), (1_234_500, 0, "1234.5"),
        (31_367_962_800, 2, "31367962.80"), (-10, 2, "-0.01"), (5_000, 0, "5"),
    ])
    func `amounts are shown exactly`(thousandths: Int128, decimals: Int, text: String) {
        #expect(Text.decimal(thousandths, decimals: decimals) == text)
    }

    @Test(arguments: [(0, "0"), (999, "999"), (1_000, "1,000"), (-1_234_567, "-1,234,567")])
    func `numbers are grouped`(number: Int, text: String) {
        #expect(Text.grouped(number) == text)
    }
}
