import Cryptography
import Files
import Frame
import Simulation
import Testing

@testable import Vault

#if canImport(Glibc)
    import Glibc
#else
    import Musl
#endif

/// The figures of the vault: small in every run, whole with BENCH=1.
///
/// They print and never fail by
/// time, because the machine is shared; the digest of the answer is checked.
@Suite struct MeasureTests {
    private static var subjectCount: Int { unsafe getenv("BENCH") == nil ? 2_000 : 100_000 }

    @Test func `enrolling, opening and leasing for many`() throws {
        let count = MeasureTests.subjectCount
        let world = try World()
        let keys = (0..<count).map { Array("CI-\($0)".utf8) }
        var subjects: [SubjectID] = []
        let memory = anonymousKiB()
        let enrolling = try processorTime { subjects = try world.vault.enrol(keys) }
        let table = anonymousKiB()
        var ids: [CompartmentID] = []
        ids.reserveCapacity(count)
        let opening = try processorTime {
            for subject in subjects {
                let opening = try world.vault.open(
                    [.card("A")],
                    of: subject,
                    for: .collection,
                    at: World.now
                )
                world.vault.commit(opening, through: 2)
                ids.append(opening.compartments[0].id)
            }
        }
        let rings = anonymousKiB()
        let spread = try lease(subjects, ids, of: count, in: world.vault)
        let hot = try lease(subjects, ids, of: 1_000, in: world.vault)
        #expect(world.vault.subjectCount == count)
        let reopening = try processorTime { try world.restart() }
        #expect(try world.vault.enrol(Array(keys.prefix(10))) == Array(subjects.prefix(10)))
        print(
            "MEASURE \(count) subjects, processor seconds: enrol \(enrolling), open \(opening), "
                + "1,000,000 leases \(spread), of 1,000 subjects \(hot), reopen \(reopening), "
                + "table \(table - memory) KiB, rings \(rings - table) KiB"
        )
    }

    private func lease(
        _ subjects: [SubjectID],
        _ ids: [CompartmentID],
        of count: Int,
        in vault: Vault
    ) throws -> Double {
        var keys = 0
        let time = try processorTime {
            for round in 0..<1_000_000 {
                let index = round &* 7_919 % count
                let key = try vault.key(
                    of: subjects[index],
                    compartment: ids[index],
                    epoch: 0,
                    for: .projection
                )
                if key.withBytes({ $0[0] }) != 1 { keys += 1 }
            }
        }
        #expect(keys > 0)
        return time
    }

    /// Seconds of this thread's own work: other processes share the machine.
    private func processorTime(_ body: () throws -> Void) rethrows -> Double {
        var (start, end) = (timespec(), timespec())
        unsafe clock_gettime(CLOCK_THREAD_CPUTIME_ID, &start)
        try body()
        unsafe clock_gettime(CLOCK_THREAD_CPUTIME_ID, &end)
        return Double(end.tv_sec - start.tv_sec) + Double(end.tv_nsec - start.tv_nsec) / 1e9
    }

    /// Resident memory that no file backs, from `/proc/self/statm`, whose length nobody knows.
    private func anonymousKiB() -> Int {
        var text: [UInt8] = []
        do {
            let file = try File("/proc/self/statm", .read)
            while true { text += try file.read(at: text.count, count: 1) }
        } catch {
            // The end: all that there is has been read.
        }
        let pages = String(decoding: text, as: UTF8.self).split(separator: " ").compactMap {
            Int($0)
        }
        return pages.count > 2 ? (pages[1] - pages[2]) * 4 : 0
    }
}
