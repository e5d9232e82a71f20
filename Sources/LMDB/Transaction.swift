/// What read and write transactions share: looking.
///
/// A transaction exists only inside the body of ``Environment/read(_:)`` or
/// ``Environment/write(_:)``; it cannot be copied, kept or awaited in. What it returns as a span
/// lies in LMDB's pages: the compiler refuses to let it outlive the transaction or a write to it.
/// Values are only 2-byte aligned, so numbers in them are read unaligned.
public protocol Transaction: ~Copyable, ~Escapable {
    /// The C transaction, closed to other modules.
    var handle: TransactionHandle { get }
}

/// The C transaction behind a ``Transaction``; nothing can be done with it outside this module.
@safe
public struct TransactionHandle {
    @usableFromInline let raw: RawTransaction

    init(_ raw: RawTransaction) {
        unsafe self.raw = unsafe raw
    }

    /// The C transaction, once `table` is known to be of its environment.
    @inlinable
    func raw<Key>(for table: Table<Key>) -> RawTransaction {
        precondition(
            unsafe raw.environment == table.environment,
            "a table was used with a transaction of another environment"
        )
        return unsafe raw
    }
}

extension Transaction where Self: ~Copyable, Self: ~Escapable {
    /// The value of `key`, in place; `nil` when the key is not there.
    @inlinable
    @_lifetime(borrow self)
    public func get<Key>(_ key: Key, from table: Table<Key>) throws(LMDBError) -> Span<UInt8>? {
        let raw = unsafe handle.raw(for: table)
        let found = try unsafe key.withEncoded { bytes throws(LMDBError) in
            try unsafe raw.get(table.handle, bytes)
        }
        guard let bytes = unsafe found else { return nil }
        return unsafe _overrideLifetime(bytes.bindMemory(to: UInt8.self).span, borrowing: self)
    }

    /// Whether `key` is there.
    @inlinable
    public func contains<Key>(_ key: Key, in table: Table<Key>) throws(LMDBError) -> Bool {
        let raw = unsafe handle.raw(for: table)
        return try unsafe key.withEncoded { bytes throws(LMDBError) in
            try unsafe raw.get(table.handle, bytes) != nil
        }
    }

    /// How many entries `table` has; a stored figure, so it costs nothing.
    @inlinable
    public func count<Key>(of table: Table<Key>) throws(LMDBError) -> Int {
        try unsafe handle.raw(for: table).count(table.handle)
    }

    /// The entry with the smallest key; `nil` when the table is empty.
    @inlinable
    @_lifetime(borrow self)
    public func first<Key>(in table: Table<Key>) throws(LMDBError) -> Entry<Key>? {
        try unsafe find(.first, RawBytes(start: nil, count: 0), in: table)
    }

    /// The entry with the greatest key; `nil` when the table is empty.
    @inlinable
    @_lifetime(borrow self)
    public func last<Key>(in table: Table<Key>) throws(LMDBError) -> Entry<Key>? {
        try unsafe find(.last, RawBytes(start: nil, count: 0), in: table)
    }

    /// The entry with the smallest key ≥ `key`; `nil` when there is none.
    @inlinable
    @_lifetime(borrow self)
    public func first<Key>(atOrAfter key: Key, in table: Table<Key>) throws(LMDBError)
        -> Entry<Key>?
    {
        try find(.atOrAfter, key, in: table)
    }

    /// The entry with the greatest key ≤ `key`; `nil` when there is none.
    @inlinable
    @_lifetime(borrow self)
    public func last<Key>(atOrBefore key: Key, in table: Table<Key>) throws(LMDBError)
        -> Entry<Key>?
    {
        try find(.atOrBefore, key, in: table)
    }

