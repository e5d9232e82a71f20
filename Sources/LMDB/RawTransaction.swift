internal import CLMDB

/// The address and length of bytes in LMDB's map or in a dirty page.
@usableFromInline
typealias RawBytes = UnsafeRawBufferPointer

/// What both kinds of transaction are made of: the C transaction, its environment's number and a
/// slot per table for a cursor kept between calls.
///
/// Not generic and not inlinable, so that callers in other modules specialise only the key codec.
@unsafe
@usableFromInline
struct RawTransaction {
    let pointer: OpaquePointer
    let cursors: UnsafeMutablePointer<OpaquePointer?>
    let isWriting: Bool
    @usableFromInline let environment: UInt32

    @usableFromInline
    func get(_ table: UInt32, _ key: RawBytes) throws(LMDBError) -> RawBytes? {
        var name = unsafe MDB_val(key)
        var value = unsafe MDB_val()
        let code = unsafe mdb_get(pointer, table, &name, &value)
        guard code != MDB_NOTFOUND else { return nil }
        try check(code, "mdb_get")
        return unsafe RawBytes(start: value.mv_data, count: value.mv_size)
    }

    @usableFromInline
    func put(_ table: UInt32, _ key: RawBytes, _ value: RawBytes, _ mode: PutMode)
        throws(LMDBError)
    {
        var name = unsafe MDB_val(key)
        var bytes = unsafe MDB_val(value)
        try check(unsafe mdb_put(pointer, table, &name, &bytes, mode.flag), "mdb_put")
    }

    @usableFromInline
    func reserve(_ table: UInt32, _ key: RawBytes, _ byteCount: Int, _ mode: PutMode)
        throws(LMDBError) -> UnsafeMutableRawBufferPointer
    {
        var name = unsafe MDB_val(key)
        var bytes = unsafe MDB_val(mv_size: byteCount, mv_data: nil)
        let flags = UInt32(MDB_RESERVE) | mode.flag
        try check(unsafe mdb_put(pointer, table, &name, &bytes, flags), "mdb_put")
        let room = unsafe UnsafeMutableRawBufferPointer(start: bytes.mv_data, count: byteCount)
        // LMDB clears only the last page of a value of several; the rest is the heap's, and what
        // the caller leaves unwritten must not carry old memory to disk.
        unsafe room.initializeMemory(as: UInt8.self, repeating: 0)
        return unsafe room
    }

    @usableFromInline
    func delete(_ table: UInt32, _ key: RawBytes) throws(LMDBError) -> Bool {
        var name = unsafe MDB_val(key)
        let code = unsafe mdb_del(pointer, table, &name, nil)
        guard code != MDB_NOTFOUND else { return false }
        try check(code, "mdb_del")
        return true
    }

    @usableFromInline
    func clear(_ table: UInt32) throws(LMDBError) {
        try check(unsafe mdb_drop(pointer, table, 0), "mdb_drop")
    }

    @usableFromInline
    func count(_ table: UInt32) throws(LMDBError) -> Int {
        var figures = MDB_stat()
        try check(unsafe mdb_stat(pointer, table, &figures), "mdb_stat")
        return Int(figures.ms_entries)
    }

    /// A cursor on `table`: the one kept from an earlier call when it is not in use.
    @usableFromInline
    func takeCursor(_ table: UInt32) throws(LMDBError) -> OpaquePointer {
        let slot = Int(table)
        if let kept = unsafe cursors[slot] {
            unsafe cursors[slot] = nil
            // A write transaction's cursor is tracked and moved by LMDB itself; renewing it is
            // refused (mdb_cursor_renew, "must be opened in a read-only transaction").
            if unsafe !isWriting {
                let code = unsafe mdb_cursor_renew(pointer, kept)
                if code != 0 { unsafe mdb_cursor_close(kept) }
                try check(code, "mdb_cursor_renew")
            }
            return unsafe kept
        }
        var fresh: OpaquePointer?
        try check(unsafe mdb_cursor_open(pointer, table, &fresh), "mdb_cursor_open")
        guard let cursor = unsafe fresh else {
            preconditionFailure("mdb_cursor_open succeeded without a cursor")
        }
        return unsafe cursor
    }

