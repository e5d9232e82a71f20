internal import Cryptography
public import EventLog
public import Finance
public import Frame
internal import Synchronization
public import Vault

/// Why what a person said of their transactions was not recorded.
public enum PreferenceError: Error, Sendable, Equatable {
    /// It cannot be so.
    case refused(PreferenceRefusal)
    /// A request of that name asked something else.
    case requestReused
    /// A request of that name is being carried out.
    case requestInFlight
    /// The person's log has more events than are folded when they are asked for.
    case logTooLong
    /// It could not be recorded or read.
    case record(RecordError)
}

extension PreferenceError: CustomStringConvertible {
    /// One sentence without content.
    public var description: String {
        switch self {
        case .refused(let refusal): "It is refused (\(refusal))."
        case .requestReused: "Another request had that name."
        case .requestInFlight: "A request of that name is being carried out."
        case .logTooLong: "The person's log has more events than are folded at once."
        case .record(let error): error.description
        }
    }
}

/// The name that a caller gives a request, so that it is carried out once however often it is sent.
public struct RequestName: Sendable {
    let key: [UInt8]
    let digest: [UInt8]

    /// For as long as this after a request was carried out, the same again is answered from the
    /// log: 30 days, in seconds.
    static let seconds: Int64 = 30 * 86_400

    /// A request by its name and all that it asks, as bytes.
    public init(_ name: String, asking content: [UInt8]) {
        key = SHA256.hash(Array(name.utf8)).bytes
        digest = SHA256.hash(content).bytes
    }
}

/// Where what a person says of their own transactions is decided and recorded.
///
/// A command is decided against the whole book at the expected revision, so what it says it moves
/// it moves; the request's name lies in the event, so that it is known after a restart too.
public final class PreferenceDesk: Sendable {
    /// A decision against the book.
    public typealias Decision =
        @Sendable (TransactionBook) throws(PreferenceRefusal) -> PreferenceDraft

    /// What became of a command.
    public struct Outcome: Sendable, Equatable {
        /// The event's place in the person's log.
        public let place: EventPlace
        /// Whether it had been carried out before.
        public let isReplayed: Bool
    }

    let rules: CategoryRules
    private let vault: Vault
    private let log: EventLog
    private let schemaSet: UInt32
    private let sealer: Mutex<Sealer>
    private let inFlight = Mutex<Set<[UInt8]>>([])

    private struct Sealer: ~Copyable { var frames: FrameSealer }

    /// Events of one person that a book takes: seven a day for a hundred years.
    public static let eventsMax = 262_144

    /// A desk over a vault that is attached to `log`; `schemaSet` as for a `Recorder`.
    public init(
        vault: Vault,
        log: EventLog,
        rules: CategoryRules,
        schemaSet: UInt32 = 1
    ) throws(PreferenceError) {
        (self.vault, self.log, self.rules, self.schemaSet) = (vault, log, rules, schemaSet)
        do throws(FrameError) {
            sealer = Mutex(Sealer(frames: try FrameSealer()))
        } catch {
            throw .record(.frame(error))
        }
    }

    /// The person's transactions as their durable log has them, up to a revision if one is given.
    ///
    /// `onFrame` is told of each frame what it changed, and answers whether to go on.
    public func book(
        of subject: SubjectID,
        through last: UInt64? = nil,
        onFrame: (UInt64, [TransactionChange]) -> Bool = { _, _ in true }
    ) throws(PreferenceError) -> TransactionBook {
        let reader = PersonReader(vault: vault, log: log, for: .service)
        var book = TransactionBook(rules: rules)
        var count = 0
        do {
            let size = try reader.size(of: subject)
            try reader.forEachFrame(of: subject, in: 0..<min(size, last ?? size)) {
                revision,
                header,
                events in
                if let header, count < PreferenceDesk.eventsMax {
                    count += try PreferenceDesk.take(header, events, into: &book)
                }
                return onFrame(revision, book.endFrame())
            }
        } catch {
            throw PreferenceError(reading: error)
        }
        guard count < PreferenceDesk.eventsMax else { throw .logTooLong }
        return book
    }

    private static func take(
        _ header: FrameHeader,
        _ events: Span<UInt8>,
        into book: inout TransactionBook
    ) throws -> Int {
        let asset = AssetID(header.compartment)
        var cursor = Finance.EventCursor(events, of: asset)
        var index: UInt32 = 0
        while let event = try cursor.next() {
            book.take(event, at: EventPlace(revision: header.revision, index: index))
            index += 1
        }
        return Int(index)
    }

