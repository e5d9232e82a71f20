internal import CLMDB
internal import Synchronization

/// The read transactions of an environment: begun once, then reset and renewed, so that a read
/// costs neither an allocation nor a new slot in the lock file.
@safe
final class ReaderPool: Sendable {
    private let limit: Int
    private let state: Mutex<State>

    private struct State {
        var idle: [Reader] = []
        var all: [Reader] = []
        /// Readers begun or being begun; never more than the limit.
        var count = 0
        var isClosed = false
    }

    init(limit: Int) {
        self.limit = limit
        var state = State()
        state.idle.reserveCapacity(limit)
        state.all.reserveCapacity(limit)
        self.state = Mutex(state)
    }

    /// A reader looking at the newest commit; to be given back.
    func take(
        from environment: OpaquePointer,
        number: UInt32,
        slotCount: Int
    ) throws(LMDBError) -> Reader {
        let rested = try state.withLock { state throws(LMDBError) -> Reader? in
            precondition(!state.isClosed, "a read transaction was begun on a closed environment")
            if let reader = state.idle.popLast() { return reader }
            guard state.count < limit else {
                throw LMDBError(code: .readersFull, operation: "read")
            }
            state.count += 1
            return nil
        }
        do {
            if let rested {
                try rested.renew()
                return rested
            }
            let fresh = try unsafe Reader(environment, number: number, slotCount: slotCount)
            state.withLock { $0.all.append(fresh) }
            return fresh
        } catch {
            state.withLock { state in
                if let rested { state.idle.append(rested) } else { state.count -= 1 }
            }
            throw error
        }
    }

    func giveBack(_ reader: Reader) {
        reader.reset()
        state.withLock { $0.idle.append(reader) }
    }

    /// How many readers look at something now, and the oldest commit one of them looks at.
    func figures() -> (live: Int, oldest: UInt64?) {
        state.withLock { state in
            let views = state.all.compactMap(\.view)
            return (views.count, views.min())
        }
    }

    /// Ends every reader; none may be in use.
    func close() {
        let readers = state.withLock { state in
            precondition(
                state.idle.count == state.count,
                "an environment was closed while a read transaction was open"
            )
            state.isClosed = true
            state.idle = []
            defer { state.all = [] }
            return state.all
        }
        for reader in readers {
            reader.close()
        }
    }
}

/// One C read transaction with the cursors that belong to it.
///
/// @unchecked: used by the one thread that took it from the pool; MDB_NOTLS lets that be any.
@safe
// @unchecked: one thread at a time has it, the one that took it from the pool.
final class Reader: @unchecked Sendable {
    let raw: RawTransaction
    private let slotCount: Int
    /// The number of the commit looked at plus one; 0 while it rests.
    private let viewPlusOne = Atomic<UInt64>(0)

    init(_ environment: OpaquePointer, number: UInt32, slotCount: Int) throws(LMDBError) {
        var transaction: OpaquePointer?
        try check(
            unsafe mdb_txn_begin(environment, nil, UInt32(MDB_RDONLY), &transaction),
            "mdb_txn_begin"
        )
        guard let begun = unsafe transaction else {
            preconditionFailure("mdb_txn_begin succeeded without a transaction")
        }
        unsafe raw = unsafe RawTransaction(
            pointer: begun,
            cursors: .cleared(slotCount),
            isWriting: false,
            environment: number
        )
        self.slotCount = slotCount
        noteView()
    }

    var view: UInt64? {
        let value = viewPlusOne.load(ordering: .relaxed)
        return value == 0 ? nil : value - 1
    }

    /// The transaction as the body of a read sees it.
    var transaction: ReadTransaction {
        unsafe ReadTransaction(raw, id: UInt64(mdb_txn_id(raw.pointer)))
    }

    func renew() throws(LMDBError) {
        try check(unsafe mdb_txn_renew(raw.pointer), "mdb_txn_renew")
        noteView()
    }

    func reset() {
        viewPlusOne.store(0, ordering: .relaxed)
        unsafe mdb_txn_reset(raw.pointer)
    }

    func close() {
        unsafe raw.closeCursors(slotCount)
        unsafe mdb_txn_abort(raw.pointer)
        unsafe raw.cursors.deallocate()
    }

    private func noteView() {
        viewPlusOne.store(UInt64(unsafe mdb_txn_id(raw.pointer)) &+ 1, ordering: .relaxed)
    }
}

extension UnsafeMutablePointer<OpaquePointer?> {
    /// Room for `count` cursors, none there yet.
    static func cleared(_ count: Int) -> Self {
        let slots = Self.allocate(capacity: count)
        unsafe slots.initialize(repeating: nil, count: count)
        return unsafe slots
    }
}

extension RawTransaction {
    /// Closes the cursors kept between calls.
    func closeCursors(_ slotCount: Int) {
        for slot in 0..<slotCount {
            guard let cursor = unsafe cursors[slot] else { continue }
            unsafe mdb_cursor_close(cursor)
            unsafe cursors[slot] = nil
        }
    }
}
