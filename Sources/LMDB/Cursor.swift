/// Which way a cursor walks.
public enum Order: Sendable {
    /// From small keys to great ones.
    case ascending
    /// From great keys to small ones.
    case descending
}

/// A walk over a table; got from a transaction, dies before it ends or writes.
///
/// `while let entry = try cursor.next() { … }`; no allocation per entry.
@safe
public struct Cursor<Key: TableKey>: ~Copyable, ~Escapable {
    @usableFromInline let raw: RawTransaction
    @usableFromInline let pointer: OpaquePointer
    @usableFromInline let table: UInt32
    @usableFromInline let order: Order
    @usableFromInline var key = unsafe RawBytes(start: nil, count: 0)
    @usableFromInline var value = unsafe RawBytes(start: nil, count: 0)
    /// The entry at `key` was found by positioning and is not handed out yet.
    @usableFromInline var isPending = false
    @usableFromInline var isAtEnd = false

    @_lifetime(immortal)
    @usableFromInline
    init(raw: RawTransaction, pointer: OpaquePointer, table: Table<Key>, order: Order) {
        unsafe self.raw = unsafe raw
        unsafe self.pointer = unsafe pointer
        self.table = table.handle
        self.order = order
    }

    deinit {
        unsafe raw.giveBack(pointer, of: table)
    }

    /// The following entry; `nil` at the end, from then on always.
    @inlinable
    @_lifetime(copy self)
    public mutating func next() throws(LMDBError) -> Entry<Key>? {
        if isPending {
            isPending = false
        } else {
            guard !isAtEnd else { return nil }
            let motion: CursorMotion = order == .ascending ? .next : .previous
            isAtEnd = try unsafe !raw.move(pointer, motion, &key, &value)
        }
        guard !isAtEnd else { return nil }
        return unsafe _overrideLifetime(try Entry<Key>(key, value), copying: self)
    }

    @usableFromInline
    mutating func begin(at start: Key?) throws(LMDBError) {
        isPending = true
        guard let start else {
            let place: Place = order == .ascending ? .first : .last
            isAtEnd = try unsafe !raw.position(pointer, place, &key, &value)
            return
        }
        let place: Place = order == .ascending ? .atOrAfter : .atOrBefore
        var foundKey = unsafe key
        var foundValue = unsafe value
        let isFound = try unsafe start.withEncoded { [raw, pointer] bytes throws(LMDBError) in
            unsafe foundKey = unsafe bytes
            return try unsafe raw.position(pointer, place, &foundKey, &foundValue)
        }
        unsafe key = unsafe foundKey
        unsafe value = unsafe foundValue
        isAtEnd = !isFound
    }
}
