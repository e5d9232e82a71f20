import Collector
import Commands
import Finance
import Frame
import Projections
import Synchronization
import Vault

extension CollectRun {
    /// Has a person agree to all that their providers have, unless they did.
    func enrol(_ person: SandboxControl.Person) async throws -> Member {
        let providers = person.providers.compactMap { collector.providers[$0] }
        guard !providers.isEmpty else {
            throw Failure(.configuration, "No provider of person \(person.number) is known.")
        }
        // Of a minor some industries may not be asked at all.
        let asked = providers.filter {
            DataScope.whole($0.industry, of: person.age).industry != nil
        }
        let subject = try services.vault.enrol([Array(person.key.utf8)])[0]
        enrolled.withLock { $0[person.number] = subject }
        var member = Member(person: person, subject: subject)
        do {
            try await collector.revokeOwed(of: subject)
            let book = try collector.books.book(of: subject)
            try await purge(book, of: subject)
            let today = KoreanClock.day(at: clock.seconds)
            let known = CollectRun.standing(book, on: today)
            let missing = asked.filter { !known.contains($0.code) }
            guard !missing.isEmpty else { return member }
            let transfers =
                if isIndividual {
                    try await agreedAtProviders(person, missing)
                } else {
                    try await signed(person, missing)
                }
            let failures = try await collector.take(
                transfers,
                of: subject,
                joining: Join(years: person.years, until: today.adding(months: 24))
            )
            for (_, error) in failures { member.failures["\(error)", default: 0] += 1 }
            member.isNew = known.isEmpty
        } catch let error as CollectError {
            member.failures["\(error)", default: 0] += 1
        }
        return member
    }

    /// Providers that may be asked today: whose request holds, is not suspended, and has a token
    /// that was not refused.
    private static func standing(_ book: SubjectBook, on today: CivilDate) -> Set<String> {
        let standing = book.register.liveRequests.filter { request in
            guard let token = book.state.providers[request.provider]?.token else { return false }
            return request.holds(on: today) && request.suspendedAt == nil
                && token.end == .unspecified && token.request == request.id.bytes
        }
        return Set(standing.map(\.provider))
    }

    /// Removes what came in under a token that another person had; then the person is asked again.
    ///
    /// A removal that was begun and ended with its process is finished first.
    private func purge(_ book: SubjectBook, of subject: SubjectID) async throws {
        if !book.register.owedDeletions.isEmpty {
            try await services.eraser(access).eraseOwed(of: subject, at: clock.now())
        }
        let projections = services.projections
        for request in book.register.liveRequests where request.suspendedAt != nil {
            do throws(ConsentError) {
                try await services.desk.purge(request.id, of: subject, at: clock.now()) {
                    projections.prepareErasure(in: $0)
                }
            } catch .refused(.nothingToPurge) {
                continue
            }
        }
    }
}
