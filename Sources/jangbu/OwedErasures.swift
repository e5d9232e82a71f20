import Frame
import ServiceLifecycle
import Vault

/// Finishes deletions that were asked for and interrupted before their receipt, while a server
/// runs.
///
/// Each person is looked at by themselves, in the log and not in a read model: what is wrong with
/// one, or with what is derived, holds up nobody else's deletion.
struct OwedErasures: Service {
    /// Whoever's deletion failed is tried again after so many seconds.
    static let retrySeconds: Int64 = 300

    private let subjects: @Sendable () -> [SubjectID]
    private let erase: @Sendable (SubjectID) async throws -> Int
    private let sleep: @Sendable (Duration) async throws -> Void

    /// Deletions of those whom `subjects` names, done by `erase`, which says how many.
    init(
        of subjects: @escaping @Sendable () -> [SubjectID],
        sleep: @escaping @Sendable (Duration) async throws -> Void,
        erase: @escaping @Sendable (SubjectID) async throws -> Int
    ) {
        (self.subjects, self.sleep, self.erase) = (subjects, sleep, erase)
    }

    /// Works until nothing is owed, the task is cancelled or the service group shuts down.
    func run() async throws {
        do {
            try await cancelWhenGracefulShutdown { try await finish() }
        } catch is CancellationError {
            // What is left is owed and done at the next start.
            return
        }
    }

    private func finish() async throws {
        var waiting = subjects()
        while true {
            waiting = try await pass(waiting)
            guard !waiting.isEmpty else { return }
            try await sleep(.seconds(OwedErasures.retrySeconds))
        }
    }

    /// Tries each once.
    ///
    /// - Returns: those whose deletion failed.
    private func pass(_ subjects: [SubjectID]) async throws -> [SubjectID] {
        var failed: [SubjectID] = []
        var reasons: Set<String> = []
        var doneCount = 0
        for subject in subjects {
            try Task.checkCancellation()
            do {
                doneCount += try await erase(subject)
            } catch is CancellationError {
                throw CancellationError()
            } catch {
                failed.append(subject)
                reasons.insert(Failure(error)?.sentence ?? "\(error)")
            }
            // Reading a log does not wait for anything: the others' turn.
            await Task.yield()
        }
        if doneCount > 0 {
            Terminal.shared.note("deletions that were owed are done: \(Text.grouped(doneCount))")
        }
        guard !failed.isEmpty else { return [] }
        Terminal.shared.note(
            "\(Text.grouped(failed.count)) persons' deletions are owed and tried again in "
                + "\(OwedErasures.retrySeconds / 60) minutes: "
                + reasons.sorted().joined(separator: " ")
        )
        return failed
    }
}

extension Services {
    /// Deletions that are owed when a server starts.
    func owedErasures(_ access: ProviderAccess?) throws -> OwedErasures {
        let eraser = try eraser(access)
        return OwedErasures(
            of: { [vault] in vault.subjects },
            sleep: { try await Task.sleep(for: $0) },
            erase: { try await eraser.eraseOwed(of: $0, at: Clock.now).count }
        )
    }

    /// Does deletions over these services.
    func eraser(_ access: ProviderAccess?) throws -> Eraser {
        try Eraser(
            desk,
            access,
            log: log,
            vault: vault,
            recorder: recorder,
            settings: settings,
            projections: projections
        )
    }
}
