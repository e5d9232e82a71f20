import Cryptography
import Finance
import FoundationEssentials
import Frame
import Simulation
import SwiftProtobuf
import Testing

@testable import Vault

@Suite struct ControlEventTests {
    private func wrap(_ epoch: UInt32) throws -> (ControlEvent.KeyWrap, KeyWrapped) {
        let id = CompartmentID(high: 7, low: UInt64(epoch) + 1)
        let bytes = (0..<32).map { UInt8($0) + UInt8(epoch) }
        let key = SecretKey(copying: bytes.span)
        var message = KeyWrapped()
        message.compartment = .init(id.bytes)
        message.epoch = epoch
        message.wrappedKey = .init(bytes)
        message.holder = .operator
        message.holderEpoch = 3
        return (
            ControlEvent.KeyWrap(compartment: id, epoch: epoch, key: key, kekEpoch: 3), message
        )
    }

    @Test(arguments: [0, 1, 200] as [UInt32])
    func `a wrap is the bytes of its message`(epoch: UInt32) throws {
        let (wrap, message) = try wrap(epoch)
        var event = Event()
        event.occurredAt = 1_735_689_600
        event.keyWrapped = message
        #expect(
            ControlEvent.wrapped(wrap).encoded(occurredAt: 1_735_689_600)
                == (try event.serializedBytes())
        )
    }

    @Test func `an opening is the bytes of its message`() throws {
        let name = AssetName(
            provider: "C0001",
            key: "1234-가나",
            issuedOn: 20_250_101,
            kind: 10,
            industry: 2
        )
        var message = CompartmentOpened()
        message.compartment = .init(CompartmentID(high: 1, low: 2).bytes)
        message.purpose = .asset
        message.assetKind = .card
        message.provider = "C0001"
        message.industry = .card
        message.assetKey = "1234-가나"
        message.assetIssuedOn = 20_250_101
        var event = Event()
        event.occurredAt = -5
        event.compartmentOpened = message
        let ours = ControlEvent.opened(CompartmentID(high: 1, low: 2), .asset, name)
        #expect(ours.encoded(occurredAt: -5) == (try event.serializedBytes()))
    }

    @Test func `a rewrap is the bytes of its message`() throws {
        let wraps = try [wrap(0), wrap(4), wrap(9)]
        var message = KeysRewrapped()
        message.holderEpoch = 3
        message.reason = .compartmentShredded
        message.wraps = wraps.map(\.1)
        var event = Event()
        event.occurredAt = 9
        event.keysRewrapped = message
        let ours = ControlEvent.rewrapped(kekEpoch: 3, wraps.map(\.0))
        #expect(ours.encoded(occurredAt: 9) == (try event.serializedBytes()))
    }

    @Test(arguments: [nil, CompartmentID(high: 3, low: 4)])
    func `an erasure reads as its message, is signed and comes back`(
        compartment: CompartmentID?
    ) throws {
        let key = SigningKey()
        let shredding = try Shredding(
            of: SubjectID(high: 1, low: 9),
            compartment,
            reason: 2,
            throughRevision: 41,
            at: 77,
            signedBy: key
        )
        let bytes = ControlEvent.shredded(shredding).encoded(occurredAt: 77)
        let event = try Event(serializedBytes: bytes)
        #expect(event.occurredAt == 77)
        #expect(event.shredded.reason == .deletionAsked)
        #expect(event.shredded.throughRevision == 41)
        #expect(event.shredded.wholeSubject == (compartment == nil))
        #expect(event.shredded.compartment == .init(compartment?.bytes ?? []))
        #expect(event.shredded.signature == .init(shredding.signature))
        #expect(event.shredded.subject == .init(SubjectID(high: 1, low: 9).bytes))
        #expect(event.shredded.unknownFields.data.isEmpty)
        #expect(try event.serializedBytes() == bytes)
        let found = try ControlEvent.read(bytes.span)
        guard case .shredded(let read) = found?.event else {
            Issue.record("another event")
            return
        }
        #expect(read == shredding)
        #expect(read.isSigned(by: key.publicKey))
        var other = read
        other.throughRevision += 1
        #expect(!other.isSigned(by: key.publicKey))
    }

    @Test(arguments: Seed.smoke)
    func `any bytes are read or refused, never a trap`(seed: Seed) throws {
        var chance = seed
        let sound = ControlEvent.rewrapped(kekEpoch: 3, [try wrap(0).0, try wrap(4).0])
            .encoded(occurredAt: 9)
        var refused = 0
        for round in 0..<20_000 {
            var bytes = sound
            if round.isMultiple(of: 2) {
                for _ in 0...Int.random(in: 0..<4, using: &chance) {
                    bytes[Int.random(in: 0..<bytes.count, using: &chance)] =
                        UInt8.random(in: 0...255, using: &chance)
                }
                bytes.removeLast(Int.random(in: 0..<bytes.count, using: &chance))
            } else {
                bytes = (0..<Int.random(in: 0..<80, using: &chance)).map { _ in
                    UInt8.random(in: 0...255, using: &chance)
                }
            }
            do {
                _ = try ControlEvent.read(bytes.span)
            } catch {
                refused += 1
            }
        }
        #expect(refused > 1_000, "\(seed)")
    }
}
