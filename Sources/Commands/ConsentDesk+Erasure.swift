internal import EventLog
public import Finance
public import Frame
internal import Synchronization
public import Vault

/// Where the erasure of an owed deletion stands; a crash right after each is survived.
///
/// Before the first, the person's log says what is owed (`DeletionRequested`): whoever opens the
/// ledger next goes on from there.
enum ErasureStep: Sendable, CaseIterable {
    /// The keys are destroyed.
    case destroyed
    /// The receipt is in the log.
    case receipted
}

/// The operator's word that data was deleted, with its proofs.
public struct ErasureReceipt: Sendable, Equatable {
    /// What was asked and what it came to.
    public let deletion: Deletion
    /// The signed word for each compartment; see `Shredding.isSigned(by:)`.
    public let shreddings: [Shredding]
    /// Ed25519 key that they are signed by, 32 bytes.
    public let publicKey: [UInt8]

    /// Whether a signed word stands for each compartment, and nothing else does.
    public var isProven: Bool {
        guard let completion = deletion.completion else { return false }
        let signed = shreddings.filter { $0.isSigned(by: publicKey) }.compactMap(\.compartment)
        return Set(signed.map(AssetID.init)) == Set(completion.compartments)
    }
}

extension ConsentDesk {
    /// Does every deletion that the person's register owes, in the order in which they were asked.
    ///
    /// For each: the keys of what it covers are destroyed, then the receipt is recorded.
    /// Interrupted anywhere, the same again does what is left. `prepare` is called before keys go,
    /// for read models (`Projections.prepareErasure`); `now` in microseconds since 1970-01-01 UTC.
    /// - Returns: a receipt for each.
    @discardableResult
    public func eraseOwed(
        of subject: SubjectID,
        at now: Int64,
        prepare: @Sendable (SubjectID) -> Void = { _ in }
    ) async throws(ConsentError) -> [ErasureReceipt] {
        var receipts: [ErasureReceipt] = []
        while let owed = try register(of: subject).owedDeletions.first {
            try await destroy(owed, of: subject, at: now, prepare)
            try reached(.destroyed)
            let shreddings = try shreddings(of: subject, for: owed)
            let command = CompleteDeletion(
                owed,
                destroyed: shreddings.compactMap(\.compartment).map(AssetID.init).sorted(),
                throughRevision: shreddings.map(\.throughRevision).max() ?? 0,
                events: try eventCount(of: subject, in: shreddings.compactMap(\.compartment))
            )
            do throws(ConsentError) {
                try await carryOut(of: subject, at: now) {
                    register,
                    at,
                    today throws(ConsentRefusal) in
                    try register.decide(command, at: at, on: today)
                }
            } catch .refused(.noDeletionOwed) {
                // Somebody else was first with the same: what is owed now is read again.
                continue
            }
            try reached(.receipted)
            let done = try register(of: subject).deletions.last {
                $0.completion != nil && $0.scope == owed.scope && $0.reason == owed.reason
            }
            receipts.append(
                ErasureReceipt(
                    deletion: done ?? owed,
                    shreddings: shreddings,
                    publicKey: vault.publicKey
                )
            )
        }
        return receipts
    }

    /// What the deletions that a person's register owes would destroy now.
    public func erasurePlans(of subject: SubjectID) throws(ConsentError) -> [ErasurePlan] {
        let held = try held(of: subject)
        return try register(of: subject).owedDeletions.map { ErasurePlan($0, held: held) }
    }

    /// The person's assets that there is data of, and the lists that were put aside.
    public func held(of subject: SubjectID) throws(ConsentError) -> [HeldAsset] {
        let (assets, lists) = try keys { () throws(VaultError) in
            (try vault.assets(of: subject), try vault.quarantines(of: subject))
        }
        return assets.map { HeldAsset(AssetID($0.compartment), of: $0.name.provider) }
            + lists.map { HeldAsset(AssetID($0.compartment), of: $0.name.provider, isLists: true) }
    }

