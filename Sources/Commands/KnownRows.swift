internal import Cryptography
internal import Finance

/// What stands in one compartment's log.
struct KnownRows: Sendable {
    /// Rows that happened and were not taken back, by hash of their content.
    var movements: [UInt64: Movement] = [:]
    /// The last report of each part of a state, by hash of its natural key.
    var parts: [UInt64: Part] = [:]
    /// What became of card approvals, each also among `movements`, by hash of its natural key.
    var outcomes: [UInt64: Standing] = [:]

    /// Equal rows.
    struct Movement: Sendable {
        var count: UInt32
        let place: RowPlace
    }

    /// The last report of a part.
    struct Part: Sendable {
        /// Hash of the event but its time.
        var content: UInt64
        let apiCode: UInt32
        /// It can be said to be gone, and is not.
        var canEnd: Bool
    }

    /// The cancellation or correction of an approval that stands.
    struct Standing: Sendable {
        let content: UInt64
        /// Seconds since 1970-01-01T00:00:00Z.
        let at: Int64
    }

    var count: Int { movements.count + parts.count + outcomes.count }

    /// Makes room for the rows of a first answer or file; later ones are mostly known.
    mutating func reserve(_ rowCount: Int) {
        if movements.isEmpty { movements.reserveCapacity(rowCount) }
    }

    /// Notes one more of the equal rows.
    mutating func add(_ content: UInt64, at place: RowPlace) {
        movements[content, default: Movement(count: 0, place: place)].count += 1
    }

    /// Notes one fewer of the equal rows.
    mutating func remove(_ content: UInt64) {
        guard let left = movements[content]?.count else { return }
        if left > 1 { movements[content]?.count -= 1 } else { movements[content] = nil }
    }

    /// Notes that a row was taken back.
    mutating func remove(_ taken: Span<UInt8>, with hash: inout RowHash) {
        let content = hash.row(taken)
        remove(content)
        guard let event = RowHash.event(taken), RowHash.kind(of: event) == .outcome,
            let key = hash.key(of: event), outcomes[key]?.content == content
        else { return }
        outcomes[key] = nil
    }

    /// Notes an event that the log holds.
    mutating func take(_ bytes: Span<UInt8>, with hash: inout RowHash) {
        guard let event = RowHash.event(bytes) else { return add(hash.row(bytes), at: .none) }
        if let taken = RowHash.retracted(event) { return remove(taken, with: &hash) }
        switch RowHash.kind(of: event) {
        case .movement: add(hash.row(bytes), at: RowPlace(event))
        case .outcome:
            let content = hash.row(bytes)
            add(content, at: RowPlace(event))
            guard let key = hash.key(of: event) else { return }
            outcomes[key] = Standing(content: content, at: event.occurredAt)
        case .state:
            guard let key = hash.key(of: event) else {
                return add(hash.row(bytes), at: RowPlace(event))
            }
            parts[key] = Part(
                content: hash.row(event.bytesWithoutTime()),
                apiCode: event.apiCode,
                canEnd: RowHash.canEnd(event)
            )
        }
    }
}

/// What is in the answer that is being decided.
struct AnswerContents {
    /// How often each row that stands, and each part of a state, came so far.
    var seen: [UInt64: UInt32] = [:]
    /// What became of each approval last, by hash of its natural key.
    var latest: [UInt64: KnownRows.Standing] = [:]
    /// Rows of the log that others of the answer take the place of.
    var replaced: [UInt64] = []
    /// The days that the answer covers whole.
    var covered: ClosedRange<RowPlace>?

    /// Empties it for another answer and keeps the memory.
    mutating func begin(covering days: ClosedRange<RowPlace>?) {
        seen.removeAll(keepingCapacity: true)
        latest.removeAll(keepingCapacity: true)
        replaced.removeAll(keepingCapacity: true)
        covered = days
    }

    /// Notes what became of an approval; of several, the latest stands.
    mutating func note(outcome bytes: Span<UInt8>, with hash: inout RowHash) {
        guard let event = RowHash.event(bytes), let key = hash.key(of: event) else { return }
        if let other = latest[key], other.at > event.occurredAt { return }
        latest[key] = KnownRows.Standing(content: hash.row(bytes), at: event.occurredAt)
    }
}

/// What the log is to have of one row of an answer.
enum Learnt {
    /// Nothing more.
    case known
    /// The row.
    case new
    /// The row, as that part of those with the same natural key.
    case newOccurrence(UInt32)
}

