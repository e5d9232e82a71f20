internal import Cryptography
internal import EventLog
internal import Finance
internal import Frame
internal import Synchronization
internal import Vault

/// Reads what was put aside of a person from their log.
final class QuarantineReader: Sendable {
    /// What one scan found, and the revision up to which it read.
    struct Found {
        var answers: [UInt64: StoredAnswer] = [:]
        /// In the order in which they were put aside.
        var order: [UInt64] = []
        var revision: UInt64 = 0
    }

    private let log: EventLog
    private let vault: Vault
    private let opener: Mutex<FrameOpener>

    init(log: EventLog, vault: Vault) throws(BookError) {
        (self.log, self.vault) = (log, vault)
        do throws(FrameError) {
            opener = Mutex(try FrameOpener())
        } catch {
            throw .frame(error)
        }
    }

    /// Everything that was put aside of a person; with `wanted` that one alone, its body too.
    ///
    /// Goes through the whole log of the person: an operator asks, and seldom.
    func read(
        _ subject: SubjectID,
        bodyOf wanted: UInt64? = nil
    ) throws(BookError) -> Found {
        var found = Found()
        do {
            let end = try log.durableSize(of: subject)
            while found.revision < end {
                let limit = Int(min(256, end - found.revision))
                let next = try opener.withLock { opener in
                    try log.read(subject, from: found.revision, limit: limit) { frame in
                        guard !frame.isTombstone else { return }
                        try take(frame.bytes, wanted, into: &found, using: &opener)
                    }
                }
                guard next > found.revision else { throw VaultError.notYetDurable }
                found.revision = next
            }
        } catch let error as VaultError {
            throw .vault(error)
        } catch let error as LogError {
            throw .log(error)
        } catch let error as FrameError {
            throw .frame(error)
        } catch let error as EventError {
            throw .fold(.event(error))
        } catch {
            throw .fold(.malformedState)
        }
        return found
    }

    private func take(
        _ frame: Span<UInt8>,
        _ wanted: UInt64?,
        into found: inout Found,
        using opener: inout FrameOpener
    ) throws {
        let header = try FrameHeader(frame)
        // Answers lie with their assets, lists in a compartment of their provider's, transfers
        // with the evidence.
        guard header.compartment != .keys,
            header.kind == .provider || header.kind == .control
        else { return }
        guard let key = try key(for: header) else { return }
        _ = try opener.open(frame, key: key)
        defer { opener.close() }
        var cursor = Finance.EventCursor(
            opener.events,
            of: AssetID(high: header.compartment.high, low: header.compartment.low)
        )
        while let event = try cursor.next() {
            switch event.type {
            case .payloadQuarantined, .quarantineRetried, .quarantineReleased,
                .transferCompleted:
                break
            default: continue
            }
            let message: Event
            // The decoder's reasons are many and its own.
            do { message = try event.message() } catch { throw EventError.truncated }
            found.take(message, in: header.compartment, wanted)
        }
    }
}

extension QuarantineReader {
    /// The key of a frame; nil when it is destroyed.
    private func key(for header: FrameHeader) throws(VaultError) -> SecretKey? {
        do throws(VaultError) {
            return try vault.key(
                of: header.subject,
                compartment: header.compartment,
                epoch: header.keyEpoch,
                for: .collection
            )
        } catch {
            guard error == .compartmentErased else { throw error }
            return nil
        }
    }
}

extension QuarantineReader.Found {
    fileprivate mutating func take(
        _ event: Event,
        in compartment: CompartmentID,
        _ wanted: UInt64?
    ) {
        switch event.fact {
        case .payloadQuarantined(var part):
            let id = part.id
            if let wanted, wanted != id { return }
            // Of the others nothing but what they are is kept.
            if wanted == nil { part.payload.removeAll() }
            guard part.part > 0 else {
                guard answers[id] == nil else { return }
                answers[id] = StoredAnswer(part, in: compartment, startedAt: event.occurredAt)
                order.append(id)
                return
            }
            answers[id]?.take(part)
        case .quarantineRetried(let retried): answers[retried.id]?.take(retried)
        case .quarantineReleased(let released):
            if answers[released.id]?.released == nil { answers[released.id]?.released = released }
        case .transferCompleted(let done):
            for id in order { answers[id]?.take(done, at: event.occurredAt) }
        default: return
        }
    }
}
