internal import Cryptography
internal import EventLog
public import Finance
public import Frame
internal import Synchronization
internal import Vault

extension ConsentDesk {
    /// What would be destroyed if a decision were carried out now; nothing is recorded.
    ///
    /// - Throws: `.refused` as carrying it out would.
    public func plans(
        of subject: SubjectID,
        at now: Int64,
        after decide: Decision
    ) throws(ConsentError) -> [ErasurePlan] {
        var register = try register(of: subject)
        for event in try decided(register, at: now, decide) {
            do throws(FoldError) { try register.evolve(by: event) } catch { throw .fold(error) }
        }
        let held = try held(of: subject)
        return register.owedDeletions.map { ErasurePlan($0, held: held) }
    }

    /// Calls `body` with the person's events of consent and evidence, from the frame at `revision`
    /// on, in the order of the log.
    ///
    /// - Returns: the revision to go on from.
    /// - Throws: `.fold` also for what `body` throws.
    @discardableResult
    public func forEachEvent(
        of subject: SubjectID,
        from revision: UInt64 = 0,
        _ body: (Event) throws(FoldError) -> Void
    ) throws(ConsentError) -> UInt64 {
        let size = try reading { () throws(LogError) in try log.durableSize(of: subject) }
        guard revision < size else { return revision }
        try forEachFact(of: subject, in: revision..<size) { view throws(FoldError) in
            guard view.type != .tokenIssued else { return }
            let event: Event
            // The decoder's reasons are many and its own.
            do { event = try view.message() } catch { throw .event(.truncated) }
            try body(event)
        }
        return size
    }
}

extension ConsentDesk {
    /// What is known of the person up to a revision.
    func catchUp(
        _ subject: SubjectID,
        to revision: UInt64
    ) throws(ConsentError) -> Known {
        var known = known.withLock { $0[subject] } ?? Known()
        guard known.scannedTo < revision else { return known }
        try forEachFact(of: subject, in: known.scannedTo..<revision) { event throws(FoldError) in
            try ConsentRegister().fold(event, into: &known.register)
        }
        known.scannedTo = revision
        self.known.withLock { all in
            if all.count >= ConsentDesk.knownMax { all.removeAll() }
            // Another reader may have come further.
            guard all[subject]?.scannedTo ?? 0 <= known.scannedTo else { return }
            all[subject] = known
        }
        return known
    }

    /// Calls `body` with the person's events of consent and evidence, and of credentials as long as
    /// they are there, in the order of the log.
    func forEachFact(
        of subject: SubjectID,
        in revisions: Range<UInt64>,
        _ body: (borrowing EventView) throws(FoldError) -> Void
    ) throws(ConsentError) {
        let compartments = try compartments(of: subject, [.consent, .evidence, .credential])
        var from = revisions.lowerBound
        do {
            while from < revisions.upperBound {
                let limit = Int(min(256, revisions.upperBound - from))
                let next = try log.read(subject, from: from, limit: limit) { frame in
                    guard !frame.isTombstone else { return }
                    let header = try FrameHeader(frame.bytes)
                    guard compartments.contains(header.compartment) else { return }
                    try take(frame.bytes, header, body)
                }
                // Frames that are committed and not durable yet: decided again when they are.
                guard next > from else { throw VaultError.notYetDurable }
                from = next
            }
        } catch {
            throw ConsentError(reading: error)
        }
    }

    private func take(
        _ frame: Span<UInt8>,
        _ header: FrameHeader,
        _ body: (borrowing EventView) throws(FoldError) -> Void
    ) throws {
        let key = try vault.key(
            of: header.subject,
            compartment: header.compartment,
            epoch: header.keyEpoch,
            for: .collection
        )
        // Copied out, so that nothing of the caller's runs under the lock.
        var bytes = try tools.withLock { tools in
            _ = try tools.opener.open(frame, key: key)
            defer { tools.opener.close() }
            return tools.opener.events.array
        }
        defer { wipe(&bytes) }
        let asset = AssetID(high: header.compartment.high, low: header.compartment.low)
        var cursor = Finance.EventCursor(bytes.span, of: asset)
        while let event = try cursor.next() { try body(event) }
    }

    /// Ids of the person's compartments of these roles that are there.
    func compartments(
        of subject: SubjectID,
        _ roles: [CompartmentRole]
    ) throws(ConsentError) -> [CompartmentID] {
        var found: [CompartmentID] = []
        for role in roles {
            do throws(VaultError) {
                found.append(try vault.newest(.role(role), of: subject, for: .collection).id)
            } catch .unknownCompartment {
                continue
            } catch {
                throw .record(.vault(error))
            }
        }
        return found
    }
}

extension ConsentError {
    init(reading error: any Error) {
        self =
            switch error {
            case let error as ConsentError: error
            case let error as FoldError: .fold(error)
            case let error as EventError: .fold(.event(error))
            case let error as VaultError: .record(.vault(error))
            case let error as FrameError: .record(.frame(error))
            case let error as LogError: .record(.log(error))
            default: .record(.log(.damaged(file: "the log", place: "a block")))
            }
    }
}
