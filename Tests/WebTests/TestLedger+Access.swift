// Who looked at whom, in memory: every look is kept, newest last; a CI is "ci" and the subject.
import Finance
import Synchronization
import Web

extension TestLedger: AccessBook {
    func age(of subject: String) async throws -> AgeBand? {
        guard ids.contains(subject) else { return nil }
        return ages.withLock { $0[subject] ?? .adult }
    }

    func record(_ access: DataAccess, of subject: String) async throws {
        guard ids.contains(subject) else { return }
        var access = access
        access.at = TestLedger.start
        let kept = access
        looks.withLock { $0[subject, default: []].append(kept) }
    }

    func accesses(
        of subject: String,
        after cursor: Cursor?,
        limit: Int
    ) async throws -> Listing<DataAccess>? {
        guard try await self.subject(subject, asOf: nil) != nil else { return nil }
        let all = Array(looks.withLock { $0[subject] ?? [] }.reversed())
        return TestLedger.cut(all, cursor, limit)
    }

    func signIn(personKey: String, through authority: String) async throws -> String? {
        let id = String(personKey.dropFirst(2))
        guard personKey.hasPrefix("ci"), try await subject(id, asOf: nil) != nil else { return nil }
        signIns.withLock { $0.append(authority) }
        return id
    }
}
