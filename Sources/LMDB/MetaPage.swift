/// Numbers of a page in the machine's little-endian order, as LMDB writes them on every machine
/// this runs on. Callers check the range; an offset outside traps.
extension [UInt8] {
    func uint16(at offset: Int) -> UInt16 {
        UInt16(self[offset]) | UInt16(self[offset + 1]) << 8
    }

    func uint32(at offset: Int) -> UInt32 {
        UInt32(uint16(at: offset)) | UInt32(uint16(at: offset + 2)) << 16
    }

    func uint64(at offset: Int) -> UInt64 {
        UInt64(uint32(at: offset)) | UInt64(uint32(at: offset + 4)) << 32
    }
}

/// A tree as LMDB records it (MDB_db, 48 bytes): pad 4, flags 2, depth 2, then five counts and the
/// root, 8 bytes each.
struct TreeRecord: Equatable {
    static let byteCount = 48

    /// The page size in the free list's record, 0 in others.
    let pad: UInt32
    let flags: UInt16
    let depth: UInt16
    let branchPages: UInt64
    let leafPages: UInt64
    let overflowPages: UInt64
    let entries: UInt64
    /// `UInt64.max` when empty.
    let root: UInt64

    init(_ bytes: [UInt8], at offset: Int) {
        pad = bytes.uint32(at: offset)
        flags = bytes.uint16(at: offset + 4)
        depth = bytes.uint16(at: offset + 6)
        branchPages = bytes.uint64(at: offset + 8)
        leafPages = bytes.uint64(at: offset + 16)
        overflowPages = bytes.uint64(at: offset + 24)
        entries = bytes.uint64(at: offset + 32)
        root = bytes.uint64(at: offset + 40)
    }

    /// Its first fault that needs no page to see, and where in the record it is.
    func fault(lastPage: UInt64) -> (offset: Int, problem: String)? {
        // LMDB's cursors hold at most 32 pages (CURSOR_STACK).
        if depth > 32 { return (6, "the tree is deeper than 32 pages") }
        if (root == .max) != (depth == 0) { return (6, "depth and root disagree") }
        if root == .max {
            let isEmpty = branchPages == 0 && leafPages == 0 && overflowPages == 0 && entries == 0
            return isEmpty ? nil : (8, "an empty tree counts pages or entries")
        }
        if root < 2 || root > lastPage { return (40, "the root is outside the file") }
        return nil
    }
}

/// What LMDB calls a meta page: where a commit's trees begin.
///
/// After the 16-byte page header: magic 4, version 4, address 8, map size 8, record of the free
/// list 48, record of the main tree 48, last page 8, transaction number 8.
struct MetaPage: Equatable {
    static let byteCount = 152
    /// Where in the page the transaction number is.
    static let transactionOffset = 144

    let free: TreeRecord
    let main: TreeRecord
    let lastPage: UInt64
    private(set) var transactionID: UInt64
    private let number: UInt64
    private let pageFlags: UInt16
    private let magic: UInt32
    private let version: UInt32
    private let address: UInt64
    private let mapSize: UInt64

    /// Reads the first `byteCount` bytes of a page.
    init(_ bytes: [UInt8]) {
        number = bytes.uint64(at: 0)
        pageFlags = bytes.uint16(at: 10)
        magic = bytes.uint32(at: 16)
        version = bytes.uint32(at: 20)
        address = bytes.uint64(at: 24)
        mapSize = bytes.uint64(at: 32)
        free = TreeRecord(bytes, at: 40)
        main = TreeRecord(bytes, at: 88)
        lastPage = bytes.uint64(at: 136)
        transactionID = bytes.uint64(at: 144)
    }

    /// The same page as if of another commit.
    func renumbered(_ transactionID: UInt64) -> MetaPage {
        var page = self
        page.transactionID = transactionID
        return page
    }

    var pageSize: UInt64 { UInt64(free.pad) }

    /// Bytes up to the end of the last page; the file may be shorter, because LMDB does not write
    /// pages that a transaction took and freed again.
    var byteCount: UInt64 { (lastPage + 1) * pageSize }

