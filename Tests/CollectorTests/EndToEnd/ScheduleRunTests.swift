import Finance
import Frame
import MyData
import Sandbox
import Synchronization
import Testing

@testable import Collector

/// The schedule of regular transfers while it runs.
struct ScheduleRunTests {
    /// Runs a schedule, the clock leaping over its waits, until `isOver`.
    private static func run(
        _ schedule: CollectionSchedule,
        in town: Town,
        until isOver: @escaping @Sendable (CollectionSchedule.Figures) -> Bool
    ) async throws {
        let (ends, end) = AsyncStream<Void>.makeStream()
        town.leap.set {
            let figures = schedule.figures
            if isOver(figures) { end.finish() }
            return figures.active == 0
        }
        for await _ in ends {}
        town.leap.set(nil)
    }

    @Test
    func `a cycle that a person shortens holds from then on`() async throws {
        var plan = Town.Plan()
        (plan.persons, plan.months, plan.historyMonths) = (1, 2, 1)
        try await Town.open(plan) { town in
            let collector = try town.collector()
            let (subject, failures) = try await town.enrol(0, with: collector) {
                ($0.basicCycleDays, $0.additionalCycleDays) = (28, 28)
            }
            #expect(failures.isEmpty)
            let count = UInt64(town.world.providers(of: 0).count)
            let schedule = CollectionSchedule(collector) { [subject] }
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await schedule.run() }
                try await Self.run(schedule, in: town) { $0.done >= count }
                _ = try await town.enrol(0, with: collector) {
                    ($0.basicCycleDays, $0.additionalCycleDays) = (1, 1)
                }
                let changed = town.clock.seconds
                try await Self.run(schedule, in: town) { figures in
                    figures.done >= 2 * count || town.clock.seconds > changed + 3 * 86_400
                }
                #expect(schedule.figures.done >= 2 * count)
                #expect(schedule.figures.failed == 0)
                group.cancelAll()
                try await group.waitForAll()
            }
        }
    }

    @Test
    func `regular transfers leave room for people who wait`() async throws {
        var plan = Town.Plan()
        (plan.persons, plan.months, plan.historyMonths) = (3, 1, 1)
        plan.transfersAtOnceMax = 4
        try await Town.open(plan) { town in
            let collector = try town.collector()
            var subjects: [SubjectID] = []
            var count: UInt64 = 0
            for person in 0..<town.plan.persons {
                subjects.append(try await town.enrol(person, with: collector).subject)
                count += UInt64(town.world.providers(of: person).count)
            }
            #expect(count > 4)
            // A minute before midnight all of them are due.
            town.clock.advance(by: 86_340 - 3 * 3_600)
            let (all, wanted) = (subjects, count)
            let schedule = CollectionSchedule(collector) { all }
            let most = Mutex(0)
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await schedule.run() }
                try await Self.run(schedule, in: town) { figures in
                    most.withLock { $0 = max($0, figures.active) }
                    return figures.done >= wanted
                }
                group.cancelAll()
                try await group.waitForAll()
            }
            #expect((1...3).contains(most.withLock { $0 }))
        }
    }
}
