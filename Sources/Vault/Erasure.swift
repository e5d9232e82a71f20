internal import Cryptography
internal import EventLog
public import Frame
internal import Synchronization

/// Where a shredding stands; a crash right after each is survived.
enum ShredStep: Sendable, CaseIterable {
    /// The slot holds the next KEK beside the one in force (compartment).
    case pendingWritten
    /// The frame that wraps the remaining keys anew is durable (compartment).
    case rewrapAppended
    /// The old KEK is overwritten: the data is gone.
    case keyDestroyed
    /// `operations` says so.
    case announced
}

extension Vault {
    /// Destroys all keys of a person.
    ///
    /// Durable when this returns; again changes nothing. The slot is overwritten first: what fails
    /// after that is done by the next `attach`. `now` in microseconds since 1970-01-01 UTC.
    /// - Throws: `.unknownSubject` also for the platform's ledgers, which are never erased.
    public func shred(
        subject: SubjectID,
        reason: ShredReason,
        at now: Int64
    ) async throws(VaultError) {
        guard !subject.isPlatform else { throw .unknownSubject }
        try await gate.hold([.operations, subject]) { () async throws(VaultError) in
            switch state(of: subject) {
            case .unknown: throw .unknownSubject
            case .live:
                try erase(
                    subject,
                    reason: reason.rawValue,
                    throughRevision: try lastRevision(of: subject),
                    at: now / 1_000_000
                )
                try reached(.keyDestroyed)
            case .erased: break
            }
            for (event, command) in try announcements(of: subject) {
                _ = try await recordHeld(event, in: .operations, command: command, at: now)
            }
            try reached(.announced)
            try settleAnnouncement(of: subject)
        }
    }

    /// Destroys the keys of one compartment of a person, and of the view derived from it.
    ///
    /// The same as for several.
    /// - Throws: `.unknownCompartment`; `.contended` when others wrote to the subject each time.
    public func shred(
        compartment: CompartmentID,
        of subject: SubjectID,
        reason: ShredReason,
        at now: Int64
    ) async throws(VaultError) {
        try await shred(compartments: [compartment], of: subject, reason: reason, at: now)
    }

    /// Destroys the keys of compartments of a person, and of the view derived from them: all of
    /// them or, after a crash, none.
    ///
    /// Durable when this returns; again changes nothing. A new KEK goes beside the old one, the
    /// keys that remain are wrapped under it, the old one is overwritten. A log backup that is
    /// older than the new wraps opens no more: make a new one. `now` in microseconds since
    /// 1970-01-01 UTC.
    /// - Throws: `.unknownCompartment` for any of them, and nothing is done; `.contended` when
    ///   others wrote to the subject each time.
    public func shred(
        compartments: [CompartmentID],
        of subject: SubjectID,
        reason: ShredReason,
        at now: Int64
    ) async throws(VaultError) {
        guard !subject.isPlatform else { throw .unknownSubject }
        try await gate.hold([.operations, subject]) { () async throws(VaultError) in
            try resolvePending(subject)
            let (ring, _) = try completeRing(of: subject)
            let left = compartments.filter { !ring.erased.contains($0) }
            guard left.allSatisfy(ring.contains) else { throw .unknownCompartment }
            if !left.isEmpty { try await rewrap(subject, without: left, reason: reason, at: now) }
            for (event, command) in try announcements(of: subject) {
                _ = try await recordHeld(event, in: .operations, command: command, at: now)
            }
            try reached(.announced)
            try settleAnnouncement(of: subject)
        }
    }

    private func rewrap(
        _ subject: SubjectID,
        without compartments: [CompartmentID],
        reason: ShredReason,
        at now: Int64
    ) async throws(VaultError) {
        let next = try Vault.newKeys(1)[0]
        let number = try liveNumber(of: subject)
        try writePending(next, number: number)
        try reached(.pendingWritten)
        let log = try log
        var isAppended = false
        for _ in 0..<VaultLimit.attemptsMax where !isAppended {
            let batch = try rewrapBatch(
                subject,
                without: compartments,
                under: next,
                reason: reason,
                at: now
            )
            do throws(AppendError) {
                _ = try await log.append(batch)
                isAppended = true
            } catch {
                guard error.isConflict else { throw .append(error) }
            }
        }
        guard isAppended else {
            try resolvePending(subject)
            throw .contended
        }
        try reached(.rewrapAppended)
        try adopt(next, number: number, of: subject)
        try reached(.keyDestroyed)
    }

    private func writePending(_ next: SecretKey, number: Int) throws(VaultError) {
        try file.withLock { file throws(VaultError) in
            var (slot, kek, _) = try file.open(number)
            slot.pendingEpoch = slot.kekEpoch + 1
            try file.replace(number, with: slot, kek: kek, pending: next)
            try file.flush()
        }
    }

