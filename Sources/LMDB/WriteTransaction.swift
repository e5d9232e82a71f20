/// The one transaction that changes the environment; sees its own changes.
///
/// Every change is `mutating`, so a span or cursor got before it cannot be used after it: LMDB
/// may move or overwrite the bytes.
public struct WriteTransaction: Transaction, ~Copyable {
    /// The C transaction, closed to other modules.
    public let handle: TransactionHandle
    /// The number this commit will have.
    public let id: UInt64

    init(_ raw: RawTransaction, id: UInt64) {
        self.handle = unsafe TransactionHandle(raw)
        self.id = id
    }

    /// Stores a copy of `value` for `key`.
    ///
    /// - Throws: `.keyExists` as `mode` says; `.mapFull` and others, after which the transaction
    ///   can only be aborted: let the error leave the body.
    @inlinable
    public mutating func put<Key>(
        _ value: Span<UInt8>,
        for key: Key,
        in table: Table<Key>,
        mode: PutMode = .overwrite
    ) throws(LMDBError) {
        let raw = unsafe handle.raw(for: table)
        let bytes = unsafe value.withUnsafeBufferPointer { RawBytes($0) }
        try unsafe key.withEncoded { name throws(LMDBError) in
            try unsafe raw.put(table.handle, name, bytes, mode)
        }
    }

    /// Stores `byteCount` bytes for `key` that `body` writes straight into LMDB's page.
    ///
    /// The bytes are zero when `body` gets them; it cannot fail, so the value is always whole.
    ///
    /// - Throws: as ``put(_:for:in:mode:)``.
    @inlinable
    public mutating func reserve<Key, Result>(
        byteCount: Int,
        for key: Key,
        in table: Table<Key>,
        mode: PutMode = .overwrite,
        _ body: (inout MutableSpan<UInt8>) -> Result
    ) throws(LMDBError) -> Result {
        let raw = unsafe handle.raw(for: table)
        let room = try unsafe key.withEncoded { name throws(LMDBError) in
            try unsafe raw.reserve(table.handle, name, byteCount, mode)
        }
        var bytes = unsafe room.bindMemory(to: UInt8.self).mutableSpan
        return body(&bytes)
    }

    /// Removes `key`; whether it was there.
    @inlinable
    @discardableResult
    public mutating func delete<Key>(_ key: Key, from table: Table<Key>) throws(LMDBError) -> Bool {
        let raw = unsafe handle.raw(for: table)
        return try unsafe key.withEncoded { name throws(LMDBError) in
            try unsafe raw.delete(table.handle, name)
        }
    }

    /// Removes every entry of `table`, which stays.
    @inlinable
    public mutating func clear<Key>(_ table: Table<Key>) throws(LMDBError) {
        try unsafe handle.raw(for: table).clear(table.handle)
    }
}
