public import Finance

/// Agreements to third-party provision, as the supporting body (종합포털) asks for them.
///
/// Persons are named by their subject, 32 hexadecimal digits; one who is erased is nobody.
public protocol AgreementOffice: Sendable {
    /// org_code of this operator; nil when it has none.
    func operatorCode() async throws -> String?

    /// The person with this CI; nil when it is nobody's.
    func subject(ofCI ci: String) async throws -> String?

    /// The person who made the agreement with this number; nil when there is none.
    func subject(ofAgreement number: String) async throws -> String?

    /// What the person allowed.
    func agreements(of id: String) async throws -> TransferRegister?

    /// What was handed to third parties about the person, in the order of the log.
    func handOvers(of id: String) async throws -> [HandOver]?

    /// Withdraws an agreement of the person; durable when it returns, and the same again changes
    /// nothing.
    func revokeAgreement(_ number: String, of id: String) async throws
}

/// The supporting body sees agreements, whatever may be seen of the data under them.
extension PurposeLedger {
    func operatorCode() async throws -> String? { try await base.operatorCode() }

    func subject(ofCI ci: String) async throws -> String? {
        try known()
        return try await base.subject(ofCI: ci)
    }

    func subject(ofAgreement number: String) async throws -> String? {
        try known()
        return try await base.subject(ofAgreement: number)
    }

    func agreements(of id: String) async throws -> TransferRegister? {
        try known()
        return try await base.agreements(of: id)
    }

    func handOvers(of id: String) async throws -> [HandOver]? {
        try known()
        return try await base.handOvers(of: id)
    }

    func revokeAgreement(_ number: String, of id: String) async throws {
        try known()
        try await base.revokeAgreement(number, of: id)
    }

    private func known() throws(Problem) {
        guard purpose == .operation else { throw Problem(.tokenNeeded) }
    }
}
