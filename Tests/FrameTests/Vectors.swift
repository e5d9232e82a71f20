import Cryptography
import Foundation

@testable import Frame

/// A vector as `Schemas/frame.md` §9 describes its file; bytes in hexadecimal, integers as text.
struct FrameVector: Codable, Equatable {
    struct Proof: Codable, Equatable {
        var index: String
        var blind: String
        var event: String
        var path: [String]
    }

    var name: String
    var key: String
    var salt: String
    var suite: String
    var kind: String
    var flags: String
    var eventCount: String
    var bodyLength: String
    var keyEpoch: String
    var schemaSet: String
    var revision: String
    var recordedAt: String
    var subject: String
    var compartment: String
    var command: String
    var events: [String]
    var sealingKey: String
    var keyCommitment: String
    var blindingKey: String
    var eventRoot: String
    var frame: String
    var leaf: String
    var proof: Proof

    /// Seals `fixture` and writes down all there is to know of it, with a proof of one event.
    init(_ name: String, _ fixture: Fixture, proving index: Int) throws {
        let bytes = try fixture.frame()
        let header = try FrameHeader(bytes.span)
        let salt = Array(bytes[88..<104])
        let info = Suite.info
        let keys = HKDF.derive(key: Fixture.key, salt: fixture.salt, info: info.span)
        var opener = try FrameOpener()
        let proof = try opener.prove(index, of: bytes.span, key: Fixture.key)
        self.name = name
        key = Fixture.key.withBytes { Hex.encode($0.array) }
        self.salt = Hex.encode(salt)
        suite = "\(header.suite)"
        kind = "\(header.kind.rawValue)"
        flags = "\(header.flags)"
        eventCount = "\(header.eventCount)"
        bodyLength = "\(header.bodyByteCount)"
        keyEpoch = "\(header.keyEpoch)"
        schemaSet = "\(header.schemaSet)"
        revision = "\(header.revision)"
        recordedAt = "\(header.recordedAt)"
        subject = "\(header.subject)"
        compartment = "\(header.compartment)"
        command = "\(header.command)"
        events = fixture.events.map { Hex.encode($0) }
        sealingKey = "\(keys.first)"
        keyCommitment = "\(keys.second)"
        blindingKey = "\(keys.third)"
        eventRoot = "\(header.eventRoot)"
        frame = Hex.encode(bytes)
        leaf = "\(FrameHeader.leaf(of: bytes.span))"
        self.proof = Proof(
            index: "\(proof.index)",
            blind: Hex.encode(proof.blind),
            event: Hex.encode(proof.event),
            path: proof.path.map { "\($0)" }
        )
    }
}

/// Frames that must not open, each with its error.
struct RejectedVectors: Codable, Equatable {
    struct Case: Codable, Equatable {
        var name: String
        var frame: String
        /// Another key than the file's.
        var key: String?
        var error: String
        var part: String
    }

    var key: String
    var cases: [Case]
}

enum VectorFiles {
    static let folder = Project.root.appending(path: "Schemas/vectors/frame")

    static func read<T: Decodable>(_ type: T.Type, _ name: String) throws -> T {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        return try decoder.decode(type, from: data(name))
    }

    static func data(_ name: String) throws -> Data {
        try Data(contentsOf: folder.appending(path: "\(name).json"))
    }

    static func encoded(_ value: some Encodable) throws -> Data {
        let encoder = JSONEncoder()
        encoder.keyEncodingStrategy = .convertToSnakeCase
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
        return try encoder.encode(value) + Data([0x0a])
    }

    static func write(_ value: some Encodable, _ name: String) throws {
        try encoded(value).write(to: folder.appending(path: "\(name).json"))
    }
}
