internal import CSimdJSON

/// Where the tokens of a JSON text are, found by simdjson in memory that is used again.
///
/// The text is not copied and nothing in it converted: a number stays the digits that were sent.
@safe struct JSONIndex: ~Copyable {
    private let handle: OpaquePointer

    /// An empty index.
    init() {
        guard let handle = unsafe simdjson_index_make() else {
            preconditionFailure("no memory for an index without tokens")
        }
        unsafe self.handle = handle
    }

    deinit {
        // Frees what init made.
        unsafe simdjson_index_free(handle)
    }

    /// Finds the tokens of `text`.
    ///
    /// - Returns: false when it is no JSON text: strings that do not end, bytes that are no
    ///   UTF-8, nothing at all. The order of tokens is not looked at.
    mutating func read(_ text: Span<UInt8>) -> Bool {
        // Borrowed for the call with its true length.
        let outcome = unsafe text.withUnsafeBufferPointer { text in
            unsafe simdjson_index_read(handle, text.baseAddress, text.count)
        }
        precondition(outcome != SIMDJSON_OUTCOME_NO_MEMORY, "no memory for a bounded text")
        return outcome == SIMDJSON_OUTCOME_INDEXED
    }

    /// Where the tokens begin, ascending, then once the text's length.
    var positions: Span<UInt32> {
        @_lifetime(borrow self)
        get {
            // The library's buffer lives until the next read, which needs self exclusively, and
            // holds at least one entry more than its tokens.
            let start = unsafe simdjson_index_positions(handle)
            let count = unsafe simdjson_index_count(handle)
            let buffer = unsafe UnsafeBufferPointer(start: start, count: count + 1)
            return unsafe _overrideLifetime(buffer.span, borrowing: self)
        }
    }

    /// Elements of the first list in the text's object, by simdjson's own whole parse.
    ///
    /// The floor of benchmarks; nil when there is none.
    mutating func countByTree(_ text: Span<UInt8>) -> Int? {
        // Borrowed for the call with its true length.
        let count = unsafe text.withUnsafeBufferPointer { text in
            unsafe simdjson_parse_count(handle, text.baseAddress, text.count)
        }
        return Int(exactly: count)
    }

    /// A digest of bytes, the same on every machine; not against an adversary.
    static func digest(_ bytes: Span<UInt8>) -> UInt64 {
        // Borrowed for the call with its true length.
        unsafe bytes.withUnsafeBufferPointer { bytes in
            unsafe simdjson_digest(bytes.baseAddress, bytes.count)
        }
    }

    /// Whether a backslash is anywhere in the bytes: without one, no text needs unescaping.
    static func hasBackslash(_ bytes: Span<UInt8>) -> Bool {
        // Borrowed for the call with its true length.
        unsafe bytes.withUnsafeBufferPointer { bytes in
            unsafe simdjson_backslash(bytes.baseAddress, bytes.count) < bytes.count
        }
    }
}
