internal import Cryptography
internal import EventLog
public import Frame
internal import Synchronization

extension Vault {
    /// Opens compartments of a subject for writing, making those that are not there.
    ///
    /// A person's first compartment comes with the `view` that read models seal under. At most
    /// `VaultLimit.namesPerOpeningMax` names; `now` in microseconds since 1970-01-01 UTC.
    /// - Returns: what to append first, and the keys, one a name.
    /// - Throws: `.notYetDurable` when frames that others appended are still being flushed.
    public func open(
        _ names: [CompartmentName],
        of subject: SubjectID,
        for purpose: Purpose,
        at now: Int64
    ) throws(VaultError) -> Opening {
        precondition(names.count <= VaultLimit.namesPerOpeningMax, "the wraps fit one frame")
        for name in names where !purpose.reaches(name.role) { throw .purposeRefused(purpose) }
        let (ring, revision) = try completeRing(of: subject)
        var draft = OpeningDraft(subject: subject, ring: ring)
        for name in names { try draft.want(name, tag: tag(of: name, subject)) }
        if !draft.new.isEmpty, !subject.isPlatform {
            try draft.want(.role(.view), tag: 0, isAsked: false)
        }
        guard !draft.new.isEmpty else {
            return Opening(
                subject: subject,
                revision: revision,
                compartments: draft.compartments,
                isNew: draft.isNew,
                control: nil,
                kekEpoch: ring.kekEpoch,
                records: []
            )
        }
        let (kek, kekEpoch, _) = try kek(of: subject)
        guard kekEpoch == ring.kekEpoch else { throw .notYetDurable }
        var asked = subject.bytes
        for record in draft.new { record.id.append(to: &asked) }
        let control = ControlFrame(
            subject: subject,
            bytes: draft.events(at: now / 1_000_000),
            eventCount: draft.new.count * 2,
            kek: kek,
            kekEpoch: kekEpoch,
            command: command(asked.span)
        )
        return Opening(
            subject: subject,
            revision: revision,
            compartments: draft.compartments,
            isNew: draft.isNew,
            control: control,
            kekEpoch: kekEpoch,
            records: draft.new
        )
    }

    /// Tells the vault that an opening's control frame and the frames after it are durable.
    ///
    /// `next` is the subject's next revision after them.
    public func commit(_ opening: Opening, through next: UInt64) {
        let subject = opening.subject
        cache.extend(
            subject,
            with: opening.records,
            kekEpoch: opening.kekEpoch,
            from: opening.revision,
            to: next
        ) { isCurrent(subject, kekEpoch: $0) }
    }

    /// Assets of a subject whose compartments are there, as they were opened.
    public func assets(of subject: SubjectID) throws(VaultError) -> [Asset] {
        try opened(of: subject, .asset)
    }

    /// Compartments of providers' lists that were put aside, as they were opened.
    public func quarantines(of subject: SubjectID) throws(VaultError) -> [Asset] {
        try opened(of: subject, .quarantine)
    }

    /// Compartments of roles with names that are there, as they were opened.
    func opened(
        of subject: SubjectID,
        _ roles: RoleSet
    ) throws(VaultError) -> [Asset] {
        let log = try log
        let ring = try load(subject)
        let (kek, kekEpoch, _) = try kek(of: subject)
        var found: [Asset] = []
        do {
            var from: UInt64 = 0
            while from < ring.scannedTo {
                let next = try opener.withLock { opener in
                    try log.read(subject, from: from, limit: 256) { frame in
                        guard !frame.isTombstone else { return }
                        let header = try FrameHeader(frame.bytes)
                        guard header.compartment == .keys, header.keyEpoch == kekEpoch else {
                            return
                        }
                        found += try opened(in: frame.bytes, kek, roles, using: &opener)
                    }
                }
                guard next > from else { break }
                from = next
            }
        } catch {
            throw VaultError(error)
        }
        return found.filter { ring.contains($0.compartment) }
    }

    private func opened(
        in frame: Span<UInt8>,
        _ kek: SecretKey,
        _ roles: RoleSet,
        using opener: inout FrameOpener
    ) throws -> [Asset] {
        defer { opener.close() }
        _ = try opener.open(frame, key: kek)
        var found: [Asset] = []
        var cursor = EventCursor()
        while let range = try cursor.next(in: opener.events) {
            let event = try ControlEvent.read(opener.events.extracting(range))
            guard case .opened(let id, let role, let name) = event?.event,
                roles.contains(role)
            else { continue }
            found.append(Asset(compartment: id, name: name))
        }
        return found
    }

