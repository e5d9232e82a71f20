#if canImport(Glibc)
    import Glibc
#else
    import Musl
#endif

/// Flushes of this process as the preloaded shim counted them: the log's, and those of all else.
struct FlushCount {
    /// Of files whose path has `FLUSH_LOG_PATH` in it.
    let log: UInt64
    /// Of all other files.
    let others: UInt64

    private typealias Count = @convention(c) (Int32) -> UInt64

    /// What was counted by now; nil without the shim.
    static func now() -> FlushCount? {
        guard let symbol = unsafe dlsym(nil, "jangbu_flush_count") else { return nil }
        // The shim's own declaration (flushshim.c): kind 0 is the log's, 1 the others'.
        let count = unsafe unsafeBitCast(symbol, to: Count.self)
        return FlushCount(log: count(0), others: count(1))
    }

    static func - (after: FlushCount, before: FlushCount) -> FlushCount {
        FlushCount(log: after.log - before.log, others: after.others - before.others)
    }
}
