import Compression
import Simulation
import Testing

@Suite struct CompressionTests {
    static let dictionary = Array(
        "starbucks seoul station card approved coffee bread milk tea metro bus taxi".utf8
    )

    static func pack(_ clear: [UInt8], dictionary: [UInt8] = dictionary) throws -> [UInt8] {
        var packed = [UInt8](repeating: 0, count: Compressor.packedCountMax(clear.count))
        var span = packed.mutableSpan
        let count = try Compressor(dictionary: dictionary).pack(clear.span, into: &span)
        return Array(packed.prefix(count))
    }

    /// All that a reader of hostile bytes does, in the frame's order.
    static func unpack(
        _ packed: [UInt8],
        limitBytes: Int = 1 << 16,
        with compressor: Compressor
    ) throws(CompressionError) -> [UInt8] {
        let count = try compressor.packedCount(in: packed.span)
        let frame = packed.span.extracting(0..<count)
        let size = try compressor.unpackedCount(of: frame, limitBytes: limitBytes)
        var clear = [UInt8](repeating: 0xee, count: size)
        var span = clear.mutableSpan
        try compressor.unpack(frame, into: &span)
        return clear
    }

    /// Text of dictionary words and noise, so that matches, literals and raw blocks all occur.
    static func sample(_ seed: inout Seed) -> [UInt8] {
        let count = [0, 1, 5, 60, 700, 9_000][seed.below(6)]
        let noise = seed.below(3)
        var out: [UInt8] = []
        while out.count < count {
            if noise > 0, seed.below(3) < noise {
                out += seed.bytes(1 + seed.below(9))
            } else {
                let start = seed.below(dictionary.count - 10)
                out += dictionary[start..<start + 10]
            }
        }
        return Array(out.prefix(count))
    }

    @Test(arguments: Seed.smoke)
    func `what is packed unpacks to itself`(seed: Seed) throws {
        var seed = seed
        let compressor = try Compressor(dictionary: CompressionTests.dictionary)
        for _ in 0..<300 {
            let clear = CompressionTests.sample(&seed)
            let packed = try CompressionTests.pack(clear)
            #expect(packed.count <= Compressor.packedCountMax(clear.count))
            #expect(try CompressionTests.unpack(packed, with: compressor) == clear, "\(seed)")
        }
    }

    @Test(arguments: Seed.smoke)
    func `a reused context packs as a new one does`(seed: Seed) throws {
        var seed = seed
        let compressor = try Compressor(dictionary: CompressionTests.dictionary)
        for _ in 0..<100 {
            let clear = CompressionTests.sample(&seed)
            var packed = [UInt8](repeating: 0, count: Compressor.packedCountMax(clear.count))
            var span = packed.mutableSpan
            let count = try compressor.pack(clear.span, into: &span)
            #expect(Array(packed.prefix(count)) == (try CompressionTests.pack(clear)), "\(seed)")
        }
    }

    @Test(arguments: Seed.smoke)
    func `padding after the packed bytes is found and left out`(seed: Seed) throws {
        var seed = seed
        let compressor = try Compressor(dictionary: CompressionTests.dictionary)
        for _ in 0..<100 {
            let packed = try CompressionTests.pack(CompressionTests.sample(&seed))
            for padding in [[], [0], [UInt8](repeating: 0, count: 99), seed.bytes(50)] {
                let padded = packed + padding
                #expect(try compressor.packedCount(in: padded.span) == packed.count, "\(seed)")
            }
        }
    }

    @Test func `the header of what is packed has a length and no dictionary id or checksum`() throws
    {
        let packed = try CompressionTests.pack(Array("coffee and milk and tea".utf8))
        #expect(Array(packed.prefix(4)) == [0x28, 0xb5, 0x2f, 0xfd])
        let descriptor = packed[4]
        #expect(descriptor & 0x03 == 0, "dictionary id flag")
        #expect(descriptor & 0x04 == 0, "content checksum flag")
        #expect(descriptor & 0x20 == 0x20, "single segment flag, so the length is there")
    }

    @Test func `content longer than the caller allows is refused before it is unpacked`() throws {
        let compressor = try Compressor(dictionary: CompressionTests.dictionary)
        // Packs to a few bytes: what a hostile sender would use.
        let packed = try CompressionTests.pack([UInt8](repeating: 0, count: 1_000_000))
        #expect(packed.count < 200)
        #expect(throws: CompressionError.tooLong(limitBytes: 999_999)) {
            try CompressionTests.unpack(packed, limitBytes: 999_999, with: compressor)
        }
        let whole = try CompressionTests.unpack(packed, limitBytes: 1_000_000, with: compressor)
        #expect(whole.count == 1_000_000)
    }

    @Test func `another dictionary gives an error or other bytes, never a trap`() throws {
        let clear = Array("coffee bread milk tea metro bus taxi".utf8)
        let packed = try CompressionTests.pack(clear)
        let missing = try Compressor(dictionary: [])
        #expect(throws: CompressionError.malformed) {
            try CompressionTests.unpack(packed, with: missing)
        }
        let other = try Compressor(dictionary: [UInt8](repeating: 0x5a, count: 74))
        #expect(throws: Never.self) {
            let unpacked = try CompressionTests.unpack(packed, with: other)
            #expect(unpacked != clear && unpacked.count == clear.count)
        }
    }

    @Test func `skippable frames, frames before zstd 1.0 and frames without a length are refused`()
        throws
    {
        let compressor = try Compressor(dictionary: CompressionTests.dictionary)
        let refused: [[UInt8]] = [
            [], [0x28], [0x28, 0xb5, 0x2f, 0xfd],
            [0x50, 0x2a, 0x4d, 0x18, 0, 0, 0, 0],
            [0x50, 0x2a, 0x4d, 0x18, 4, 0, 0, 0, 1, 2, 3, 4],
            [0x27, 0xb5, 0x2f, 0xfd, 0, 0, 0, 0], [0x1e, 0xb5, 0x2f, 0xfd, 0, 0, 0, 0],
            // Window descriptor 0, no length, one empty last block.
            [0x28, 0xb5, 0x2f, 0xfd, 0x00, 0x00, 0x01, 0x00, 0x00],
        ]
        for bytes in refused {
            #expect(throws: CompressionError.malformed) {
                try CompressionTests.unpack(bytes, with: compressor)
            }
        }
    }

    @Test func `an output that is too small is an error`() throws {
        let compressor = try Compressor(dictionary: CompressionTests.dictionary)
        var small = [UInt8](repeating: 0, count: 5)
        var span = small.mutableSpan
        #expect(throws: CompressionError.libraryFailure(operation: "ZSTD_compress2")) {
            try compressor.pack([UInt8](repeating: 7, count: 900).span, into: &span)
        }
        let packed = try CompressionTests.pack([1, 2, 3, 4, 5, 6, 7])
        #expect(throws: CompressionError.malformed) {
            try compressor.unpack(packed.span, into: &span)
        }
        #expect(small.count == 5)
    }

    @Test(arguments: [
        CompressionError.malformed, .tooLong(limitBytes: 7),
        .libraryFailure(operation: "ZSTD_compress2"),
    ])
    func `errors are one sentence without content`(error: CompressionError) {
        #expect(error.description.hasSuffix(".") && !error.description.contains("\n"))
    }
}
