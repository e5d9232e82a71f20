import SwiftProtobuf

/// Makes encoded events of every type from the descriptors alone, so that a new field or fact is
/// covered without a word here.
///
/// Strange ones use all that a Protobuf reader must take: fields out of order, fields that nobody
/// knows, a field set several times, a known number with another wire type, overlong numbers.
struct RandomWire {
    private let messages: [String: [Google_Protobuf_FieldDescriptorProto]]
    /// Names of the facts, with their type numbers.
    private let facts: [(number: Int32, type: String)]
    var dice: EventDice
    private let isStrange: Bool

    init(schemas: SchemaSet, dice: EventDice, isStrange: Bool = false) {
        messages = schemas.messages.mapValues(\.field)
        facts = schemas.fields.filter { $0.cardinality == "oneof fact" }.map {
            ($0.number, $0.type)
        }
        self.dice = dice
        self.isStrange = isStrange
    }

    /// An event with this fact, or with any.
    mutating func event(_ fact: Int32? = nil) -> [UInt8] {
        let chosen = facts.first { $0.number == fact } ?? facts[dice.below(facts.count)]
        var parts: [[UInt8]] = []
        for field in messages["jangbu.v1.Event"] ?? []
        where field.number < 10 && dice.one(in: 2) {
            parts += fieldParts(field)
        }
        if isStrange, dice.one(in: 2) { parts.append(unknown(from: 6, to: 9)) }
        if isStrange, dice.one(in: 8) { parts.append(tag(chosen.number, 0) + varint(1)) }
        let content = message(chosen.type)
        parts.append(tag(chosen.number, 2) + varint(UInt64(content.count)) + content)
        return joined(parts)
    }

    private mutating func message(_ type: String) -> [UInt8] {
        var parts: [[UInt8]] = []
        for field in messages[type] ?? [] where !dice.one(in: 3) {
            parts += fieldParts(field)
        }
        if isStrange, dice.one(in: 2) { parts.append(unknown(from: 400, to: 600)) }
        return joined(parts)
    }

    private mutating func joined(_ parts: [[UInt8]]) -> [UInt8] {
        var parts = parts
        if isStrange { parts.shuffle(using: &dice) }
        return parts.flatMap { $0 }
    }

    private mutating func fieldParts(_ field: Google_Protobuf_FieldDescriptorProto) -> [[UInt8]] {
        let times = field.label == .repeated || isStrange ? 1 + dice.below(3) : 1
        return (0..<times).map { _ in
            if isStrange, dice.one(in: 10) { return unknown(from: field.number, to: field.number) }
            let (wire, content) = value(of: field)
            return tag(field.number, wire) + content
        }
    }

    private mutating func value(
        of field: Google_Protobuf_FieldDescriptorProto
    ) -> (wire: UInt64, content: [UInt8]) {
        let number = dice.number()
        switch field.type {
        case .sint64: return (0, varint(number))
        case .sint32, .uint32: return (0, varint(number & 0xFFFF_FFFF))
        case .bool: return (0, varint(number & 1))
        case .enum: return (0, varint(dice.one(in: 4) ? number : number & 7))
        case .string: return delimited(dice.text())
        case .bytes: return delimited((0..<dice.below(20)).map { _ in UInt8(dice.below(256)) })
        case .message: return delimited(message(String(field.typeName.dropFirst())))
        default: return (0, varint(number))
        }
    }

    private func delimited(_ content: [UInt8]) -> (wire: UInt64, content: [UInt8]) {
        (2, RandomWire.minimal(UInt64(content.count)) + content)
    }

    /// A field that no reader knows, of any wire type but the two of groups.
    private mutating func unknown(from: Int32, to: Int32) -> [UInt8] {
        let number = Int32.random(in: from...to, using: &dice)
        // A known number gets 1 or 5, which no field of ours has.
        switch dice.below(from == to ? 2 : 4) {
        case 0: return tag(number, 5) + [1, 2, 3, 4]
        case 1: return tag(number, 1) + [1, 2, 3, 4, 5, 6, 7, 8]
        case 2: return tag(number, 0) + varint(dice.number())
        default: return tag(number, 2) + delimited(dice.text()).content
        }
    }

    private mutating func tag(_ number: Int32, _ wire: UInt64) -> [UInt8] {
        varint(UInt64(number) << 3 | wire, bytesMax: 5)
    }

    private mutating func varint(_ value: UInt64, bytesMax: Int = 10) -> [UInt8] {
        var bytes = RandomWire.minimal(value)
        guard isStrange, bytes.count < bytesMax, dice.one(in: 6) else { return bytes }
        bytes[bytes.count - 1] |= 0x80
        bytes += Array(repeating: 0x80, count: dice.below(bytesMax - bytes.count)) + [0]
        return bytes
    }

    static func minimal(_ value: UInt64) -> [UInt8] {
        var bytes: [UInt8] = []
        var rest = value
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        return bytes + [UInt8(rest)]
    }
}
