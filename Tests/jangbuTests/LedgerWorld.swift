import Commands
import Files
import Finance
import Frame
import Simulation
import SwiftProtobuf
import Vault

@testable import jangbu

/// A ledger in a fresh directory, open in this process; closed when the test ends.
final class LedgerWorld {
    let directory: TemporaryDirectory
    let services: Services
    let ledger: LedgerService

    /// 2026-03-02 12:00 in Korea.
    static let noon: Int64 = 1_772_420_400

    /// A new one, or what `directory` holds.
    init(
        in directory: TemporaryDirectory? = nil,
        environments: Int = 1,
        eventsPerFrame: Int = 3,
        label: String = #function
    ) throws {
        self.directory = try directory ?? TemporaryDirectory(label)
        var settings = Settings()
        settings.dataDirectory = self.directory.path
        settings.rulesDirectory = Command.root + "/conf/categories"
        settings.environmentCount = environments
        settings.partitionCount = max(2, environments)
        settings.eventsPerFrameMax = eventsPerFrame
        services = try Services(settings, creating: true)
        ledger = LedgerService(services)
    }

    func close() throws { try services.close() }

    /// Records events of one asset of a person, and waits until they are folded.
    @discardableResult
    func record(
        _ events: [Event],
        of person: String = "person",
        kind: AssetKind = .card,
        isFolded: Bool = true
    ) async throws -> String {
        var bytes: [UInt8] = []
        for event in events {
            let one: [UInt8] = try event.serializedBytes()
            var length = one.count
            while length >= 0x80 {
                bytes.append(UInt8(truncatingIfNeeded: length) | 0x80)
                length >>= 7
            }
            bytes.append(UInt8(length))
            bytes += one
        }
        let name = AssetName(
            provider: "C0001",
            key: "\(kind)",
            kind: kind,
            industry: kind == .card ? .card : .bank
        )
        let rows = try AssetRows(
            person: Array(person.utf8),
            name: .asset(name),
            allEvents: bytes
        )
        let recorded = try await services.recorder.record([rows], at: 1_772_420_400_000_000)
        if isFolded { try await services.waitUntilCaughtUp() }
        return recorded[0].subject.description
    }

    /// An event so many days after `noon`.
    static func event(_ day: Int64 = 0, _ fill: (inout Event) -> Void) -> Event {
        var event = Event()
        event.occurredAt = noon + day * 86_400
        fill(&event)
        return event
    }

    static func approved(_ won: Int64, day: Int64 = 0, at shop: String = "스타벅스") -> Event {
        event(day) { event in
            event.cardApproved = .with {
                $0.amount = won * 1_000
                $0.merchantName = shop
                $0.status = .approved
            }
        }
    }
}
