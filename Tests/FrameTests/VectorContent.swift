import Cryptography

@testable import Frame

/// What the vectors are of: edges of every field, and made-up events of `jangbu.v1.Event`.
enum VectorContent {
    static func all() throws -> [FrameVector] {
        [
            try FrameVector("one-event", oneEvent, proving: 0),
            try FrameVector("three-events", threeEvents, proving: 2),
            try FrameVector("twenty-five-events", approvals, proving: 13),
            try FrameVector("counterparty-text", counterpartyText, proving: 1),
            try FrameVector("empty-events", emptyEvents, proving: 4),
            try FrameVector("extreme-fields", extremes, proving: 0),
            try FrameVector("incompressible", incompressible, proving: 0),
            try FrameVector("most-events", most, proving: 1_023),
        ]
    }

    /// A card approval of 4,500 won at a café: field 80 of `Event`.
    static func approval(_ seconds: Int64, won: Int, _ name: String, _ number: String) -> [UInt8] {
        var fact: [UInt8] = [0x08] + varint(UInt64(won * 1_000) << 1)
        fact += [0x1a] + Fixture.length(name.utf8.count) + Array(name.utf8)
        fact += [0x28, 0x01, 0x30, 0x01, 0x3a, UInt8(number.utf8.count)] + Array(number.utf8)
        return [0x08] + varint(UInt64(bitPattern: seconds)) + [0x82, 0x05]
            + Fixture.length(fact.count) + fact
    }

    static func varint(_ value: UInt64) -> [UInt8] {
        var (out, rest): ([UInt8], UInt64) = ([], value)
        while rest > 127 {
            out.append(UInt8(rest & 127 | 128))
            rest >>= 7
        }
        return out + [UInt8(rest)]
    }

    static let oneEvent = {
        var fixture = Fixture()
        fixture.revision = 0
        fixture.events = [approval(1_788_480_000, won: 4_500, "두루미 커피 판교점", "30012345")]
        return fixture
    }()

    static let threeEvents = {
        var fixture = Fixture()
        fixture.events = [
            approval(1_788_480_000, won: 4_500, "두루미 커피 판교점", "30012345"),
            approval(1_788_483_600, won: 12_000, "HERON BOOKS LTD", "30012346"),
            approval(1_788_490_001, won: 1_350, "서울교통 지하철", "30012347"),
        ]
        return fixture
    }()

    static let approvals = {
        var fixture = Fixture()
        fixture.salt = (0xb0b1_b2b3_b4b5_b6b7, 0xb8b9_babb_bcbd_bebf)
        let names = ["두루미 커피 판교점", "HERON BOOKS LTD", "서울교통 지하철", "백로 약국", "솔개 마트 분당"]
        fixture.events = (0..<25).map { index in
            approval(
                1_788_480_000 + Int64(index * index * 7_919),
                won: 1_350 + index * 1_130,
                names[index * 3 % 5],
                "\(30_012_345 + index * 104_729)"
            )
        }
        return fixture
    }()

    static let counterpartyText = {
        var fixture = threeEvents
        fixture.counterpartyText = true
        fixture.kind = .preference
        fixture.salt = (0, 1)
        return fixture
    }()

    static let emptyEvents = {
        var fixture = Fixture()
        fixture.events = Array(repeating: [], count: 5)
        fixture.kind = .personal
        return fixture
    }()

    static let extremes = {
        var fixture = Fixture()
        fixture.kind = .control
        fixture.subject = .operations
        fixture.compartment = .keys
        fixture.command = CommandID(high: .max, low: .max)
        fixture.keyEpoch = .max
        fixture.revision = .max
        fixture.recordedAt = .min
        fixture.schemaSet = .max
        fixture.salt = (.max, .max)
        fixture.events = [[0xff]]
        return fixture
    }()

    /// Hashes in a row, which zstd stores as they are; lengths of two bytes.
    static let incompressible = {
        var fixture = Fixture()
        fixture.kind = .decision
        fixture.events = (0..<2).map { event in
            (0..<12).flatMap { SHA256.hash([UInt8(event), UInt8($0)]).bytes }
        }
        return fixture
    }()

    static let most = {
        var fixture = Fixture()
        fixture.kind = .consent
        fixture.events = (0..<1_024).map { [UInt8($0 >> 8), UInt8($0 & 255)] }
        return fixture
    }()

    static func rejected() throws -> RejectedVectors {
        let good = try threeEvents.frame()
        var cases: [RejectedVectors.Case] = []
        func add(_ name: String, _ frame: [UInt8], _ error: FrameError, key: SecretKey? = nil) {
            cases.append(
                RejectedVectors.Case(
                    name: name,
                    frame: Hex.encode(frame),
                    key: key?.withBytes { Hex.encode($0.array) },
                    error: error.name,
                    part: error.part
                )
            )
        }
        func changed(_ offset: Int, _ bytes: [UInt8]) -> [UInt8] {
            var out = good
            out.replaceSubrange(offset..<offset + bytes.count, with: bytes)
            return out
        }
        func flipped(_ offset: Int) -> [UInt8] { changed(offset, [good[offset] ^ 1]) }
        add("no bytes", [], .truncated)
        add("header cut", Array(good.prefix(167)), .truncated)
        add("body cut", Array(good.dropLast()), .truncated)
        add("one byte too many", good + [0], .truncated)
        add("other magic", flipped(3), .notAFrame)
        add("version 2", changed(4, [2]), .notAFrame)
        add("suite 2", changed(5, [2]), .unknownSuite(2))
        add("kind 7", changed(6, [7]), .unknownKind(7))
        add("unknown flag", changed(7, [2]), .outOfRange(field: "flags"))
        add("no events counted", changed(8, [0, 0]), .outOfRange(field: "event count"))
        add("1,025 events counted", changed(8, [1, 4]), .outOfRange(field: "event count"))
        add("body of 47 bytes", changed(12, [47, 0]), .outOfRange(field: "body length"))
        add("frame over 60 KiB", changed(12, [0x59, 0xef]), .outOfRange(field: "body length"))
        add("another key", good, .wrongKey, key: Fixture.otherKey)
        add("other salt", flipped(88), .wrongKey)
        add("other commitment", flipped(104), .wrongKey)
        let fields = [
            (8, "event count"), (16, "key epoch"), (20, "schema set"), (24, "revision"),
            (32, "recorded at"), (40, "subject"), (56, "compartment"), (72, "command"),
            (136, "event root"), (168, "ciphertext"), (good.count - 1, "tag"),
        ]
        for (offset, field) in fields { add("other \(field)", flipped(offset), .notAuthentic) }
        for forged in try Forged.all() { add(forged.name, forged.frame, forged.error) }
        let body = try RawSealer.packed(threeEvents.body, paddedTo: 256)
        let root = try RawSealer.frame(threeEvents, body: body, root: SHA256.hash([1]))
        add("root of other events", root, .malformedBody(part: "event root"))
        let key = Fixture.key.withBytes { Hex.encode($0.array) }
        return RejectedVectors(key: key, cases: cases)
    }
}

extension FrameError {
    /// What of the frame the error names, empty if nothing.
    var part: String {
        switch self {
        case .outOfRange(let field): field
        case .malformedBody(let part): part
        default: ""
        }
    }
}
