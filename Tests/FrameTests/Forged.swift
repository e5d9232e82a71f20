import Compression
import Cryptography

@testable import Frame

/// Frames that are authentic and still not frames, and what opening each must say.
struct Forged {
    var name: String
    var frame: [UInt8]
    var error: FrameError

    static func all() throws -> [Forged] {
        let fixture = Fixture()
        let good = try RawSealer.packed(fixture.body, paddedTo: 64)
        var dirty = good
        dirty[63] = 1
        var early = good
        early[try packedCount(fixture.body)] = 0x80
        let bodies: [(String, [UInt8], FrameError)] = [
            ("last padding byte is not zero", dirty, .malformedBody(part: "padding")),
            ("first padding byte is not zero", early, .malformedBody(part: "padding")),
            ("body is not zstd", [UInt8](repeating: 7, count: 64), packing),
            ("body is all padding", [UInt8](repeating: 0, count: 64), packing),
            (
                "body is a skippable frame",
                [0x50, 0x2a, 0x4d, 0x18, 24] + [UInt8](repeating: 0, count: 27), packing
            ),
            ("zstd frame is cut", Array(try packed([UInt8](0..<200)).prefix(64)), packing),
            ("zstd frame does not give its length", try unsized(), packing),
            (
                "unpacks to more than 1 MiB",
                try packed(Fixture.body([[UInt8](repeating: 0, count: 1 << 20)])), packing
            ),
            ("one event fewer than counted", try packed(Fixture.body([[1], [2]])), count),
            ("one event more than counted", try packed(Fixture.body([[1], [2], [3], [4]])), count),
            ("no events", try packed([]), count),
            ("event reaches past the end", try packed([1, 1, 1, 1, 9, 1]), length),
            ("length without its last byte", try packed([1, 1, 1, 1, 0x80]), length),
            ("length not in its shortest form", try packed([1, 1, 1, 1, 0x81, 0, 9]), length),
            (
                "length of five bytes",
                try packed([1, 1, 1, 1, 0x80, 0x80, 0x80, 0x80, 1, 9]), length
            ),
        ]
        return try bodies.map { name, body, error in
            Forged(name: name, frame: try RawSealer.frame(fixture, body: body), error: error)
        }
    }

    private static let packing = FrameError.malformedBody(part: "packing")
    private static let count = FrameError.malformedBody(part: "event count")
    private static let length = FrameError.malformedBody(part: "event length")

    private static func packed(_ content: [UInt8]) throws -> [UInt8] {
        try RawSealer.packed(content, paddedTo: 64)
    }

    private static func packedCount(_ content: [UInt8]) throws -> Int {
        let packed = try RawSealer.packed(content, paddedTo: 64)
        return try Compressor(dictionary: Suite.first.dictionary).packedCount(in: packed.span)
    }

    /// Three events as one raw block of a zstd frame with a window and without a length.
    private static func unsized() throws -> [UInt8] {
        let content = Fixture.body([[1], [2], [3]])
        let block = UInt32(content.count << 3 | 1)
        let frame: [UInt8] =
            [0x28, 0xb5, 0x2f, 0xfd, 0x00, 0x00, UInt8(block & 255), UInt8(block >> 8 & 255), 0]
            + content
        return frame + [UInt8](repeating: 0, count: 64 - frame.count)
    }
}
