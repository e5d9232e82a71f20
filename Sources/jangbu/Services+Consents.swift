import Commands
import Finance
import Projections
import Vault

extension Services {
    /// Finishes deletions that were asked for and interrupted before their receipt.
    ///
    /// Providers are told before a person's tokens go, where there is a way to them. What cannot be
    /// done is said; the next start tries again.
    func finishErasures(_ access: ProviderAccess? = nil) async {
        do {
            try await waitUntilCaughtUp()
            for subject in vault.subjects {
                guard let reading = try consents.read(subject),
                    !reading.state.owedDeletions.isEmpty
                else { continue }
                try await access?.revoke(of: subject, before: reading.state.owedDeletions)
                try await desk.eraseOwed(of: subject, at: Clock.now) { [projections] in
                    projections.prepareErasure(in: $0)
                }
            }
        } catch is CancellationError {
            return
        } catch {
            let why = Failure(error)?.sentence ?? "\(error)"
            Terminal.shared.note("Deletions that are owed follow at the next start: \(why)")
        }
    }
}
