/// What was asked of one API of one provider, and what came.
public struct CallCounts: Hashable, Sendable {
    /// Calls that were answered, with news or without.
    public internal(set) var calls: UInt64 = 0
    /// Pages of their answers.
    public internal(set) var pages: UInt64 = 0
    /// Rows in them.
    public internal(set) var rows: UInt64 = 0
    /// Bytes of them.
    public internal(set) var bytes: UInt64 = 0
    /// Time that they took together.
    public internal(set) var milliseconds: UInt64 = 0
    /// Answers that were ever put aside.
    public internal(set) var quarantined: UInt64 = 0

    /// `sign` is 1, or the number that takes 1 off.
    mutating func combine(_ other: CallCounts, _ sign: UInt64) {
        calls &+= other.calls &* sign
        pages &+= other.pages &* sign
        rows &+= other.rows &* sign
        bytes &+= other.bytes &* sign
        milliseconds &+= other.milliseconds &* sign
        quarantined &+= other.quarantined &* sign
    }
}

extension StateWriter {
    mutating func calls(_ counts: CallCounts) {
        number(counts.calls)
        number(counts.pages)
        number(counts.rows)
        number(counts.bytes)
        number(counts.milliseconds)
        number(counts.quarantined)
    }
}

extension StateReader {
    @_lifetime(self: copy self)
    mutating func calls() throws(FoldError) -> CallCounts {
        var counts = CallCounts()
        (counts.calls, counts.pages, counts.rows) = (try number(), try number(), try number())
        (counts.bytes, counts.milliseconds) = (try number(), try number())
        counts.quarantined = try number()
        return counts
    }
}
