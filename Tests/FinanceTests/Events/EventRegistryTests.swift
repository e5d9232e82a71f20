import Finance
import Foundation
import SwiftProtobuf
import Testing

@Suite struct EventRegistryTests {
    typealias Entry = EventRegistry.Entry

    static let next = EventType(rawValue: 900)
    static let last = EventType(rawValue: 901)

    /// Version 1 of CardApproved as version 2 would state it: the merchant on its own.
    static let upcaster = Upcaster(from: .cardApproved, to: next) {
        (old: CardApproved) throws(UpcastError) in
        guard old.status != .capturedUnapproved else { throw .inexpressible(.cardApproved) }
        var new = FixtureCardApprovedV2()
        new.amount = old.amount
        new.currency = old.currency
        new.merchant.name = old.merchantName
        new.merchant.mcc = old.mcc
        new.merchant.registration = old.merchantRegistration
        new.approvalNumber = old.approvalNumber
        return new
    }

    static func same(_ from: EventType, _ to: EventType) -> Upcaster {
        Upcaster(from: from, to: to) {
            (old: FixtureCardApprovedV2) throws(UpcastError) -> FixtureCardApprovedV2 in
            var new = old
            new.approvalNumber += ">\(to.rawValue)"
            return new
        }
    }

    private func hex(_ name: String) throws -> [UInt8] {
        let path = SchemaSet.folder.appending(path: "fixtures/\(name)")
        let digits = try String(contentsOf: path, encoding: .utf8).filter(\.isHexDigit)
        var rest = digits[...]
        var bytes: [UInt8] = []
        while let byte = UInt8(rest.prefix(2), radix: 16) {
            bytes.append(byte)
            rest = rest.dropFirst(2)
        }
        return bytes
    }

    private func read(
        _ bytes: [UInt8],
        _ registry: EventRegistry
    ) throws -> EventRegistry.Reading {
        try registry.read(try EventView(bytes.span, of: EventAgreement.asset))
    }

    @Test func `an event recorded in version 1 reads as version 2, for ever the same bytes`()
        throws
    {
        let registry = try EventRegistry(
            [Entry(.cardApproved, "CardApproved"), Entry(Self.next, "CardApproved", version: 2)],
            upcasters: [Self.upcaster]
        )
        let old = try hex("card_approved_v1.hex")
        #expect(try read(old, registry) == .upcast(try hex("card_approved_v2.hex")))
        #expect(try read(try hex("card_approved_v2.hex"), registry) == .current)
        #expect(try Event(serializedBytes: old).cardApproved.merchantName == "달빛서점 망원")
    }

    @Test func `an upcast keeps all of the envelope, also what this build does not know`() throws {
        let registry = try EventRegistry(
            [Entry(.cardApproved, "CardApproved"), Entry(Self.next, "CardApproved", version: 2)],
            upcasters: [Self.upcaster]
        )
        let envelope: [UInt8] = [0x08, 0x05, 0x10, 0x00, 0x18, 0x02, 0x28, 0x03, 0x32, 0x01, 0x41]
        let old = envelope + [0x82, 0x05, 0x02, 0x08, 0x02, 0x3A, 0x00]
        let new = envelope + [0x3A, 0x00] + RandomWire.minimal(900 << 3 | 2)
        #expect(try read(old, registry) == .upcast(new + [0x04, 0x08, 0x02, 0x1A, 0x00]))
    }

    @Test func `upcasters run one after another, in the order of versions`() throws {
        let registry = try EventRegistry(
            [
                Entry(Self.last, "CardApproved", version: 3),
                Entry(.cardApproved, "CardApproved"),
                Entry(Self.next, "CardApproved", version: 2),
            ],
            upcasters: [Self.same(Self.next, Self.last), Self.upcaster]
        )
        guard case .upcast(let bytes) = try read(try hex("card_approved_v1.hex"), registry) else {
            Issue.record("version 1 must be restated")
            return
        }
        let view = try EventView(bytes.span, of: EventAgreement.asset)
        let fact = try FixtureCardApprovedV2(serializedBytes: EventAgreement.bytes(view.fact))
        #expect(view.type == Self.last && fact.approvalNumber == "30114407>901")
        #expect(!registry.isCurrent(Self.next) && registry.isCurrent(Self.last))
    }

