import Commands
import Vault
import Web

/// Everything of a person, for the person.
extension LedgerService {
    func export(_ id: String, _ format: ExportFormat) async throws -> PersonExport? {
        guard let subject = live(id) else { return nil }
        let reader = PersonReader(vault: services.vault, log: services.log, for: .export)
        let writer = try ExportWriter(reader, of: subject, format)
        return PersonExport(format: format) { position in try writer.next(&position) }
    }
}
