import Compression
import Simulation
import Testing

/// Every mutation ends in an error or in content within the limit: a trap would end the test run.
@Suite struct HostileInputTests {
    static let mutations = 50_000

    @Test(arguments: [Seed(3), Seed(11)])
    func `hostile bytes give an error or bounded content, never a trap`(seed: Seed) throws {
        var seed = seed
        let compressor = try Compressor(dictionary: CompressionTests.dictionary)
        let samples = try (0..<60).map { _ in
            try CompressionTests.pack(CompressionTests.sample(&seed))
        }
        var (refused, taken) = (0, 0)
        for _ in 0..<HostileInputTests.mutations {
            let bytes = HostileInputTests.mutated(samples[seed.below(samples.count)], &seed)
            do throws(CompressionError) {
                let clear = try CompressionTests.unpack(bytes, with: compressor)
                #expect(clear.count <= 1 << 16)
                taken += 1
            } catch {
                refused += 1
            }
        }
        #expect(refused + taken == HostileInputTests.mutations)
        // Both ends are reached, or the mutations would test one thing only.
        #expect(refused > HostileInputTests.mutations / 10, "\(seed)")
        #expect(taken > HostileInputTests.mutations / 100, "\(seed)")
    }

    static func mutated(_ bytes: [UInt8], _ seed: inout Seed) -> [UInt8] {
        var out = bytes
        for _ in 0...seed.below(4) {
            switch seed.below(6) {
            case 0 where !out.isEmpty:
                out[seed.below(out.count)] ^= 1 << UInt8(seed.below(8))
            case 1 where !out.isEmpty:
                // Header and first block: where lengths are.
                out[seed.below(min(out.count, 12))] = UInt8(seed.below(256))
            case 2:
                out = Array(out.prefix(seed.below(out.count + 1)))
            case 3:
                out += seed.bytes(seed.below(20))
            case 4 where out.count > 8:
                let start = seed.below(out.count - 4)
                out.removeSubrange(start..<start + 1 + seed.below(4))
            default:
                let start = seed.below(out.count + 1)
                out.insert(contentsOf: seed.bytes(1 + seed.below(4)), at: start)
            }
        }
        return out
    }
}
