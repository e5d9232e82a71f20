/// A structural check of a closed environment's file, without LMDB.
///
/// LMDB 0.9 has no checksums and trusts every number in its pages: a flipped bit can make it read
/// outside its map. This reads the file as bytes and follows every tree as LMDB would, so that
/// damage is found and named before LMDB opens the file.
///
/// What it cannot find, because nothing in the file repeats it: changed bytes in values, a key
/// changed within its order, a value's length changed within its room, and whatever lies in pages
/// that no tree uses (which is harmless). So values need a checksum of their own, over the key too.
///
/// Only for files of this module: tables without flags, a little-endian machine.
public enum PageCheck {
    /// One fault and its place.
    public struct Damage: Error, Equatable, Sendable, CustomStringConvertible {
        /// The path of the file.
        public let file: String
        /// The page, counted from 0.
        public let page: UInt64
        /// The byte in the file, counted from 0, where the faulty number or range begins.
        public let offset: UInt64
        /// What is wrong.
        public let problem: String

        /// File, page, byte and problem in one line.
        public var description: String {
            "\(file): page \(page), byte \(offset): \(problem)"
        }
    }

    /// What a sound file holds.
    public struct Summary: Equatable, Sendable {
        /// The newest commit.
        public let transactionID: UInt64
        /// Bytes of one page.
        public let pageBytes: UInt64
        /// Pages up to the last ever used, the two meta pages included.
        public let pageCount: UInt64
        /// Pages the free list offers.
        public let freePages: UInt64
        /// Pages in no tree and not free: lost until the file is copied, otherwise harmless.
        public let lostPages: UInt64
        /// The tables in order of their names.
        public let tables: [TableSummary]
    }

    /// One table of a sound file.
    public struct TableSummary: Equatable, Sendable {
        /// Its name.
        public let name: String
        /// How many keys it has.
        public let entries: UInt64
        /// How many pages it uses, those of long values included.
        public let pages: UInt64
    }

    /// What a check found.
    public enum Verdict: Equatable, Sendable {
        /// Every number agrees with every other.
        case sound(Summary)
        /// At least one fault, in the order found; at most 100.
        case damaged([Damage])
    }

    /// Checks the environment in `directory`, which no process may have open for writing.
    ///
    /// Reads every page of every tree once; of long values only the header.
    ///
    /// - Throws: `.alreadyOpen` when this process has it open; when the file cannot be opened.
    public static func check(_ directory: String) throws(LMDBError) -> Verdict {
        let path = directory + "/data.mdb"
        guard !OpenFiles.contains(try FileIdentity(path: path)) else {
            throw LMDBError(code: .alreadyOpen, operation: "check")
        }
        try FlushFailure.dropCache(directory)
        return try check(file: path)
    }

    /// Refuses a file that LMDB must not map: with damaged meta pages, or cut short.
    ///
    /// Looks at the meta pages only, unless the file ends before the last page: then every tree is
    /// walked, to tell pages never written from pages lost.
    static func checkBeforeOpening(_ path: String) throws(LMDBError) {
        var metas = try MetaPages(of: DataFile(opening: path))
        while let (page, fault) = metas.fault {
            let again = try MetaPages(of: DataFile(opening: path))
            // Another process may have committed between two reads; only what two reads agree on
            // is a fault.
            guard again != metas else {
                throw LMDBError(code: fault.code, operation: "meta page \(page)")
            }
            metas = again
        }
        guard metas.fileBytes < metas.newest.byteCount,
            case .damaged = try check(file: path)
        else { return }
        // When the file has changed meanwhile, a process that passed this check is writing it.
        guard try MetaPages(of: DataFile(opening: path)) != metas else {
            throw LMDBError(code: .truncated, operation: "open")
        }
    }

    static func check(file path: String) throws(LMDBError) -> Verdict {
        let file = try DataFile(opening: path)
        let metas: MetaPages
        do {
            metas = try MetaPages(of: file)
        } catch {
            return .damaged([
                Damage(file: path, page: 0, offset: 0, problem: "meta pages: \(error)")
            ])
        }
        if let (page, fault) = metas.fault {
            let start = page == 0 ? 0 : metas.pages[0].pageSize
            return .damaged([
                Damage(
                    file: path,
                    page: page,
                    offset: start + UInt64(fault.offset),
                    problem: fault.problem
                )
            ])
        }
        let newest = metas.newest
        var walk = PageWalk(path: path, file: file, meta: newest, fileBytes: metas.fileBytes)
        let verdict = walk.run()
        guard case .sound = verdict, let older = metas.older,
            try PageWalk.isLaterCommit(older, than: newest, path: path, fileBytes: metas.fileBytes)
        else { return verdict }
        let page = 1 - newest.transactionID % 2
        return .damaged([
            Damage(
                file: path,
                page: page,
                offset: page * newest.pageSize + UInt64(MetaPage.transactionOffset),
                problem: "the transaction number is of an earlier commit than the pages"
            )
        ])
    }
}
