import Foundation

/// The project's files as git would commit them: tracked, or new and not ignored.
enum Project {
    struct Unreadable: Error, CustomStringConvertible {
        let description: String
    }

    /// Links are followed first, so that the sources may be seen from another package.
    static let root: URL = URL(fileURLWithPath: #filePath).resolvingSymlinksInPath()
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    static func files() throws -> [File] {
        try paths().compactMap { path in
            let url = root.appendingPathComponent(path)
            // Deleted in the working tree and not yet in git's index, or a link: nothing to read.
            guard try isRegularFile(url) else { return nil }
            let bytes = try Data(contentsOf: url)
            // Data is measured by its size alone; text beyond this is data.
            let text = bytes.count > 4 << 20 ? "" : String(bytes: bytes, encoding: .utf8) ?? ""
            return File(path: path, text: text, byteCount: bytes.count)
        }
    }

    private static func isRegularFile(_ url: URL) throws -> Bool {
        guard FileManager.default.fileExists(atPath: url.path) else { return false }
        let values = try url.resourceValues(forKeys: [.isRegularFileKey, .isSymbolicLinkKey])
        return values.isRegularFile == true && values.isSymbolicLink != true
    }

    private static func paths() throws -> [String] {
        let git = Process()
        git.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        git.arguments = [
            "git", "-C", root.path, "-c", "safe.directory=*", "ls-files", "-z", "--cached",
            "--others", "--exclude-standard",
        ]
        let output = Pipe()
        git.standardOutput = output
        try git.run()
        let bytes = output.fileHandleForReading.readDataToEndOfFile()
        git.waitUntilExit()
        guard git.terminationStatus == 0 else {
            throw Unreadable(description: "git ls-files ended with \(git.terminationStatus)")
        }
        return bytes.split(separator: 0).map { String(decoding: $0, as: UTF8.self) }.sorted()
    }
}
