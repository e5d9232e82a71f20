public import EventLog
public import Finance
public import Frame
internal import SwiftProtobuf
public import Vault

/// One of the platform's own ledgers, to append to.
public struct PlatformLedger: Sendable {
    private let vault: Vault
    private let subject: SubjectID

    /// Imports, erasures, closed totals.
    public static func operations(_ vault: Vault) -> PlatformLedger {
        PlatformLedger(.operations, of: vault)
    }

    /// A ledger by its reserved id.
    public init(_ subject: SubjectID, of vault: Vault) {
        precondition(subject.isPlatform, "a platform ledger")
        (self.vault, self.subject) = (vault, subject)
    }

    /// Appends an event; durable when this returns.
    ///
    /// `command` is what asked for it, the event's own content if nothing is given: the same again
    /// appends nothing. `now` in microseconds since 1970-01-01 UTC.
    /// - Returns: whether the event was appended or there before.
    /// - Throws: `.malformedRows` when the event does not encode; what the vault throws.
    public func append(
        _ event: Event,
        command: CommandID? = nil,
        at now: Int64
    ) async throws(RecordError) -> Receipt.Outcome {
        let bytes: [UInt8]
        do {
            bytes = try event.serializedBytes()
        } catch {
            throw .malformedRows(group: 0)
        }
        do throws(VaultError) {
            return try await vault.record(
                bytes,
                in: subject,
                command: command ?? vault.command(bytes.span),
                at: now
            )
        } catch {
            throw .vault(error)
        }
    }
}

extension AssetName {
    /// The name of an asset of a kind in an industry.
    public init(
        provider: String,
        key: String,
        issuedOn: UInt32 = 0,
        kind: AssetKind,
        industry: Industry
    ) {
        self.init(
            provider: provider,
            key: key,
            issuedOn: issuedOn,
            kind: UInt32(kind.rawValue),
            industry: UInt32(industry.rawValue)
        )
    }
}
