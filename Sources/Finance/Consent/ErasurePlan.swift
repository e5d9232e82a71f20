internal import FoundationEssentials
internal import SwiftProtobuf

/// An asset that the operator holds data of, or lists of a provider that were put aside.
public struct HeldAsset: Hashable, Sendable {
    /// Its compartment.
    public var id: AssetID
    /// The provider's org_code.
    public var provider: String
    /// Whether it is lists, which name assets of the provider and go with any of them.
    public var isLists: Bool

    /// An asset, or lists.
    public init(_ id: AssetID, of provider: String, isLists: Bool = false) {
        (self.id, self.provider, self.isLists) = (id, provider, isLists)
    }
}

/// What one owed deletion destroys.
///
/// An asset's compartment is the unit: data of it from before the request goes too. What a provider
/// listed and nobody could read goes with any asset of it, for it names them. Consents and evidence
/// stay in every case, for they are kept by duty: who asked what, when, and that it was
/// deleted. What the server derived (`view`) is dropped and folded again without what went.
public struct ErasurePlan: Hashable, Sendable {
    /// What was asked for.
    public let deletion: Deletion
    /// Compartments of assets and of lists to destroy, in the order of their ids.
    public let assets: [AssetID]
    /// Other compartments to destroy, where they are there.
    public let roles: [CompartmentPurpose]

    /// What outlives every deletion but that of the whole subject.
    public static let kept: [CompartmentPurpose] = [.consent, .evidence]

    /// The plan for a deletion over what is held now.
    public init(_ deletion: Deletion, held: [HeldAsset]) {
        self.deletion = deletion
        var found: Set<AssetID>
        switch deletion.scope {
        case .everything:
            found = Set(held.map(\.id))
            roles = [.credential, .preference, .decision]
        case .provider(let code):
            found = Set(held.filter { $0.provider == code }.map(\.id))
            roles = []
        case .assets(let named, of: let code):
            found = Set(held.filter { $0.isLists && $0.provider == code }.map(\.id))
            found.formUnion(Set(named).intersection(held.map(\.id)))
            roles = []
        }
        assets = found.sorted()
    }
}

extension TransferRegister {
    /// Removes what came in under a request whose token was issued twice.
    ///
    /// - Throws: `.requestUnknown`, `.nothingToPurge` when the token was not issued twice or
    ///   nothing came in.
    public func decide(
        _ command: PurgeMistake,
        at now: Int64,
        on today: CivilDate
    ) throws(ConsentRefusal) -> [Event] {
        guard let request = requests[command.request] else { throw .requestUnknown }
        guard request.suspendedAt != nil, !command.assets.isEmpty else { throw .nothingToPurge }
        let scope = DeletionScope.assets(command.assets, of: request.provider)
        guard !owedDeletions.contains(where: { $0.scope == scope }) else { throw .nothingToChange }
        guard owedDeletions.count < Self.owedMax, command.assets.count <= RequestTerms.assetsMax
        else { throw .tooMany }
        return [.deletion(scope, .receivedByMistake, at: now)]
    }

    /// Records that an owed deletion is done: its receipt, and of a purge what it removed.
    ///
    /// - Throws: `.noDeletionOwed` when the register owes no such deletion.
    public func decide(
        _ command: CompleteDeletion,
        at now: Int64,
        on today: CivilDate
    ) throws(ConsentRefusal) -> [Event] {
        let deletion = command.deletion
        // Receipts name no request, so of several of a kind the first is done first.
        let first = owedDeletions.first { $0.isOfKind(deletion.scope.provider, deletion.reason) }
        guard first == deletion else { throw .noDeletionOwed }
        let receipt = Event.consent(now) { event in
            event.deletionCompleted.provider = deletion.scope.provider
            event.deletionCompleted.compartments = command.destroyed.map { Data($0.bytes) }
            event.deletionCompleted.reason = deletion.reason
            event.deletionCompleted.throughRevision = command.throughRevision
        }
        guard deletion.reason == .receivedByMistake, let request = mistaken(deletion) else {
            return [receipt]
        }
        let purge = Event.consent(now) { event in
            event.dataPurged.request = Data(request.id.bytes)
            event.dataPurged.provider = request.provider
            event.dataPurged.fromAt = request.requestedAt
            event.dataPurged.toAt = max(request.requestedAt, request.suspendedAt ?? now)
            event.dataPurged.events = command.events
        }
        return [receipt, purge]
    }

    /// The request whose token was issued twice before a purge was asked for.
    private func mistaken(_ deletion: Deletion) -> TransferRequest? {
        requests.values.filter {
            $0.provider == deletion.scope.provider && $0.suspendedAt ?? .max <= deletion.askedAt
        }.max { ($0.suspendedAt ?? 0, $0.id) < ($1.suspendedAt ?? 0, $1.id) }
    }
}
