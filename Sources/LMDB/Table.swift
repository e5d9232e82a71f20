/// One of an environment's named, ordered maps from a typed key to bytes.
///
/// Got from ``Environment/table(_:key:)`` once; a plain value, free to copy and share. Used with
/// a transaction of another environment it traps.
public struct Table<Key: TableKey>: Sendable {
    @usableFromInline let handle: UInt32
    @usableFromInline let environment: UInt32

    init(handle: UInt32, environment: UInt32) {
        self.handle = handle
        self.environment = environment
    }
}

/// What a put does when the key may be there already.
public enum PutMode: Sendable {
    /// Replaces the value.
    case overwrite
    /// Throws `.keyExists` when the key is there.
    case insertOnly
    /// Adds after the last key without searching, filling pages whole; throws `.keyExists` when
    /// the key is not greater than the last.
    case append
}

/// Whether a visit goes on.
public enum Step: Sendable {
    /// On to the following entry.
    case next
    /// No further entry is wanted.
    case stop
}

/// A key and its value, which lie in LMDB's page: valid until the transaction ends or writes.
public struct Entry<Key: TableKey>: ~Escapable {
    /// The decoded key.
    public let key: Key
    /// The bytes in place.
    public let value: Span<UInt8>

    @_lifetime(copy value)
    @usableFromInline
    init(key: Key, value: Span<UInt8>) {
        self.key = key
        self.value = value
    }
}
