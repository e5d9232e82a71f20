/// Why a file of rules cannot be used; startup stops with it.
public struct RuleError: Error, Hashable, Sendable, CustomStringConvertible {
    /// Which file, by its name without directory.
    public let file: String
    /// Line in it, from 1; 0 when the whole file is meant.
    public let line: Int
    /// What is wrong, in one clause.
    public let reason: String

    /// A fault of `file` in `line`, 0 for the whole file.
    public init(file: String, line: Int, reason: String) {
        self.file = file
        self.line = line
        self.reason = reason
    }

    /// `file:line: reason`.
    public var description: String { "\(file):\(line): \(reason)" }
}

/// The rows of one file of rules: UTF-8, one row a line, fields between commas, no quoting.
///
/// A line that begins with `#` says something to the reader; `# version N` gives the file's
/// version, 1...65535, and must be there. The last field may contain commas. Empty lines are
/// passed over.
struct RuleLines {
    struct Row {
        let line: Int
        let fields: [Substring]
    }

    let file: String
    private(set) var version: UInt32 = 0
    private(set) var rows: [Row] = []

    /// Larger than this is a mistake rather than rules: ours are 100 kB together.
    static let fileBytesMax = 4 << 20

    init(_ bytes: [UInt8], file: String, columns: Int) throws(RuleError) {
        self.file = file
        guard bytes.count <= RuleLines.fileBytesMax else {
            throw RuleError(file: file, line: 0, reason: "larger than 4 MiB")
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw RuleError(file: file, line: 0, reason: "not UTF-8")
        }
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false)
            .enumerated()
        {
            if line.isEmpty { continue }
            if line.hasPrefix("#") {
                try readVersion(line, at: index + 1)
                continue
            }
            let fields = line.split(
                separator: ",",
                maxSplits: columns - 1,
                omittingEmptySubsequences: false
            )
            guard fields.count == columns else {
                throw RuleError(
                    file: file,
                    line: index + 1,
                    reason: "needs \(columns) fields"
                )
            }
            rows.append(Row(line: index + 1, fields: fields))
        }
        guard version > 0 else {
            throw RuleError(file: file, line: 0, reason: "has no line '# version N'")
        }
    }

    private mutating func readVersion(_ line: Substring, at number: Int) throws(RuleError) {
        let prefix = "# version "
        guard line.hasPrefix(prefix) else { return }
        guard version == 0, let value = UInt32(line.dropFirst(prefix.count)), value >= 1,
            value <= 65_535
        else { throw RuleError(file: file, line: number, reason: "version is not one number") }
        version = value
    }

    func error(_ row: Row, _ reason: String) -> RuleError {
        RuleError(file: file, line: row.line, reason: reason)
    }
}
