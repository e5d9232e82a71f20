import Cryptography
import EventLog
import Files
import Frame
import Simulation
import Synchronization
import Testing

@testable import Vault

extension World {
    static let canary = "CANARY-9f1c-the-plaintext-of-nobody-else"

    /// Two persons with two cards each, and a platform event.
    func populate() async throws -> [SubjectID] {
        let subjects = try vault.enrol([Array("CI-victim".utf8), Array("CI-other".utf8)])
        for (number, subject) in subjects.enumerated() {
            for card in ["A", "B"] {
                let text =
                    number == 0 && card == "A" ? World.canary : "kept-\(number)\(card)"
                try await record(text, of: .card(card), for: subject)
            }
            try await record("preference-\(number)", for: subject)
        }
        return subjects
    }

    func announced() throws -> [Shredding] {
        var opener = try FrameOpener()
        var found: [Shredding] = []
        let vault = self.vault
        _ = try log.read(.operations, from: 0, limit: 1_000) { frame in
            let header = try FrameHeader(frame.bytes)
            guard header.compartment != .keys else { return }
            let key = try vault.key(
                of: .operations,
                compartment: header.compartment,
                epoch: header.keyEpoch,
                for: .audit
            )
            _ = try opener.open(frame.bytes, key: key)
            var cursor = EventCursor()
            while let range = try cursor.next(in: opener.events) {
                let event = try ControlEvent.read(opener.events.extracting(range))
                if case .shredded(let shredding) = event?.event { found.append(shredding) }
            }
        }
        return found
    }
}
