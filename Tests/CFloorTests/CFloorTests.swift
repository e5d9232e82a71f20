import CFloor
import Foundation
import Testing

/// The floors at smoke size: what they count is exact, whatever the machine is doing.
@Suite struct CFloorTests {
    private let folder = FileManager.default.temporaryDirectory.path

    private func run(_ load: floor_log_load) throws -> floor_log_result {
        var load = load
        var result = floor_log_result()
        let code = unsafe floor_log(folder, &load, &result)
        let sentence = unsafe String(cString: floor_error())
        try #require(code == 0, "\(sentence)")
        return result
    }

    private func load(clients: UInt32, frames: UInt32, batches: UInt64) -> floor_log_load {
        var load = floor_log_load()
        load.clients = clients
        load.frames_per_batch = frames
        load.frame_bytes = 250
        load.batches = batches
        load.value_bytes_max = 65_520
        load.map_bytes = 1 << 28
        return load
    }

    @Test func `the flush floor makes as many flushes as it is asked for`() throws {
        var result = floor_flush_result()
        let code = unsafe floor_flush(folder, 3, 4_096, &result)
        #expect(code == 0)
        #expect(result.flushes == 3)
        #expect(result.flushes_per_second > 0)
    }

    @Test func `one client pays two flushes a frame and reads back the same bytes every time`()
        throws
    {
        let first = try run(load(clients: 1, frames: 1, batches: 5))
        let second = try run(load(clients: 1, frames: 1, batches: 5))
        #expect(first.frames == 5)
        #expect(first.flushes == 10)
        #expect(first.digest == second.digest)
    }

    @Test func `every acknowledged frame of many clients is read back`() throws {
        let result = try run(load(clients: 8, frames: 300, batches: 20))
        #expect(result.batches == 20)
        #expect(result.frames == 6_000)
        #expect(result.flushes == result.groups + result.idle_flushes)
    }

    @Test func `a full map is an error with the call's name`() throws {
        var small = load(clients: 2, frames: 1_000, batches: 100)
        small.map_bytes = 1 << 20
        var result = floor_log_result()
        let code = unsafe floor_log(folder, &small, &result)
        let sentence = unsafe String(cString: floor_error())
        #expect(code == -1)
        #expect(sentence.hasPrefix("mdb_"), "\(sentence)")
    }
}
