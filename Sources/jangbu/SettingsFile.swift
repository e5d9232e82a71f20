import ArgumentParser
import Files
import Foundation
import Yams

/// Options that every command on a data directory has.
struct SettingsOptions: ParsableArguments {
    @Option(help: "Configuration file; conf/jangbu.yaml where there is one.")
    var config: String?
    @Option(name: .customLong("data-directory"), help: "Where the ledger's files are.")
    var dataDirectory: String?
    @Option(
        name: .customLong("set"),
        help: ArgumentHelp(
            "Set a key of the configuration; several times for several.",
            valueName: "key=value"
        )
    )
    var overrides: [String] = []

    /// File, then environment, then flags: the later wins.
    func settings() throws -> Settings {
        var settings = Settings()
        if let path = config ?? Places.find("conf/jangbu.yaml") {
            try settings.read(path)
        }
        try settings.read(ProcessInfo.processInfo.environment)
        for pair in overrides {
            guard let equals = pair.firstIndex(of: "=") else {
                throw ValidationError("--set takes KEY=VALUE, such as --set web.port=9000.")
            }
            let name = String(pair[..<equals])
            try settings.set(name, to: String(pair[pair.index(after: equals)...]), from: "--set")
        }
        if let dataDirectory { settings.dataDirectory = dataDirectory }
        if settings.dataDirectory.isEmpty { settings.dataDirectory = Places.defaultData }
        return settings
    }
}

extension Settings {
    /// Reads a configuration file: sections of keys, nothing deeper, nothing unknown.
    mutating func read(_ path: String) throws {
        let text: String
        do {
            text = String(decoding: try Files.read(path, limit: 1 << 20), as: UTF8.self)
        } catch {
            throw Failure(.input, "The configuration file \(path) cannot be read (\(error)).")
        }
        try read(yaml: text, from: path)
    }

    /// The same from text; `place` is named in errors.
    mutating func read(yaml text: String, from place: String) throws {
        let root = try YAMLFile.root(of: text, from: place)
        guard let root, root.scalar?.string.isEmpty != true else { return }
        guard let sections = root.mapping else {
            throw Failure(.configuration, "\(place): the top level must be sections.")
        }
        var seen: Set<String> = []
        for (sectionNode, body) in sections {
            let section = sectionNode.scalar?.string ?? ""
            guard let entries = body.mapping else {
                // A section whose keys are all comments.
                if let scalar = body.scalar, ["", "~", "null"].contains(scalar.string) { continue }
                throw Failure(.configuration, "\(place): section \(section) must hold keys.")
            }
            for (keyNode, value) in entries {
                let name = section + "." + (keyNode.scalar?.string ?? "")
                guard let scalar = value.scalar else {
                    throw Failure(.configuration, "\(place): \(name) must be one value.")
                }
                guard seen.insert(name).inserted else {
                    throw Failure(.configuration, "\(place): \(name) is set twice.")
                }
                try set(name, to: scalar.string, from: place)
            }
        }
    }

    /// Variables of ours that set no key: where the project and the large data sets are, and what
    /// the tests' tools are told.
    private static let otherVariables: Set<String> = [
        "JANGBU_HOME", "JANGBU_DATA", "JANGBU_TORTURE", "JANGBU_MUST_CHECK",
    ]
    private static let toolPrefixes = ["JANGBU_FAULT_", "JANGBU_RECORD_"]

    /// Takes in the variables that name a key; any other of ours is refused.
    mutating func read(_ environment: [String: String]) throws {
        let byVariable = Dictionary(uniqueKeysWithValues: Settings.keys.map { ($0.variable, $0) })
        for (name, value) in environment.sorted(by: { $0.key < $1.key }) {
            guard name.hasPrefix("JANGBU_") else { continue }
            if let key = byVariable[name] {
                try key.apply(&self, value)
                continue
            }
            guard !Settings.otherVariables.contains(name),
                !Settings.toolPrefixes.contains(where: name.hasPrefix)
            else { continue }
            let nearest = byVariable.keys.sorted().min {
                Settings.distance($0, name) < Settings.distance($1, name)
            }
            throw Failure(
                .configuration,
                "The environment's \(name) names no key; did you mean \(nearest ?? "")?"
            )
        }
    }
}

/// Where things lie.
enum Places {
    /// The data directory unless one is set (XDG Base Directory Specification).
    static var defaultData: String {
        let environment = ProcessInfo.processInfo.environment
        if let base = environment["XDG_DATA_HOME"], base.hasPrefix("/") { return base + "/jangbu" }
        return NSHomeDirectory() + "/.local/share/jangbu"
    }

    /// A file or folder that comes with the project: below JANGBU_HOME, below the working
    /// directory, or beside a folder that the executable is in.
    static func find(_ path: String) -> String? {
        let environment = ProcessInfo.processInfo.environment
        if let home = environment["JANGBU_HOME"] {
            return Files.exists(home + "/" + path) ? home + "/" + path : nil
        }
        if Files.exists(path) { return path }
        var folder = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
        while folder.path.count > 1 {
            folder.deleteLastPathComponent()
            let candidate = folder.path + "/" + path
            if Files.exists(candidate) { return candidate }
        }
        return nil
    }

    /// The same, or a failure that says what is missing.
    static func need(_ path: String) throws -> String {
        guard let found = find(path) else {
            throw Failure(
                .input,
                "\(path) is not there; run from the project's folder or set JANGBU_HOME to it."
            )
        }
        return found
    }
}
