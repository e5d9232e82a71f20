internal import Cryptography
internal import EventLog
public import Frame
internal import Synchronization

extension Vault {
    /// Ends interrupted shreddings and applies those that this copy of the slots does not know of.
    func recover() throws(VaultError) {
        let (isOlder, erasures) = try erasuresInOperations()
        for shredding in erasures where shredding.compartment == nil {
            guard state(of: shredding.subject) == .live else { continue }
            // An older copy of the slots was put in place: the log's word counts.
            try erase(
                shredding.subject,
                reason: shredding.reason,
                throughRevision: shredding.throughRevision,
                at: shredding.at
            )
        }
        for (number, record) in table.withLock({ $0.records }).enumerated()
        where record.state != .void && !record.id.isPlatform {
            let slot = try file.withLock { file throws(VaultError) in try file.slot(number) }
            if slot.pendingEpoch != nil { try resolvePending(record.id) }
            // An older copy of the log may lack what it was told. What it has is found again by its
            // command.
            let isShredded = slot.state == .erased || slot.kekEpoch > 0
            let owes = try file.withLock { file throws(VaultError) in
                try file.slot(number).owesAnnouncement
            }
            guard owes || isOlder && isShredded else { continue }
            for (event, command) in try announcements(of: record.id) {
                let at = slot.erasure?.at ?? 0
                try recordAndWait(event, in: .operations, command: command, at: at * 1_000_000)
            }
            try settleAnnouncement(of: record.id)
        }
        try file.withLock { file throws(VaultError) in try file.flush() }
    }

    /// Finishes a shredding whose new wraps are in the log and drops another.
    func resolvePending(_ subject: SubjectID) throws(VaultError) {
        let number = try liveNumber(of: subject)
        let (slot, kek, pending) = try file.withLock { file throws(VaultError) in
            try file.open(number)
        }
        guard let pending, let epoch = slot.pendingEpoch else { return }
        if try hasControlFrame(of: subject, kekEpoch: epoch) {
            try adopt(pending, number: number, of: subject)
            return
        }
        try file.withLock { file throws(VaultError) in
            var slot = slot
            slot.pendingEpoch = nil
            try file.replace(number, with: slot, kek: kek)
            try file.flush()
        }
    }

    private func hasControlFrame(
        of subject: SubjectID,
        kekEpoch: UInt32
    ) throws(VaultError) -> Bool {
        var isThere = false
        try forEachFrame(of: subject, from: 0) { header, _ in
            if header.compartment == .keys, header.keyEpoch == kekEpoch { isThere = true }
        }
        return isThere
    }

    /// The signed events about a subject that `operations` must hold, each with its command.
    func announcements(
        of subject: SubjectID
    ) throws(VaultError) -> [(event: [UInt8], command: CommandID)] {
        var all: [Shredding] = []
        switch state(of: subject) {
        case .unknown: throw .unknownSubject
        case .live: all = try shreddings(of: subject)
        case .erased:
            let number = table.withLock { $0.number(of: subject) }
            guard let number else { throw .unknownSubject }
            let slot = try file.withLock { file throws(VaultError) in try file.slot(number) }
            guard let erasure = slot.erasure else { return [] }
            all = [
                try Shredding(
                    of: subject,
                    nil,
                    reason: erasure.reason,
                    throughRevision: erasure.throughRevision,
                    at: erasure.at,
                    signedBy: signingKey
                )
            ]
        }
        return all.map { shredding in
            let event = ControlEvent.shredded(shredding).encoded(occurredAt: shredding.at)
            return (event, command(shredding.message.span))
        }
    }

    /// The compartments of a live subject that were shredded, as its log says, in that order.
    public func shreddings(of subject: SubjectID) throws(VaultError) -> [Shredding] {
        let (kek, kekEpoch, _) = try kek(of: subject)
        var found: [CompartmentID: Shredding] = [:]
        var order: [CompartmentID] = []
        try forEachFrame(of: subject, from: 0) { header, frame in
            guard header.compartment == .keys, header.keyEpoch == kekEpoch else { return }
            for shredding in try shreddings(in: frame, key: kek) {
                guard let id = shredding.compartment else { continue }
                if found.updateValue(shredding, forKey: id) == nil { order.append(id) }
            }
        }
        return order.compactMap { found[$0] }
    }

    private func shreddings(in frame: Span<UInt8>, key: SecretKey) throws -> [Shredding] {
        try opener.withLock { opener in
            defer { opener.close() }
            _ = try opener.open(frame, key: key)
            var found: [Shredding] = []
            var cursor = EventCursor()
            while let range = try cursor.next(in: opener.events) {
                let event = try ControlEvent.read(opener.events.extracting(range))
                if case .shredded(let shredding) = event?.event { found.append(shredding) }
            }
            return found
        }
    }

    /// What `operations` says was erased since the slots last took note of it, and whether this
    /// copy of the log is older than the slots.
    private func erasuresInOperations() throws(VaultError) -> (isOlder: Bool, [Shredding]) {
        let cursor = file.withLock { $0.operationsCursor }
        let log = try log
        let size = try onLog { () throws(LogError) in try log.size(of: .operations) }
        var found: [Shredding] = []
        try forEachFrame(of: .operations, from: size < cursor ? 0 : cursor) { header, frame in
            guard header.compartment != .keys else { return }
            let key = try key(
                of: .operations,
                compartment: header.compartment,
                epoch: header.keyEpoch,
                for: .audit
            )
            for shredding in try shreddings(in: frame, key: key) {
                guard shredding.isSigned(by: publicKey) else {
                    throw VaultError.damaged(
                        file: "the operations ledger",
                        place: "revision \(header.revision)"
                    )
                }
                found.append(shredding)
            }
        }
        try file.withLock { file throws(VaultError) in try file.note(operationsCursor: size) }
        return (size < cursor, found)
    }

    /// Takes the mark off the slot; lost in a crash, the events are offered again and found there.
    func settleAnnouncement(of subject: SubjectID) throws(VaultError) {
        guard let number = table.withLock({ $0.number(of: subject) }) else { return }
        let log = try log
        let size = try onLog { () throws(LogError) in try log.size(of: .operations) }
        try file.withLock { file throws(VaultError) in
            // A log that is shorter than this is an older copy.
            try file.note(operationsCursor: size)
            var slot = try file.slot(number)
            guard slot.owesAnnouncement else { return }
            slot.owesAnnouncement = false
            guard slot.state == .live else { return try file.place(slot, at: number) }
            let (_, kek, pending) = try file.open(number)
            try file.replace(number, with: slot, kek: kek, pending: pending)
        }
    }

    func forEachFrame(
        of subject: SubjectID,
        from revision: UInt64,
        _ body: (FrameHeader, Span<UInt8>) throws -> Void
    ) throws(VaultError) {
        let log = try log
        do {
            var from = revision
            while true {
                let next = try log.read(subject, from: from, limit: 256) { frame in
                    guard !frame.isTombstone else { return }
                    try body(try FrameHeader(frame.bytes), frame.bytes)
                }
                guard next > from else { return }
                from = next
            }
        } catch {
            throw VaultError(error)
        }
    }
}
