internal import Finance
internal import SwiftProtobuf

/// What the object around a list says, where its rows need it.
struct BodyFacts {
    /// reg_date or base_date, YYYYMMDD; 0 if it is not there.
    var day: UInt32 = 0
    /// The one flag that some bodies have; in a card list, that the customer's assets are listed.
    var flag = false
    /// Versions of the provider's APIs.
    var version = ""
    var versionMin = ""
}

/// What a row says beside its fact.
struct RowNotes {
    /// Which row.
    var row = 0
    /// When it happened; nil for what is so now.
    var moment: Moment?
    /// Values without a field or a code.
    var unmapped: [Unmapped] = []

    /// Bytes of those values with their names.
    var unmappedBytes: Int {
        unmapped.reduce(0) { $0 + $1.name.utf8.count + $1.value.utf8.count }
    }
}

/// An answer in the making.
struct PageDraft {
    let call: StandardCall
    let source: AnswerSource
    let askedAt: Int64
    var body = BodyFacts()
    var answer: Answer
    private var letters: UInt32 = 0
    private var lettersCode: UInt32 = 410

    init(call: StandardCall, source: AnswerSource, askedAt: Int64, answer: consuming Answer) {
        (self.call, self.source, self.askedAt) = (call, source, askedAt)
        self.answer = answer
    }

    /// ISO 4217 numeric code of a row's currency; 410 when it is absent.
    ///
    /// The last one is remembered: rows of one answer mostly agree, and the list is long.
    @inline(__always)
    mutating func currency(
        _ row: borrowing WireRow,
        _ place: Int
    ) throws(AnswerFault) -> UInt32 {
        guard row.has(place) else { return 410 }
        let word = try row.word(place, 3)
        var packed: UInt32 = 0
        for index in word.indices { packed = packed << 8 | UInt32(word[index]) }
        guard packed != letters else { return lettersCode }
        guard let currency = Currency(alphabeticCode: word.string) else {
            throw row.fault(.codeUnknown, place)
        }
        letters = packed
        lettersCode = UInt32(currency.numericCode)
        return lettersCode
    }

    /// Appends an event about the asset that was asked about.
    mutating func append(_ fact: Event.OneOf_Fact, _ notes: RowNotes) {
        EventBytes.append(event(fact, notes), to: &answer.events)
    }

    /// Adds a call that follows from what was said, if the provider answers it.
    mutating func call(_ api: ProviderAPI, _ parameters: [StandardCall.Parameter] = []) {
        guard source.offers(api) else { return }
        answer.calls.append(StandardCall(api, parameters))
    }

    /// An event as it stands in `ListedAsset.events`.
    func encoded(_ fact: Event.OneOf_Fact, _ notes: RowNotes) -> [UInt8] {
        var bytes: [UInt8] = []
        EventBytes.append(event(fact, notes), to: &bytes)
        return bytes
    }

    /// Lists an asset with the calls that its provider answers.
    mutating func list(
        _ kind: AssetKind,
        _ key: String,
        isRequested: Bool,
        card: CardType = .unspecified,
        _ calls: [StandardCall],
        _ events: [UInt8]
    ) {
        answer.assets.append(
            ListedAsset(
                key: key,
                kind: kind,
                isRequested: isRequested,
                card: card,
                calls: calls.filter { source.offers($0.api) },
                events: events
            )
        )
    }

    private func event(_ fact: Event.OneOf_Fact, _ notes: RowNotes) -> Event {
        var event = Event()
        event.occurredAt = notes.moment?.seconds ?? askedAt
        if let moment = notes.moment { event.precision = moment.precision }
        event.api = call.api
        event.unmapped = notes.unmapped
        event.fact = fact
        return event
    }

    /// Adds what the schema has no field for to the events from `start` on.
    mutating func add(_ unmapped: [Unmapped], from start: Int) {
        var events: [Event] = []
        var index = start
        while index < answer.events.count {
            let (length, begin) = PageDraft.length(answer.events, index)
            events.append(PageDraft.decoded(answer.events[begin..<begin + length]))
            index = begin + length
        }
        answer.events.removeSubrange(start...)
        for var event in events {
            event.unmapped += unmapped
            EventBytes.append(event, to: &answer.events)
        }
    }

    /// The length that stands at `index`, and where what it measures begins.
    private static func length(_ bytes: [UInt8], _ index: Int) -> (Int, Int) {
        var (length, shift, index) = (0, 0, index)
        while bytes[index] >= 0x80 {
            length |= Int(bytes[index] & 0x7F) << shift
            shift += 7
            index += 1
        }
        return (length | Int(bytes[index]) << shift, index + 1)
    }

    private static func decoded(_ bytes: ArraySlice<UInt8>) -> Event {
        do {
            return try Event(serializedBytes: Array(bytes))
        } catch {
            preconditionFailure("an event that was just written does not decode")
        }
    }
}

extension Unmapped {
    /// A value as it was sent.
    init(_ name: String, _ value: String) {
        self.init()
        (self.name, self.value) = (name, value)
    }
}
