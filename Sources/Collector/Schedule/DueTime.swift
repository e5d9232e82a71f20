public import Finance
public import Frame

/// When a person's next regular transfer from a provider is due.
public enum DueTime {
    /// First wait after a transfer that was given up, in seconds; it doubles.
    static let retrySeconds: Int64 = 300
    /// The longest, in seconds.
    static let retrySecondsMax: Int64 = 6 * 3_600

    /// The time of a person's next regular transfer from a provider, in seconds since 1970-01-01
    /// UTC; nil when there is none without something else happening.
    ///
    /// Under the live `request`, `after` what was collected so far; `spread` is a number of this
    /// person and provider that spreads transfers over the first of `slots`.
    public static func next(
        under request: TransferRequest,
        after standing: ProviderStanding?,
        in slots: [TimeSlot],
        spread: UInt64,
        now: Int64
    ) -> Int64? {
        guard let standing, let due = request.regularDay(after: standing) else { return nil }
        let day = max(KoreanClock.day(at: now), due)
        guard day <= request.terms.endsOn else { return nil }
        var at = slotTime(on: day, slots, spread: spread)
        if at < now {
            // This day's turn is past: whatever of a slot is left, or the next.
            at = TimeSlot.next(in: slots, from: now)
        }
        guard standing.failures > 0 else { return at }
        let wait = min(retrySeconds << Int64(min(standing.failures, 16) - 1), retrySecondsMax)
        return max(at, TimeSlot.next(in: slots, from: standing.failedAt + wait))
    }

    /// The number that spreads a person's transfers from a provider, always the same.
    public static func spread(of subject: SubjectID, at provider: String) -> UInt64 {
        var hash: UInt64 = subject.low ^ subject.high
        for byte in provider.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        return hash ^ hash >> 32
    }

    /// This person's place in the first slot of a day: never its last tenth, which is for retries.
    static func slotTime(on day: CivilDate, _ slots: [TimeSlot], spread: UInt64) -> Int64 {
        let start = KoreanClock.start(of: day)
        guard let slot = slots.min(by: { $0.from < $1.from }) else {
            return start + Int64(spread % 86_400)
        }
        let minutes = (slot.to - slot.from + 1_440 - 1) % 1_440 + 1
        let seconds = UInt64(minutes) * 54
        return start + Int64(slot.from) * 60 + Int64(spread % seconds)
    }
}

/// What is due when, the earliest first: a binary heap.
struct DueQueue<Item> {
    private var entries: [(at: Int64, order: UInt64, item: Item)] = []
    private var order: UInt64 = 0

    /// Entries with the same time leave in the order in which they came.
    mutating func insert(_ item: Item, at time: Int64) {
        entries.append((time, order, item))
        order += 1
        var child = entries.count - 1
        while child > 0 {
            let parent = (child - 1) / 2
            guard isBefore(child, parent) else { break }
            entries.swapAt(child, parent)
            child = parent
        }
    }

    var firstTime: Int64? { entries.first?.at }
    var count: Int { entries.count }

    /// Takes the earliest entry that is due.
    mutating func take(dueAt now: Int64) -> (at: Int64, item: Item)? {
        guard let first = entries.first, first.at <= now else { return nil }
        let last = entries.removeLast()
        guard !entries.isEmpty else { return (first.at, first.item) }
        entries[0] = last
        var parent = 0
        while true {
            var least = parent
            for child in [2 * parent + 1, 2 * parent + 2]
            where child < entries.count && isBefore(child, least) { least = child }
            guard least != parent else { break }
            entries.swapAt(parent, least)
            parent = least
        }
        return (first.at, first.item)
    }

    private func isBefore(_ left: Int, _ right: Int) -> Bool {
        (entries[left].at, entries[left].order) < (entries[right].at, entries[right].order)
    }
}
