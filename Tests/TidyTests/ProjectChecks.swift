/// The checks that need to see several files, each pure over the project's list of files.
enum ProjectChecks {
    static let all: [@Sendable ([File]) -> [Finding]] = [
        mainFiles, orphanSchemas, orphanCode, staleExceptions,
    ]

    /// A module's face is the file named as the module, or `main.swift` and C's header.
    static func mainFiles(_ files: [File]) -> [Finding] {
        let modules = Set(files.compactMap(\.module))
        return modules.sorted().flatMap { module -> [Finding] in
            let inside = files.filter { $0.module == module }
            let faces =
                inside.contains { $0.isSwift }
                ? ["Sources/\(module)/\(module.capitalizedFirst).swift"]
                : ["Sources/\(module)/include/\(module).h", "Sources/\(module)/shim.h"]
            if inside.contains(where: { faces.contains($0.path) }) { return [] }
            let path = inside.first?.path ?? "Sources/\(module)"
            return [Finding(rule: "main file", path: path, line: 1, advice: "no \(faces[0])")]
        }
    }

    /// A schema is generated from, and every other file of `Schemas/` is named by something.
    static func orphanSchemas(_ files: [File]) -> [Finding] {
        let schemas = files.filter { $0.path.hasPrefix("Schemas/") }
        let sources = generatedSources(files)
        return schemas.filter { schema in
            if schema.kind == "proto" {
                return !sources.contains(String(schema.path.dropFirst("Schemas/".count)))
            }
            let parts = schema.path.split(separator: "/").map(String.init)
            guard let name = parts.last, name != "README.md" else { return false }
            // A folder read as a whole is named by its path.
            let folder = parts.dropLast().suffix(2).joined(separator: "/")
            return !files.contains { other in
                other.path != schema.path && !other.path.hasPrefix("Tests/TidyTests/")
                    && (other.text.contains(name)
                        || parts.count > 2 && !other.path.hasPrefix("Schemas/")
                            && other.text.contains(folder))
            }
        }.map { $0.finding("orphan schema", "nothing is generated from it or reads it") }
    }

    /// Generated code whose schema is gone.
    static func orphanCode(_ files: [File]) -> [Finding] {
        let paths = Set(files.map(\.path))
        return files.filter { file in
            guard file.path.hasSuffix(".pb.swift"), let source = generatedSource(file) else {
                return false
            }
            return !paths.contains("Schemas/\(source)")
        }.map { $0.finding("orphan code", "its schema is gone") }
    }

    /// A list of exceptions holds nothing that is not there any more.
    static func staleExceptions(_ files: [File]) -> [Finding] {
        let places = Rules.largeData + Rules.foundation + Rules.banned.flatMap(\.exceptions)
        let listed = places.map(\.path).filter { !$0.hasSuffix("/") } + Rules.longFiles.keys
        let present = Set(files.map(\.path))
        return Set(listed).subtracting(present).sorted().map {
            Finding(rule: "stale exception", path: $0, line: 1, advice: "no such file; unlist it")
        }
    }

    private static func generatedSources(_ files: [File]) -> Set<String> {
        Set(files.filter { $0.path.hasSuffix(".pb.swift") }.compactMap(generatedSource))
    }

    private static func generatedSource(_ file: File) -> String? {
        let mark = "// Source: "
        return file.lines.prefix(20).first { $0.hasPrefix(mark) }.map {
            String($0.dropFirst(mark.count))
        }
    }
}

extension String {
    var capitalizedFirst: String { prefix(1).uppercased() + dropFirst() }
}
