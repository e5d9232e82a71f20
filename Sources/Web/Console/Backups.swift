import HTTPTypes
import Hummingbird

/// `/v1/backups`: a copy of the log, made while the server runs; who may is `conf/roles.yaml`'s.
extension Site {
    @Sendable func backups(_ request: Request, _ context: Context) async throws -> Response {
        json(["items": .array(await ledger.backup().map { [$0.json] } ?? [])])
    }

    /// Begins a backup, or finds that the same one is running.
    @Sendable func startBackup(_ request: Request, _ context: Context) async throws -> Response {
        let order = try await order(BackupOrder.self, request).value
        do {
            let state = try await ledger.startBackup(to: order.directory)
            return json(state.json, status: .accepted)
        } catch BackupRefusal.outside {
            throw Problem(.backupRefused)
        } catch BackupRefusal.running {
            throw Problem(.backupRunning)
        }
    }
}

private struct BackupOrder: Decodable {
    var directory: String
}

extension BackupState {
    var json: JSON {
        let (word, error): (String, JSON) =
            switch phase {
            case .running: ("running", nil)
            case .done: ("done", nil)
            case .failed(let sentence): ("failed", .string(sentence))
            }
        return [
            "directory": .string(directory), "state": .string(word), "blocks": .unsigned(blocks),
            "total_blocks": .unsigned(total), "error": error,
        ]
    }
}
