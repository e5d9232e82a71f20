import Simulation
import Testing

/// Fault model: in a closed file, one bit flipped, a 512-byte sector read as zeros, or the end cut.
///
/// What the check calls sound is then read, and written, by LMDB in a child process: a crash there
/// fails the test.
@Suite struct DamageTests {
    @Test func `each fault is found, or LMDB reads and writes the file with it`() async throws {
        let scratch = Scratch()
        let result = await #expect(
            processExitsWith: .success,
            observing: [\.standardErrorContent]
        ) { [path = scratch.path as String] in
            var tally = Tally()
            for number in 0..<UInt64(Damage.imagesPerRun) {
                var seed = Seed(0xDA_0000 + number)
                try Damage.run(in: path + "/\(number)", Damage.casesPerImage, &tally, using: &seed)
            }
            tally.report()
        }
        let output = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
        #expect(output.contains("faults: "), "\(output)")
    }
}
