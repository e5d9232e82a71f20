import Simulation
import Testing

@testable import Frame

@Suite struct CursorTests {
    @Test(arguments: [
        ([0x80], "event length"), ([0x80, 0x80, 0x80, 0x80, 1], "event length"),
        ([1], "event length"), ([5, 1, 2, 3, 4], "event length"), ([0x80, 0], "event length"),
        ([0xff, 0xff, 0xff, 0x7f], "event length"), ([0, 0x81, 0], "event length"),
    ])
    func `malformed lengths are refused`(bytes: [UInt8], part: String) {
        #expect(throws: FrameError.malformedBody(part: part)) {
            var cursor = EventCursor()
            while try cursor.next(in: bytes.span) != nil {}
        }
    }

    @Test(arguments: Seed.smoke)
    func `events are found where they were put`(seed: Seed) throws {
        var seed = seed
        for _ in 0..<50 {
            let events = RoundTripTests.events(&seed)
            let body = Fixture.body(events)
            var cursor = EventCursor()
            var found: [[UInt8]] = []
            while let range = try cursor.next(in: body.span) { found.append(Array(body[range])) }
            #expect(found == events, "\(seed)")
            #expect(try cursor.next(in: body.span) == nil, "the end stays the end")
        }
    }

    /// 100,000 hostile bodies: what the cursor accepts is exactly the bytes, in one form.
    @Test(arguments: [Seed(5), Seed(50)])
    func `hostile bytes give an error or exactly their events, never a trap`(seed: Seed) {
        var seed = seed
        var (refused, taken) = (0, 0)
        for _ in 0..<50_000 {
            var bytes = seed.bytes(seed.below(24))
            // Small lengths, so that some bodies are whole.
            for index in bytes.indices where seed.below(3) > 0 { bytes[index] &= 0x83 }
            var cursor = EventCursor()
            var events: [[UInt8]] = []
            do throws(FrameError) {
                while let range = try cursor.next(in: bytes.span) {
                    events.append(Array(bytes[range]))
                }
                #expect(Fixture.body(events) == bytes, "\(seed)")
                taken += 1
            } catch {
                #expect(error == .malformedBody(part: "event length"), "\(seed)")
                refused += 1
            }
        }
        #expect(refused > 1_000 && taken > 1_000, "\(seed)")
    }
}
