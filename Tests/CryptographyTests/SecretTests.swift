import Cryptography
import Glibc
import Simulation
import Testing

/// Serialized: each test looks through the whole process's memory.
@Suite(.serialized) struct SecretTests {
    @Test func `a key is in memory while it is held and nowhere after it is released`() throws {
        var bytes = try Random.bytes(32)
        var held: SecretKey? = SecretKey(copying: bytes.span)
        let scan = MemoryScan(taking: &bytes)
        let before = scan.count()
        #expect(before.found == 1, "the one copy that the key holds")
        #expect(before.bytes > 1 << 20)
        // Keeps the key alive until here, whatever the optimiser thinks.
        #expect(held?.isEqual(to: key(String(repeating: "00", count: 32))) == false)
        held = nil
        #expect(scan.count().found == 0)
    }

    /// Or the searches of this suite are blind.
    @Test func `a key that is freed without being wiped is found`() throws {
        var bytes = try Random.bytes(32)
        // Many, because what the search itself allocates may fall on some of them.
        let cells = (0..<200).map { _ in unsafe UInt(bitPattern: malloc(32)) }
        for cell in cells {
            unsafe UnsafeMutableRawPointer(bitPattern: cell)?.copyMemory(from: bytes, byteCount: 32)
        }
        let scan = MemoryScan(taking: &bytes)
        #expect(scan.count().found >= 200)
        for cell in cells { unsafe free(UnsafeMutableRawPointer(bitPattern: cell)) }
        #expect(scan.count().found > 0)
    }

    @Test func `a random key leaves no copy either`() throws {
        var held: SecretKey? = try SecretKey.random()
        let scan = try SecretTests.scan(for: #require(held))
        #expect(scan.count().found >= 1)
        #expect(held?.isEqual(to: key(String(repeating: "00", count: 32))) == false)
        held = nil
        #expect(scan.count().found == 0)
    }

    @Test(.enabled(if: isOptimised, "unoptimised code copies derived values from slot to slot"))
    func `a derived key leaves no copy either`() throws {
        let held = try SecretKey.random()
        var derived: SecretKey? = HKDF.derive(key: held, salt: [1, 2, 3].span, info: [4].span)
        let scan = try SecretTests.scan(for: #require(derived))
        #expect(scan.count().found >= 1)
        #expect(derived?.isEqual(to: held) == false)
        derived = nil
        #expect(scan.count().found == 0)
        #expect(SecretTests.scan(for: held).count().found >= 1, "the key it is derived from")
    }

    #if DEBUG
        static let isOptimised = false
    #else
        static let isOptimised = true
    #endif

    /// Never inlined, so that what this reads of the key is not kept in the test's own frame.
    @inline(never)
    static func scan(for key: SecretKey) -> MemoryScan {
        var masked = [UInt8](repeating: 0, count: 32)
        key.withBytes { span in
            for index in 0..<32 { masked[index] = span[index] ^ 0xa5 }
        }
        return MemoryScan(masked: masked)
    }

    /// What the frame format derives for key 00…1f and salt 20…2f, masked, computed elsewhere.
    static let derivedMasked = [
        "12f329f2c25377dfe6e291a68fdf8218dbf459bc02d96ed946e1431fbd894b45",
        "ff88fa6648fc0bdac92aefc6c45479abb4888d33ac250c93349cb1e538025937",
        "9122b7ccf87e56c819cc4435877c369d6fc5dfc7d93e2f4483508430d661a0b9",
    ]

    @Test(.enabled(if: isOptimised, "unoptimised code copies derived values from slot to slot"))
    func `a frame's derived keys are gone once its contexts are`() throws {
        let secret = SecretKey(copying: Array(0..<32).span)
        let copies = try SecretTests.sealOnce(under: secret)
        #expect(copies >= 1, "the context holds its key until it is freed")
        for masked in [SecretTests.derivedMasked[0], SecretTests.derivedMasked[2]] {
            #expect(MemoryScan(masked: bytes(masked)).count().found == 0)
        }
    }

    /// Copies of the sealing key of `derivedMasked` while its context is alive.
    @inline(never)
    @discardableResult
    static func sealOnce(under secret: SecretKey) throws -> Int {
        let keys = HKDF.derive(
            key: secret,
            salt: salt(Array(0x20..<0x30)),
            info: Array("jangbu frame 1".utf8).span
        )
        let aead = try AEAD()
        var sealed = [UInt8](repeating: 1, count: 100)
        var span = sealed.mutableSpan
        try aead.sealOnce(key: keys.first, header: [1].span, &span)
        try aead.keyStream(key: keys.third, into: &span)
        return withExtendedLifetime(aead) {
            MemoryScan(masked: bytes(derivedMasked[0])).count().found
        }
    }

    @Test func `wiped bytes are zeros`() {
        var bytes: [UInt8] = Array(1...200)
        wipe(&bytes)
        #expect(bytes == [UInt8](repeating: 0, count: 200))
        var empty: [UInt8] = []
        wipe(&empty)
        #expect(empty.isEmpty)
    }

    @Test(arguments: Seed.smoke)
    func `equality in constant time is equality`(seed: Seed) {
        var seed = seed
        let first = seed.bytes(32)
        #expect(constantTimeEqual(first, first))
        #expect(constantTimeEqual([], []))
        #expect(!constantTimeEqual(first, Array(first.dropLast())))
        let secret = SecretKey(copying: first.span)
        #expect(secret.isEqual(to: SecretKey(copying: first.span)))
        for bit in 0..<256 {
            var other = first
            other[bit / 8] ^= 1 << UInt8(bit % 8)
            #expect(!constantTimeEqual(first, other), "\(seed)")
            #expect(!secret.isEqual(to: SecretKey(copying: other.span)), "\(seed)")
        }
    }

    @Test func `a key of another length is refused`() async {
        await #expect(processExitsWith: .failure) {
            _ = SecretKey(copying: [UInt8](repeating: 1, count: 31).span)
        }
    }

    @Test func `a key tells nothing of itself when printed`() {
        let secret = key(String(repeating: "ab", count: 32))
        for text in ["\(secret)", String(reflecting: secret)] {
            #expect(!text.lowercased().contains("ababab") && !text.contains("171, 171"))
        }
        // A dump shows where the cell is, not what is in it.
        var dumped = ""
        dump(secret, to: &dumped)
        #expect(!dumped.lowercased().contains("ababab"))
    }

    @Test(arguments: [
        CryptographyError.notAuthentic, .randomnessUnavailable, .malformedSignature,
        .libraryFailure(operation: "EVP_PBE_scrypt"),
    ])
    func `errors are one sentence without content`(error: CryptographyError) {
        let text = error.description
        #expect(text.hasSuffix(".") && !text.contains("\n"))
        #expect(text.filter(\.isNumber).isEmpty, "no number of any kind")
    }
}