    /// Decides and records; durable when this returns.
    ///
    /// `now` in microseconds since 1970-01-01 UTC.
    /// - Throws: `.refused` with nothing recorded; `.requestReused`, `.requestInFlight`.
    public func carryOut(
        of subject: SubjectID,
        at now: Int64,
        request: RequestName? = nil,
        _ decide: Decision
    ) async throws(PreferenceError) -> Outcome {
        let asked = request.map { subject.bytes + $0.key }
        if let asked {
            guard inFlight.withLock({ $0.insert(asked).inserted }) else { throw .requestInFlight }
        }
        defer { if let asked { inFlight.withLock { _ = $0.remove(asked) } } }
        return try await vault.gate.hold([subject]) { () async throws(PreferenceError) in
            for _ in 0..<RecordLimit.attemptsMax {
                let book = try self.book(of: subject)
                if let known = try self.known(request, in: book, at: now) { return known }
                do throws(PreferenceError) {
                    if let outcome = try await self.append(book, subject, now, request, decide) {
                        return outcome
                    }
                } catch .record(.vault(.notYetDurable)) {
                    continue
                }
            }
            throw .record(.contended)
        }
    }

    /// What became of the same request before.
    private func known(
        _ request: RequestName?,
        in book: TransactionBook,
        at now: Int64
    ) throws(PreferenceError) -> Outcome? {
        guard let request, let before = book.request(request.key),
            now / 1_000_000 - before.seconds <= RequestName.seconds
        else { return nil }
        guard before.digest == request.digest else { throw .requestReused }
        return Outcome(place: before.place, isReplayed: true)
    }

    /// - Returns: nil when another writer was first.
    private func append(
        _ book: TransactionBook,
        _ subject: SubjectID,
        _ now: Int64,
        _ request: RequestName?,
        _ decide: Decision
    ) async throws(PreferenceError) -> Outcome? {
        var draft: PreferenceDraft
        do throws(PreferenceRefusal) { draft = try decide(book) } catch { throw .refused(error) }
        draft.event.occurredAt = now / 1_000_000
        if let request { draft.mark(request.key, request.digest) }
        let opening = try open(draft.asset, of: subject, at: now)
        // The book is of the whole log only if nothing came since.
        guard opening.revision == book.frameCount else { throw .record(.vault(.notYetDurable)) }
        var frames = FrameBatch()
        let next: UInt64
        do throws(ConsentError) {
            let group = try FactGroups(draft.event, in: draft.asset == nil ? .preference : .asset)
            next = try sealer.withLock { sealer throws(ConsentError) in
                try group.seal(
                    into: &frames,
                    after: opening,
                    with: &sealer.frames,
                    vault: vault,
                    schemaSet: schemaSet,
                    at: now
                )
            }
        } catch {
            throw PreferenceError(reading: error)
        }
        do throws(AppendError) {
            let receipt = try await log.append(frames)
            guard receipt.places.allSatisfy({ $0.outcome == .appended }) else { return nil }
        } catch {
            guard case .revisionConflict = error else { throw .record(.append(error)) }
            return nil
        }
        vault.commit(opening, through: next)
        return Outcome(place: EventPlace(revision: next - 1, index: 0), isReplayed: false)
    }

    private func open(
        _ asset: AssetID?,
        of subject: SubjectID,
        at now: Int64
    ) throws(PreferenceError) -> Opening {
        do throws(VaultError) {
            var name = CompartmentName.role(.preference)
            if let asset {
                let found = try vault.assets(of: subject).first {
                    AssetID($0.compartment) == asset
                }
                guard let found else { throw VaultError.unknownCompartment }
                name = .asset(found.name)
            }
            return try vault.open([name], of: subject, for: .collection, at: now)
        } catch {
            throw .record(.vault(error))
        }
    }
}

extension PreferenceError {
    init(reading error: any Error) {
        self =
            switch error {
            case let error as PreferenceError: error
            case let error as RecordError: .record(error)
            case let error as ConsentError:
                if case .record(let error) = error {
                    .record(error)
                } else {
                    .record(.malformedRows(group: 0))
                }
            case let error as VaultError: .record(.vault(error))
            case let error as FrameError: .record(.frame(error))
            case let error as LogError: .record(.log(error))
            default: .record(.log(.damaged(file: "the log", place: "a block")))
            }
    }
}
