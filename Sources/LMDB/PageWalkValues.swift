extension PageWalk.Content {
    enum Order {
        case before, same, after
    }

    /// How LMDB orders two keys: numbers of commits as native integers, all else by `memcmp`, then
    /// length.
    func compare(_ left: ArraySlice<UInt8>, _ right: ArraySlice<UInt8>) -> Order {
        if self == .freeList {
            let numbers = (
                Array(left).uint64(at: 0), Array(right).uint64(at: 0)
            )
            return numbers.0 == numbers.1 ? .same : numbers.0 < numbers.1 ? .before : .after
        }
        for (a, b) in zip(left, right) where a != b {
            return a < b ? .before : .after
        }
        return left.count == right.count ? .same : left.count < right.count ? .before : .after
    }
}

extension PageWalk {
    /// Checks the value of node `index`, with the pages it lies in when it is long.
    mutating func checkValue(
        _ index: Int,
        of page: TreePage,
        _ number: UInt64,
        _ tree: inout Tree
    ) {
        let place = Place(page: number, offset: page.nodeOffset(index))
        let flags = page.nodeFlags(index)
        let allowed =
            tree.content == .tables ? [NodeFlags.table] : [UInt16(0), NodeFlags.long]
        guard allowed.contains(flags) else {
            report(place, "a node has flags that do not belong in this tree")
            tree.isCut = true
            return
        }
        var value = Place(page: number, offset: page.valueOffset(index))
        if page.isLong(index) {
            guard let first = longValue(index, of: page, place, &tree) else {
                tree.isCut = true
                return
            }
            value = Place(page: first, offset: TreePage.headerByteCount)
        } else if !fitsNode(page.keyByteCount(index) + page.valueByteCount(index)) {
            report(place, "a value this long does not lie in a leaf")
            return
        }
        switch tree.content {
        case .values: collect(index, of: page, value)
        case .tables: noteTable(index, of: page, value)
        case .freeList: noteFree(index, of: page, value)
        }
    }

    /// Whether LMDB keeps a key and value of so many bytes in a leaf (`me_nodemax`: two nodes and
    /// their table entries must fit a page).
    private func fitsNode(_ byteCount: Int) -> Bool {
        let half = ((Int(meta.pageSize) - TreePage.headerByteCount) / 2) & ~1
        return TreePage.nodeHeaderByteCount + byteCount <= half - 2
    }

    /// The first page of a long value, all of its pages noted; `nil`, with a report, when damaged.
    private mutating func longValue(
        _ index: Int,
        of page: TreePage,
        _ place: Place,
        _ tree: inout Tree
    ) -> UInt64? {
        let first = page.bytes.uint64(at: page.valueOffset(index))
        guard first >= 2, first <= meta.lastPage else {
            report(place, "a long value lies outside the file")
            return nil
        }
        let start = Place(page: first, offset: 0)
        let header: [UInt8]
        do {
            header = try read(TreePage.headerByteCount, at: start)
        } catch {
            report(start, "the page cannot be read: \(error)")
            return nil
        }
        guard header.uint64(at: 0) == first else {
            report(start, "the page has another page's number")
            return nil
        }
        guard header.uint16(at: 10) == PageFlags.overflow else {
            report(Place(page: first, offset: 10), "not a page of a long value")
            return nil
        }
        let count = UInt64(header.uint32(at: 12))
        // More than needed is right: a shorter value may have been put in place of a longer one.
        let room = count * meta.pageSize
        guard UInt64(TreePage.headerByteCount + page.valueByteCount(index)) <= room else {
            report(Place(page: first, offset: 12), "a long value has too few pages")
            return nil
        }
        guard claim(first, count: count, from: place) else { return nil }
        tree.overflowPages += count
        return first
    }

    /// Notes the record of a table, to be walked afterwards.
    private mutating func noteTable(_ index: Int, of page: TreePage, _ place: Place) {
        guard page.valueByteCount(index) == TreeRecord.byteCount else {
            report(place, "a table's record has another length")
            return
        }
        let record = TreeRecord(page.bytes, at: place.offset)
        if record.pad != 0 || record.flags != 0 {
            report(place, "a table has flags never set")
        }
        if let fault = record.fault(lastPage: meta.lastPage) {
            report(Place(page: place.page, offset: place.offset + fault.offset), fault.problem)
            return
        }
        tables.append(NamedRecord(name: page.key(index), record: record, place: place))
    }

    /// Notes the pages a commit freed: how many, then their numbers, greatest first.
    private mutating func noteFree(_ index: Int, of page: TreePage, _ place: Place) {
        let commit = Array(page.key(index)).uint64(at: 0)
        guard commit >= 1, commit <= meta.transactionID else {
            report(place, "pages were freed by a commit that has not been")
            return
        }
        lastFreeingCommit = commit
        let byteCount = page.valueByteCount(index)
        // LMDB reserves room ahead, but never more than a list of every page and one full list of
        // its own limit (MDB_IDL_UM_MAX, 1 MiB): more would only ask for memory.
        guard byteCount >= 8, byteCount % 8 == 0,
            UInt64(byteCount) <= 8 * (meta.lastPage + 2) + 1 << 20
        else {
            report(place, "a list of free pages has an impossible length")
            return
        }
        let list: [UInt8]
        do {
            list = try read(byteCount, at: place)
        } catch {
            report(place, "the list of free pages cannot be read: \(error)")
            return
        }
        let count = list.uint64(at: 0)
        guard count < UInt64(byteCount / 8) else {
            report(place, "a list of free pages counts more than it holds")
            return
        }
        var previous = UInt64.max
        for position in 0..<Int(count) {
            let entry = Place(page: place.page, offset: place.offset + 8 + 8 * position)
            let number = list.uint64(at: 8 + 8 * position)
            guard number >= 2, number <= meta.lastPage, number < previous else {
                report(entry, "a list of free pages is out of order or range")
                return
            }
            previous = number
            guard free.insert(number) else {
                report(entry, "page \(number) is free twice")
                return
            }
        }
    }
}