    /// Keeps `cursor` for the next call, or closes it when one is kept already.
    @usableFromInline
    func giveBack(_ cursor: OpaquePointer, of table: UInt32) {
        let slot = Int(table)
        if unsafe cursors[slot] == nil {
            unsafe cursors[slot] = cursor
        } else {
            unsafe mdb_cursor_close(cursor)
        }
    }

    /// Moves `cursor`; `false` when there is no entry there.
    @usableFromInline
    func move(
        _ cursor: OpaquePointer,
        _ motion: CursorMotion,
        _ key: inout RawBytes,
        _ value: inout RawBytes
    ) throws(LMDBError) -> Bool {
        var name = unsafe MDB_val(key)
        var bytes = unsafe MDB_val()
        let code = unsafe mdb_cursor_get(cursor, &name, &bytes, motion.operation)
        guard code != MDB_NOTFOUND else { return false }
        try check(code, "mdb_cursor_get")
        unsafe key = RawBytes(start: name.mv_data, count: name.mv_size)
        unsafe value = RawBytes(start: bytes.mv_data, count: bytes.mv_size)
        return true
    }
}

extension RawTransaction {
    /// Finds one entry without leaving a cursor behind; `false` when there is none.
    @usableFromInline
    func find(
        _ table: UInt32,
        _ place: Place,
        _ key: inout RawBytes,
        _ value: inout RawBytes
    ) throws(LMDBError) -> Bool {
        let cursor = try unsafe takeCursor(table)
        defer { unsafe giveBack(cursor, of: table) }
        return try unsafe position(cursor, place, &key, &value)
    }

    /// Moves `cursor` to `place`, which for the last two cases is relative to `key`.
    @usableFromInline
    func position(
        _ cursor: OpaquePointer,
        _ place: Place,
        _ key: inout RawBytes,
        _ value: inout RawBytes
    ) throws(LMDBError) -> Bool {
        switch place {
        case .first: return try unsafe move(cursor, .first, &key, &value)
        case .last: return try unsafe move(cursor, .last, &key, &value)
        case .atOrAfter: return try unsafe move(cursor, .atOrAfterKey, &key, &value)
        case .atOrBefore:
            var found = unsafe key
            guard try unsafe move(cursor, .atOrAfterKey, &found, &value) else {
                return try unsafe move(cursor, .last, &key, &value)
            }
            guard unsafe found.elementsEqual(key) else {
                return try unsafe move(cursor, .previous, &key, &value)
            }
            unsafe key = unsafe found
            return true
        }
    }
}

/// Which entry of a table is meant.
@usableFromInline
enum Place {
    case first, last, atOrAfter, atOrBefore
}

/// Where a cursor goes.
@usableFromInline
enum CursorMotion {
    case first, last, next, previous, atOrAfterKey

    var operation: MDB_cursor_op {
        switch self {
        case .first: MDB_FIRST
        case .last: MDB_LAST
        case .next: MDB_NEXT
        case .previous: MDB_PREV
        case .atOrAfterKey: MDB_SET_RANGE
        }
    }
}

extension PutMode {
    var flag: UInt32 {
        switch self {
        case .overwrite: 0
        case .insertOnly: UInt32(MDB_NOOVERWRITE)
        case .append: UInt32(MDB_APPEND)
        }
    }
}

extension MDB_val {
    // LMDB reads keys and values of a put and never writes through them.
    fileprivate init(_ bytes: RawBytes) {
        unsafe self.init(
            mv_size: bytes.count,
            mv_data: UnsafeMutableRawPointer(mutating: bytes.baseAddress)
        )
    }
}
