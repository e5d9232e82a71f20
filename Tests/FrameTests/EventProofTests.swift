import Cryptography
import Testing

@testable import Frame

@Suite struct EventProofTests {
    static func proofs(_ events: [[UInt8]]) throws -> [EventProof] {
        var fixture = Fixture()
        fixture.events = events
        let frame = try fixture.frame()
        var opener = try FrameOpener()
        return try events.indices.map {
            try opener.prove($0, of: frame.span, key: Fixture.key)
        }
    }

    @Test func `each event of a frame can be proven alone`() throws {
        for count in [1, 2, 3, 7, 25, 64] {
            let events = (0..<count).map { Array("event \($0)".utf8) }
            for (index, proof) in try EventProofTests.proofs(events).enumerated() {
                #expect(proof.verify())
                #expect(proof.event == events[index] && proof.index == index)
                #expect(proof.header.count == FrameLimit.headerByteCount)
            }
        }
    }

    @Test func `the root is RFC 6962's over blinds from the frame's own key stream`() throws {
        let fixture = Fixture()
        let frame = try fixture.frame()
        let keys = HKDF.derive(
            key: Fixture.key,
            salt: (fixture.salt.0, fixture.salt.1),
            info: Array("jangbu frame 1".utf8).span
        )
        var blinds = [UInt8](repeating: 0, count: fixture.events.count * 16)
        var span = blinds.mutableSpan
        try AEAD().keyStream(key: keys.third, into: &span)
        let leaves = fixture.events.indices.map {
            SHA256.hash([0] + blinds[$0 * 16..<$0 * 16 + 16] + fixture.events[$0])
        }
        #expect(try FrameHeader(frame.span).eventRoot == Reference.root(leaves[...]))
    }

    @Test func `a proof holds no other event and no other blind`() throws {
        let events = (0..<8).map { Array("a rather long event number \($0)".utf8) }
        let proofs = try EventProofTests.proofs(events)
        #expect(Set(proofs.map(\.blind)).count == 8)
        for proof in proofs {
            #expect(proof.path.count == 3)
            let told = proof.header + proof.blind + proof.path.flatMap(\.bytes)
            for (index, event) in events.enumerated() where index != proof.index {
                #expect(!told.contains(event) && !told.contains(proofs[index].blind))
            }
        }
    }

    @Test func `any change of a proof fails`() throws {
        let proof = try EventProofTests.proofs((0..<7).map { Array("event \($0)".utf8) })[4]
        let make = {
            (header: [UInt8], index: Int, blind: [UInt8], event: [UInt8], path: [Digest]) in
            EventProof(header: header, index: index, blind: blind, event: event, path: path)
        }
        let (header, blind, event, path) = (proof.header, proof.blind, proof.event, proof.path)
        #expect(make(header, 4, blind, event, path).verify())
        for index in [-1, 0, 3, 5, 6, 7, .max] {
            #expect(!make(header, index, blind, event, path).verify())
        }
        for bit in 0..<128 {
            #expect(!make(header, 4, EventProofTests.flip(blind, bit), event, path).verify())
        }
        for bit in 0..<event.count * 8 {
            #expect(!make(header, 4, blind, EventProofTests.flip(event, bit), path).verify())
        }
        // The blind and the event are hashed one after the other: neither may lend to the other.
        #expect(!make(header, 4, blind + [event[0]], Array(event.dropFirst()), path).verify())
        #expect(!make(header, 4, Array(blind.dropLast()), [blind[15]] + event, path).verify())
        for step in path.indices {
            var mutated = path
            mutated[step] = MerkleTests.changed(path[step], 77)
            #expect(!make(header, 4, blind, event, mutated).verify())
            mutated.remove(at: step)
            #expect(!make(header, 4, blind, event, mutated).verify())
        }
        // The root; the rest of the header is for the log's own proof of the frame to hold.
        for bit in 136 * 8..<168 * 8 {
            #expect(!make(EventProofTests.flip(header, bit), 4, blind, event, path).verify())
        }
        #expect(!make(Array(header.dropLast()), 4, blind, event, path).verify())
        #expect(!make(EventProofTests.flip(header, 0), 4, blind, event, path).verify())
    }

    @Test func `an event that is not there is refused`() throws {
        let frame = try Fixture().frame()
        var opener = try FrameOpener()
        for index in [-1, 3, 1_024] {
            #expect(throws: FrameError.outOfRange(field: "event index")) {
                try opener.prove(index, of: frame.span, key: Fixture.key)
            }
        }
        #expect(throws: FrameError.wrongKey) {
            try opener.prove(0, of: frame.span, key: Fixture.otherKey)
        }
    }

    @Test func `equal events have unequal leaves`() throws {
        let proofs = try EventProofTests.proofs([[1], [1], [1], [1]])
        let leaves = proofs.map { SHA256.hash([0] + $0.blind + $0.event) }
        #expect(Set(leaves).count == 4)
    }

    static func flip(_ bytes: [UInt8], _ bit: Int) -> [UInt8] {
        var out = bytes
        out[bit / 8] ^= 1 << UInt8(bit % 8)
        return out
    }
}
