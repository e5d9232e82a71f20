/// How far a reader is: of a subject's feed one number, across partitions one for each.
///
/// Each number counts what was read, so it is the place of the next entry, and zero is the
/// beginning. The text is opaque to callers and the same in REST, stream, and command line: `c` and
/// the numbers in base 36 with points between, such as `c0.1z.a4`.
public struct Cursor: Sendable, Hashable, CustomStringConvertible {
    /// More partitions than any ledger has; longer text is refused before it is read.
    public static let countMax = 1024

    /// Entries read of each list.
    public var counts: [UInt64]

    /// A cursor after `counts` entries.
    public init(_ counts: [UInt64]) { self.counts = counts }

    /// Reads the text form; `nil` when it is not one.
    public init?(text: some StringProtocol) {
        guard text.first == "c", text.utf8.count <= Cursor.countMax * 14 else { return nil }
        let parts = text.dropFirst().split(separator: ".", omittingEmptySubsequences: false)
        guard !parts.isEmpty, parts.count <= Cursor.countMax else { return nil }
        counts = []
        for part in parts {
            guard let first = part.utf8.first, first != UInt8(ascii: "+"),
                let count = UInt64(part, radix: 36)
            else { return nil }
            counts.append(count)
        }
    }

    /// The text form.
    public var description: String {
        guard !counts.isEmpty else { return "c0" }
        return "c" + counts.map { String($0, radix: 36) }.joined(separator: ".")
    }
}

/// Names one event: its frame's revision in the subject's log and its place in that frame, both
/// from 0.
public struct EventID: Sendable, Hashable, CustomStringConvertible {
    /// Revision of the frame.
    public var revision: UInt64
    /// Place in the frame.
    public var index: UInt32

    /// An event's name.
    public init(revision: UInt64, index: UInt32) {
        self.revision = revision
        self.index = index
    }

    /// Reads the text form `revision.index`; `nil` when it is not one.
    public init?(text: some StringProtocol) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 2, parts.allSatisfy({ $0.utf8.allSatisfy { 48...57 ~= $0 } }),
            let revision = UInt64(parts[0]), let index = UInt32(parts[1])
        else { return nil }
        self.init(revision: revision, index: index)
    }

    /// The text form.
    public var description: String { "\(revision).\(index)" }
}
