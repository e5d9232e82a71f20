import Cryptography
import Simulation
import Testing

@testable import Frame

@Suite struct IdentifierTests {
    @Test(arguments: Seed.smoke)
    func `an identifier is its sixteen bytes, in any form`(seed: Seed) {
        var seed = seed
        for _ in 0..<50 {
            let raw = seed.bytes(16)
            let id = SubjectID(raw.span)
            #expect(id.bytes == raw)
            #expect(id.description == Hex.encode(raw))
            #expect(SubjectID(hexadecimal: id.description) == id)
            #expect(SubjectID((seed.bytes(3) + raw).span, at: 3) == id)
            var written = [UInt8](repeating: 0, count: 20)
            var span = written.mutableSpan
            id.write(into: &span, at: 2)
            #expect(Array(written[2..<18]) == raw)
            let other = SubjectID(seed.bytes(16).span)
            #expect((id < other) == id.bytes.lexicographicallyPrecedes(other.bytes), "\(seed)")
        }
    }

    @Test func `only 32 hexadecimal digits are an identifier`() {
        let digits = String(repeating: "0", count: 31)
        for text in ["", digits, digits + "g", digits + "00", " " + digits] {
            #expect(SubjectID(hexadecimal: text) == nil)
        }
    }

    @Test func `the platform's ledgers have fixed names`() {
        #expect(
            SubjectID.platform.map(\.bytes)
                == (1...4).map { [UInt8](repeating: 0, count: 15) + [$0] }
        )
        #expect(SubjectID.platform.allSatisfy { $0.isPlatform })
        #expect(!SubjectID(high: 0, low: 256).isPlatform && !SubjectID(high: 1, low: 1).isPlatform)
        #expect(CompartmentID.keys.bytes == [UInt8](repeating: 0, count: 16))
        let digest = SHA256.hash([1])
        #expect(CommandID(truncating: digest).bytes == Array(digest.bytes.prefix(16)))
    }

    @Test(arguments: [
        FrameError.truncated, .notAFrame, .unknownSuite(9), .unknownKind(9), .wrongKey, .tooLarge,
        .outOfRange(field: "flags"), .notAuthentic, .malformedBody(part: "padding"),
        .libraryFailure(operation: "EVP_EncryptUpdate"),
    ])
    func `errors are one sentence without content`(error: FrameError) {
        #expect(error.description.hasSuffix(".") && !error.description.contains("\n"))
        #expect(error.description.utf8.count < 80)
    }
}
