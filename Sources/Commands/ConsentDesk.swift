internal import Cryptography
public import EventLog
public import Finance
public import Frame
internal import Synchronization
public import Vault

/// Why a command about consents was not recorded.
public enum ConsentError: Error, Sendable, Equatable {
    /// The register refuses it.
    case refused(ConsentRefusal)
    /// An event of the register does not fold: its state is not known.
    case fold(FoldError)
    /// It could not be recorded or read.
    case record(RecordError)
}

extension ConsentError: CustomStringConvertible {
    /// One sentence without content.
    public var description: String {
        switch self {
        case .refused(let refusal): refusal.description
        case .fold: "An event about a person's consents cannot be read."
        case .record(let error): error.description
        }
    }
}

/// Where commands about consents are decided and recorded.
///
/// A command is decided against the person's whole register at the expected revision, and all that
/// it comes to is appended together: what was allowed when it was decided is allowed in the log.
public final class ConsentDesk: Sendable {
    /// A decision: the register, seconds since 1970-01-01 UTC, the day in Korea.
    public typealias Decision =
        @Sendable (TransferRegister, Int64, CivilDate) throws(ConsentRefusal) -> [Event]

    let vault: Vault
    let log: EventLog
    private let schemaSet: UInt32
    let tools: Mutex<Tools>
    let known = Mutex<[SubjectID: Known]>([:])
    /// Told of each step of an erasure before the next begins; tests stop the work there.
    let steps = Mutex<(@Sendable (ErasureStep) throws(ConsentError) -> Void)?>(nil)

    /// Registers kept in memory, a few kB each; beyond, all are read again.
    static let knownMax = 4_096

    struct Tools: ~Copyable {
        var sealer: FrameSealer
        var opener: FrameOpener
    }

    /// A register and how much of the person's log is in it.
    struct Known: Sendable {
        var register = TransferRegister()
        var scannedTo: UInt64 = 0
    }

    /// A desk over a vault that is attached to `log`; `schemaSet` as for a `Recorder`.
    ///
    /// - Throws: `.record` when a library has no memory.
    public init(vault: Vault, log: EventLog, schemaSet: UInt32 = 1) throws(ConsentError) {
        (self.vault, self.log, self.schemaSet) = (vault, log, schemaSet)
        do throws(FrameError) {
            let sealer = try FrameSealer()
            let opener = try FrameOpener()
            tools = Mutex(Tools(sealer: sealer, opener: opener))
        } catch {
            throw .record(.frame(error))
        }
    }

    /// The register as the durable log has it.
    ///
    /// - Throws: `.fold` when an event of it does not fold: nothing may then be asked for.
    public func register(of subject: SubjectID) throws(ConsentError) -> TransferRegister {
        let size = try reading { () throws(LogError) in try log.durableSize(of: subject) }
        return try catchUp(subject, to: size).register
    }

    /// Decides and records; durable when this returns.
    ///
    /// `now` in microseconds since 1970-01-01 UTC, from which the second and the day in Korea
    /// follow.
    /// - Returns: the events that were recorded; none when the decision is that nothing is due.
    /// - Throws: `.refused` with nothing recorded.
    @discardableResult
    public func carryOut(
        of subject: SubjectID,
        at now: Int64,
        _ decide: Decision
    ) async throws(ConsentError) -> [Event] {
        try await vault.gate.hold([subject]) { () async throws(ConsentError) in
            for _ in 0..<RecordLimit.attemptsMax {
                let draft: Draft
                do throws(ConsentError) {
                    draft = try self.draft(subject, at: now, decide)
                } catch .record(.vault(.notYetDurable)) {
                    continue
                }
                guard !draft.events.isEmpty else { return [] }
                do throws(AppendError) {
                    let receipt = try await log.append(draft.frames)
                    guard receipt.places.allSatisfy({ $0.outcome == .appended }) else { continue }
                    vault.commit(draft.opening, through: draft.next)
                    return draft.events
                } catch {
                    guard case .revisionConflict = error else { throw .record(.append(error)) }
                }
            }
            throw .record(.contended)
        }
    }

    private struct Draft {
        var events: [Event] = []
        var frames = FrameBatch()
        var opening: Opening
        var next: UInt64
    }

    private func draft(
        _ subject: SubjectID,
        at now: Int64,
        _ decide: Decision
    ) throws(ConsentError) -> Draft {
        var opening = try opening(of: [], subject, at: now)
        let register = try catchUp(subject, to: opening.revision).register
        let events = try decided(register, at: now, decide)
        let groups = try FactGroups(events)
        guard !events.isEmpty else { return Draft(opening: opening, next: opening.revision) }
        let revision = opening.revision
        opening = try self.opening(of: groups.roles.map { .role($0) }, subject, at: now)
        guard opening.revision == revision else { throw .record(.vault(.notYetDurable)) }
        var draft = Draft(events: events, opening: opening, next: opening.revision)
        draft.next = try tools.withLock { tools throws(ConsentError) in
            try groups.seal(
                into: &draft.frames,
                after: opening,
                with: &tools.sealer,
                vault: vault,
                schemaSet: schemaSet,
                at: now
            )
        }
        return draft
    }

    /// What a decision comes to at a time.
    func decided(
        _ register: TransferRegister,
        at now: Int64,
        _ decide: Decision
    ) throws(ConsentError) -> [Event] {
        let seconds = now / 1_000_000
        guard let today = CivilDate(secondsSinceEpoch: seconds) else {
            throw .fold(.unrepresentable)
        }
        do throws(ConsentRefusal) {
            return try decide(register, seconds, today)
        } catch {
            throw .refused(error)
        }
    }

    private func opening(
        of names: [CompartmentName],
        _ subject: SubjectID,
        at now: Int64
    ) throws(ConsentError) -> Opening {
        try keys { () throws(VaultError) in
            try vault.open(names, of: subject, for: .collection, at: now)
        }
    }

    func keys<R>(_ body: () throws(VaultError) -> R) throws(ConsentError) -> R {
        do throws(VaultError) { return try body() } catch { throw .record(.vault(error)) }
    }

    func reading<R>(_ body: () throws(LogError) -> R) throws(ConsentError) -> R {
        do throws(LogError) { return try body() } catch { throw .record(.log(error)) }
    }
}
