import Cryptography
import Simulation
import Testing

@testable import Frame

@Suite struct LimitTests {
    static func seal(_ events: [[UInt8]], counterpartyText: Bool = false) throws -> [UInt8] {
        var fixture = Fixture()
        fixture.events = events
        fixture.counterpartyText = counterpartyText
        return try fixture.frame()
    }

    static func header(
        of events: [[UInt8]],
        counterpartyText: Bool = false
    ) throws -> FrameHeader {
        let frame = try seal(events, counterpartyText: counterpartyText)
        return try FrameHeader(frame.span)
    }

    @Test func `a frame holds 1 to 1,024 events`() throws {
        #expect(throws: FrameError.tooLarge) { try LimitTests.seal([]) }
        #expect(throws: FrameError.tooLarge) {
            try LimitTests.seal(Array(repeating: [7], count: 1_025))
        }
        let frame = try LimitTests.seal(Array(repeating: [7], count: 1_024))
        #expect(try FrameHeader(frame.span).eventCount == 1_024)
    }

    @Test func `a frame is at most 60 KiB, and what fits is sealed`() throws {
        var seed = Seed(60)
        // Noise does not pack, so sizes are near those of the content.
        let noise = seed.bytes(61_440)
        var (fits, largest) = (0, 0)
        for count in stride(from: 53_000, through: 61_440, by: 211) {
            do throws(any Error) {
                let frame = try LimitTests.seal([Array(noise.prefix(count))])
                #expect(frame.count <= FrameLimit.byteCountMax)
                (fits, largest) = (count, frame.count)
            } catch {
                #expect(error as? FrameError == .tooLarge)
            }
        }
        #expect(fits > 53_000 && fits < 61_440, "both ends were reached")
        #expect(largest > FrameLimit.byteCountMax * 9 / 10)
    }

    @Test func `padded to buckets, a packed body is at most 32 KiB`() throws {
        var seed = Seed(61)
        let noise = seed.bytes(40_000)
        let frame = try LimitTests.seal([Array(noise.prefix(32_700))], counterpartyText: true)
        #expect(frame.count == 168 + 32_768 + 16)
        #expect(throws: FrameError.tooLarge) {
            try LimitTests.seal([Array(noise.prefix(33_000))], counterpartyText: true)
        }
    }

    @Test func `content is at most 1 MiB, however well it packs`() throws {
        // Three bytes of length before it.
        let zeros = [UInt8](repeating: 0, count: FrameLimit.unpackedByteCountMax - 3)
        let frame = try LimitTests.seal([zeros])
        let opened = try Opened.opening(frame, checkingRoot: true)
        guard case .events(_, let body) = opened else {
            Issue.record("1 MiB of zeros opens")
            return
        }
        #expect(body.count == FrameLimit.unpackedByteCountMax)
        #expect(throws: FrameError.tooLarge) { try LimitTests.seal([zeros + [0]]) }
    }

    /// Padmé by its definition in the paper, in real numbers where the code shifts.
    static func padme(_ count: Int) -> Int {
        var exponent = 0
        while 1 << (exponent + 1) <= count { exponent += 1 }
        var significant = 0
        while 1 << significant <= exponent { significant += 1 }
        let step = exponent > significant ? 1 << (exponent - significant) : 1
        return (count + step - 1) / step * step
    }

    @Test(arguments: [
        (0, 32), (1, 32), (32, 32), (33, 36), (34, 36), (37, 40), (63, 64), (64, 64), (65, 72),
        (100, 104), (256, 256), (257, 272), (700, 704), (1_000, 1_024), (1_025, 1_088),
        (10_000, 10_240), (60_000, 61_440),
    ])
    func `Padmé pads to this table`(count: Int, padded: Int) {
        #expect(Padding.padme(count) == padded)
    }

    @Test func `Padmé never shrinks, adds at most 12 per cent and keeps order`() {
        var last = 0
        for count in 0...70_000 {
            let padded = Padding.padme(count)
            #expect(padded >= count && padded >= last)
            if count > Padding.floor {
                #expect(padded == LimitTests.padme(count))
                #expect((padded - count) * 100 <= count * 12)
            }
            last = padded
        }
        #expect(
            Set((33...61_440).map(Padding.padme)).count == 150,
            "lengths that can be told apart"
        )
    }

    @Test func `buckets are powers of two from 256`() {
        for count in 0...70_000 {
            let padded = Padding.bucket(count)
            #expect(padded >= max(count, 256) && padded.nonzeroBitCount == 1)
            #expect(padded == 256 || padded < 2 * count)
        }
    }

    @Test func `bodies are padded as the flag says`() throws {
        for count in [1, 100, 300, 700] {
            var seed = Seed(UInt64(count))
            let event = seed.bytes(count)
            let plain = try LimitTests.header(of: [event])
            let bucketed = try LimitTests.header(of: [event], counterpartyText: true)
            #expect(plain.flags == 0 && bucketed.flags == 1)
            let sizes = (Int(plain.bodyByteCount) - 16, Int(bucketed.bodyByteCount) - 16)
            #expect(sizes.0 == Padding.padme(sizes.0))
            #expect(sizes.1 == Padding.bucket(sizes.1))
        }
    }
}
