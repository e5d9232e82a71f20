import Commands
import EventLog
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
        if !diary.knows(subject, on: day) {
            diary.learn(try looks(of: subject, on: day), of: subject, on: day)
        }
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

    /// Looks of one day that the person's evidence has already: of before this process began.
    private func looks(
        of subject: SubjectID,
        on day: CivilDate
    ) throws -> [AccessDiary.Entry] {
        // Midnight in Korea, in microseconds.
        let midnight = Int64(day.daysSinceEpoch) * 86_400_000_000 - 32_400_000_000
        let first = try firstRevision(of: subject, recordedFrom: midnight)
        var entries: [AccessDiary.Entry] = []
        var next: UInt64? = try services.log.durableSize(of: subject)
        while let before = next, before > first {
            let page = try services.desk.accesses(
                of: subject,
                before: before,
                limit: LedgerService.looksPerRead
            )
            for event in page.events where event.occurredAt * 1_000_000 >= midnight {
                let access = DataAccess(event.dataAccessed)
                entries.append(AccessDiary.Entry(subject: subject, access: access))
            }
            next = page.next
        }
        return entries
    }

    /// The person's first frame that was recorded at `midnight` or later, of those at the log's
    /// end: mostly there are few.
    private func firstRevision(
        of subject: SubjectID,
        recordedFrom midnight: Int64
    ) throws -> UInt64 {
        var end = try services.log.durableSize(of: subject)
        while end > 0 {
            let begin = end - min(end, UInt64(LedgerService.looksPerRead))
            var older: UInt64?
            var revision = begin
            _ = try services.log.read(subject, from: begin, limit: Int(end - begin)) { frame in
                if !frame.isTombstone, try FrameHeader(frame.bytes).recordedAt < midnight {
                    older = revision
                }
                revision += 1
            }
            if let older { return older + 1 }
            end = begin
        }
        return 0
    }

    private static let looksPerRead = 32

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
                var access = DataAccess(event.dataAccessed)
                access.at = event.occurredAt * 1_000
                return access
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
/// What was before this process began is learnt from the person's evidence.
final class AccessDiary: Sendable {
    struct Entry: Hashable {
        var subject: SubjectID
        var access: DataAccess
    }

    private struct State {
        var day: CivilDate?
        var entries: Set<Entry> = []
        /// Persons whose evidence of the day is in `entries`.
        var known: Set<SubjectID> = []

        /// Forgets another day, and what is too much.
        mutating func begin(_ day: CivilDate) {
            guard self.day != day || entries.count >= AccessDiary.countMax else { return }
            self = State(day: day)
        }
    }

    /// About 200 bytes each; beyond, everything is learnt anew.
    fileprivate static let countMax = 100_000
    private let state = Mutex(State())

    func has(_ entry: Entry, on day: CivilDate) -> Bool {
        state.withLock { $0.day == day && $0.entries.contains(entry) }
    }

    func knows(_ subject: SubjectID, on day: CivilDate) -> Bool {
        state.withLock { $0.day == day && $0.known.contains(subject) }
    }

    /// Takes in a person's looks of a day.
    func learn(_ entries: [Entry], of subject: SubjectID, on day: CivilDate) {
        state.withLock { state in
            state.begin(day)
            state.known.insert(subject)
            state.entries.formUnion(entries)
        }
    }

    /// Called once it is durable.
    func note(_ entry: Entry, on day: CivilDate) {
        state.withLock { state in
            state.begin(day)
            state.entries.insert(entry)
        }
    }
}

extension DataAccess {
    /// What was recorded, without its time: as it is asked for.
    fileprivate init(_ accessed: DataAccessed) {
        self.init(
            actor: accessed.actor,
            role: accessed.role,
            purpose: accessed.purpose,
            items: accessed.items
        )
    }
}
