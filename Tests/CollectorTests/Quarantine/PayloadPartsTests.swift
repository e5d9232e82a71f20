import Cryptography
import Finance
import Foundation
import Frame
import MyData
import Simulation
import SwiftProtobuf
import Testing

@testable import Collector

/// Bodies in parts, and what an answer that was put aside still has to say.
struct PayloadPartsTests {
    private func whole(_ body: [UInt8]) -> PayloadQuarantined {
        var whole = PayloadQuarantined()
        (whole.id, whole.api, whole.provider) = (7, .bank004, "A1BK010000")
        whole.digest = Data(SHA256.hash(body).bytes)
        whole.payload = Data(body)
        return whole
    }

    @Test(arguments: [0, 1, 24 * 1_024, 24 * 1_024 + 1, 3 * 24 * 1_024, 8 << 20])
    func `a body comes out of its parts as it went in, each of which fits a frame`(
        size: Int
    ) throws {
        var seed = Seed(UInt64(size))
        let body = (0..<size).map { _ in UInt8(truncatingIfNeeded: seed.next()) }
        let events = PayloadParts.events(of: whole(body), at: 5)
        #expect(events.count == max(1, (size + 24 * 1_024 - 1) / (24 * 1_024)))
        var assembly = PayloadAssembly()
        for (number, event) in events.enumerated() {
            #expect(!assembly.isWhole)
            let part = event.payloadQuarantined
            #expect((part.id, part.part) == (7, UInt32(number)))
            #expect(part.digest == whole(body).digest)
            #expect(part.provider.isEmpty == (number > 0))
            let encoded: [UInt8] = try event.serializedBytes()
            #expect(encoded.count < 32 * 1_024)
            assembly.take(part)
        }
        #expect(assembly.isWhole)
        #expect(assembly.whole.map { Array($0.payload) } == body)
    }

    @Test func `a part that the log lacks is seen`() {
        let events = PayloadParts.events(
            of: whole([UInt8](repeating: 1, count: 60_000)),
            at: 5
        )
        for missing in events.indices {
            var assembly = PayloadAssembly()
            for (number, event) in events.enumerated() where number != missing {
                assembly.take(event.payloadQuarantined)
            }
            #expect(!assembly.isWhole)
        }
    }

    private func stored(from: UInt32, to: UInt32) -> StoredAnswer {
        var payload = whole([])
        (payload.fromOn, payload.toOn) = (from, to)
        return StoredAnswer(
            payload,
            in: CompartmentID(high: 1, low: 2),
            startedAt: 1_772_420_400
        )
    }

    private func completed(
        _ from: UInt32,
        _ to: UInt32,
        compartment: CompartmentID = CompartmentID(high: 1, low: 2),
        api: ProviderAPI = .bank004,
        provider: String = "A1BK010000"
    ) -> TransferCompleted {
        var done = TransferCompleted()
        done.provider = provider
        done.compartment = Data(compartment.bytes)
        var call = TransferCall()
        (call.api, call.fromOn, call.toOn) = (api, from, to)
        done.calls = [call]
        return done
    }

    private let later: Int64 = 1_772_420_400 + 40 * 86_400

    @Test func `days that later answers speak for are no longer its own`() throws {
        var answer = stored(from: 20_260_201, to: 20_260_228)
        #expect(answer.openDays?.count == 1)
        answer.take(completed(20_260_210, 20_260_214), at: later)
        let open = try #require(answer.openDays)
        #expect(open.map(\.lowerBound.digits) == [20_260_201, 20_260_215])
        #expect(open.map(\.upperBound.digits) == [20_260_209, 20_260_228])
        #expect(!answer.isSuperseded)
        answer.take(completed(20_260_101, 20_260_209), at: later)
        answer.take(completed(20_260_215, 20_260_331), at: later)
        #expect(answer.isSuperseded)
    }

    @Test func `only a later answer of the same API about the same asset counts`() {
        var answer = stored(from: 20_260_201, to: 20_260_228)
        answer.take(completed(20_260_101, 20_260_331), at: 1_772_420_400)
        answer.take(
            completed(20_260_101, 20_260_331, compartment: CompartmentID(high: 1, low: 3)),
            at: later
        )
        answer.take(completed(20_260_101, 20_260_331, api: .bank003), at: later)
        answer.take(completed(20_260_101, 20_260_331, provider: "A1BK020000"), at: later)
        #expect(answer.openDays?.count == 1)
        #expect(!answer.isSuperseded)
    }

    @Test func `a state is superseded by any later answer, changed or not`() {
        var answer = stored(from: 0, to: 0)
        #expect(!answer.isSuperseded)
        answer.take(completed(0, 0), at: later)
        #expect(answer.isSuperseded)
    }

    @Test(arguments: [
        "", "-", "00", String(repeating: "0", count: 32) + "-" + String(repeating: "g", count: 16),
        String(repeating: "0", count: 32) + "-" + String(repeating: "0", count: 15),
        String(repeating: "0", count: 32) + "-+00000000000000f",
    ])
    func `what is no name is none`(text: String) { #expect(QuarantineID(text: text) == nil) }

    @Test func `a name is its text`() {
        let id = QuarantineID(subject: SubjectID(high: 5, low: .max), number: 0xAB)
        #expect(QuarantineID(text: id.description) == id)
    }
}
