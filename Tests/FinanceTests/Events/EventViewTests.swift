import Finance
import SwiftProtobuf
import Testing

@Suite struct EventViewTests {
    static let seeds: [UInt64] = [1, 2, 3, 20_260_904]
    static let hotTypes: [Int32] = [60, 61, 80, 81, 82, 140]

    @Test(arguments: seeds)
    func `any valid event reads as swift-protobuf reads it`(seed: UInt64) throws {
        let schemas = try SchemaSet.committed()
        for isStrange in [false, true] {
            var wire = RandomWire(
                schemas: schemas,
                dice: EventDice(seed: seed),
                isStrange: isStrange
            )
            for round in 0..<600 {
                let hot = EventViewTests.hotTypes[round % EventViewTests.hotTypes.count]
                let bytes = wire.event(round % 4 == 0 ? nil : hot)
                // Valid by construction: both must accept, and agree.
                #expect(throws: Never.self, "SEED=\(seed) \(bytes)") {
                    _ = try EventView(bytes.span, of: EventAgreement.asset)
                    _ = try Event(serializedBytes: bytes)
                }
                let difference = EventAgreement.difference(on: bytes)
                #expect(difference == nil, "SEED=\(seed) \(bytes)")
            }
        }
    }

    @Test(arguments: hotTypes)
    func `a reader that were one field wrong would be caught`(type: Int32) throws {
        var wire = RandomWire(schemas: try SchemaSet.committed(), dice: EventDice(seed: 5))
        let bytes = wire.event(type)
        let amountIsSeven: [UInt8] = [0x08, 0x0E]
        let tag = RandomWire.minimal(UInt64(type) << 3 | 2)
        let planted = bytes + tag + [UInt8(amountIsSeven.count)] + amountIsSeven
        #expect(EventAgreement.difference(on: bytes) == nil)
        #expect(EventAgreement.difference(on: bytes, reference: planted) != nil)
        #expect(EventAgreement.difference(on: [0x80], reference: bytes) != nil)
        #expect(EventAgreement.difference(on: tag + [0], reference: [0x80]) != nil)
    }

    @Test(arguments: seeds)
    func `no bytes at all make the reader trap`(seed: UInt64) throws {
        var wire = RandomWire(
            schemas: try SchemaSet.committed(),
            dice: EventDice(seed: seed),
            isStrange: true
        )
        let events = (0..<600).map { wire.event(EventViewTests.hotTypes[$0 % 6]) }
        var refused = 0
        // 4 seeds x 25,000 mutants.
        for round in 0..<25_000 {
            var bytes = events[round % events.count]
            for _ in 0...wire.dice.below(3) { EventViewTests.mutate(&bytes, &wire.dice) }
            let difference = EventAgreement.difference(on: bytes)
            if difference != nil { #expect(difference == nil, "SEED=\(seed) \(bytes)") }
            refused += EventViewTests.walk(bytes)
        }
        #expect(refused > 1000, "SEED=\(seed): the mutants must reach the refusals")
    }

    private static func mutate(_ bytes: inout [UInt8], _ dice: inout EventDice) {
        guard !bytes.isEmpty else { return bytes.append(UInt8(dice.below(256))) }
        let place = dice.below(bytes.count)
        switch dice.below(5) {
        case 0: bytes[place] ^= 1 << UInt8(dice.below(8))
        case 1: bytes[place] = UInt8(dice.below(256))
        case 2: bytes.removeSubrange(place...)
        case 3: bytes.insert(UInt8(dice.below(256)), at: place)
        default: bytes.remove(at: place)
        }
    }

    /// Reads `bytes` as a frame's body; 1 if it is refused.
    private static func walk(_ bytes: [UInt8]) -> Int {
        var cursor = EventCursor(bytes.span, of: EventAgreement.asset)
        do throws(EventError) {
            while try cursor.next() != nil {}
            return 0
        } catch {
            return 1
        }
    }

    @Test(
        arguments: [
            ([], EventError.factMissing),
            ([0x08, 0x01], .factMissing),
            ([0x80], .truncated),
            ([0x08], .truncated),
            ([0x08] + Array(repeating: 0xFF, count: 10), .numberTooLong),
            ([0x00], .malformedTag),
            ([0x07], .malformedTag),
            ([0x0E], .malformedTag),
            ([0x80, 0x80, 0x80, 0x80, 0x10], .malformedTag),
            ([0x33], .group),
            ([0x34], .group),
            ([0x82, 0x05, 0x05, 0x08], .truncated),
            ([0x82, 0x05, 0x00, 0x82, 0x05, 0x00], .factRepeated),
            ([0x82, 0x05, 0x00, 0xE2, 0x03, 0x00], .factRepeated),
            ([0x82, 0x05, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01], .truncated),
        ] as [([UInt8], EventError)]
    )
    func `each kind of damage has its name`(bytes: [UInt8], error: EventError) {
        #expect(throws: error) { _ = try EventView(bytes.span, of: EventAgreement.asset) }
    }

    @Test func `a fact that this build does not know keeps its number and its bytes`() throws {
        let bytes: [UInt8] = [0x08, 0x02] + RandomWire.minimal(900 << 3 | 2) + [0x02, 0x01, 0x02]
        let view = try EventView(bytes.span, of: EventAgreement.asset)
        #expect(view.type == EventType(rawValue: 900) && view.occurredAt == 2)
        #expect(EventAgreement.bytes(view.fact) == [1, 2])
        #expect(try view.cardApproval() == nil)
    }

    @Test func `what is absent is Korea, the won and to the second`() throws {
        var event = Event()
        event.cardApproved.amount = -1
        let bytes: [UInt8] = try event.serializedBytes()
        let view = try EventView(bytes.span, of: EventAgreement.asset)
        #expect(view.utcOffsetMinutes == 540 && view.precision == .unspecified)
        let card = try #require(try card(view))
        #expect(card == [-1, 410])
    }

    private func card(_ view: EventView) throws(EventError) -> [Int64]? {
        guard let card = try view.cardApproval() else { return nil }
        return [card.amount, Int64(card.currency)]
    }

    @Test func `a body is walked event by event, and ends after a length that lies`() throws {
        var event = Event()
        event.balanceReported.balance = 5
        let bytes: [UInt8] = try event.serializedBytes()
        let body = [UInt8(bytes.count)] + bytes + [UInt8(bytes.count)] + bytes + [0x7F, 0x01]
        var cursor = EventCursor(body.span, of: EventAgreement.asset)
        for _ in 0..<2 {
            let next = try #require(try balance(&cursor))
            #expect(next == 5)
        }
        #expect(throws: EventError.truncated) { _ = try cursor.nextBytes() }
        #expect(try cursor.nextBytes() == nil)
    }

    private func balance(_ cursor: inout EventCursor) throws(EventError) -> Int64? {
        guard let event = try cursor.next() else { return nil }
        return try event.balance()?.balance
    }

    @Test func `a damaged event does not hide the ones after it`() throws {
        let body: [UInt8] = [0x01, 0x00, 0x03, 0x82, 0x05, 0x00]
        var cursor = EventCursor(body.span, of: EventAgreement.asset)
        #expect(throws: EventError.malformedTag) { _ = try cursor.next() }
        #expect(try cursor.next()?.type == .cardApproved)
        #expect(try cursor.next() == nil)
    }

    @Test func `an event above the limit is refused`() {
        let length = EventCursor.eventBytesMax + 1
        let body = RandomWire.minimal(UInt64(length)) + Array(repeating: 0, count: length)
        var cursor = EventCursor(body.span, of: EventAgreement.asset)
        #expect(throws: EventError.eventTooLong) { _ = try cursor.next() }
    }
}
