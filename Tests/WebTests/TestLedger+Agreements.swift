// Agreements of made-up people, by the real register; a CI is "ci" and the subject.
import Finance
import Synchronization
import Web

extension TestLedger {
    static let operatorCode = "Z1OP010000"

    func operatorCode() async throws -> String? { TestLedger.operatorCode }

    func subject(ofCI ci: String) async throws -> String? {
        let id = String(ci.dropFirst(2))
        guard ci.hasPrefix("ci"), try story(id) != nil else { return nil }
        return id
    }

    func subject(ofAgreement number: String) async throws -> String? {
        for person in try await subjects(after: nil, limit: 200).items {
            guard let register = try story(person.id)?.register else { continue }
            if AgreementAnswers.agreement(number, in: register) != nil { return person.id }
        }
        return nil
    }

    func agreements(of id: String) async throws -> TransferRegister? { try story(id)?.register }

    func handOvers(of id: String) async throws -> [HandOver]? {
        try story(id)?.consentEvents.compactMap { HandOver($0) }
    }

    func revokeAgreement(_ number: String, of id: String) async throws {
        guard let register = try story(id)?.register else { return }
        let events = try register.decide(
            RevokeAgreement(number),
            at: TestLedger.start / 1_000,
            on: TestPerson.today
        )
        revocations.withLock { $0[id, default: []] += events }
    }
}