extension KnownRows {
    /// Notes a row of an answer, which the log does not hold as often as the answer does so far.
    @inline(__always)
    mutating func learn(
        movement bytes: Span<UInt8>,
        _ place: RowPlace,
        _ answer: inout AnswerContents,
        _ hash: inout RowHash
    ) -> Learnt {
        let content = hash.row(bytes)
        let earlier = answer.seen[content, default: 0]
        // A row with a number that comes twice is on two pages: the list moved between them.
        if earlier > 0, let event = RowHash.event(bytes), NaturalKey.isNumbered(event) {
            return .known
        }
        answer.seen[content] = earlier + 1
        guard earlier >= movements[content]?.count ?? 0 else { return .known }
        add(content, at: place)
        return .new
    }

    /// Notes what became of an approval: the latest takes the place of the others.
    mutating func learn(
        outcome bytes: Span<UInt8>,
        _ place: RowPlace,
        _ answer: inout AnswerContents,
        _ hash: inout RowHash
    ) -> Learnt {
        guard let event = RowHash.event(bytes), let key = hash.key(of: event) else {
            return learn(movement: bytes, place, &answer, &hash)
        }
        let content = hash.row(bytes)
        if let latest = answer.latest[key], latest.content != content { return .known }
        guard let known = outcomes[key], known.content != content else {
            outcomes[key] = Standing(content: content, at: event.occurredAt)
            return learn(movement: bytes, place, &answer, &hash)
        }
        let isCovered = answer.covered.flatMap { days in
            movements[known.content]?.place.isIn(days)
        }
        if known.at > event.occurredAt, isCovered != true { return .known }
        answer.replaced.append(known.content)
        outcomes[key] = Standing(content: content, at: event.occurredAt)
        return learn(movement: bytes, place, &answer, &hash)
    }

    /// Notes a part of a state in an answer, of which the last report may say something else.
    mutating func learn(
        part bytes: Span<UInt8>,
        _ place: RowPlace,
        _ answer: inout AnswerContents,
        _ hash: inout RowHash
    ) -> Learnt {
        guard let event = RowHash.event(bytes), var key = hash.key(of: event) else {
            return learn(movement: bytes, place, &answer, &hash)
        }
        let earlier = answer.seen[key, default: 0]
        answer.seen[key] = earlier + 1
        var suffix: [UInt8] = []
        if earlier > 0 {
            if NaturalKey.isNumbered(event), isLast(event.bytesWithoutTime(), of: key, hash) {
                return .known
            }
            // The source does not tell these parts apart: by their order then.
            guard let own = hash.key(of: event, occurrence: earlier) else { return .known }
            key = own
            answer.seen[key] = 1
            suffix = KnownRows.suffix(occurrence: earlier)
        }
        let content = hash.row(event.bytesWithoutTime(), suffix: suffix.span)
        let isNew = parts[key]?.content != content
        parts[key] = Part(
            content: content,
            apiCode: event.apiCode,
            canEnd: RowHash.canEnd(event)
        )
        guard isNew else { return .known }
        return earlier > 0 ? .newOccurrence(earlier) : .new
    }

    private func isLast(_ bytes: Span<UInt8>, of key: UInt64, _ hash: RowHash) -> Bool {
        parts[key]?.content == hash.row(bytes)
    }

    /// `Event.occurrence` as it is encoded, to be appended to an event.
    static func suffix(occurrence: UInt32) -> [UInt8] {
        var bytes: [UInt8] = [5 << 3]
        EventBytes.append(length: Int(occurrence), to: &bytes)
        return bytes
    }

    /// Rows on covered days that there are more of than the answer has, and how many more.
    func missing(in answer: AnswerContents) -> [UInt64: UInt32] {
        var missing: [UInt64: UInt32] = [:]
        if let covered = answer.covered {
            for (content, row) in movements where row.place.isIn(covered) {
                let standing = answer.seen[content] ?? 0
                if row.count > standing { missing[content] = row.count - standing }
            }
        }
        for content in answer.replaced { missing[content] = movements[content]?.count }
        return missing
    }

    /// Parts of the API's state that the answer does not have.
    func missingParts(_ apiCode: UInt32, in answer: AnswerContents) -> Set<UInt64> {
        var missing: Set<UInt64> = []
        for (key, part) in parts where part.apiCode == apiCode && part.canEnd {
            if answer.seen[key] == nil { missing.insert(key) }
        }
        return missing
    }
}
