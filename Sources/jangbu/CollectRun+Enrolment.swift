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
        let asked = person.providers.compactMap { collector.providers[$0] }
        guard !asked.isEmpty else {
            throw Failure(.configuration, "No provider of person \(person.number) is known.")
        }
        let subject = try services.vault.enrol([Array(person.key.utf8)])[0]
        enrolled.withLock { $0[person.number] = subject }
        var member = Member(person: person, subject: subject)
        do {
            try await collector.revokeOwed(of: subject)
            let book = try collector.books.book(of: subject)
            try await purge(book, of: subject)
            let known = CollectRun.standing(book)
            let missing = asked.filter { !known.contains($0.code) }
            guard !missing.isEmpty else { return member }
            let transfers =
                if isIndividual {
                    try await agreedAtProviders(person, missing)
                } else {
                    try await signed(person, missing)
                }
            let today = KoreanClock.day(at: clock.seconds)
            let failures = try await collector.take(
                transfers,
                of: subject,
                joining: Join(years: 30, until: today.adding(months: 24))
            )
            for (_, error) in failures { member.failures["\(error)", default: 0] += 1 }
            member.isNew = known.isEmpty
        } catch let error as CollectError {
            member.failures["\(error)", default: 0] += 1
        }
        return member
    }

    /// Providers whose request stands and whose token was not found to be another person's.
    private static func standing(_ book: SubjectBook) -> Set<String> {
        Set(book.register.liveRequests.filter { $0.suspendedAt == nil }.map(\.provider))
    }

    /// Removes what came in under a token that another person had; then the person is asked again.
    ///
    /// A removal that was begun and ended with its process is finished first.
    private func purge(_ book: SubjectBook, of subject: SubjectID) async throws {
        let projections = services.projections
        if !book.register.owedDeletions.isEmpty {
            try await access.revoke(of: subject, before: book.register.owedDeletions)
            try await services.desk.eraseOwed(of: subject, at: clock.now()) {
                projections.prepareErasure(in: $0)
            }
        }
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
