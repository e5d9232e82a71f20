import Commands
import EventLog
import Finance
import Foundation
import Frame
import Testing
import Vault

/// What collecting again costs when nothing changed.
@Suite struct UnchangedTests {
    /// What a collection records: one transfer an asset.
    private static let transfers = Evidence(in: [.role(.evidence)]) { changes in
        do {
            return [
                try changes.enumerated().flatMap { number, changes in
                    var call = TransferCall()
                    call.api = .card008
                    call.transaction = "0A1B2C3D4EM0123456789ABC\(number)"
                    (call.fromOn, call.toOn) = (20_241_004, 20_241_103)
                    (call.pages, call.rows) = (1, 500)
                    call.milliseconds = UInt32(217 + number * 41)
                    return try Answers.event(at: Office.now / 1_000_000, .unspecified) {
                        $0.transferCompleted.request = Data((0..<16).map { $0 &* 37 })
                        $0.transferCompleted.provider = "0A1B2C3D4E"
                        $0.transferCompleted.compartment = Data(changes.compartment.bytes)
                        $0.transferCompleted.trigger = .scheduled
                        $0.transferCompleted.calls = [call]
                        $0.transferCompleted.added = UInt32(changes.added)
                    }
                }
            ]
        } catch {
            preconditionFailure("\(error)")
        }
    }

    @Test func `unchanged windows of four cards cost one evidence frame`() async throws {
        let office = try Office(eventsPerFrame: 128)
        let subject = try office.vault.enrol([[1]])[0]
        let answers = (0..<4).map { (card: Int) -> Observation in
            let rows = (0..<500).map { (number: Int) -> [UInt8] in
                let amount = Int64((number + card) * 7_919 % 90_000) * 1_000
                let day = 20_000 + Int32(number % 30)
                let approval = 10_000_000 + (number + card * 1_000) * 6_364_136 % 89_999_999
                return Answers.approval(
                    amount,
                    on: day,
                    number: "\(approval)",
                    shop: "가맹점 \(number * 31 % 97)호점",
                    seconds: Int64(number * 131 % 3_600)
                )
            }
            return Answers.approvals("card \(card)", 20_000...20_030, rows)
        }
        var sizes: [Int] = []
        for _ in 0..<3 {
            let before = try office.frameBytes(of: subject)
            _ = try await office.recorder.observe(
                answers,
                of: subject,
                at: Office.now,
                evidence: UnchangedTests.transfers
            )
            let after = try office.frameBytes(of: subject)
            sizes.append(after.reduce(0, +) - before.reduce(0, +))
            if sizes.count > 1 { #expect(after.count == before.count + 1) }
        }
        print("MEASURE unchanged windows: \(sizes[0]) bytes first, \(sizes[2]) again")
        #expect(sizes[1] * 50 <= sizes[0] && sizes[2] * 50 <= sizes[0])
    }
}

extension Office {
    /// Bytes of each of a subject's frames.
    fileprivate func frameBytes(of subject: SubjectID) throws -> [Int] {
        var counts: [Int] = []
        _ = try log.read(subject, from: 0, limit: 100_000) { counts.append($0.bytes.count) }
        return counts
    }
}