    /// Its first fault as page `index`: what kind of error opening makes of it, where in the page,
    /// and what.
    func fault(as index: UInt64) -> MetaFault? {
        if magic != 0xBEEF_C0DE { return .init(.invalidFile, 16, "not an LMDB file") }
        if version != 1 { return .init(.versionMismatch, 20, "of another version of LMDB") }
        if number != index { return .init(.corrupted, 0, "the page has another page's number") }
        if pageFlags != PageFlags.meta { return .init(.corrupted, 10, "not marked as meta page") }
        if address != 0 { return .init(.corrupted, 24, "a map address is set") }
        guard pageSize.nonzeroBitCount == 1, (512...32_768).contains(pageSize) else {
            return .init(.corrupted, 40, "the page size is not one LMDB uses")
        }
        guard lastPage >= 1, lastPage < UInt64(1) << 47 else {
            return .init(.corrupted, 136, "the last page's number is out of range")
        }
        if mapSize < byteCount || mapSize % 4_096 != 0 || mapSize >= UInt64(1) << 47 {
            return .init(.corrupted, 32, "the map size is out of range")
        }
        if free.flags != TreeFlags.integerKey {
            return .init(.corrupted, 44, "the free list has flags never set")
        }
        if main.flags != 0 || main.pad != 0 {
            return .init(.corrupted, 88, "the main tree has flags never set")
        }
        if let fault = free.fault(lastPage: lastPage) {
            return .init(.corrupted, 40 + fault.offset, "free list: " + fault.problem)
        }
        if let fault = main.fault(lastPage: lastPage) {
            return .init(.corrupted, 88 + fault.offset, "main tree: " + fault.problem)
        }
        return nil
    }
}

/// What is wrong with a meta page.
struct MetaFault {
    let code: LMDBError.Code
    let offset: Int
    let problem: String

    init(_ code: LMDBError.Code, _ offset: Int, _ problem: String) {
        self.code = code
        self.offset = offset
        self.problem = problem
    }
}

/// `mp_flags` of a page on disk.
enum PageFlags {
    static let branch: UInt16 = 0x01
    static let leaf: UInt16 = 0x02
    static let overflow: UInt16 = 0x04
    static let meta: UInt16 = 0x08
}

/// `md_flags` of a tree's record.
enum TreeFlags {
    static let integerKey: UInt16 = 0x08
}

/// Both meta pages of a file.
struct MetaPages: Equatable {
    let pages: [MetaPage]
    let fileBytes: UInt64

    /// Reads both; the second lies where the first says that pages are so long.
    init(of file: borrowing DataFile) throws(LMDBError) {
        fileBytes = try file.byteCount()
        var bytes = [UInt8](repeating: 0, count: MetaPage.byteCount)
        try file.read(into: &bytes, at: 0)
        let first = MetaPage(bytes)
        guard first.fault(as: 0) == nil else {
            pages = [first]
            return
        }
        try file.read(into: &bytes, at: first.pageSize)
        pages = [first, MetaPage(bytes)]
    }

    /// The meta pages that are sound by themselves, when one of them is not.
    static func sound(in file: borrowing DataFile) throws(LMDBError) -> [MetaPage] {
        var sound: [MetaPage] = []
        var bytes = [UInt8](repeating: 0, count: MetaPage.byteCount)
        let fileBytes = try file.byteCount()
        // Without the first page its length, and so the place of the second, is not known.
        for (index, start) in [(0, UInt64(0))] + (9...15).map({ (1, UInt64(1) << $0) })
        where start + UInt64(bytes.count) <= fileBytes {
            try file.read(into: &bytes, at: start)
            let page = MetaPage(bytes)
            guard page.fault(as: UInt64(index)) == nil, index == 0 || page.pageSize == start
            else { continue }
            sound.append(page)
        }
        return sound
    }

    /// The first fault and the page it is in.
    var fault: (page: UInt64, fault: MetaFault)? {
        for (index, page) in pages.enumerated() {
            guard let fault = page.fault(as: UInt64(index)) else { continue }
            return (UInt64(index), fault)
        }
        guard pages.count == 2 else { return nil }
        if pages[0].pageSize != pages[1].pageSize {
            return (1, .init(.corrupted, 40, "the meta pages differ in page size"))
        }
        // Commit n writes meta page n mod 2 and leaves n−1 in the other; a new file has two zeros.
        let numbers = (pages[0].transactionID, pages[1].transactionID)
        guard numbers != (0, 0) else { return nil }
        for (index, page) in pages.enumerated() where page.transactionID % 2 != UInt64(index) {
            return (
                UInt64(index),
                .init(
                    .corrupted,
                    MetaPage.transactionOffset,
                    "the transaction number belongs in the other meta page"
                )
            )
        }
        let distance = numbers.0 > numbers.1 ? numbers.0 - numbers.1 : numbers.1 - numbers.0
        guard distance == 1 else {
            return (
                0,
                .init(
                    .corrupted,
                    MetaPage.transactionOffset,
                    "the meta pages are not of successive commits"
                )
            )
        }
        return nil
    }

    /// The page of the commit before; `nil` in a file without a commit.
    var older: MetaPage? {
        guard pages.count == 2, pages[0].transactionID != pages[1].transactionID else { return nil }
        return pages[0].transactionID < pages[1].transactionID ? pages[0] : pages[1]
    }

    /// The page LMDB begins at: of the greater transaction number.
    var newest: MetaPage {
        pages.count == 2 && pages[0].transactionID < pages[1].transactionID ? pages[1] : pages[0]
    }
}