    /// Puts the pending KEK in the place of the old one.
    func adopt(_ next: SecretKey, number: Int, of subject: SubjectID) throws(VaultError) {
        let epoch = try file.withLock { file throws(VaultError) in
            var slot = try file.slot(number)
            slot.kekEpoch += 1
            slot.pendingEpoch = nil
            slot.owesAnnouncement = true
            try file.replace(number, with: slot, kek: next)
            try file.flush()
            return slot.kekEpoch
        }
        // First what the cache asks before it keeps a ring, then the ring: see KeyringCache.keep.
        table.withLock { $0.set(kekEpoch: epoch, of: number) }
        cache.evict(subject)
    }

    private func rewrapBatch(
        _ subject: SubjectID,
        without compartments: [CompartmentID],
        under next: SecretKey,
        reason: ShredReason,
        at now: Int64
    ) throws(VaultError) -> FrameBatch {
        let (ring, revision) = try completeRing(of: subject)
        let kekEpoch = ring.kekEpoch + 1
        let names = Dictionary(
            try opened(of: subject, [.asset, .quarantine]).map { ($0.compartment, $0.name) },
            uniquingKeysWith: { $1 }
        )
        var wraps: [ControlEvent.KeyWrap] = []
        var events: [ControlEvent] = []
        var opened: Set<CompartmentID> = []
        for record in try survivors(of: ring, without: compartments) {
            wraps.append(
                ControlEvent.KeyWrap(
                    compartment: record.id,
                    epoch: record.epoch,
                    key: record.key,
                    kekEpoch: kekEpoch
                )
            )
            guard opened.insert(record.id).inserted else { continue }
            let name = names[record.id] ?? AssetName(provider: "", key: "", kind: 0)
            events.append(.opened(record.id, record.role, name))
        }
        events.insert(.rewrapped(kekEpoch: kekEpoch, wraps), at: 0)
        for earlier in try shreddings(of: subject) { events.append(.shredded(earlier)) }
        // Not the announcement's: a command is one subject's, and that one is of `operations`.
        var asked: [UInt8] = []
        for compartment in compartments {
            let shredding = try Shredding(
                of: subject,
                compartment,
                reason: reason.rawValue,
                throughRevision: max(revision, 1) - 1,
                at: now / 1_000_000,
                signedBy: signingKey
            )
            events.append(.shredded(shredding))
            asked += shredding.message
        }
        asked.appendLittleEndian(kekEpoch)
        let control = ControlFrame(
            subject: subject,
            bytes: ControlEvent.encode(events, occurredAt: now / 1_000_000),
            eventCount: events.count,
            kek: next,
            kekEpoch: kekEpoch,
            command: command(asked.span)
        )
        var batch = FrameBatch()
        try framing { () throws(FrameError) in
            try sealer.withLock { sealer throws(FrameError) in
                try control.seal(
                    with: &sealer,
                    at: revision,
                    recordedAt: now,
                    schemaSet: 1,
                    salt: Vault.newSalt(),
                    into: &batch
                )
            }
        }
        return batch
    }

    /// What is wrapped anew.
    ///
    /// `view` gets a new key: its old content was derived from what goes.
    private func survivors(
        of ring: Keyring,
        without compartments: [CompartmentID]
    ) throws(VaultError) -> [KeyRecord] {
        var records = ring.records.filter { !compartments.contains($0.id) && $0.role != .view }
        if let view = ring.newest(.view, tag: 0) {
            records.append(
                KeyRecord(
                    id: view.id,
                    tag: 0,
                    key: try Vault.newKeys(1)[0],
                    epoch: view.epoch + 1,
                    role: .view
                )
            )
        }
        return records
    }

    /// Overwrites the subject's slot and forgets its keys.
    func erase(
        _ subject: SubjectID,
        reason: UInt32,
        throughRevision: UInt64,
        at seconds: Int64
    ) throws(VaultError) {
        let number = try liveNumber(of: subject)
        var slot = Slot(state: .erased, subject: subject)
        slot.owesAnnouncement = true
        slot.erasure = Slot.Erasure(
            reason: reason,
            at: seconds,
            throughRevision: throughRevision
        )
        try file.withLock { file throws(VaultError) in
            try file.place(slot, at: number)
            try file.flush()
        }
        table.withLock { $0.erase(number) }
        cache.evict(subject)
    }

    private func lastRevision(of subject: SubjectID) throws(VaultError) -> UInt64 {
        let log = try log
        return try onLog { () throws(LogError) in max(try log.size(of: subject), 1) - 1 }
    }
}
