/// Says that a part of a state is no longer there: a holding that was sold, a standing order that
/// was ended.
///
/// The fact is of the part's own type and has nothing but its natural key: value 0, amount 0. One
/// without amounts has a mark of its own beside the key (`NaturalKey.Entry.goneMark`).
public enum GonePart {
    /// Whether a part of the type can be said to be gone.
    public static func canBe(_ type: EventType) -> Bool {
        NaturalKey.entry(of: type).canBeGone
    }

    /// Whether the event says so.
    ///
    /// - Throws: why the fact's bytes cannot be read.
    public static func isGone(_ event: borrowing EventView) throws(EventError) -> Bool {
        let entry = NaturalKey.entry(of: event.type)
        guard entry.canBeGone else { return false }
        var reader = WireReader(event.fact)
        var isMarked = entry.goneMark == 0
        while let tag = try reader.tag() {
            if tag >> 3 == entry.goneMark {
                isMarked = true
            } else if !entry.has(tag >> 3) {
                return false
            }
            try reader.skip(tag)
        }
        return isMarked
    }

    /// Appends, with its length before it, the event that the part which `last` reported is gone.
    ///
    /// `seconds` since 1970-01-01T00:00:00Z is when it was missed.
    /// - Returns: whether there is such an event.
    /// - Throws: why the fact's bytes cannot be read; nothing is appended then.
    public static func append(
        _ last: borrowing EventView,
        at seconds: Int64,
        to body: inout [UInt8]
    ) throws(EventError) -> Bool {
        let entry = NaturalKey.entry(of: last.type)
        guard entry.canBeGone else { return false }
        var kept: [Range<Int>] = []
        let fact = last.fact
        var reader = WireReader(fact)
        var start = 0
        while let tag = try reader.tag() {
            try reader.skip(tag)
            if entry.has(tag >> 3) { kept.append(start..<reader.index) }
            start = reader.index
        }
        let envelope = EventEnvelope(
            occurredAt: seconds,
            occurrence: last.occurrence,
            api: ProviderAPI(rawValue: Int(last.apiCode)) ?? .unspecified
        )
        let mark: [UInt8] = entry.goneMark == 0 ? [] : [UInt8(entry.goneMark << 3), 1]
        let size = kept.reduce(mark.count) { $0 + $1.count }
        EventWriter.append(last.type, size, envelope, to: &body) { output in
            for range in kept {
                for index in range { output.append(fact[index]) }
            }
            for byte in mark { output.append(byte) }
        }
        return true
    }
}
