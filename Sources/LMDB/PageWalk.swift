/// The walk of ``PageCheck`` over one file whose meta pages are sound.
struct PageWalk: ~Copyable {
    private let path: String
    let file: DataFile
    let meta: MetaPage
    private let filePages: UInt64
    var damages: [PageCheck.Damage] = []
    var used: PageSet
    var free: PageSet
    var tables: [NamedRecord] = []
    /// The greatest key of the free list.
    var lastFreeingCommit: UInt64 = 0

    /// Damage breeds damage; after so many faults the rest says nothing.
    private let damagesMax: Int
    /// The table whose values are noted, and the values.
    let wanted: String?
    private(set) var isCollecting = false
    var values: [TableSalvage.Entry] = []

    /// A byte of a page.
    struct Place {
        let page: UInt64
        let offset: Int
    }

    struct NamedRecord {
        let name: ArraySlice<UInt8>
        let record: TreeRecord
        let place: Place
    }

    /// What a tree's leaves hold.
    enum Content {
        case freeList, tables, values
    }

    /// A tree under way: its record says what must be found, the counts what was.
    struct Tree {
        let record: TreeRecord
        let content: Content
        let place: Place
        var branchPages: UInt64 = 0
        var leafPages: UInt64 = 0
        var overflowPages: UInt64 = 0
        var entries: UInt64 = 0
        /// Whether a page was skipped, so that the counts cannot agree.
        var isCut = false
    }

    /// The keys a page may hold: from `low` on, below `high`.
    struct Bounds {
        var low: ArraySlice<UInt8>?
        var high: ArraySlice<UInt8>?
    }

    init(
        path: String,
        file: consuming DataFile,
        meta: MetaPage,
        fileBytes: UInt64,
        collecting table: String? = nil,
        damagesMax: Int = 100
    ) {
        self.path = path
        wanted = table
        self.damagesMax = damagesMax
        self.file = file
        self.meta = meta
        filePages = fileBytes / meta.pageSize
        // The last page is known to lie inside the map, which bounds the memory of the sets: 32 MiB
        // each for a map of 1 TiB.
        used = PageSet(limit: meta.lastPage + 1)
        free = PageSet(limit: meta.lastPage + 1)
    }

    /// Whether a meta page that gives itself out as the commit before `newest` is in truth the one
    /// after it: then LMDB would silently begin at an older commit.
    ///
    /// Only a whole, sound snapshot proves that. Without one it is what it says, and after a power
    /// cut its pages may have been used again.
    static func isLaterCommit(
        _ older: MetaPage,
        than newest: MetaPage,
        path: String,
        fileBytes: UInt64
    ) throws(LMDBError) -> Bool {
        let suspect = older.renumbered(newest.transactionID + 1)
        var list = PageWalk(
            path: path,
            file: try DataFile(opening: path),
            meta: suspect,
            fileBytes: fileBytes
        )
        list.walkFreeList()
        guard list.damages.isEmpty else { return false }
        var whole = PageWalk(
            path: path,
            file: try DataFile(opening: path),
            meta: suspect,
            fileBytes: fileBytes
        )
        guard case .sound = whole.run() else { return false }
        return true
    }

    /// Walks the free list, whose last key is its commit: each but the first frees the pages it
    /// replaced, at least the root of the main tree.
    private mutating func walkFreeList() {
        let place = Place(page: meta.transactionID % 2, offset: 40)
        walk(Tree(record: meta.free, content: .freeList, place: place))
        guard meta.transactionID >= 2, lastFreeingCommit != meta.transactionID else { return }
        report(
            Place(page: place.page, offset: MetaPage.transactionOffset),
            "the transaction number is not that of the pages"
        )
    }

    mutating func run() -> PageCheck.Verdict {
        walkFreeList()
        let metaPage = meta.transactionID % 2
        walk(Tree(record: meta.main, content: .tables, place: .init(page: metaPage, offset: 88)))
        for table in tables {
            isCollecting = String(decoding: table.name, as: UTF8.self) == wanted
            walk(Tree(record: table.record, content: .values, place: table.place))
        }
        for page in free.common(with: used, atMost: damagesMax) {
            report(Place(page: page, offset: 0), "the page is both free and in use")
        }
        checkEnd()
        guard damages.isEmpty else { return .damaged(damages) }
        let pageCount = meta.lastPage + 1
        return .sound(
            PageCheck.Summary(
                transactionID: meta.transactionID,
                pageBytes: meta.pageSize,
                pageCount: pageCount,
                freePages: free.count,
                lostPages: pageCount - 2 - free.count - used.count,
                tables: tables.map { table in
                    PageCheck.TableSummary(
                        name: String(decoding: table.name, as: UTF8.self),
                        entries: table.record.entries,
                        pages: table.record.branchPages + table.record.leafPages
                            + table.record.overflowPages
                    )
                }
            )
        )
    }

