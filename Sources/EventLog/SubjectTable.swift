internal import Cryptography
internal import Frame

/// Where a frame is: the block's sequence and its slot in it, in one word.
struct Location: Hashable, Comparable, Sendable {
    let raw: UInt64

    /// The slot takes the low 16 bits of the word.
    static let sequenceMax: UInt64 = (1 << 48) - 1

    init(raw: UInt64) { self.raw = raw }

    init(sequence: UInt64, slot: Int) {
        raw = sequence << 16 | UInt64(slot)
    }

    var sequence: UInt64 { raw >> 16 }
    var slot: Int { Int(raw & 0xffff) }

    static func < (first: Location, second: Location) -> Bool { first.raw < second.raw }
}

/// What an append needs to know of a subject.
struct SubjectState: Sendable {
    /// Right edge of the subject's tree, committed frames; its count is the next revision.
    var frontier = TreeFrontier()
    /// Frames of the group being built.
    var staged: UInt64 = 0
    /// Ordinal of its newest frame in the tail, or `Tail.none`.
    var newest = Tail.none
}

/// The subjects that were appended to or asked for since the log was opened.
struct SubjectTable: Sendable {
    private var slots: [SubjectID: Int] = [:]
    var states: ContiguousArray<SubjectState> = []

    var count: Int { states.count }

    func slot(of subject: SubjectID) -> Int? { slots[subject] }

    mutating func insert(_ subject: SubjectID, _ state: SubjectState) -> Int {
        slots[subject] = states.count
        states.append(state)
        return states.count - 1
    }
}

/// One frame that is not in an index run yet.
struct TailEntry: Sendable {
    let subject: SubjectID
    let command: CommandID
    let revision: UInt64
    let position: UInt64
    let location: Location
    let leaf: Digest
    /// Ordinal of the subject's frame before this one, or `Tail.none`.
    let previous: UInt64
    let partition: Int

    /// What a repeated command is told.
    var place: Receipt.Place {
        Receipt.Place(
            outcome: .duplicate,
            partition: partition,
            position: position,
            subject: subject,
            revision: revision
        )
    }
}

/// The frames since the last fold, in append order, chained by subject and found by command.
///
/// A command is noted when its frame is staged, one commit before the frame is appended: the same
/// command again in that group is found without a set of its own.
struct Tail: Sendable {
    /// No frame.
    static let none = UInt64.max

    /// Ordinal of `entries[0]`; ordinals go on over folds.
    let base: UInt64
    private(set) var entries: ContiguousArray<TailEntry> = []
    private var commands: [CommandID: UInt64] = [:]
    /// By partition: where its frames are in `entries`, which positions begin there.
    private var places: [Places] = []

    /// Positions of a partition have no gaps, so the first and four bytes a frame find each.
    private struct Places: Sendable {
        var first: UInt64 = 0
        var indexes: ContiguousArray<UInt32> = []
    }

    init(base: UInt64 = 0) { self.base = base }

    var end: UInt64 { base + UInt64(entries.count) }

    func entry(_ ordinal: UInt64) -> TailEntry? {
        guard ordinal != Tail.none, ordinal >= base, ordinal < end else { return nil }
        return entries[Int(ordinal - base)]
    }

    func find(_ command: CommandID) -> TailEntry? {
        guard let ordinal = commands[command] else { return nil }
        return entry(ordinal)
    }

    func entry(at position: UInt64, in partition: Int) -> TailEntry? {
        guard partition < places.count, position >= places[partition].first,
            position - places[partition].first < places[partition].indexes.count
        else { return nil }
        let index = places[partition].indexes[Int(position - places[partition].first)]
        return entries[Int(index)]
    }

    /// Ordinal of the command's frame; at or after `end` when the frame is only staged.
    func ordinal(of command: CommandID) -> UInt64? { commands[command] }

    /// Notes that the frame with this ordinal, the next to append or a later one, is the command's.
    mutating func note(_ command: CommandID, at ordinal: UInt64) {
        if command != .none { commands[command] = ordinal }
    }

    /// Takes back a note of a frame that is not appended after all.
    mutating func forget(_ command: CommandID, at ordinal: UInt64) {
        if commands[command] == ordinal { commands[command] = nil }
    }

    /// The command was noted before.
    mutating func append(_ entry: TailEntry) {
        while places.count <= entry.partition { places.append(Places()) }
        if places[entry.partition].indexes.isEmpty {
            places[entry.partition].first = entry.position
        }
        places[entry.partition].indexes.append(UInt32(entries.count))
        entries.append(entry)
    }
}

extension CommandID {
    /// An append that is not asked for by a command, such as a rewrap: never a duplicate.
    static let none = CommandID(high: 0, low: 0)
}
