internal import Cryptography
public import EventLog
public import Frame
internal import Synchronization
public import Vault

/// Records rows of providers and files, each once.
public final class Recorder: Sendable {
    let vault: Vault
    let log: EventLog
    let models: WriteModels
    let lanes: [Lane]
    let eventsPerFrame: Int
    /// Runs between deciding and appending; tests let another writer be first there.
    let beforeAppend = Mutex<(@Sendable () async -> Void)?>(nil)
    let schemaSet: UInt32

    /// What one lane works with, one batch at a time.
    final class Lane: Sendable {
        let desk: Mutex<Desk>

        init(rowKey: SecretKey) throws(FrameError) { desk = Mutex(try Desk(rowKey: rowKey)) }
    }

    /// A recorder over a vault that is attached to `log`.
    ///
    /// `eventsPerFrame` is 1...`RecordLimit.eventsPerFrameMax`; `schemaSet` is the version of the
    /// schema lock that the events are of.
    /// - Throws: `.frame` or `.vault` when a library has no memory or the system no randomness.
    public init(
        vault: Vault,
        log: EventLog,
        eventsPerFrame: Int = RecordLimit.eventsPerFrameMax,
        rowsKeptMax: Int = RecordLimit.rowsKeptMax,
        schemaSet: UInt32 = 1
    ) throws(RecordError) {
        precondition(
            eventsPerFrame >= 1 && eventsPerFrame <= RecordLimit.eventsPerFrameMax,
            "a frame holds at least one event and a bounded number"
        )
        (self.vault, self.log) = (vault, log)
        (self.eventsPerFrame, self.schemaSet) = (eventsPerFrame, schemaSet)
        models = WriteModels(rowsMax: rowsKeptMax)
        do {
            let rowKey = try SecretKey.random()
            var lanes: [Lane] = []
            for _ in 0..<log.layout.environments * RecordLimit.lanesPerEnvironment {
                lanes.append(try Lane(rowKey: rowKey))
            }
            self.lanes = lanes
        } catch let error as CryptographyError {
            throw .vault(.cryptography(error))
        } catch let error as FrameError {
            throw .frame(error)
        } catch {
            preconditionFailure("neither call throws anything else")
        }
    }

    /// Appends the rows that are not in the log yet; durable when this returns.
    ///
    /// Groups of one compartment are taken in their order. Fewer, larger calls are faster: persons
    /// are enrolled with one flush, and batches of different persons are sealed side by side. `now`
    /// is the frames' recorded-at, in microseconds since 1970-01-01 UTC.
    /// - Returns: one a group, in that order.
    /// - Throws: `.malformedRows` and `.rowTooLong` before anything is appended.
    public func record(
        _ groups: [AssetRows],
        at now: Int64
    ) async throws(RecordError) -> [RecordedRows] {
        let subjects: [SubjectID]
        do throws(VaultError) {
            subjects = try vault.enrol(groups.map(\.person))
        } catch {
            throw .vault(error)
        }
        return try await record(groups, of: subjects, at: now)
    }

    /// The same for persons who are enrolled; the groups' `person` is not looked at.
    public func record(
        _ groups: [AssetRows],
        of subjects: [SubjectID],
        at now: Int64
    ) async throws(RecordError) -> [RecordedRows] {
        precondition(groups.count == subjects.count, "each group has a subject")
        var work = Work(lanes: lanes.count)
        for (index, rows) in groups.enumerated() {
            let subject = subjects[index]
            try work.add(Statement(rows, of: subject), group: index, lane: lane(of: subject))
        }
        var results = groups.indices.map { index in
            RecordedRows(
                subject: subjects[index],
                isAppended: Array(repeating: false, count: groups[index].ordinals.count)
            )
        }
        let ended = await run(work, holding: subjects, at: now)
        for result in ended {
            if let (_, error) = result.failures.first { throw error }
            for outcome in result.outcomes {
                for row in outcome.rows { results[outcome.statement].isAppended[row] = true }
            }
        }
        return results
    }

    /// Brings what providers answered about one person into their log, with the evidence of having
    /// asked; durable when this returns.
    ///
    /// All is decided against the log at one revision and appended as one batch; what does not fit
    /// one is appended before, the evidence last: a crash between leaves data that is known when it
    /// comes again. `now` in microseconds since 1970-01-01 UTC.
    /// - Returns: what became of each observation, in their order.
    /// - Throws: `.malformedRows` and `.rowTooLong`, which number the observations as groups,
    ///   before anything is appended.
    public func observe(
        _ observations: [Observation],
        of subject: SubjectID,
        at now: Int64,
        evidence: Evidence = .none
    ) async throws(RecordError) -> [ObservedChanges] {
        let person = PersonObservations(of: subject, observations, evidence: evidence)
        return try await observe([person], at: now)[0].get()
    }

    /// The same for many persons at once, who share flushes and are sealed side by side.
    ///
    /// A person may be there more than once: what comes first is in the log first, and what
    /// cannot be recorded stops what follows it.
    /// `expecting` is a person's next revision; when it is another, nothing of theirs is recorded
    /// and they fail with `.contended`.
    /// - Returns: one a person, in their order; a person who cannot be written to, such as one
    ///   whose keys were destroyed, fails alone.
    public func observe(
        _ persons: [PersonObservations],
        at now: Int64,
        expecting: [SubjectID: UInt64] = [:]
    ) async -> [Result<[ObservedChanges], RecordError>] {
        var work = Work(lanes: lanes.count)
        var failures: [Int: RecordError] = [:]
        for (index, person) in persons.enumerated() {
            do throws(RecordError) {
                try work.add(person, index, lane: lane(of: person.subject))
            } catch {
                failures[index] = error
            }
        }
        work.expected = expecting
        let ended = await run(work, holding: persons.map(\.subject), at: now)
        let changes = ended.reduce(into: Changes()) { $0.take($1.outcomes) }
        let failed = ended.reduce(into: [:]) { $0.merge($1.failures) { first, _ in first } }
        return persons.indices.map { index in
            if let error = failures[index] ?? failed[persons[index].subject] {
                return .failure(error)
            }
            return .success(changes.of(work.person(index).statements))
        }
    }

    private func lane(of subject: SubjectID) -> Int {
        let mixed = (subject.high ^ subject.low) &* 0x9e37_79b9_7f4a_7c15
        let lane = Int(truncatingIfNeeded: mixed >> 60) % RecordLimit.lanesPerEnvironment
        return log.environment(of: subject) * RecordLimit.lanesPerEnvironment + lane
    }
}
