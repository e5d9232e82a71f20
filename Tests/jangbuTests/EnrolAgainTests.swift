import Commands
import Finance
import Frame
import Testing

@testable import Collector
@testable import jangbu

/// `jangbu collect` over what it enrolled before.
@Suite struct EnrolAgainTests {
    @Test func `who has a dead token or an expired request agrees anew`() async throws {
        let place = try await SandboxPlace()
        try await place.open { services, run in
            let person = try #require(try await run.control.people(1).first)
            let subject = try await run.enrol(person).subject
            func book() throws -> SubjectBook { try run.collector.books.book(of: subject) }
            let code = try #require(try book().register.liveRequests.first?.provider)
            let before = try #require(try book().state.providers[code]?.token)
            #expect(try await run.enrol(person).failures.isEmpty)
            #expect(try book().state.providers[code]?.token == before)
            // A provider says that its token is none (40106, invalid_grant).
            let request = try #require(ConsentID(before.request))
            let now = run.clock.now()
            try await services.desk.carryOut(of: subject, at: now) { _, now, _ in
                [Event.tokenEnded(request, code, .refused, at: now)]
            }
            // Terms of another day are another request.
            try await run.advanceToNight()
            try await run.advanceToNight()
            #expect(try await run.enrol(person).failures.isEmpty)
            let next = try #require(try book().state.providers[code]?.token)
            #expect(next.request != before.request && next.end == .unspecified)
            // All end after a year, whether or not that is recorded.
            for _ in 0..<13 { _ = try await run.control.advance(seconds: 30 * 86_400) }
            try await run.advanceToNight()
            let again = try await run.enrol(person)
            #expect(again.failures.isEmpty && again.isNew)
            let today = KoreanClock.day(at: run.seconds)
            let register = try book().register
            #expect(!register.liveRequests.isEmpty)
            #expect(register.liveRequests.allSatisfy { $0.holds(on: today) })
        }
    }

    @Test func `what another person signed is taken from nobody`() async throws {
        let place = try await SandboxPlace()
        try await place.open { _, run in
            var people = try await run.control.people(2)
            try #require(people.count == 2)
            // The sandbox is asked for the signature of the other.
            people[0].number = people[1].number
            let member = try await run.enrol(people[0])
            #expect(member.failures == ["otherPerson": people[0].providers.count])
            #expect(try run.collector.books.book(of: member.subject).state.providers.isEmpty)
        }
    }
}
