internal import Cryptography
internal import EventLog
internal import Finance
internal import Frame
internal import SwiftProtobuf
internal import Vault

/// Events about one person, by the compartment that each belongs in.
struct FactGroups {
    private var groups: [(role: CompartmentRole, events: [[UInt8]])] = []

    var roles: [CompartmentRole] { groups.map(\.role) }

    init(_ events: [Event]) throws(ConsentError) {
        for event in events {
            let bytes: [UInt8]
            do {
                bytes = try event.serializedBytes()
            } catch {
                throw .record(.malformedRows(group: 0))
            }
            let role = CompartmentRole(of: event)
            if let place = groups.firstIndex(where: { $0.role == role }) {
                groups[place].events.append(bytes)
            } else {
                groups.append((role, [bytes]))
            }
        }
    }

    /// One event that belongs in a compartment of that role.
    init(_ event: Event, in role: CompartmentRole) throws(ConsentError) {
        do {
            groups = [(role, [try event.serializedBytes()])]
        } catch {
            throw .record(.malformedRows(group: 0))
        }
    }

    /// Seals them after an opening of `roles`.
    /// - Returns: the person's next revision.
    func seal(
        into frames: inout FrameBatch,
        after opening: Opening,
        with sealer: inout FrameSealer,
        vault: Vault,
        schemaSet: UInt32,
        at now: Int64
    ) throws(ConsentError) -> UInt64 {
        var next = opening.revision
        do {
            if let control = opening.control {
                try control.seal(
                    with: &sealer,
                    at: next,
                    recordedAt: now,
                    schemaSet: schemaSet,
                    salt: FactGroups.newSalt(),
                    into: &frames
                )
                next += 1
            }
            for (target, group) in zip(opening.compartments, groups) {
                for body in FactGroups.bodies(of: group.events) {
                    var asked = target.id.bytes
                    asked.appendLittleEndian(next)
                    SHA256.hash(body.bytes.span).append(to: &asked)
                    let content = FrameContent(
                        kind: target.role.frameKind,
                        subject: opening.subject,
                        compartment: target.id,
                        keyEpoch: target.epoch,
                        revision: next,
                        command: vault.command(asked.span),
                        recordedAt: now,
                        schemaSet: schemaSet,
                        eventCount: body.count
                    )
                    try sealer.seal(
                        body.bytes.span,
                        as: content,
                        key: target.key,
                        salt: FactGroups.newSalt(),
                        into: &frames
                    )
                    next += 1
                }
            }
        } catch {
            if let error = error as? CryptographyError {
                throw .record(.vault(.cryptography(error)))
            }
            throw ConsentError(reading: error)
        }
        return next
    }

    /// Bodies of frames: events with their lengths, as many as a frame may hold.
    private static func bodies(of events: [[UInt8]]) -> [(bytes: [UInt8], count: Int)] {
        var bodies: [(bytes: [UInt8], count: Int)] = []
        for event in events {
            let isFull =
                bodies.last.map {
                    $0.count == RecordLimit.eventsPerFrameMax
                        || $0.bytes.count + event.count + 4 > RecordLimit.bytesPerFrameMax
                } ?? true
            if isFull { bodies.append(([], 0)) }
            let last = bodies.count - 1
            EventBytes.append(encoded: event, to: &bodies[last].bytes)
            bodies[last].count += 1
        }
        return bodies
    }

    private static func newSalt() throws(CryptographyError) -> (UInt64, UInt64) {
        let salt = try Random.bytes(16)
        return (salt.span.bigEndian(UInt64.self, at: 0), salt.span.bigEndian(UInt64.self, at: 8))
    }
}

extension CompartmentRole {
    /// Where an event about consents and collection is kept: tokens where only collection reaches
    /// them, what must outlive the data as evidence, the rest with the consents.
    init(of event: Event) {
        self =
            switch event.fact {
            case .tokenIssued: .credential
            case .transferCompleted, .transferFailed, .tokenEnded, .deletionRequested,
                .deletionCompleted, .dataPurged, .noticeSent, .dataAccessed:
                .evidence
            default: .consent
            }
    }
}