    /// Pages that a transaction took and freed again are never written: those alone may lie behind
    /// the end of the file.
    private mutating func checkEnd() {
        let unwritten = max(2, filePages)
        guard unwritten <= meta.lastPage else { return }
        for page in unwritten...meta.lastPage where !free.contains(page) {
            report(Place(page: page, offset: 0), "the file ends before this page")
            return
        }
    }

    mutating func report(_ place: Place, _ problem: String) {
        guard damages.count < damagesMax else { return }
        damages.append(
            PageCheck.Damage(
                file: path,
                page: place.page,
                offset: place.page * meta.pageSize + UInt64(place.offset),
                problem: problem
            )
        )
    }

    private mutating func walk(_ empty: Tree) {
        var tree = empty
        guard tree.record.root != .max else { return }
        visit(tree.record.root, from: tree.place, level: 1, of: &tree, Bounds())
        guard !tree.isCut else { return }
        let record = tree.record
        if tree.branchPages != record.branchPages {
            report(tree.place, "the tree has another number of branch pages than recorded")
        }
        if tree.leafPages != record.leafPages {
            report(tree.place, "the tree has another number of leaf pages than recorded")
        }
        if tree.overflowPages != record.overflowPages {
            report(tree.place, "the tree has another number of overflow pages than recorded")
        }
        if tree.entries != record.entries {
            report(tree.place, "the tree has another number of entries than recorded")
        }
    }

    /// Notes that `place` refers to `count` pages from `first`; `false`, with a report, when they
    /// are outside the file or in use already.
    mutating func claim(_ first: UInt64, count: UInt64, from place: Place) -> Bool {
        guard first >= 2, first <= meta.lastPage, count <= meta.lastPage - first + 1 else {
            report(place, "a page outside the file is referred to")
            return false
        }
        for page in first..<first + count where !used.insert(page) {
            report(place, "page \(page) is in use twice")
            return false
        }
        return true
    }

    func read(_ count: Int, at place: Place) throws(LMDBError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        try file.read(into: &bytes, at: place.page * meta.pageSize + UInt64(place.offset))
        return bytes
    }

    /// Checks the page `number` that `place` refers to, and all below it.
    private mutating func visit(
        _ number: UInt64,
        from place: Place,
        level: UInt16,
        of tree: inout Tree,
        _ bounds: Bounds
    ) {
        guard damages.count < damagesMax, claim(number, count: 1, from: place) else {
            tree.isCut = true
            return
        }
        let isLeaf = level == tree.record.depth
        let page: TreePage
        do {
            let bytes = try read(Int(meta.pageSize), at: Place(page: number, offset: 0))
            page = try TreePage(bytes, number: number, kind: isLeaf ? .leaf : .branch)
        } catch let fault as TreePage.Fault {
            report(Place(page: number, offset: fault.offset), fault.problem)
            tree.isCut = true
            return
        } catch {
            report(Place(page: number, offset: 0), "the page cannot be read: \(error)")
            tree.isCut = true
            return
        }
        guard checkKeys(of: page, number, tree.content, bounds) else {
            tree.isCut = true
            return
        }
        if isLeaf {
            tree.leafPages += 1
            tree.entries += UInt64(page.count)
            for index in 0..<page.count {
                checkValue(index, of: page, number, &tree)
            }
        } else {
            tree.branchPages += 1
            for index in 0..<page.count {
                var inner = bounds
                if index > 0 { inner.low = page.key(index) }
                if index + 1 < page.count { inner.high = page.key(index + 1) }
                let reference = Place(page: number, offset: page.nodeOffset(index))
                visit(page.child(index), from: reference, level: level + 1, of: &tree, inner)
            }
        }
    }

    /// Sizes and order of the keys; the first of a branch is never looked at by LMDB.
    private mutating func checkKeys(
        of page: TreePage,
        _ number: UInt64,
        _ content: Content,
        _ bounds: Bounds
    ) -> Bool {
        if page.kind == .branch, page.count < 2, content != .freeList {
            report(Place(page: number, offset: 12), "a branch has fewer than two pages below")
            return false
        }
        var previous = bounds.low
        for index in (page.kind == .leaf ? 0 : 1)..<page.count {
            let place = Place(page: number, offset: page.nodeOffset(index))
            let key = page.key(index)
            let isSized = content == .freeList ? key.count == 8 : (1...511).contains(key.count)
            guard isSized else {
                report(place, "a key's length is out of range")
                return false
            }
            if let previous {
                let order = content.compare(previous, key)
                let isFirstOfLeaf = page.kind == .leaf && index == 0
                guard order == .before || order == .same && isFirstOfLeaf else {
                    report(place, "keys are out of order")
                    return false
                }
            }
            if let high = bounds.high, content.compare(key, high) != .before {
                report(place, "a key belongs in a following page")
                return false
            }
            previous = key
        }
        return true
    }
}
