import Cryptography
import EventLog
import Files
import Finance
import Frame
import Testing
import Vault

@testable import Projections

/// What is on the disk of a person who was erased: every file of the data directory and a backup.
@Suite struct RawScanTests {
    private static let merchant = "CANARY-shop-of-nobody-else"

    @Test(arguments: [true, false])
    func `after an erasure no file holds a key, a name or an amount`(isWhole: Bool) async throws {
        let rig = try VaultRig()
        let subjects = try rig.vault.enrol([Array("CI-victim".utf8), Array("CI-other".utf8)])
        let projections = try rig.projections()
        let view = try projections.add(IntegratedView())
        let counters = try projections.add(SubjectCounters())
        let sums = try projections.add(CardSums())
        projections.start()
        let amount: Int64 = 0x5EED_0BAD_F00D
        let card = try rig.append(amount, to: "card", of: subjects[0], at: Self.merchant)
        try rig.append(2_000, to: "other", of: subjects[0])
        try rig.append(3_000, to: "card", of: subjects[1])
        try rig.wait(for: subjects, in: view)
        try rig.wait(for: subjects, in: counters)
        try rig.wait(for: subjects, in: sums)
        try projections.checkpoint()
        try rig.log.backup(to: rig.directory + "/backup")
        let secrets = try secrets(rig, subjects[0], amount)
        #expect(secrets.count == 5)

        projections.prepareErasure(in: subjects[0])
        if isWhole {
            try await rig.vault.shred(subject: subjects[0], reason: .operatorTest, at: 1_000_000)
            try projections.forget(subjects[0])
        } else {
            try await rig.vault.shred(
                compartment: card,
                of: subjects[0],
                reason: .operatorTest,
                at: 1_000_000
            )
            try rig.wait(for: subjects, in: view)
            try rig.wait(for: subjects, in: counters)
            try rig.wait(for: subjects, in: sums)
        }
        try projections.checkpoint()
        try projections.stop()
        var names: Set<String> = []
        try search(rig.directory, for: secrets, &names)
        // The scan saw what it has to see.
        for name in ["slots", "data.mdb", "passphrase"] { #expect(names.contains(name), "\(name)") }
        #expect(names.count >= 6)
    }

    /// Keys of the card and of what is derived from it, the merchant's name, the amount as the wire
    /// and as a state write it.
    private func secrets(
        _ rig: VaultRig,
        _ subject: SubjectID,
        _ amount: Int64
    ) throws -> [[UInt8]] {
        let name = AssetName(provider: "test", key: "card", kind: 10)
        let card = try rig.vault.newest(.asset(name), of: subject, for: .collection)
        let view = try rig.vault.newest(.role(.view), of: subject, for: .projection)
        var varint: [UInt8] = []
        var rest = UInt64(bitPattern: amount &<< 1)
        while rest > 127 {
            varint.append(UInt8(rest & 127 | 128))
            rest >>= 7
        }
        varint.append(UInt8(rest))
        return [card.key, view.key].map { $0.withBytes { $0.array } }
            + [Array(Self.merchant.utf8), varint]
            + [(0..<6).map { UInt8(truncatingIfNeeded: amount >> (8 * $0)) }]
    }

    private func search(
        _ directory: String,
        for secrets: [[UInt8]],
        _ names: inout Set<String>
    ) throws {
        for name in try Files.names(in: directory) {
            let path = directory + "/" + name
            guard Files.isDirectory(path) == false else {
                try search(path, for: secrets, &names)
                continue
            }
            names.insert(name)
            let bytes = try Files.read(path)
            for (number, secret) in secrets.enumerated() {
                #expect(!bytes.holds(secret), "secret \(number) is in \(path)")
            }
        }
    }
}

extension [UInt8] {
    fileprivate func holds(_ part: [UInt8]) -> Bool {
        guard let first = part.first, count >= part.count else { return false }
        return indices.dropLast(part.count - 1).contains { start in
            self[start] == first && self[start..<start + part.count].elementsEqual(part)
        }
    }
}