    /// Removes what came in while a request's token was issued twice: the assets that something
    /// was recorded of in that time go whole, and come again under a new request.
    ///
    /// - Throws: `.refused(.nothingToPurge)`.
    @discardableResult
    public func purge(
        _ request: ConsentID,
        of subject: SubjectID,
        at now: Int64,
        prepare: @Sendable (SubjectID) -> Void = { _ in }
    ) async throws(ConsentError) -> [ErasureReceipt] {
        guard let mistaken = try register(of: subject).requests[request] else {
            throw .refused(.requestUnknown)
        }
        let first = mistaken.requestedAt
        let last = max(first, mistaken.suspendedAt ?? first)
        let received = first * 1_000_000...last * 1_000_000 + 999_999
        let ofProvider = try held(of: subject).filter { $0.provider == mistaken.provider }.map(\.id)
        var touched: Set<AssetID> = []
        try forEachHeader(of: subject) { header in
            if received.contains(header.recordedAt) { touched.insert(AssetID(header.compartment)) }
        }
        let command = PurgeMistake(
            request: request,
            assets: touched.intersection(ofProvider).sorted()
        )
        try await carryOut(of: subject, at: now) { register, at, today throws(ConsentRefusal) in
            try register.decide(command, at: at, on: today)
        }
        return try await eraseOwed(of: subject, at: now, prepare: prepare)
    }

    private func destroy(
        _ owed: Deletion,
        of subject: SubjectID,
        at now: Int64,
        _ prepare: (SubjectID) -> Void
    ) async throws(ConsentError) {
        guard let reason = ErasureReason(rawValue: UInt32(owed.reason.rawValue)) else {
            throw .fold(.unrepresentable)
        }
        // Again until nothing is left: an answer that was on its way may have opened one more.
        for _ in 0..<RecordLimit.attemptsMax {
            let plan = ErasurePlan(owed, held: try held(of: subject))
            let roles = plan.roles.compactMap { CompartmentRole(rawValue: UInt8($0.rawValue)) }
            let targets =
                plan.assets.map { CompartmentID(high: $0.high, low: $0.low) }
                + (try compartments(of: subject, roles))
            guard !targets.isEmpty else { return }
            prepare(subject)
            do throws(VaultError) {
                try await vault.shred(
                    compartments: targets,
                    of: subject,
                    reason: reason,
                    at: now
                )
            } catch {
                throw .record(.vault(error))
            }
        }
        throw .record(.contended)
    }

    /// The signed words that belong to an owed deletion: of its reason, since it was asked for, and
    /// in no earlier receipt.
    private func shreddings(
        of subject: SubjectID,
        for owed: Deletion
    ) throws(ConsentError) -> [Shredding] {
        let register = try register(of: subject)
        let receipted = Set(register.deletions.flatMap { $0.completion?.compartments ?? [] })
        return try keys { () throws(VaultError) in try vault.shreddings(of: subject) }.filter {
            guard let id = $0.compartment else { return false }
            return $0.reason == UInt32(owed.reason.rawValue) && $0.at >= owed.askedAt
                && !receipted.contains(AssetID(id))
        }
    }

    /// Events in frames of these compartments; their headers stay readable.
    private func eventCount(
        of subject: SubjectID,
        in compartments: [CompartmentID]
    ) throws(ConsentError) -> UInt32 {
        var count: UInt32 = 0
        try forEachHeader(of: subject) { header in
            if compartments.contains(header.compartment) { count &+= UInt32(header.eventCount) }
        }
        return count
    }

    private func forEachHeader(
        of subject: SubjectID,
        _ body: (FrameHeader) -> Void
    ) throws(ConsentError) {
        var from: UInt64 = 0
        do {
            while true {
                let next = try log.read(subject, from: from, limit: 256) { frame in
                    guard !frame.isTombstone else { return }
                    body(try FrameHeader(frame.bytes))
                }
                guard next > from else { return }
                from = next
            }
        } catch {
            throw ConsentError(reading: error)
        }
    }

    private func reached(_ step: ErasureStep) throws(ConsentError) {
        if let hook = steps.withLock({ $0 }) { try hook(step) }
    }
}

extension AssetID {
    /// The asset whose compartment this is.
    public init(_ compartment: CompartmentID) {
        self.init(high: compartment.high, low: compartment.low)
    }
}
