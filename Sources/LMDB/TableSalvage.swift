/// What still hangs together of one table in a closed file that may be damaged, read without LMDB.
///
/// Every page on the way to an entry was checked as ``PageCheck`` checks it; what hangs on a
/// damaged page is left out. Values are not looked at: they need a checksum of their own.
public struct TableSalvage: Sendable {
    /// A key and where its value lies in the file.
    public struct Entry: Sendable {
        /// The key's bytes.
        public let key: [UInt8]
        /// The value's first byte, counted from the start of the file.
        public let offset: UInt64
        /// The value's length.
        public let byteCount: Int
    }

    /// The entries in order of their keys.
    public let entries: [Entry]
    /// How many entries the table says it has.
    public let recordedCount: UInt64
    /// Whether this is certainly the newest commit; if not, it may be the one before.
    public let isNewest: Bool

    /// More are found in no file; a salvage reads on behind every one of them.
    private static let damagesMax = 1_000_000

    /// Reads `table` of the environment in `directory`, which no process may have open for writing.
    ///
    /// Begins at the newest meta page when all that it leads to is sound; else at the one that
    /// leads to more of the table. After a power cut the older one may lead to pages that were used
    /// again.
    ///
    /// - Throws: `.corrupted` when nothing leads to the table; when the file cannot be opened.
    public init(reading table: String, in directory: String) throws(LMDBError) {
        let path = directory + "/data.mdb"
        let file = try DataFile(opening: path)
        let fileBytes = try file.byteCount()
        let sound = try MetaPages.sound(in: file).sorted { $0.transactionID > $1.transactionID }
        let isPair = try TableSalvage.isPair(file)
        var best: (entries: [Entry], recordedCount: UInt64)?
        var isNewest = isPair
        for (index, meta) in sound.enumerated() {
            var walk = PageWalk(
                path: path,
                file: try DataFile(opening: path),
                meta: meta,
                fileBytes: fileBytes,
                collecting: table,
                damagesMax: TableSalvage.damagesMax
            )
            guard let found = walk.salvage(), found.entries.count > best?.entries.count ?? -1
            else { continue }
            best = found
            isNewest = isPair && index == 0
            guard isNewest, walk.isSound, let older = sound.dropFirst().first else { continue }
            let isOutrun = try PageWalk.isLaterCommit(
                older,
                than: meta,
                path: path,
                fileBytes: fileBytes
            )
            if !isOutrun { break }
        }
        guard let best else { throw LMDBError(code: .corrupted, operation: "salvage") }
        entries = best.entries
        recordedCount = best.recordedCount
        self.isNewest = isNewest
    }

    /// Whether the two meta pages agree that they are of successive commits.
    private static func isPair(_ file: borrowing DataFile) throws(LMDBError) -> Bool {
        do {
            return try MetaPages(of: file).fault == nil
        } catch {
            guard error.code == .truncated else { throw error }
            return false
        }
    }
}

extension PageWalk {
    /// Whether nothing was found wrong on the way.
    fileprivate var isSound: Bool { damages.isEmpty }

    /// What of the wanted table hangs together; nil when its record was not found.
    mutating func salvage() -> (entries: [TableSalvage.Entry], recordedCount: UInt64)? {
        _ = run()
        let table = tables.first { String(decoding: $0.name, as: UTF8.self) == wanted }
        return table.map { (values, $0.record.entries) }
    }

    /// Notes a value of the wanted table.
    mutating func collect(_ index: Int, of page: TreePage, _ place: Place) {
        guard isCollecting else { return }
        values.append(
            TableSalvage.Entry(
                key: Array(page.key(index)),
                offset: place.page * meta.pageSize + UInt64(place.offset),
                byteCount: page.valueByteCount(index)
            )
        )
    }
}
