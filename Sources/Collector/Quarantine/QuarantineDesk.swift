public import Commands
public import EventLog
internal import Finance
public import Frame
internal import MyData
public import Vault

/// Takes in what was put aside, once it can be read, or puts it away for good.
///
/// The stored body is read by today's reader and what it says is recorded as if it had been
/// answered when it was asked: the same rules of identity, the same evidence. Data, evidence and
/// the release are one batch; what does not fit one goes before, and is known when it comes again.
/// So whatever ends a process between two steps, doing it again ends the same.
public final class QuarantineDesk: Sendable {
    let vault: Vault
    let recorder: Recorder
    let books: SubjectBooks
    let reader: QuarantineReader
    let readers = AnswerReaders(count: 1)
    let providers: Providers?

    /// Times that a redrive is decided again because others wrote to the person's log.
    static let attemptsMax = 8
    /// Bytes of the reason of a discard: a few sentences.
    public static let noteBytesMax = 500

    /// A desk over a vault that is attached to `log`; what `providers` says that is tolerated of a
    /// provider is tolerated here.
    public init(
        log: EventLog,
        vault: Vault,
        recorder: Recorder,
        providers: Providers?
    ) throws(BookError) {
        (self.vault, self.recorder, self.providers) = (vault, recorder, providers)
        books = try SubjectBooks(log: log, vault: vault, keptMax: 256)
        reader = try QuarantineReader(log: log, vault: vault)
    }

    /// Everything that was put aside of a person, in that order, also what is released.
    public func entries(of subject: SubjectID) throws(QuarantineError) -> [QuarantineEntry] {
        let found = try find(subject)
        return found.order.compactMap { number in
            found.answers[number].map { entry($0, QuarantineID(subject: subject, number: number)) }
        }
    }

    /// One answer, whatever became of it.
    public func entry(_ id: QuarantineID) throws(QuarantineError) -> QuarantineEntry {
        guard let stored = try find(id.subject).answers[id.number] else { throw .unknown }
        return entry(stored, id)
    }

    /// What was asked and answered, byte for byte, for who may see it; the look is recorded first.
    ///
    /// `now` in microseconds since 1970-01-01 UTC.
    public func content(
        _ id: QuarantineID,
        for actor: String,
        at now: Int64
    ) async throws(QuarantineError) -> (query: [UInt8], body: [UInt8]) {
        guard let stored = try find(id.subject, bodyOf: id.number).answers[id.number] else {
            throw .unknown
        }
        guard stored.isWhole else { throw .incomplete }
        var event = Event()
        event.occurredAt = now / 1_000_000
        event.dataAccessed.actor = actor
        event.dataAccessed.role = "operator"
        event.dataAccessed.purpose = "quarantine"
        event.dataAccessed.items = "quarantine \(id.number)"
        try await append([(.role(.evidence), event)], to: id.subject, at: now)
        return (Array(stored.payload.query), Array(stored.payload.payload))
    }

    /// What redriving it would come to now; nothing is recorded.
    public func preview(
        _ id: QuarantineID,
        at now: Int64
    ) async throws(QuarantineError) -> RedriveResult {
        let (decided, _) = try decide(id, by: "", at: now)
        switch decided {
        case .ended(let result): return result
        case .broken(let fault, isNew: _, _): return .broken(fault)
        case .released(_, let report, _):
            guard let report else { return .superseded }
            do throws(RecordError) {
                let persons = TransferReport.persons(id.subject, [report]).persons
                var changes: [ObservedChanges] = []
                for person in persons { changes += try await recorder.preview(person, at: now) }
                return QuarantineDesk.taken(changes)
            } catch {
                throw .record(error)
            }
        }
    }

    /// Reads it again and records what it says; one that is released already stays so.
    public func redrive(
        _ id: QuarantineID,
        by actor: String,
        at now: Int64
    ) async throws(QuarantineError) -> RedriveResult {
        for _ in 0..<QuarantineDesk.attemptsMax {
            let (decided, revision) = try decide(id, by: actor, at: now)
            do throws(RecordError) {
                switch decided {
                case .ended(let result): return result
                case .broken(let fault, let isNew, let retried):
                    if isNew { try await record(retried, of: id.subject, at: now, revision) }
                    return .broken(fault)
                case .released(let event, let report, let name):
                    guard let report else {
                        try await record((name, event), of: id.subject, at: now, revision)
                        return .superseded
                    }
                    let results = await recorder.observe(
                        TransferReport.persons(id.subject, [report]).persons,
                        at: now,
                        expecting: [id.subject: revision]
                    )
                    return QuarantineDesk.taken(try results[results.count - 1].get())
                }
            } catch .contended {
                continue
            } catch {
                throw .record(error)
            }
        }
        throw .record(.contended)
    }

    /// Puts it away for good, for a reason in words; one that is released already stays so.
    public func discard(
        _ id: QuarantineID,
        note: String,
        by actor: String,
        at now: Int64
    ) async throws(QuarantineError) -> RedriveResult {
        guard !note.isEmpty, note.utf8.count <= QuarantineDesk.noteBytesMax else {
            throw .noteNeeded
        }
        for _ in 0..<QuarantineDesk.attemptsMax {
            let found = try find(id.subject)
            guard let stored = found.answers[id.number] else { throw .unknown }
            if let released = stored.released { return .released(released.outcome) }
            var event = Event()
            event.occurredAt = now / 1_000_000
            event.quarantineReleased = stored.release(.discarded, by: actor)
            event.quarantineReleased.note = note
            do throws(RecordError) {
                let name = try name(of: stored, id.subject)
                try await record((name, event), of: id.subject, at: now, found.revision)
                return .released(.discarded)
            } catch .contended {
                continue
            } catch {
                throw .record(error)
            }
        }
        throw .record(.contended)
    }
}
