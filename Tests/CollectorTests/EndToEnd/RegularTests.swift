import Collector
import Finance
import Frame
import Simulation
import Testing

/// Regular transfers of some people over weeks.
struct RegularTests {
    @Test
    func `everybody is collected for once a week, and in the end all agrees`() async throws {
        var plan = Town.Plan()
        (plan.persons, plan.months, plan.historyMonths) = (3, 1, 1)
        try await Town.open(plan) { town in
            let collector = try town.collector()
            var subjects: [SubjectID] = []
            var transfers = 0
            for person in 0..<town.plan.persons {
                let (subject, failures) = try await town.enrol(person, with: collector)
                #expect(failures.isEmpty)
                subjects.append(subject)
                transfers += try collector.books.book(of: subject).register.liveRequests.count
            }
            let all = subjects
            let schedule = CollectionSchedule(collector) { all }
            let begin = town.today
            let wanted = UInt64(transfers * 3)
            let (ends, end) = AsyncStream<Void>.makeStream()
            town.leap.set {
                let figures = schedule.figures
                if figures.done >= wanted { end.finish() }
                return figures.active == 0
            }
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await schedule.run() }
                for await _ in ends {}
                town.leap.set(nil)
                #expect(schedule.figures.failed == 0)
                group.cancelAll()
                try await group.waitForAll()
            }
            // Three in each cycle of a week: the first at once, the third after two Sundays.
            let days = town.today.daysSinceEpoch - begin.daysSinceEpoch
            #expect(days >= 8 && days <= 21, "\(days) days")
            for (person, subject) in subjects.enumerated() {
                for (_, result) in try await collector.collect(subject, for: .userSearch) {
                    #expect(try result.get().isComplete)
                }
                #expect(try town.differences(of: person, subject) == [])
            }
        }
    }
}