    @Test func `an unknown type is said to be unknown, so that it is parked`() throws {
        let registry = try EventRegistry.released()
        let bytes: [UInt8] = RandomWire.minimal(1999 << 3 | 2) + [0x00]
        #expect(try read(bytes, registry) == .unknown(EventType(rawValue: 1999)))
        #expect(registry.entry(of: EventType(rawValue: 1999)) == nil)
        #expect(registry.entry(of: .cardApproved)?.name == "CardApproved")
    }

    @Test func `an event that cannot be restated says why`() throws {
        let registry = try EventRegistry(
            [Entry(.cardApproved, "CardApproved"), Entry(Self.next, "CardApproved", version: 2)],
            upcasters: [Self.upcaster]
        )
        let inexpressible: [UInt8] = [0x82, 0x05, 0x02, 0x30, 0x04]
        #expect(throws: UpcastError.inexpressible(.cardApproved)) {
            try read(inexpressible, registry)
        }
        let malformed: [UInt8] = [0x82, 0x05, 0x01, 0x08]
        #expect(throws: UpcastError.malformed(.cardApproved)) { try read(malformed, registry) }
    }

    /// A set that must not start, and why.
    struct Refused: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let entries: [Entry]
        let upcasters: [Upcaster]
        let error: RegistryError
    }

    static let v1 = Entry(.cardApproved, "CardApproved")
    static let v2 = Entry(next, "CardApproved", version: 2)
    static let v3 = Entry(last, "CardApproved", version: 3)
    static let refused = [
        Refused(
            testDescription: "a number given twice",
            entries: [v1, Entry(.cardApproved, "Other")],
            upcasters: [],
            error: .typeRepeated(.cardApproved)
        ),
        Refused(
            testDescription: "a number of the envelope",
            entries: [Entry(EventType(rawValue: 9), "Other")],
            upcasters: [],
            error: .typeReserved(EventType(rawValue: 9))
        ),
        Refused(
            testDescription: "a version given twice",
            entries: [v1, Entry(next, "CardApproved")],
            upcasters: [],
            error: .versionRepeated(name: "CardApproved", version: 1)
        ),
        Refused(
            testDescription: "a gap between versions",
            entries: [v1, v3],
            upcasters: [],
            error: .versionMissing(name: "CardApproved", version: 2)
        ),
        Refused(
            testDescription: "no first version",
            entries: [v2],
            upcasters: [],
            error: .versionMissing(name: "CardApproved", version: 1)
        ),
        Refused(
            testDescription: "versions that start at 0",
            entries: [Entry(next, "CardApproved", version: 0)],
            upcasters: [],
            error: .versionMissing(name: "CardApproved", version: 1)
        ),
        Refused(
            testDescription: "an old version without upcaster",
            entries: [v1, v2, v3],
            upcasters: [upcaster],
            error: .upcasterMissing(next)
        ),
        Refused(
            testDescription: "an upcaster from an unknown type",
            entries: [v1],
            upcasters: [upcaster],
            error: .upcasterUnknown(next)
        ),
        Refused(
            testDescription: "two upcasters from one type",
            entries: [v1, v2],
            upcasters: [upcaster, upcaster],
            error: .upcasterRepeated(.cardApproved)
        ),
        Refused(
            testDescription: "an upcaster that skips a version",
            entries: [v1, v2, v3],
            upcasters: [same(.cardApproved, last), same(next, last)],
            error: .upcasterSkips(from: .cardApproved, to: last)
        ),
        Refused(
            testDescription: "a cycle of two",
            entries: [v1, v2],
            upcasters: [upcaster, same(next, .cardApproved)],
            error: .cycle(.cardApproved)
        ),
        Refused(
            testDescription: "an upcaster onto itself",
            entries: [v1],
            upcasters: [same(.cardApproved, .cardApproved)],
            error: .cycle(.cardApproved)
        ),
        Refused(
            testDescription: "an upcaster back to an older version",
            entries: [v1, v2, v3],
            upcasters: [upcaster, same(next, last), same(last, next)],
            error: .cycle(.cardApproved)
        ),
    ]

    @Test(arguments: refused)
    func `a set that does not fit together refuses to start`(refused: Refused) {
        #expect(throws: refused.error) {
            try EventRegistry(refused.entries, upcasters: refused.upcasters)
        }
    }

    @Test func `a fact may end in another fact, and a type below the first stays out`() throws {
        let other = Entry(Self.next, "CardUsed")
        let registry = try EventRegistry([Self.v1, other], upcasters: [Self.upcaster])
        #expect(registry.isCurrent(Self.next) && !registry.isCurrent(.cardApproved))
        #expect(!registry.isCurrent(EventType(rawValue: 3)))
    }
}
