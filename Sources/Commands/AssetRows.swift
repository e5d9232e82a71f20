public import Frame
public import Vault

/// Rows of one compartment of one person, in the order of their source.
public struct AssetRows: Sendable {
    /// The person's CI, or whatever stands for it in the source.
    public var person: [UInt8]
    /// The asset, or another compartment.
    public var name: CompartmentName
    /// Encoded events, each with its length before it as a varint.
    public var events: [UInt8]
    /// Of each event: which of the equal rows of its source it is, from 1.
    public var ordinals: [UInt32]
    /// A counterparty chose some of the text: sealed sizes then tell less.
    public var hasCounterpartyText: Bool

    /// Rows with their ordinals.
    public init(
        person: [UInt8],
        name: CompartmentName,
        events: [UInt8],
        ordinals: [UInt32],
        hasCounterpartyText: Bool = false
    ) {
        self.person = person
        self.name = name
        self.events = events
        self.ordinals = ordinals
        self.hasCounterpartyText = hasCounterpartyText
    }

    /// All rows that the source has of the compartment: the ordinals follow from them.
    /// - Throws: `.malformedBody` when the bytes are not events with lengths.
    public init(
        person: [UInt8],
        name: CompartmentName,
        allEvents events: [UInt8],
        hasCounterpartyText: Bool = false
    ) throws(FrameError) {
        var counter = RowCounter()
        var ordinals: [UInt32] = []
        var cursor = EventCursor()
        while let range = try cursor.next(in: events.span) {
            ordinals.append(counter.ordinal(of: Array(events[range])))
        }
        self.init(
            person: person,
            name: name,
            events: events,
            ordinals: ordinals,
            hasCounterpartyText: hasCounterpartyText
        )
    }
}

/// Numbers equal rows of one asset in one source, for rows that come in parts.
public struct RowCounter: Sendable {
    private var counts: [[UInt8]: UInt32] = [:]

    /// No rows yet.
    public init() {}

    /// Which of the rows equal to this one it is, from 1.
    public mutating func ordinal(of event: [UInt8]) -> UInt32 {
        counts[event, default: 0] += 1
        return counts[event] ?? 1
    }
}

/// What became of one group of rows.
public struct RecordedRows: Sendable, Equatable {
    /// Whose.
    public let subject: SubjectID
    /// One a row: appended by this call, or there before.
    public internal(set) var isAppended: [Bool]

    /// Rows that this call appended.
    public var appendedCount: Int { isAppended.count { $0 } }
    /// Rows that were there before.
    public var duplicateCount: Int { isAppended.count { !$0 } }
}
