import Cryptography
import Files
import Frame
import Simulation
import Testing

@testable import Vault

/// Fault model: one bit flipped, one 512-byte sector zeroed, or the end cut off, in a closed file.
@Suite struct SlotDamageTests {
    private static let subjectCount = 5

    /// A slot file with a pending KEK and an erased slot among plain ones.
    private func makeFile(_ directory: TemporaryDirectory, key: SecretKey) throws -> [UInt8] {
        let path = directory.path + "/slots"
        try Files.replace(path, with: SlotFile.empty())
        var content = SlotFile.Content()
        var file = try SlotFile.open(path, key: key, content: &content)
        let ids: [SubjectID] = try Vault.newIDs(SlotDamageTests.subjectCount)
        let slots = ids.enumerated().map { index, id in
            Slot(state: .live, subject: id, lookup: SHA256.hash([UInt8(index)]))
        }
        let keks = try Vault.newKeys(slots.count)
        _ = try file.add(slots, keks: keks)
        var pending = slots[1]
        pending.pendingEpoch = 1
        try file.replace(2, with: pending, kek: keks[1], pending: Vault.newKeys(1)[0])
        var erased = Slot(state: .erased, subject: ids[2])
        erased.erasure = Slot.Erasure(reason: 2, at: 1_000, throughRevision: 7)
        try file.place(erased, at: 3)
        try file.flush()
        return try Files.read(path)
    }

    private func open(
        _ bytes: [UInt8],
        _ path: String,
        _ key: SecretKey
    ) throws -> (slots: [Slot?], damaged: [Int], isTruncated: Bool) {
        let file = try File(path, .update)
        try file.truncate(to: bytes.count)
        try file.write(bytes.span, at: 0)
        file.close()
        var content = SlotFile.Content()
        let opened = try SlotFile.open(path, key: key, content: &content)
        for (number, slot) in content.slots.enumerated() where slot?.state == .live {
            _ = try opened.open(number)
        }
        return (content.slots, content.damaged, content.isTruncated)
    }

    @Test func `every flipped bit is named by its slot and the others stay`() throws {
        let directory = try TemporaryDirectory("flips")
        let (path, key) = (directory.path + "/slots", try SecretKey.random())
        let whole = try makeFile(directory, key: key)
        let sound = try open(whole, path, key)
        #expect(sound.damaged.isEmpty)
        #expect(sound.slots.count == SlotDamageTests.subjectCount + 1)
        for bit in 0..<whole.count * 8 {
            var bytes = whole
            bytes[bit / 8] ^= 1 << (bit % 8)
            let number = bit / 8 / Slot.byteCount
            guard number > 0 else {
                #expect(throws: VaultError.damaged(file: path, place: "its header")) {
                    try open(bytes, path, key)
                }
                continue
            }
            let found = try open(bytes, path, key)
            guard found.damaged == [number] else {
                Issue.record("bit \(bit) was not found")
                return
            }
            var expected = sound.slots
            expected[number] = nil
            guard found.slots == expected else {
                Issue.record("bit \(bit) changed another slot")
                return
            }
        }
    }

    @Test func `every cut of the file is found`() throws {
        let directory = try TemporaryDirectory("cuts")
        let (path, key) = (directory.path + "/slots", try SecretKey.random())
        let whole = try makeFile(directory, key: key)
        for count in 0..<whole.count {
            guard count >= Slot.byteCount else {
                #expect(throws: VaultError.self) { try open(Array(whole[..<count]), path, key) }
                continue
            }
            let found = try open(Array(whole[..<count]), path, key)
            guard found.isTruncated else {
                Issue.record("a cut to \(count) bytes was not found")
                return
            }
        }
    }

    @Test func `every zeroed sector is found`() throws {
        let directory = try TemporaryDirectory("sectors")
        let (path, key) = (directory.path + "/slots", try SecretKey.random())
        let whole = try makeFile(directory, key: key)
        for sector in 1..<whole.count / 512 {
            var bytes = whole
            for index in sector * 512..<(sector + 1) * 512 { bytes[index] = 0 }
            #expect(try open(bytes, path, key).damaged == [sector * 2, sector * 2 + 1])
        }
    }

    @Test func `a slot that was exchanged with a right checksum does not open`() throws {
        let directory = try TemporaryDirectory("exchange")
        let (path, key) = (directory.path + "/slots", try SecretKey.random())
        let whole = try makeFile(directory, key: key)
        var bytes = whole
        for index in 0..<Slot.byteCount {
            bytes[4 * Slot.byteCount + index] = whole[5 * Slot.byteCount + index]
        }
        #expect(throws: VaultError.damaged(file: path, place: "slot 4")) {
            try open(bytes, path, key)
        }
    }

    @Test func `what an enrolment cut off by a crash left is no damage and no subject`() throws {
        let directory = try TemporaryDirectory("cutoff")
        let (path, key) = (directory.path + "/slots", try SecretKey.random())
        var whole = try makeFile(directory, key: key)
        // The header counts two slots less, as before the enrolment; one of the two was written.
        let before = SlotDamageTests.subjectCount - 1
        var header = whole.mutableSpan
        header.setLittleEndian(UInt64(before), at: 8)
        Slot.writeChecksum(into: &header)
        for index in before * Slot.byteCount..<(before + 1) * Slot.byteCount { whole[index] = 0 }
        let first = try open(whole, path, key)
        #expect(first.damaged.isEmpty && !first.isTruncated)
        let again = try open(try Files.read(path), path, key)
        #expect(again.damaged.isEmpty && !again.isTruncated)
        #expect(again.slots[before]?.state == .void)
        #expect(again.slots[before + 1]?.state == .live)
    }

    @Test func `one damaged slot leaves the others usable and nobody becomes two`() async throws {
        let world = try World()
        let subjects = try world.vault.enrol([[1], [2], [3]])
        for subject in subjects { try await world.record("x", for: subject) }
        let path = world.directory.path + "/vault/slots"
        try world.restart {
            var bytes = try Files.read(path)
            bytes[6 * Slot.byteCount + 100] ^= 4
            try Files.replace(path, with: bytes)
        }
        #expect(world.vault.damagedSlots == [6])
        #expect(world.vault.state(of: subjects[1]) == .unknown)
        #expect(try world.texts(of: subjects[0]).texts == ["x"])
        #expect(try world.texts(of: subjects[2]).texts == ["x"])
        #expect(try world.vault.enrol([[1], [3]]) == [subjects[0], subjects[2]])
        #expect(throws: VaultError.damaged(file: path, place: "slot 6")) {
            try world.vault.enrol([[2]])
        }
    }
}