    /// The ring up to the subject's next revision, which is returned too.
    func completeRing(of subject: SubjectID) throws(VaultError) -> (Keyring, UInt64) {
        let log = try log
        if let ring = cache.ring(of: subject), isCurrent(subject, kekEpoch: ring.kekEpoch) {
            let size = try onLog { () throws(LogError) in try log.size(of: subject) }
            if ring.scannedTo >= size { return (ring, size) }
        }
        if try onLog({ () throws(LogError) in try log.size(of: subject) }) == 0 {
            // Nobody's first frame: nothing to open, and most of a bulk import.
            let number = try liveNumber(of: subject)
            return (Keyring(kekEpoch: table.withLock { $0.records[number].kekEpoch }), 0)
        }
        for _ in 0..<VaultLimit.attemptsMax {
            try waitUntilDurable(subject)
            let ring = try load(subject)
            let size = try onLog { () throws(LogError) in try log.size(of: subject) }
            if ring.scannedTo >= size { return (ring, size) }
        }
        throw .notYetDurable
    }

    /// Waits for the flush under way when it covers frames of the subject.
    ///
    /// Rare: writers of this process hold the gate until their frames are durable.
    private func waitUntilDurable(_ subject: SubjectID) throws(VaultError) {
        let log = try log
        let environment = log.environment(of: subject)
        try onLog { () throws(LogError) in
            for _ in 0..<VaultLimit.attemptsMax {
                let sequence = log.durableSequence(environment: environment)
                guard try log.durableSize(of: subject) < log.size(of: subject) else { return }
                _ = log.waitForDurable(
                    environment: environment,
                    beyond: sequence,
                    timeoutMilliseconds: 1_000
                )
            }
        }
    }
}

/// Compartments that are being opened together.
private struct OpeningDraft {
    let subject: SubjectID
    let ring: Keyring
    var compartments: [CompartmentKey] = []
    var isNew: [Bool] = []
    var new: [KeyRecord] = []
    private var names: [CompartmentName] = []

    init(subject: SubjectID, ring: Keyring) {
        (self.subject, self.ring) = (subject, ring)
    }

    mutating func want(
        _ name: CompartmentName,
        tag: UInt64,
        isAsked: Bool = true
    ) throws(VaultError) {
        let earlier = new.first { $0.role == name.role && $0.tag == tag }
        if let record = ring.newest(name.role, tag: tag) ?? earlier {
            if isAsked { give(record, isNew: false) }
            return
        }
        let ids: [CompartmentID] = try Vault.newIDs(1)
        let record = KeyRecord(
            id: ids[0],
            tag: tag,
            key: try Vault.newKeys(1)[0],
            epoch: 0,
            role: name.role
        )
        new.append(record)
        names.append(name)
        if isAsked { give(record, isNew: true) }
    }

    private mutating func give(_ record: KeyRecord, isNew: Bool) {
        compartments.append(CompartmentKey(record))
        self.isNew.append(isNew)
    }

    /// The events of the control frame, at a time in seconds since 1970-01-01 UTC.
    func events(at occurredAt: Int64) -> WipedBytes {
        var events: [ControlEvent] = []
        for (record, name) in zip(new, names) {
            let wrap = ControlEvent.KeyWrap(
                compartment: record.id,
                epoch: record.epoch,
                key: record.key,
                kekEpoch: ring.kekEpoch
            )
            events.append(.wrapped(wrap))
            let key = name.key ?? AssetName(provider: "", key: "", kind: 0)
            events.append(.opened(record.id, record.role, key))
        }
        return ControlEvent.encode(events, occurredAt: occurredAt)
    }
}

extension ControlEvent {
    /// The events of one frame, in memory that is reserved at once.
    static func encode(_ events: [ControlEvent], occurredAt: Int64) -> WipedBytes {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(events.reduce(0) { $0 + $1.byteCountMax })
        for event in events { event.append(to: &bytes, occurredAt: occurredAt) }
        return WipedBytes(bytes)
    }
}
