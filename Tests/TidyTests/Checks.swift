/// Something that breaks a rule: which, where and what to do.
struct Finding: Equatable, CustomStringConvertible {
    let rule: String
    let path: String
    let line: Int
    let advice: String

    var description: String { "\(path):\(line): \(rule): \(advice)" }
}

/// One file of the project as the checks see it.
struct File {
    let path: String
    let byteCount: Int
    let text: String
    let lines: [String]
    /// The same lines with comments and literals blank; empty unless it is Swift.
    let code: [String]

    init(path: String, text: String, byteCount: Int? = nil) {
        self.path = path
        self.text = text
        self.byteCount = byteCount ?? text.utf8.count
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        if lines.last == "" { lines.removeLast() }
        self.lines = lines
        code = path.hasSuffix(".swift") ? MaskedText.lines(of: text) : []
    }

    var kind: String { path.split(separator: ".").last.map(String.init) ?? "" }
    var isSwift: Bool { kind == "swift" }
    var isGenerated: Bool { Rules.generated.contains { path.contains($0) } }
    var isCode: Bool { Rules.codeKinds.contains(kind) && !isGenerated }
    var isLibraryCode: Bool { isSwift && !isGenerated && path.hasPrefix("Sources/") }
    /// The folder below `Sources/` it belongs to.
    var module: String? {
        let parts = path.split(separator: "/")
        return parts.count > 2 && parts[0] == "Sources" ? String(parts[1]) : nil
    }

    func finding(_ rule: String, line: Int = 1, _ advice: String) -> Finding {
        Finding(rule: rule, path: path, line: line, advice: advice)
    }
}

/// The checks that look at one file alone, each pure.
enum Checks {
    static let all: [@Sendable (File) -> [Finding]] = [
        columns, length, functions, imports, foundation, bans, uncheckedSendable, openEnds, size,
        machineText,
    ]

    static func columns(_ file: File) -> [Finding] {
        // A style sheet's rule is one line, however many properties it sets.
        guard file.isCode, !file.path.hasSuffix(".css") else { return [] }
        let isLoose = ["js", "mjs", "py", "sh"].contains { file.path.hasSuffix("." + $0) }
        let max = isLoose ? Rules.columnsMaxElsewhere : Rules.columnsMax
        return file.lines.enumerated().filter { $0.element.count > max }.map {
            file.finding(
                "columns",
                line: $0.offset + 1,
                "\($0.element.count) columns; at most \(max)"
            )
        }
    }

    static func length(_ file: File) -> [Finding] {
        guard file.isCode else { return [] }
        let count = file.lines.count
        let listed = Rules.longFiles[file.path]
        if count > Rules.fileLinesMax {
            return [file.finding("length", "\(count) lines; at most \(Rules.fileLinesMax)")]
        }
        if let listed, count > listed {
            return [file.finding("length", "grew from \(listed) to \(count) lines; split it")]
        }
        if let listed, count <= Rules.fileLinesAim {
            return [file.finding("length", "\(listed) on the list, \(count) now: take it off")]
        }
        if listed == nil, count > Rules.fileLinesAim {
            return [
                file.finding(
                    "length",
                    "\(count) lines, aim \(Rules.fileLinesAim); split it or list it as \(count)"
                )
            ]
        }
        return []
    }

    static func functions(_ file: File) -> [Finding] {
        guard file.isSwift, !file.isGenerated else { return [] }
        return FunctionLengths.of(file.code).filter { $0.lineCount > Rules.functionLinesMax }.map {
            file.finding(
                "function length",
                line: $0.line,
                "\($0.lineCount) lines; at most \(Rules.functionLinesMax)"
            )
        }
    }

    static func imports(_ file: File) -> [Finding] {
        guard file.isSwift, let module = file.module else { return [] }
        guard let own = Rules.imports[module] else {
            return [file.finding("imports", "module \(module) is not in the table of imports")]
        }
        let allowed = own.union(Rules.toolchain).union(Rules.packages[module] ?? [])
            .union(["Foundation"])
        return importedModules(file).filter { !allowed.contains($0.name) }.map {
            file.finding("imports", line: $0.line, "\(module) may not import \($0.name)")
        }
    }

    static func foundation(_ file: File) -> [Finding] {
        guard file.isLibraryCode, !Rules.foundation.contains(where: { $0.covers(file.path) }) else {
            return []
        }
        return importedModules(file).filter { $0.name == "Foundation" }.map {
            file.finding("foundation", line: $0.line, "not here; FoundationEssentials if a must")
        }
    }

    static func bans(_ file: File) -> [Finding] {
        guard file.isLibraryCode else { return [] }
        var findings: [Finding] = []
        for (ban, pattern) in compiledBans
        where !ban.exceptions.contains(where: { $0.covers(file.path) }) {
            for (index, line) in file.code.enumerated() where matches(pattern, line) {
                findings.append(file.finding(ban.name, line: index + 1, ban.why))
            }
        }
        return findings
    }

    static func uncheckedSendable(_ file: File) -> [Finding] {
        guard file.isLibraryCode else { return [] }
        return file.code.indices.filter { index in
            guard file.code[index].contains("@unchecked Sendable") else { return false }
            let above = index > 0 ? file.lines[index - 1].trimmed : ""
            return !file.lines[index].contains("//") && !above.hasPrefix("//")
        }.map {
            file.finding("@unchecked Sendable", line: $0 + 1, "say beside it what makes it true")
        }
    }

    /// Work left open names the issue that will close it.
    static func openEnds(_ file: File) -> [Finding] {
        guard file.isCode, !file.path.hasPrefix("Tests/TidyTests/") else { return [] }
        return file.lines.enumerated().filter {
            matches(fixMark, $0.element)
                || matches(todoMark, $0.element) && !matches(todoWithIssue, $0.element)
        }.map {
            file.finding("open end", line: $0.offset + 1, "do it now, or name its issue: #12")
        }
    }

    static func size(_ file: File) -> [Finding] {
        guard file.byteCount > Rules.fileBytesMax,
            !Rules.largeData.contains(where: { $0.covers(file.path) })
        else { return [] }
        return [file.finding("size", "\(file.byteCount) bytes; at most \(Rules.fileBytesMax)")]
    }

    static func machineText(_ file: File) -> [Finding] {
        file.lines.enumerated().compactMap { index, line in
            Rules.machineText.first(where: line.contains).map {
                file.finding("machine text", line: index + 1, "'\($0)' is of one machine")
            }
        }
    }

    /// Modules named by `import` lines, whatever stands before the word.
    static func importedModules(_ file: File) -> [(name: String, line: Int)] {
        file.code.enumerated().compactMap { index, line in
            var words = line.split(whereSeparator: { $0 == " " || $0 == ";" }).map(String.init)
            words.removeAll { word in
                word.hasPrefix("@") || ["public", "package", "internal", "private"].contains(word)
            }
            guard words.count > 1, words[0] == "import" else { return nil }
            let kinds = ["struct", "class", "enum", "protocol", "func", "var", "let", "typealias"]
            let name = kinds.contains(words[1]) && words.count > 2 ? words[2] : words[1]
            return (name.split(separator: ".").first.map(String.init) ?? name, index + 1)
        }
    }
}