    /// Visits the entries in key order, from the first key ≥ `start` (from the smallest when
    /// `nil`), until `body` stops or throws.
    @inlinable
    public func forEach<Key>(
        in table: Table<Key>,
        from start: Key? = nil,
        _ body: (Key, Span<UInt8>) throws(LMDBError) -> Step
    ) throws(LMDBError) {
        var cursor = try cursor(over: table, from: start)
        while let entry = try cursor.next() {
            guard case .next = try body(entry.key, entry.value) else { return }
        }
    }

    /// The same for a body that throws errors of its own.
    @inlinable
    public func forEach<Key>(
        in table: Table<Key>,
        from start: Key? = nil,
        _ body: (Key, Span<UInt8>) throws -> Step
    ) throws {
        var cursor = try cursor(over: table, from: start)
        while let entry = try cursor.next() {
            guard case .next = try body(entry.key, entry.value) else { return }
        }
    }

    /// Walks `table` in `order`, beginning at `start`: ascending from the first key ≥ `start`,
    /// descending from the last key ≤ `start`; from the end of that side when `nil`.
    @inlinable
    @_lifetime(borrow self)
    public func cursor<Key>(
        over table: Table<Key>,
        from start: Key? = nil,
        order: Order = .ascending
    ) throws(LMDBError) -> Cursor<Key> {
        let raw = unsafe handle.raw(for: table)
        let pointer = try unsafe raw.takeCursor(table.handle)
        let cursor = unsafe Cursor<Key>(raw: raw, pointer: pointer, table: table, order: order)
        var positioned = unsafe _overrideLifetime(cursor, borrowing: self)
        try positioned.begin(at: start)
        return positioned
    }

    @inlinable
    @_lifetime(borrow self)
    func find<Key>(_ place: Place, _ key: Key, in table: Table<Key>) throws(LMDBError)
        -> Entry<Key>?
    {
        let raw = unsafe handle.raw(for: table)
        var foundKey = unsafe RawBytes(start: nil, count: 0)
        var value = unsafe foundKey
        let isFound = try unsafe key.withEncoded { bytes throws(LMDBError) in
            unsafe foundKey = unsafe bytes
            return try unsafe raw.find(table.handle, place, &foundKey, &value)
        }
        guard isFound else { return nil }
        return unsafe _overrideLifetime(try Entry(foundKey, value), borrowing: self)
    }

    @inlinable
    @_lifetime(borrow self)
    func find<Key>(_ place: Place, _ none: RawBytes, in table: Table<Key>) throws(LMDBError)
        -> Entry<Key>?
    {
        var key = unsafe none
        var value = unsafe none
        guard
            try unsafe handle.raw(for: table).find(table.handle, place, &key, &value)
        else { return nil }
        return unsafe _overrideLifetime(try Entry(key, value), borrowing: self)
    }
}

extension TableKey {
    /// Calls `body` with the key's bytes on the stack.
    @inlinable
    @inline(__always)
    func withEncoded<Result>(_ body: (RawBytes) throws(LMDBError) -> Result) throws(LMDBError)
        -> Result
    {
        try unsafe withUnsafeTemporaryAllocation(of: UInt8.self, capacity: Self.byteCountMax) {
            buffer throws(LMDBError) in
            var output = unsafe OutputSpan(buffer: buffer, initializedCount: 0)
            encode(into: &output)
            let count = unsafe output.finalize(for: buffer)
            return try unsafe body(RawBytes(start: buffer.baseAddress, count: count))
        }
    }
}

extension Entry {
    /// Decodes the key; the lifetimes are set by the caller.
    @inlinable
    @_lifetime(immortal)
    init(_ key: RawBytes, _ value: RawBytes) throws(LMDBError) {
        let keyBytes = unsafe key.bindMemory(to: UInt8.self).span
        guard let key = Key(decoding: keyBytes) else {
            throw LMDBError(code: .corrupted, operation: "decode key")
        }
        let valueBytes = unsafe value.bindMemory(to: UInt8.self).span
        self.init(key: key, value: unsafe _overrideLifetime(valueBytes, copying: ()))
    }
}
