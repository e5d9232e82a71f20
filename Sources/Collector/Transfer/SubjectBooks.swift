public import EventLog
public import Finance
public import Frame
internal import Synchronization
public import Vault

/// What the log says of one person's consents and of how far their data is collected.
public struct SubjectBook: Sendable {
    /// Membership and transfer requests.
    public var register = TransferRegister()
    /// Tokens, marks, days covered.
    public var state = CollectionState()
    /// Revision up to which the log was read.
    public internal(set) var revision: UInt64 = 0

    /// Nothing read.
    public init() {}

    /// The day in Korea on which the regular transfer was begun that one made `today` goes on with;
    /// nil when it begins one.
    func begunDay(at provider: String, on today: CivilDate) -> CivilDate? {
        guard let standing = state.providers[provider]?.standing else { return nil }
        return register.liveRequest(of: provider)?.begunDay(after: standing, on: today)
    }
}

/// Why a person's book cannot be read.
public enum BookError: Error, Sendable, Equatable {
    /// The vault refused or failed.
    case vault(VaultError)
    /// The log failed.
    case log(LogError)
    /// A frame could not be opened.
    case frame(FrameError)
    /// An event could not be taken in.
    case fold(FoldError)
}

/// Reads persons' books from the log: the evidence, the consents, the tokens and the openings, and
/// no frame with data of an asset.
///
/// Books are kept, so a second look reads only what is new.
public final class SubjectBooks: Sendable {
    private let log: EventLog
    private let vault: Vault
    private let kept: Mutex<[SubjectID: SubjectBook]>
    private let keptMax: Int
    private let seats: [Seat]

    private final class Seat: Sendable {
        let opener: Mutex<FrameOpener>
        init() throws(FrameError) { opener = Mutex(try FrameOpener()) }
    }

    /// Books over a vault that is attached to `log`; at most `keptMax` are kept, some 4 KiB each.
    public init(log: EventLog, vault: Vault, keptMax: Int = 65_536) throws(BookError) {
        (self.log, self.vault, self.keptMax) = (log, vault, keptMax)
        kept = Mutex([:])
        var seats: [Seat] = []
        do throws(FrameError) {
            for _ in 0..<8 { seats.append(try Seat()) }
        } catch {
            throw .frame(error)
        }
        self.seats = seats
    }

    /// The person's book as the durable log has it now.
    public func book(of subject: SubjectID) throws(BookError) -> SubjectBook {
        var book = kept.withLock { $0[subject] } ?? SubjectBook()
        let start = book.revision
        let seat = seats[Int(truncatingIfNeeded: subject.low & 7)]
        do {
            let wanted = try compartments(of: subject)
            while true {
                let from = book.revision
                let next = try seat.opener.withLock { opener in
                    try log.read(subject, from: from, limit: 256) { frame in
                        guard !frame.isTombstone else { return }
                        try take(frame.bytes, wanted, into: &book, using: &opener)
                    }
                }
                book.revision = next
                guard next > from else { break }
            }
        } catch let error as VaultError {
            throw .vault(error)
        } catch let error as LogError {
            throw .log(error)
        } catch let error as FrameError {
            throw .frame(error)
        } catch let error as FoldError {
            throw .fold(error)
        } catch {
            throw .fold(.malformedState)
        }
        if book.revision > start {
            let read = book
            kept.withLock { kept in
                if kept.count >= keptMax, kept[subject] == nil { kept.removeAll() }
                kept[subject] = read
            }
        }
        return book
    }

    /// Whether an agreement is this person's, who is enrolled by their CI; what was agreed to at a
    /// provider names nobody.
    func isSigned(_ proof: AgreementProof, by subject: SubjectID) -> Bool {
        guard case .signature(let signed) = proof else { return true }
        return vault.subject(forCI: Array(signed.personKey.utf8)) == subject
    }

    private func compartments(of subject: SubjectID) throws -> Set<CompartmentID> {
        var wanted: Set<CompartmentID> = []
        for role in [CompartmentRole.evidence, .consent, .credential] {
            do throws(VaultError) {
                wanted.insert(
                    try vault.newest(.role(role), of: subject, for: .collection).id
                )
            } catch .unknownCompartment {
                continue
            }
        }
        return wanted
    }

    private func take(
        _ frame: Span<UInt8>,
        _ wanted: Set<CompartmentID>,
        into book: inout SubjectBook,
        using opener: inout FrameOpener
    ) throws {
        let header = try FrameHeader(frame)
        guard header.compartment != .keys else {
            var openings: [UInt8] = []
            try vault.observe(frame, using: &opener, into: &openings)
            return try fold(openings.span, of: AssetID(high: 0, low: 0), into: &book)
        }
        guard wanted.contains(header.compartment) else { return }
        let key = try vault.key(
            of: header.subject,
            compartment: header.compartment,
            epoch: header.keyEpoch,
            for: .collection
        )
        _ = try opener.open(frame, key: key)
        defer { opener.close() }
        let asset = AssetID(high: header.compartment.high, low: header.compartment.low)
        try fold(opener.events, of: asset, into: &book)
    }

    private func fold(
        _ body: Span<UInt8>,
        of asset: AssetID,
        into book: inout SubjectBook
    ) throws(FoldError) {
        var cursor = Finance.EventCursor(body, of: asset)
        do throws(EventError) {
            while let event = try cursor.next() {
                do throws(FoldError) {
                    try CollectionProgress().fold(event, into: &book.state)
                    try ConsentRegister().fold(event, into: &book.register)
                } catch .event(let error) {
                    throw error
                } catch {
                    // A bound was met: what is known stays, as a projection would park it.
                    continue
                }
            }
        } catch {
            throw .event(error)
        }
    }
}
