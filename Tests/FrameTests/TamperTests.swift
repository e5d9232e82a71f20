import Compression
import Cryptography
import Simulation
import Testing

@testable import Frame

@Suite struct TamperTests {
    static func samples() throws -> [Fixture] {
        var large = Fixture()
        large.events = (0..<25).map { Array("event \($0) of a shop in Seoul".utf8) }
        large.counterpartyText = true
        var small = Fixture()
        small.events = [[]]
        small.kind = .control
        return [Fixture(), large, small]
    }

    @Test func `every flipped bit of a frame is noticed, and by the right check`() throws {
        var opener = try FrameOpener()
        for fixture in try TamperTests.samples() {
            let frame = try fixture.frame()
            for bit in 0..<frame.count * 8 {
                var changed = frame
                changed[bit / 8] ^= 1 << UInt8(bit % 8)
                guard case .refused(let error) = Opened.opening(changed, with: &opener) else {
                    Issue.record("bit \(bit) changed and the frame opened")
                    continue
                }
                #expect(opener.events.array.isEmpty)
                #expect(TamperTests.expected(at: bit / 8).contains(error.name), "bit \(bit)")
            }
        }
    }

    /// Which errors a change of a header byte may give; the ranges are those of the document.
    static func expected(at byte: Int) -> Set<String> {
        switch byte {
        case 0..<5: ["notAFrame"]
        case 5: ["unknownSuite"]
        case 6: ["unknownKind", "notAuthentic"]
        case 7: ["outOfRange", "notAuthentic"]
        case 8..<12: ["outOfRange", "notAuthentic"]
        case 12..<16: ["outOfRange", "truncated"]
        case 88..<136: ["wrongKey"]
        default: ["notAuthentic"]
        }
    }

    @Test func `every truncation and every byte too many is noticed`() throws {
        let frame = try Fixture().frame()
        for count in 0..<frame.count {
            let cut = Array(frame.prefix(count))
            #expect(try Opened.opening(cut) == .refused(.truncated), "\(count) bytes")
        }
        #expect(try Opened.opening(frame + [0]) == .refused(.truncated))
    }

    @Test func `another key is told before anything is decrypted`() throws {
        let frame = try Fixture().frame()
        #expect(try Opened.opening(frame, key: Fixture.otherKey) == .refused(.wrongKey))
        // Even when the body is noise, so it cannot have been looked at.
        let noise = Array(frame.prefix(168)) + [UInt8](repeating: 9, count: frame.count - 168)
        #expect(try Opened.opening(noise, key: Fixture.otherKey) == .refused(.wrongKey))
        #expect(try Opened.opening(noise) == .refused(.notAuthentic))
    }

    @Test func `a frame moved to another place, person, compartment or time does not open`() throws
    {
        let frame = try Fixture().frame()
        var moved: [Fixture] = []
        for change in 0..<8 {
            var fixture = Fixture()
            switch change {
            case 0: fixture.revision += 1
            case 1: fixture.subject = .operations
            case 2: fixture.compartment = .keys
            case 3: fixture.command = CommandID(high: 0, low: 1)
            case 4: fixture.recordedAt += 1
            case 5: fixture.keyEpoch += 1
            case 6: fixture.schemaSet += 1
            default: fixture.kind = .personal
            }
            moved.append(fixture)
        }
        for fixture in moved {
            let header = try fixture.frame().prefix(168)
            let root = frame[104..<168]
            let forged = Array(header.prefix(104) + root + frame[168...])
            #expect(try Opened.opening(forged) == .refused(.notAuthentic))
        }
    }

    @Test func `a body of one frame does not open under the header of another`() throws {
        var other = Fixture()
        other.salt = (1, 2)
        let (first, second) = (try Fixture().frame(), try other.frame())
        let mixed = Array(first.prefix(168) + second[168...])
        #expect(first.count == second.count)
        #expect(try Opened.opening(mixed) == .refused(.notAuthentic))
    }

    @Test func `headers out of range are refused by field`() throws {
        let frame = try Fixture().frame()
        let cases: [(Int, [UInt8], FrameError)] = [
            (4, [0], .notAFrame), (4, [2], .notAFrame), (5, [0], .unknownSuite(0)),
            (5, [2], .unknownSuite(2)), (6, [0], .unknownKind(0)), (6, [7], .unknownKind(7)),
            (7, [2], .outOfRange(field: "flags")), (7, [0x80], .outOfRange(field: "flags")),
            (8, [0, 0, 0, 0], .outOfRange(field: "event count")),
            (8, [1, 4, 0, 0], .outOfRange(field: "event count")),
            (8, [255, 255, 255, 255], .outOfRange(field: "event count")),
            (12, [47, 0, 0, 0], .outOfRange(field: "body length")),
            (12, [0x59, 0xef, 0, 0], .outOfRange(field: "body length")),
            (12, [255, 255, 255, 255], .outOfRange(field: "body length")),
            (12, [0x58, 0xef, 0, 0], .truncated),
        ]
        for (offset, bytes, error) in cases {
            var changed = frame
            changed.replaceSubrange(offset..<offset + bytes.count, with: bytes)
            #expect(try Opened.opening(changed) == .refused(error), "\(offset) \(bytes)")
        }
    }

    @Test func `a holder of the key cannot seal what the format forbids`() throws {
        for forged in try Forged.all() {
            let opened = try Opened.opening(forged.frame)
            #expect(opened == .refused(forged.error), "\(forged.name)")
        }
    }

    @Test func `a wrong event root is for auditors to find`() throws {
        let fixture = Fixture()
        let body = try RawSealer.packed(fixture.body, paddedTo: 64)
        let frame = try RawSealer.frame(fixture, body: body, root: SHA256.hash([1]))
        guard case .events = try Opened.opening(frame) else {
            Issue.record("a reader that trusts the sealer opens it")
            return
        }
        let checked = try Opened.opening(frame, checkingRoot: true)
        #expect(checked == .refused(.malformedBody(part: "event root")))
        var opener = try FrameOpener()
        _ = Opened.opening(frame, checkingRoot: true, with: &opener)
        #expect(opener.events.array.isEmpty, "a refused frame lends nothing")
    }

    @Test(arguments: Seed.smoke)
    func `mutated frames never open to something else, and never trap`(seed: Seed) throws {
        var seed = seed
        var opener = try FrameOpener()
        let frames = try TamperTests.samples().map { try $0.frame() }
        for _ in 0..<20_000 {
            let original = frames[seed.below(frames.count)]
            var bytes = original
            for _ in 0...seed.below(3) where !bytes.isEmpty {
                switch seed.below(4) {
                case 0: bytes[seed.below(bytes.count)] = UInt8(seed.below(256))
                case 1: bytes[seed.below(min(24, bytes.count))] = UInt8(seed.below(256))
                case 2: bytes = Array(bytes.prefix(seed.below(bytes.count + 1)))
                default: bytes += seed.bytes(seed.below(40))
                }
            }
            let opened = Opened.opening(bytes, with: &opener)
            if case .events = opened { #expect(bytes == original, "\(seed)") }
        }
    }
}

extension FrameError {
    /// The case alone.
    var name: String {
        switch self {
        case .truncated: "truncated"
        case .notAFrame: "notAFrame"
        case .unknownSuite: "unknownSuite"
        case .unknownKind: "unknownKind"
        case .outOfRange: "outOfRange"
        case .wrongKey: "wrongKey"
        case .notAuthentic: "notAuthentic"
        case .malformedBody: "malformedBody"
        case .tooLarge: "tooLarge"
        case .libraryFailure: "libraryFailure"
        }
    }
}
