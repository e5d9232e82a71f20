internal import Cryptography
public import EventLog
public import Frame
public import Vault

/// Reads a person's log from one end, with whatever the purpose opens and is not erased.
public struct PersonReader: Sendable {
    private let vault: Vault
    private let log: EventLog
    private let purpose: Purpose

    /// Frames read under one look into the log.
    private static let spanMax: UInt64 = 256

    /// A reader that leases keys for `purpose`.
    public init(vault: Vault, log: EventLog, for purpose: Purpose) {
        (self.vault, self.log, self.purpose) = (vault, log, purpose)
    }

    /// Frames of the person's log that are durable: the revision of the next.
    public func size(of subject: SubjectID) throws(RecordError) -> UInt64 {
        do throws(LogError) { return try log.durableSize(of: subject) } catch { throw .log(error) }
    }

    /// Calls `body` with each frame in its order: its revision, its header and its events, or nil
    /// and none where there is nothing that the purpose may see: keys, tombstones, what was erased.
    ///
    /// Ends early when `body` answers false.
    /// - Throws: `.vault(.subjectErased)`; `.log`, `.frame` for damage; what `body` throws.
    public func forEachFrame(
        of subject: SubjectID,
        in revisions: Range<UInt64>,
        _ body: (UInt64, FrameHeader?, Span<UInt8>) throws -> Bool
    ) throws {
        var opener = try FrameOpener()
        var revision = revisions.lowerBound
        var goesOn = true
        while goesOn, revision < revisions.upperBound {
            let limit = Int(min(PersonReader.spanMax, revisions.upperBound - revision))
            let begin = revision
            _ = try log.read(subject, from: revision, limit: limit) { frame in
                guard goesOn else { return }
                goesOn = try visit(frame, revision, of: subject, &opener, body)
                revision += 1
            }
            guard revision > begin else { break }
        }
    }

    private func visit(
        _ frame: borrowing StoredFrame,
        _ revision: UInt64,
        of subject: SubjectID,
        _ opener: inout FrameOpener,
        _ body: (UInt64, FrameHeader?, Span<UInt8>) throws -> Bool
    ) throws -> Bool {
        guard !frame.isTombstone else { return try body(revision, nil, Span()) }
        let header = try FrameHeader(frame.bytes)
        guard header.compartment != .keys else { return try body(revision, nil, Span()) }
        let key: SecretKey
        do throws(VaultError) {
            key = try vault.key(
                of: subject,
                compartment: header.compartment,
                epoch: header.keyEpoch,
                for: purpose
            )
        } catch {
            switch error {
            case .compartmentErased, .purposeRefused: return try body(revision, nil, Span())
            default: throw error
            }
        }
        _ = try opener.open(frame.bytes, key: key)
        defer { opener.close() }
        return try body(revision, header, opener.events)
    }
}
