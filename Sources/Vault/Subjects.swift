internal import Cryptography
public import Frame
internal import Synchronization

extension Vault {
    /// The live subject whose CI, or other enrolment key, this is.
    public func subject(forCI key: [UInt8]) -> SubjectID? {
        let lookup = lookups(of: [key])[0]
        return table.withLock { table in
            table.number(lookup: lookup).map { table.records[$0].id }
        }
    }

    /// The subjects with these keys, in that order; who is new gets a random id and a KEK.
    ///
    /// One flush for all who are new; durable when this returns. An erased person enrols anew.
    /// - Throws: `.damaged` when someone is new while a slot is damaged or missing: the slot may be
    ///   theirs, and one person must not become two.
    public func enrol(_ keys: [[UInt8]]) throws(VaultError) -> [SubjectID] {
        let lookups = lookups(of: keys)
        // The file's lock is held over the whole, so that two calls cannot both enrol one person.
        return try file.withLock { file throws(VaultError) in
            var numbers = table.withLock { table in
                lookups.map { table.number(lookup: $0) }
            }
            var firstOf: [Digest: Int] = [:]
            var new: [Digest] = []
            for index in numbers.indices where numbers[index] == nil {
                guard firstOf[lookups[index]] == nil else { continue }
                firstOf[lookups[index]] = new.count
                new.append(lookups[index])
            }
            if !new.isEmpty {
                let first = try add(new, to: &file)
                for index in numbers.indices where numbers[index] == nil {
                    numbers[index] = firstOf[lookups[index]].map { first + $0 }
                }
            }
            return table.withLock { table in
                numbers.compactMap { $0 }.map { table.records[$0].id }
            }
        }
    }

    private func add(_ lookups: [Digest], to file: inout SlotFile) throws(VaultError) -> Int {
        if let number = damagedSlots.first {
            throw .damaged(file: file.path, place: "slot \(number)")
        }
        guard !isTruncated else { throw .damaged(file: file.path, place: "its end") }
        let ids: [SubjectID] = try Vault.newIDs(lookups.count)
        let slots = zip(ids, lookups).map { id, lookup in
            Slot(state: .live, subject: id, lookup: lookup)
        }
        let first = try file.add(slots, keks: try Vault.newKeys(slots.count))
        table.withLock { table in
            table.reserve(slots.count)
            for slot in slots { table.append(slot) }
        }
        return first
    }

    /// Whether the subject has keys.
    public func state(of subject: SubjectID) -> SubjectState {
        table.withLock { table in
            guard let number = table.number(of: subject) else { return .unknown }
            return table.records[number].state == .live ? .live : .erased
        }
    }

    /// Live persons.
    public var subjectCount: Int { table.withLock { $0.liveCount } }

    /// Persons who were erased.
    public var erasedCount: Int { table.withLock { $0.erasedCount } }

    /// Ids of live persons in the order of their enrolment.
    public var subjects: [SubjectID] {
        table.withLock { table in
            table.records.filter { $0.state == .live && !$0.id.isPlatform }.map(\.id)
        }
    }

    /// Ids of persons who were erased.
    public var erasedSubjects: [SubjectID] {
        table.withLock { table in
            table.records.filter { $0.state == .erased && !$0.id.isPlatform }.map(\.id)
        }
    }

    /// Slot number of a live subject.
    func liveNumber(of subject: SubjectID) throws(VaultError) -> Int {
        try table.withLock { table throws(VaultError) in
            guard let number = table.number(of: subject) else { throw .unknownSubject }
            guard table.records[number].state == .live else { throw .subjectErased }
            return number
        }
    }

    /// Whether the subject is live with a KEK of this epoch: what a ring must match to be kept.
    func isCurrent(_ subject: SubjectID, kekEpoch: UInt32) -> Bool {
        table.withLock { table in
            guard let number = table.number(of: subject) else { return false }
            return table.records[number].state == .live
                && table.records[number].kekEpoch == kekEpoch
        }
    }
}
