import Commands
import EventLog
import Finance
import Frame
import Vault

extension ShredCommand {
    /// Says that providers are left with the person's tokens, where that may be.
    func tellWhatIsLeft(_ id: SubjectID, _ vault: Vault, _ log: EventLog) {
        guard compartment == nil, vault.state(of: id) == .live else { return }
        do {
            let register = try ConsentDesk(vault: vault, log: log).register(of: id)
            guard !register.liveRequests.isEmpty else { return }
            Terminal.shared.note(
                "\(register.liveRequests.count) providers are not told: the person's tokens live "
                    + "on there until they expire"
            )
        } catch {
            Terminal.shared.note(
                "Whether tokens of the person live on at providers cannot be seen (\(error))."
            )
        }
    }
}
