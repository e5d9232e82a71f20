public import SwiftProtobuf

/// Restates a fact of one version as the next version would have stated it.
///
/// Pure and total on what the old version could state: the same bytes give the same bytes, for
/// ever, without clock, chance or other events. The envelope is not its business and stays.
public struct Upcaster: Sendable {
    /// The type that it reads.
    public let from: EventType
    /// The type that it writes.
    public let to: EventType
    let restate: @Sendable ([UInt8]) throws(UpcastError) -> [UInt8]

    /// An upcaster between two messages.
    ///
    /// `body` throws `.inexpressible` when the new version has no way to state what the old did.
    public init<Old: Message, New: Message>(
        from: EventType,
        to: EventType,
        body: @escaping @Sendable (Old) throws(UpcastError) -> New
    ) {
        self.from = from
        self.to = to
        restate = { (bytes) throws(UpcastError) in
            let old: Old
            do {
                old = try Old(serializedBytes: bytes)
            } catch {
                throw .malformed(from)
            }
            let new = try body(old)
            do {
                return try new.serializedBytes()
            } catch {
                throw .inexpressible(from)
            }
        }
    }
}

/// Why an event of an old version could not be restated.
public enum UpcastError: Error, Hashable, Sendable {
    /// The bytes are not a message of this type.
    case malformed(EventType)
    /// The next version cannot state what this event does.
    case inexpressible(EventType)
}

extension EventView {
    /// This event with another fact; all else of its envelope as it is.
    func restated(as type: EventType, _ fact: [UInt8]) throws(UpcastError) -> [UInt8] {
        var event: [UInt8] = []
        event.reserveCapacity(bytes.count + fact.count)
        var reader = WireReader(bytes)
        do throws(EventError) {
            var start = 0
            while let tag = try reader.tag() {
                try reader.skip(tag)
                if tag != self.type.rawValue << 3 | 2 {
                    for index in start..<reader.index { event.append(bytes[index]) }
                }
                start = reader.index
            }
        } catch {
            throw .malformed(self.type)
        }
        let tag = UInt64(type.rawValue << 3 | 2)
        let prefix = WireSize.varint(tag) + WireSize.varint(UInt64(fact.count))
        event.append(addingCapacity: prefix + fact.count) { output in
            output.varint(tag)
            output.varint(UInt64(fact.count))
            for byte in fact { output.append(byte) }
        }
        return event
    }
}

extension Span<UInt8> {
    /// A copy of the bytes.
    var bytesCopied: [UInt8] {
        [UInt8](capacity: count) { copy in
            for index in indices { copy.append(self[index]) }
        }
    }
}
