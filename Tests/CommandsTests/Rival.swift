import Cryptography
import EventLog
import Frame
import Synchronization
import Testing
import Vault

/// Appends a frame that nobody can open to the subject's log, a bounded number of times.
final class Rival: Sendable {
    static let compartment = CompartmentID(high: 9, low: 9)

    private let log: EventLog
    private let subject: SubjectID
    private let left: Mutex<Int>
    let calls = Mutex(0)

    init(_ log: EventLog, _ subject: SubjectID, times: Int) {
        (self.log, self.subject) = (log, subject)
        left = Mutex(times)
    }

    /// Strikes that many times more.
    func arm(times: Int) { left.withLock { $0 = times } }

    func strike() async {
        let number = calls.withLock { calls in
            calls += 1
            return calls
        }
        guard
            left.withLock({
                $0 -= 1; return $0 >= 0
            })
        else { return }
        do {
            var sealer = try FrameSealer()
            var batch = FrameBatch()
            let content = FrameContent(
                kind: .provider,
                subject: subject,
                compartment: Rival.compartment,
                keyEpoch: 0,
                revision: try log.size(of: subject),
                command: CommandID(high: 9, low: UInt64(number)),
                recordedAt: 0,
                schemaSet: 1,
                eventCount: 1
            )
            try sealer.seal(
                [1, 7].span,
                as: content,
                key: try SecretKey.random(),
                salt: (1, 2),
                into: &batch
            )
            _ = try await log.append(batch)
        } catch {
            Issue.record("the rival failed: \(error)")
        }
    }
}
