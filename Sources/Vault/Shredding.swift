public import Frame
internal import Cryptography

/// Why data is erased.
///
/// The numbers are `ShredReason`'s in `control.proto`.
public enum ShredReason: UInt32, Sendable, CaseIterable {
    /// A transfer request was withdrawn and deletion asked for.
    case withdrawnWithDeletion = 1
    /// The person asked for deletion.
    case deletionAsked = 2
    /// The person left the service.
    case leftService = 3
    /// The stated retention passed.
    case retentionEnded = 4
    /// A year without sign-in.
    case inactive = 5
    /// A provider sent data that was not asked for.
    case receivedByMistake = 6
    /// A rehearsal of the erasure.
    case operatorTest = 7
}

/// The operator's signed word that keys were destroyed.
public struct Shredding: Sendable, Equatable {
    /// Whose data.
    public var subject: SubjectID
    /// Which compartment; nil is all of the subject.
    public var compartment: CompartmentID?
    /// Number of the reason.
    public var reason: UInt32
    /// Revision up to which frames of it existed; 0 also when there were none.
    public var throughRevision: UInt64
    /// When, seconds since 1970-01-01 UTC.
    public var at: Int64
    /// Ed25519 over `message`, 64 bytes.
    public var signature: [UInt8] = []

    /// What is signed: `jangbu shredded 1` ‖ 0 ‖ subject ‖ 1 and compartment, or 2 and 16 zeros ‖
    /// reason ‖ through revision ‖ time, integers little-endian of 4, 8 and 8 bytes.
    public var message: [UInt8] {
        var out = Array("jangbu shredded 1\0".utf8)
        subject.append(to: &out)
        out.append(compartment == nil ? 2 : 1)
        (compartment ?? .keys).append(to: &out)
        out.appendLittleEndian(reason)
        out.appendLittleEndian(throughRevision)
        out.appendLittleEndian(at)
        return out
    }

    /// Whether the operator with this key signed it.
    public func isSigned(by publicKey: [UInt8]) -> Bool {
        do {
            return try verifySignature(signature, of: message, by: publicKey)
        } catch {
            return false
        }
    }
}

extension Shredding {
    init(
        of subject: SubjectID,
        _ compartment: CompartmentID?,
        reason: UInt32,
        throughRevision: UInt64,
        at: Int64,
        signedBy key: SigningKey
    ) throws(VaultError) {
        self.subject = subject
        self.compartment = compartment
        (self.reason, self.throughRevision, self.at) = (reason, throughRevision, at)
        let message = message
        signature = try crypting { () throws(CryptographyError) in try key.sign(message) }
    }

    func append(to out: inout [UInt8]) {
        if let compartment {
            out.appendField(1, bytes: compartment.bytes.span)
        } else {
            out.appendField(2, varint: 1)
        }
        out.appendField(3, varint: UInt64(reason))
        out.appendField(4, varint: throughRevision)
        out.appendField(5, bytes: signature.span)
        out.appendField(6, bytes: subject.bytes.span)
    }

    init(_ fact: Span<UInt8>) throws(WireFault) {
        var fields = FieldReader(fact)
        var isWhole = false
        var subject: SubjectID?
        (compartment, reason, throughRevision, at) = (nil, 0, 0, 0)
        while let (number, kind) = try fields.next() {
            switch (number, kind) {
            case (1, 2): compartment = try fields.identifier()
            case (2, 0): isWhole = try fields.varint() == 1
            case (3, 0): reason = try fields.number()
            case (4, 0): throughRevision = try fields.varint()
            case (5, 2): signature = try fields.field().array
            case (6, 2): subject = try fields.identifier()
            default: try fields.skip(kind: kind)
            }
        }
        guard let subject, isWhole != (compartment != nil) else { throw WireFault() }
        self.subject = subject
    }
}
