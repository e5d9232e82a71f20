// Fault model: bytes that come from outside are any bytes. Each decoder gets valid ones, spoilt in
// a few places, and noise; it reads or refuses by its own error, in bounded time and memory, and
// never stops the process. What is read goes where it would go: into keys, folds and reports.

import Files
import Foundation
import Glibc
import Simulation
import Testing

@Suite(.serialized) struct DecoderFuzzTests {
    private static let isTorture =
        unsafe getenv("JANGBU_TORTURE").map { unsafe atoi($0) != 0 } ?? false
    private static let seeds = (1...(isTorture ? 40 : 2)).map { Seed(UInt64($0)) }
    /// Of each decoder and seed.
    private static let mutations = isTorture ? 3_000 : 150
    /// One spoilt sample takes far less, even beside other work.
    private static let patience: Duration = .seconds(5)
    /// All of them together; what a fold may keep is bounded far below.
    private static let memoryBytesMax = 1 << 30

    private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().path

    private static func decoders(_ directory: TemporaryDirectory) async throws -> [Decoder] {
        let samples = root + "/Tests/MyDataTests/Samples"
        return try await Decoders(DecoderTown(directory, samples: samples)).all
    }

    @Test(arguments: seeds)
    func `whatever bytes come, a decoder reads or refuses`(seed: Seed) async throws {
        let directory = try TemporaryDirectory("decoders")
        for decoder in try await Self.decoders(directory) {
            var chance = seed
            var reads = 0
            for number in 0..<Self.mutations {
                let sample = decoder.samples[number % decoder.samples.count]
                let bytes =
                    number % 10 == 9
                    ? chance.bytes(chance.below(300)) : Mutation.of(sample, &chance)
                let begin = ContinuousClock.now
                do {
                    if try await decoder.reads(bytes) { reads += 1 }
                } catch is CancellationError {
                    Issue.record("\(decoder.name), \(seed): no error of its own")
                } catch {
                    // Its own refusal.
                }
                let took = ContinuousClock.now - begin
                #expect(took < Self.patience, "\(decoder.name), \(seed), \(number): \(took)")
            }
        }
        #expect(try Self.memoryBytes() < Self.memoryBytesMax, "\(seed)")
    }

    @Test func `what is not spoilt is read, so that fuzzing begins beyond the first check`()
        async throws
    {
        let directory = try TemporaryDirectory("decoders")
        for decoder in try await Self.decoders(directory) {
            // Headers are noise: a valid one needs a key.
            guard decoder.name != "frame header" else { continue }
            #expect(!decoder.samples.isEmpty, "\(decoder.name)")
            var read = 0
            for sample in decoder.samples {
                do {
                    if try await decoder.reads(sample) { read += 1 }
                } catch {
                    continue
                }
            }
            #expect(read > 0, "\(decoder.name)")
        }
    }

    /// The most memory that this process ever had.
    private static func memoryBytes() throws -> Int {
        let status = String(
            decoding: try Data(contentsOf: URL(fileURLWithPath: "/proc/self/status")),
            as: UTF8.self
        )
        let line = try #require(status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") })
        let kilobytes = try #require(
            line.split(separator: " ").dropFirst().first.flatMap { Int($0) }
        )
        return kilobytes * 1_024
    }
}
