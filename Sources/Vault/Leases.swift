public import Cryptography
public import Frame
internal import EventLog
internal import Synchronization

extension Vault {
    /// A compartment's key, lent for a purpose.
    ///
    /// Cached: one lock and one lookup.
    /// - Throws: `.subjectErased`, `.compartmentErased`, `.purposeRefused`; `.unknownCompartment`
    ///   when the subject's durable log has no such key.
    public func key(
        of subject: SubjectID,
        compartment: CompartmentID,
        epoch: UInt32,
        for purpose: Purpose
    ) throws(VaultError) -> SecretKey {
        let roles = purpose.roles
        switch cache.key(of: subject, compartment, epoch: epoch, roles: roles) {
        case .key(let key): return key
        case .refused: throw .purposeRefused(purpose)
        case .erased: throw .compartmentErased
        case .unknown, .absent: break
        }
        // The ring as the log has it now, whether the cache kept it or not.
        let ring = try load(subject)
        let known = ring.records.filter { $0.id == compartment }
        if let record = known.first(where: { $0.epoch == epoch }) {
            guard roles.contains(record.role) else { throw .purposeRefused(purpose) }
            return record.key
        }
        // A KEK that took the place of another: what its wraps leave out cannot be opened any more,
        // also where the log is an older copy and has none of them.
        let isRewrapped = ring.kekEpoch > 0 && known.isEmpty
        let isErased =
            ring.erased.contains(compartment) || isRewrapped || known.contains { $0.epoch > epoch }
        throw isErased ? .compartmentErased : .unknownCompartment
    }

    /// The newest key of a compartment that is there, lent for a purpose.
    public func newest(
        _ name: CompartmentName,
        of subject: SubjectID,
        for purpose: Purpose
    ) throws(VaultError) -> CompartmentKey {
        guard purpose.reaches(name.role) else { throw .purposeRefused(purpose) }
        let tag = tag(of: name, subject)
        if let ring = cache.ring(of: subject), let record = ring.newest(name.role, tag: tag) {
            return CompartmentKey(record)
        }
        guard let record = try load(subject).newest(name.role, tag: tag) else {
            throw .unknownCompartment
        }
        return CompartmentKey(record)
    }

    /// Takes in a durable control frame that a reader of the whole log came by, and appends to
    /// `openings`, each with its length before it, its events that say which asset a compartment
    /// is; they hold no key.
    ///
    /// The subject's log need then not be read for the keys. A frame under a key of the subject
    /// that is gone says nothing: what is left of it stands in the frame that replaced that key.
    public func observe(
        _ frame: Span<UInt8>,
        using opener: inout FrameOpener,
        into openings: inout [UInt8]
    ) throws(VaultError) {
        do throws(VaultError) {
            try takeIn(frame, using: &opener, into: &openings)
        } catch {
            // Who needs a key of this subject is told then; a reader of the whole log goes on.
            guard case .damaged = error else { throw error }
        }
    }

    private func takeIn(
        _ frame: Span<UInt8>,
        using opener: inout FrameOpener,
        into openings: inout [UInt8]
    ) throws(VaultError) {
        let header = try framing { () throws(FrameError) in try FrameHeader(frame) }
        let subject = header.subject
        guard header.compartment == .keys, state(of: subject) == .live else { return }
        let (kek, kekEpoch, _) = try kek(of: subject)
        guard header.keyEpoch == kekEpoch else { return }
        let ring = cache.ring(of: subject)
        // A ring begins at the first frame; later ones go on from what is known.
        let isNext =
            ring.map { $0.kekEpoch == kekEpoch && header.revision >= $0.scannedTo }
            ?? (header.revision == 0)
        var next = isNext ? ring ?? Keyring(kekEpoch: kekEpoch) : Keyring(kekEpoch: kekEpoch)
        try take(frame, header, kek: kek, into: &next, using: &opener) { event, bytes in
            guard case .opened(_, .asset, _) = event else { return }
            openings.appendVarint(UInt64(bytes.count))
            openings.append(span: bytes)
        }
        guard isNext else { return }
        // Frames in between were not seen here: only a frame that follows moves the mark.
        if next.scannedTo == header.revision { next.scannedTo += 1 }
        cache.keep(next, of: subject) { isCurrent(subject, kekEpoch: $0) }
    }

    func tag(of name: CompartmentName, _ subject: SubjectID) -> UInt64 {
        guard let key = name.key else { return 0 }
        return tags.tag(of: key, subject)
    }

    func kek(
        of subject: SubjectID
    ) throws(VaultError) -> (kek: SecretKey, epoch: UInt32, pendingEpoch: UInt32?) {
        let number = try liveNumber(of: subject)
        return try file.withLock { file throws(VaultError) in
            let (slot, kek, _) = try file.open(number)
            return (kek, slot.kekEpoch, slot.pendingEpoch)
        }
    }

    /// The subject's ring, complete to the durable end of its log.
    func load(_ subject: SubjectID) throws(VaultError) -> Keyring {
        let log = try log
        let (kek, kekEpoch, pendingEpoch) = try kek(of: subject)
        var ring = Keyring(kekEpoch: kekEpoch)
        if let cached = cache.ring(of: subject), cached.kekEpoch == kekEpoch { ring = cached }
        var isCut = false
        do {
            while !isCut {
                let from = ring.scannedTo
                let next = try opener.withLock { opener in
                    try log.read(subject, from: from, limit: 256) { frame in
                        guard !isCut, !frame.isTombstone else { return }
                        let header = try FrameHeader(frame.bytes)
                        guard header.compartment == .keys, header.keyEpoch >= kekEpoch else {
                            return
                        }
                        guard header.keyEpoch == kekEpoch else {
                            // The wraps of a shredding that is going on count when it is done.
                            guard header.keyEpoch == pendingEpoch else {
                                throw VaultError.damaged(
                                    file: "slots",
                                    place: "a slot that is older than the log"
                                )
                            }
                            ring.scannedTo = header.revision
                            isCut = true
                            return
                        }
                        try take(frame.bytes, header, kek: kek, into: &ring, using: &opener)
                    }
                }
                if !isCut { ring.scannedTo = next }
                if next == from { break }
            }
        } catch {
            throw VaultError(error)
        }
        cache.keep(ring, of: subject) { isCurrent(subject, kekEpoch: $0) }
        return ring
    }

    /// Opens a control frame and takes its events into `ring`; `body` is told each.
    func take(
        _ frame: Span<UInt8>,
        _ header: FrameHeader,
        kek: SecretKey,
        into ring: inout Keyring,
        using opener: inout FrameOpener,
        _ body: (ControlEvent, Span<UInt8>) -> Void = { _, _ in }
    ) throws(VaultError) {
        defer { opener.close() }
        do {
            _ = try opener.open(frame, key: kek)
            var cursor = EventCursor()
            while let range = try cursor.next(in: opener.events) {
                let bytes = opener.events.extracting(range)
                guard let (event, _) = try ControlEvent.read(bytes) else { continue }
                ring.take(event, of: header.subject, tags: tags)
                body(event, bytes)
            }
        } catch {
            throw .damaged(
                file: "the log of subject \(header.subject)",
                place: "control frame \(header.revision)"
            )
        }
        ring.endFrame()
    }
}

extension CompartmentKey {
    init(_ record: KeyRecord) {
        (id, role) = (record.id, record.role)
        (epoch, key) = (record.epoch, record.key)
    }
}
