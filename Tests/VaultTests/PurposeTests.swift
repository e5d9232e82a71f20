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
        let allowed: [(CompartmentKey, [Purpose])] = [
            (asset, [.collection, .projection, .service, .decision, .audit, .export]),
            (evidence, [.collection, .projection, .service, .audit, .export]),
            (tokens, [.collection, .projection]),
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
