import Cryptography
import EventLog
import Frame
import Simulation
import Testing

@testable import Vault

@Suite struct CacheTests {
    private func ring(_ number: UInt64) throws -> Keyring {
        var ring = Keyring(kekEpoch: 0)
        ring.merge([
            KeyRecord(
                id: CompartmentID(high: 1, low: number),
                tag: number,
                key: try SecretKey.random(),
                epoch: 0,
                role: .asset
            )
        ])
        ring.scannedTo = 1
        return ring
    }

    @Test func `the cache stays within its capacity and keeps what is used`() throws {
        let cache = KeyringCache(capacity: 64 * 4)
        let hot = SubjectID(high: 5, low: 5)
        cache.keep(try ring(0), of: hot) { _ in true }
        var kept = 0
        for number in 1...UInt64(10_000) {
            cache.keep(try ring(number), of: SubjectID(high: number, low: 77)) { _ in true }
            #expect(cache.ring(of: hot) != nil)
        }
        for number in 1...UInt64(10_000)
        where cache.ring(of: SubjectID(high: number, low: 77)) != nil { kept += 1 }
        #expect(kept > 64 && kept <= 64 * 4)
    }

    @Test func `a ring is not kept for a subject whose keys changed meanwhile`() throws {
        let cache = KeyringCache(capacity: 64)
        let subject = SubjectID(high: 5, low: 5)
        cache.keep(try ring(1), of: subject) { _ in false }
        #expect(cache.ring(of: subject) == nil)
        cache.extend(
            subject,
            with: try ring(1).records,
            kekEpoch: 0,
            from: 0,
            to: 2
        ) { _ in false }
        #expect(cache.ring(of: subject) == nil)
    }

    @Test func `what was evicted is read from the log again`() async throws {
        let world = try World()
        let subject = try world.vault.enrol([[1]])[0]
        for number in 0..<5 { try await world.record("\(number)", of: .card("A"), for: subject) }
        world.vault.cache.evict(subject)
        #expect(try world.texts(of: subject).texts.count == 5)
        world.vault.cache.evict(subject)
        let before = try await world.record("6", of: .card("A"), for: subject)
        #expect(before.id == (try world.vault.newest(.card("A"), of: subject, for: .service)).id)
        // Two control events for the asset and two for its view, in one frame.
        #expect(try world.log.size(of: subject) == 7)
    }

    @Test func `a reader of the whole log fills the cache as it comes by`() async throws {
        let world = try World()
        let subjects = try world.vault.enrol((0..<20).map { [UInt8($0)] })
        for subject in subjects {
            try await world.record("x", of: .card("A"), for: subject)
            try await world.record("y", of: .card("B"), for: subject)
        }
        for subject in subjects { world.vault.cache.evict(subject) }
        var opener = try FrameOpener()
        let vault = world.vault
        var openings: [UInt8] = []
        var sequence: UInt64 = 0
        while true {
            let next = try world.log.scan(environment: 0, from: sequence, blockLimit: 64) { frame in
                try vault.observe(frame.bytes, using: &opener, into: &openings)
            }
            guard next > sequence else { break }
            sequence = next
        }
        for subject in subjects {
            #expect(world.vault.cache.ring(of: subject)?.records.count == 3)
            #expect(try world.texts(of: subject).texts == ["x", "y"])
        }
        // What it hands on: the two assets of each, and neither a key nor the view.
        var cursor = EventCursor()
        var count = 0
        while let range = try cursor.next(in: openings.span) {
            let event = try ControlEvent.read(openings.span.extracting(range))?.event
            guard case .opened(_, .asset, let name) = event else {
                Issue.record("another event")
                continue
            }
            #expect(name.provider == AssetName.card("A").provider)
            count += 1
        }
        #expect(count == 40)
    }
}
