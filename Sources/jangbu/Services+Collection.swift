import Collector
import Commands
import EventLog
import Vault

extension Services {
    /// The providers of `collection.providers_file`, to be named and tolerated; nobody is asked by
    /// this, so it takes no registration (`ProviderAccess` does).
    static func providers(_ settings: Settings) throws -> Providers? {
        guard !settings.providersFile.isEmpty else { return nil }
        return try Providers(
            settings.providersFile,
            registration: ClientRegistration(identifier: "", secret: "")
        )
    }

    static func quarantine(
        _ log: EventLog,
        _ vault: Vault,
        _ recorder: Recorder,
        _ providers: Providers?
    ) throws -> QuarantineDesk {
        do throws(BookError) {
            return try QuarantineDesk(
                log: log,
                vault: vault,
                recorder: recorder,
                providers: providers
            )
        } catch {
            throw Failure(.program, "The quarantine cannot be opened (\(error)).")
        }
    }
}
