internal import Cryptography
public import EventLog
public import Frame
internal import Synchronization

extension Vault {
    /// Appends one event to a platform ledger, sealed in its only compartment.
    ///
    /// Durable when this returns; the same command again appends nothing. `event` is one
    /// `jangbu.v1.Event` without a length before it, `now` in microseconds since 1970-01-01 UTC.
    /// - Returns: whether the event was appended or there before.
    /// - Throws: `.contended`, `.append`, and why the ledger's key cannot be had.
    public func record(
        _ event: [UInt8],
        in ledger: SubjectID,
        command: CommandID,
        schemaSet: UInt32 = 1,
        at now: Int64
    ) async throws(VaultError) -> Receipt.Outcome {
        precondition(ledger.isPlatform, "persons have more than one compartment")
        return try await gate.hold([ledger]) { () async throws(VaultError) in
            try await recordHeld(
                event,
                in: ledger,
                command: command,
                schemaSet: schemaSet,
                at: now
            )
        }
    }

    /// The same for a caller that holds the ledger's gate.
    func recordHeld(
        _ event: [UInt8],
        in ledger: SubjectID,
        command: CommandID,
        schemaSet: UInt32 = 1,
        at now: Int64
    ) async throws(VaultError) -> Receipt.Outcome {
        let log = try log
        for _ in 0..<VaultLimit.attemptsMax {
            let (opening, batch) = try ledgerBatch(
                event,
                in: ledger,
                command: command,
                schemaSet: schemaSet,
                at: now
            )
            do throws(AppendError) {
                return settle(opening, try await log.append(batch))
            } catch {
                guard error.isConflict else { throw .append(error) }
            }
        }
        throw .contended
    }

    /// The same for a plain thread, with no other writer: while the vault is being attached.
    func recordAndWait(
        _ event: [UInt8],
        in ledger: SubjectID,
        command: CommandID,
        at now: Int64
    ) throws(VaultError) {
        let log = try log
        let (opening, batch) = try ledgerBatch(
            event,
            in: ledger,
            command: command,
            schemaSet: 1,
            at: now
        )
        do throws(AppendError) {
            _ = settle(opening, try log.appendAndWait(batch))
        } catch {
            throw .append(error)
        }
    }

    private func settle(_ opening: Opening, _ receipt: Receipt) -> Receipt.Outcome {
        guard let last = receipt.places.last, last.outcome == .appended else {
            cache.evict(opening.subject)
            return .duplicate
        }
        commit(opening, through: last.revision + 1)
        return .appended
    }

    private func ledgerBatch(
        _ event: [UInt8],
        in ledger: SubjectID,
        command: CommandID,
        schemaSet: UInt32,
        at now: Int64
    ) throws(VaultError) -> (Opening, FrameBatch) {
        let opening = try open([.role(.evidence)], of: ledger, for: .collection, at: now)
        let target = opening.compartments[0]
        var body: [UInt8] = []
        body.appendVarint(UInt64(event.count))
        body += event
        var batch = FrameBatch()
        try framing { () throws(FrameError) in
            try sealer.withLock { sealer throws(FrameError) in
                var revision = opening.revision
                if let control = opening.control {
                    try control.seal(
                        with: &sealer,
                        at: revision,
                        recordedAt: now,
                        schemaSet: schemaSet,
                        salt: Vault.newSalt(),
                        into: &batch
                    )
                    revision += 1
                }
                let content = FrameContent(
                    kind: .control,
                    subject: ledger,
                    compartment: target.id,
                    keyEpoch: target.epoch,
                    revision: revision,
                    command: command,
                    recordedAt: now,
                    schemaSet: schemaSet,
                    eventCount: 1
                )
                try sealer.seal(
                    body.span,
                    as: content,
                    key: target.key,
                    salt: Vault.newSalt(),
                    into: &batch
                )
            }
        }
        return (opening, batch)
    }

    static func newSalt() throws(FrameError) -> (UInt64, UInt64) {
        do throws(CryptographyError) {
            let salt = try Random.bytes(16)
            return (
                salt.span.bigEndian(UInt64.self, at: 0), salt.span.bigEndian(UInt64.self, at: 8)
            )
        } catch {
            throw .libraryFailure(operation: "RAND_bytes")
        }
    }
}

extension AppendError {
    /// Another writer was first, or more is queued than fits: deciding again may help.
    var isConflict: Bool {
        if case .revisionConflict = self { return true }
        return false
    }
}
