import Commands
import Finance
import Frame
import Projections
import Synchronization
import Vault
import Web

/// What the supporting body asks about agreements to third-party provision.
extension LedgerService {
    func operatorCode() async throws -> String? {
        let path = services.settings.operatorFile
        return path.isEmpty ? nil : try OperatorFile(path).code
    }

    func subject(ofCI ci: String) async throws -> String? {
        services.vault.subject(forCI: Array(ci.utf8)).flatMap { live($0.description) }?.description
    }

    func subject(ofAgreement number: String) async throws -> String? {
        if let known = agreementIndex.subject(of: number), try has(known, number) {
            return known.description
        }
        try await consentsReachTheLog()
        for (place, subject) in services.vault.subjects.enumerated() {
            // Tens of thousands of read models: others get their turn.
            if place % 256 == 255 { await Task.yield() }
            guard let register = try services.consents.read(subject)?.state else { continue }
            for agreement in register.agreements.values
            where agreement.terms.kind == .thirdPartyProvision {
                agreementIndex.note(agreement.terms.number, of: subject)
            }
            if AgreementAnswers.agreement(number, in: register) != nil {
                return live(subject.description)?.description
            }
        }
        return nil
    }

    /// Waits until the read model has what was agreed to before now.
    private func consentsReachTheLog() async throws {
        let asked = try services.consents.status()
        let end = asked.frames + asked.lagFrames
        let deadline = ContinuousClock.now + LedgerService.searchPatience
        while try services.consents.status().frames < end {
            guard ContinuousClock.now < deadline else {
                throw Failure(.program, "The read model of consents is behind the log.")
            }
            try await Task.sleep(for: .milliseconds(5))
        }
    }

    /// The portal asks again where an answer takes longer.
    private static let searchPatience = Duration.seconds(10)

    private func has(_ subject: SubjectID, _ number: String) throws -> Bool {
        guard live(subject.description) != nil else { return false }
        let register = try services.desk.register(of: subject)
        return AgreementAnswers.agreement(number, in: register) != nil
    }

    func agreements(of id: String) async throws -> TransferRegister? {
        guard let subject = live(id) else { return nil }
        return try services.desk.register(of: subject)
    }

    func handOvers(of id: String) async throws -> [HandOver]? {
        guard let subject = live(id) else { return nil }
        var found: [HandOver] = []
        try services.desk.forEachEvent(of: subject) { event in
            if let handOver = HandOver(event) { found.append(handOver) }
        }
        return found
    }

    func revokeAgreement(_ number: String, of id: String) async throws {
        guard let subject = live(id) else { return }
        try await services.desk.carryOut(of: subject, at: now) {
            register,
            at,
            today throws(ConsentRefusal) in
            try register.decide(RevokeAgreement(number), at: at, on: today)
        }
    }
}

/// Whose agreements are: the numbers that were met on the way to others.
///
/// Only in memory, and never the last word: whoever is named is asked.
final class AgreementIndex: Sendable {
    /// Numbers kept, some 100 bytes each; beyond, all are forgotten and looked for again.
    private static let keptMax = 200_000

    private let known = Mutex<[String: SubjectID]>([:])

    func subject(of number: String) -> SubjectID? { known.withLock { $0[number] } }

    func note(_ number: String, of subject: SubjectID) {
        known.withLock { known in
            if known.count >= AgreementIndex.keptMax { known.removeAll() }
            known[number] = subject
        }
    }
}
