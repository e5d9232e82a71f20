import Files
import Glibc
import Simulation
import Testing

struct SweepTests {
    @Test func `directories of processes that are no more are swept, and nothing else`() throws {
        let bench = try Bench("sweep")
        let ended = try Child(["/bin/true"], errors: bench.path("errors"))
        _ = ended.wait()
        let mine = "jangbu-test-\(getpid())-mine-1"
        let others = ["jangbu-test-mine-2", "jangbu-\(ended.process)-3", "test-\(ended.process)-4"]
        let gone = "jangbu-test-\(ended.process)-gone-5"
        for name in [mine, gone] + others {
            try Files.makeDirectories(bench.path(name + "/inside"))
        }
        TemporaryDirectory.sweep(bench.directory)
        #expect(!Files.exists(bench.path(gone)))
        for name in [mine] + others { #expect(Files.exists(bench.path(name)), "\(name)") }
        // What this process makes is named so that the next finds it.
        let made = try TemporaryDirectory("named")
        let name = made.path.split(separator: "/").last.map(String.init) ?? ""
        #expect(TemporaryDirectory.process(in: name) == getpid())
        try bench.clear()
    }
}
