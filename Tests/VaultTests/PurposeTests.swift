import Cryptography
import Frame
import Simulation
import Testing

@testable import Vault

@Suite struct PurposeTests {
    @Test func `only the purposes of the table open a compartment`() async throws {
        let world = try World()
        let subject = try world.vault.enrol([[1]])[0]
        let asset = try await world.record("x", of: .card("A"), for: subject)
        let evidence = try await world.record("x", of: .role(.evidence), for: subject)
        let tokens = try await world.record("x", of: .role(.credential), for: subject)
        let lists = try await world.record("x", of: .quarantine(of: "A1BK010000"), for: subject)
        let allowed: [(CompartmentKey, [Purpose])] = [
            (asset, [.collection, .projection, .service, .decision, .audit, .export]),
            (evidence, [.collection, .projection, .service, .audit, .export]),
            (tokens, [.collection, .projection]),
            (lists, [.collection, .projection, .service, .audit, .export]),
        ]
        for cached in [true, false] {
            for (compartment, purposes) in allowed {
                for purpose in Purpose.allCases {
                    if !cached { world.vault.cache.evict(subject) }
                    let lease = {
                        try world.vault.key(
                            of: subject,
                            compartment: compartment.id,
                            epoch: 0,
                            for: purpose
                        )
                    }
                    if purposes.contains(purpose) {
                        #expect(try lease().isEqual(to: compartment.key))
                    } else {
                        #expect(throws: VaultError.purposeRefused(purpose)) { try lease() }
                    }
                }
            }
        }
    }

    @Test func `lists that were put aside have a compartment a provider, which a rewrap keeps`()
        async throws
    {
        let world = try World()
        let subject = try world.vault.enrol([[1]])[0]
        let first = try await world.record("x", of: .quarantine(of: "A"), for: subject)
        let second = try await world.record("x", of: .quarantine(of: "B"), for: subject)
        let again = try await world.record("x", of: .quarantine(of: "A"), for: subject)
        #expect(first.id == again.id && first.id != second.id)
        let asset = try await world.record("x", of: .card("A"), for: subject)
        #expect(try world.vault.assets(of: subject).map(\.compartment) == [asset.id])
        #expect(try world.vault.quarantines(of: subject).map(\.name.provider) == ["A", "B"])
        try await world.vault.shred(
            compartments: [first.id],
            of: subject,
            reason: .deletionAsked,
            at: 1
        )
        #expect(try world.vault.quarantines(of: subject).map(\.compartment) == [second.id])
        #expect(throws: VaultError.compartmentErased) {
            try world.vault.key(of: subject, compartment: first.id, epoch: 0, for: .collection)
        }
        // What comes later is in another.
        let later = try await world.record("x", of: .quarantine(of: "A"), for: subject)
        #expect(later.id != first.id)
        let kept = try await world.record("x", of: .quarantine(of: "B"), for: subject)
        #expect(kept.id == second.id)
    }

    @Test func `no purpose reaches what only the person may open, nor the wraps`() throws {
        let world = try World()
        let subject = try world.vault.enrol([[1]])[0]
        for purpose in Purpose.allCases {
            #expect(throws: VaultError.purposeRefused(purpose)) {
                try world.vault.open([.role(.own)], of: subject, for: purpose, at: 0)
            }
            #expect(throws: VaultError.unknownCompartment) {
                try world.vault.key(of: subject, compartment: .keys, epoch: 0, for: purpose)
            }
        }
    }

    @Test func `a subject that nobody enrolled has no keys`() throws {
        let world = try World()
        #expect(throws: VaultError.unknownSubject) {
            try world.vault.key(
                of: SubjectID(high: 1, low: 1),
                compartment: .keys,
                epoch: 0,
                for: .service
            )
        }
        #expect(throws: VaultError.unknownSubject) {
            try world.vault.open(
                [.card("A")],
                of: SubjectID(high: 1, low: 1),
                for: .collection,
                at: 0
            )
        }
    }
}
