import Commands
import Finance
import Foundation
import Frame
import Projections
import SwiftProtobuf
import Synchronization
import Vault
import Web

/// Who looked at whom, and who a person is.
extension LedgerService: AccessBook {
    func age(of subject: String) async throws -> AgeBand? {
        guard let subject = live(subject) else { return nil }
        guard case .joined(_, _, let age)? = try services.consents.read(subject)?.state.membership
        else { return .unspecified }
        return age
    }

    func record(_ access: DataAccess, of subject: String) async throws {
        guard let subject = live(subject) else { return }
        let now = now
        guard let day = CivilDate(secondsSinceEpoch: now / 1_000_000) else { return }
        let entry = AccessDiary.Entry(subject: subject, access: access)
        guard !diary.has(entry, on: day) else { return }
        let accessed = DataAccessed.with {
            $0.actor = access.actor
            $0.role = access.role
            $0.purpose = access.purpose
            $0.items = access.items
        }
        try await services.desk.record(accessed, of: subject, at: now)
        diary.note(entry, on: day)
    }

    func accesses(
        of subject: String,
        after cursor: Web.Cursor?,
        limit: Int
    ) async throws -> Listing<DataAccess>? {
        guard let subject = live(subject) else { return nil }
        let page = try services.desk.accesses(
            of: subject,
            before: cursor?.counts.first,
            limit: limit
        )
        return Listing(
            items: page.events.map { event in
                let accessed = event.dataAccessed
                return DataAccess(
                    actor: accessed.actor,
                    role: accessed.role,
                    purpose: accessed.purpose,
                    items: accessed.items,
                    at: event.occurredAt * 1_000
                )
            },
            next: page.next.map { Web.Cursor([$0]) }
        )
    }

    func signIn(personKey: String, through authority: String) async throws -> String? {
        guard let subject = services.vault.subject(forCI: Array(personKey.utf8)) else { return nil }
        do {
            try await services.desk.carryOut(of: subject, at: now) {
                register,
                at,
                today throws(ConsentRefusal) in
                try register.decide(SignIn(method: authority), at: at, on: today)
            }
        } catch ConsentError.refused {
            // No member, or no longer: there is nothing of theirs to see.
            return nil
        }
        return subject.description
    }
}

/// The looks of a day that are in the log already: one of a kind is enough (docs/security.md).
///
/// Only in memory, so a restart may repeat some.
final class AccessDiary: Sendable {
    struct Entry: Hashable {
        var subject: SubjectID
        var access: DataAccess
    }

    private struct State {
        var day: CivilDate?
        var entries: Set<Entry> = []
    }

    /// About 200 bytes each; beyond, the day begins anew and some looks are written twice.
    private static let countMax = 100_000
    private let state = Mutex(State())

    func has(_ entry: Entry, on day: CivilDate) -> Bool {
        state.withLock { $0.day == day && $0.entries.contains(entry) }
    }

    /// Called once it is durable.
    func note(_ entry: Entry, on day: CivilDate) {
        state.withLock { state in
            if state.day != day || state.entries.count >= AccessDiary.countMax {
                state = State(day: day)
            }
            state.entries.insert(entry)
        }
    }
}
