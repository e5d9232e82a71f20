import Finance
import MyData
import SwiftProtobuf

/// What a page says, decoded by swift-protobuf rather than by the reader's own views.
func decoded(_ bytes: [UInt8]) throws -> [Event] {
    var events: [Event] = []
    var cursor = EventCursor(bytes.span, of: AssetID(high: 0, low: 0))
    while let event = try cursor.nextBytes() {
        var copy: [UInt8] = []
        for index in event.indices { copy.append(event[index]) }
        events.append(try Event(serializedBytes: copy))
    }
    return events
}

extension Answer {
    /// Events of the asset that was asked about.
    func decoded() throws -> [Event] { try MyDataTests.decoded(events) }
}

/// One answer's body, read by a reader of its own.
func read(
    _ body: String,
    _ call: StandardCall,
    _ industry: Industry = .bank,
    askedAt: Int64 = 1_788_000_000
) throws(AnswerFault) -> Answer {
    let bytes = Array(body.utf8)
    var reader = AnswerReader()
    return try reader.read(
        bytes.span,
        of: call,
        from: AnswerSource(industry),
        askedAt: askedAt
    )
}

/// The fault of a body, or nil when it is taken in.
func fault(_ body: String, _ call: StandardCall, _ industry: Industry = .bank) -> AnswerFault? {
    do throws(AnswerFault) {
        _ = try read(body, call, industry)
        return nil
    } catch {
        return error
    }
}

/// Seconds of a moment in Korea.
func korea(_ year: Int, _ month: Int, _ day: Int, _ clock: Int64 = 0) -> Int64 {
    let days = CivilDate(year: year, month: month, day: day)?.daysSinceEpoch ?? 0
    return Int64(days) * 86_400 + clock - 9 * 3_600
}
