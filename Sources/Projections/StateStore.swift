internal import Cryptography
internal import EventLog
internal import Finance
internal import Frame
internal import LMDB

/// The states of one generation of one projection on disk: sealed records, one a subject, and what
/// they come to, one record a partition; both change in one transaction.
final class StateStore: Sendable {
    let path: String
    private let environment: Environment
    private let states: Table<Bytes16Key>
    private let partitions: Table<UInt32>
    private let parked: Table<ParkedEvent.Key>

    private let wholeTable: Table<UInt8>

    private static let wholeName = "totals"
    private static let stateTable = "states"
    private static let partitionTable = "partitions"
    private static let parkedTable = "parked"

    /// What the store has once: the totals, whose log it was folded from, and, 0 or 1, whether its
    /// sums are to be added up again.
    private enum Whole {
        static let totals: UInt8 = 0
        static let log: UInt8 = 1
        static let areSumsDue: UInt8 = 2

        /// The bytes with a CRC-32C over key and bytes; the totals have one of their own.
        static func record(_ bytes: [UInt8], of key: UInt8) -> [UInt8] {
            var record = bytes
            record.appendLittleEndian(Checksum.crc32c(([key] + bytes).span))
            return record
        }
    }

    /// Makes an empty store whose partitions are all at the log's begin.
    static func create(at path: String, of log: EventLog) throws(ProjectionError) {
        do {
            try Environment.create(
                at: path,
                tables: [stateTable, partitionTable, parkedTable, wholeName]
            )
            let environment = try Environment(opening: path)
            defer { environment.close() }
            let table = try environment.table(partitionTable, key: UInt32.self)
            let whole = try environment.table(wholeName, key: UInt8.self)
            try environment.write { transaction throws(LMDBError) in
                let id = Whole.record(Array(log.id.utf8), of: Whole.log)
                try transaction.put(id.span, for: Whole.log, in: whole)
                let mark = Whole.record([0], of: Whole.areSumsDue)
                try transaction.put(mark.span, for: Whole.areSumsDue, in: whole)
                for partition in 0..<UInt32(log.layout.partitions) {
                    let bytes = PartitionRecord().bytes(partition: partition)
                    try transaction.put(bytes.span, for: partition, in: table)
                }
            }
        } catch {
            throw .storage(error)
        }
    }

    /// Opens the store, whose pages are looked at before LMDB maps them.
    ///
    /// - Throws: `.damagedStore` with file and page when they are not whole.
    init(opening path: String, mapSizeBytes: Int) throws(ProjectionError) {
        self.path = path
        do {
            if case .damaged(let faults) = try PageCheck.check(path), let first = faults.first {
                throw ProjectionError.damagedStore(
                    file: path + "/data.mdb",
                    place: "page \(first.page): \(first.problem)"
                )
            }
            // A checkpoint lost in a power cut is lost whole and folded again, so one flush will
            // do.
            let options = Environment.Options(mapSizeBytes: mapSizeBytes, flush: .lagged)
            environment = try Environment(opening: path, options: options)
            states = try environment.table(StateStore.stateTable, key: Bytes16Key.self)
            partitions = try environment.table(StateStore.partitionTable, key: UInt32.self)
            parked = try environment.table(StateStore.parkedTable, key: ParkedEvent.Key.self)
            wholeTable = try environment.table(StateStore.wholeName, key: UInt8.self)
        } catch let error as ProjectionError {
            throw error
        } catch let error as LMDBError {
            guard error.code == .notFound else { throw .storage(error) }
            throw .damagedStore(file: path + "/data.mdb", place: "the name of a table")
        } catch {
            throw .library(operation: "opening \(path)")
        }
    }

    /// The records of partitions 0..<`count`.
    func partitionRecords(_ count: Int) throws(ProjectionError) -> [PartitionRecord] {
        let found = try reading { transaction throws(LMDBError) -> [PartitionRecord?] in
            var records: [PartitionRecord?] = []
            for partition in 0..<UInt32(count) {
                guard let bytes = try transaction.get(partition, from: partitions) else {
                    records.append(nil)
                    continue
                }
                records.append(PartitionRecord(bytes, partition: partition))
            }
            return records
        }
        return try found.enumerated().map { number, record throws(ProjectionError) in
            guard let record else {
                throw .damagedStore(
                    file: path + "/data.mdb",
                    place: "the record of partition \(number)"
                )
            }
            return record
        }
    }

    /// Lends the subject's record and, as it was in the same commit, its partition's.
    ///
    /// - Returns: what `body` returned; nil when there is no record.
    func read<R>(
        _ subject: SubjectID,
        partition: Int,
        _ body: (Span<UInt8>) -> R
    ) throws(ProjectionError) -> (result: R?, partition: PartitionRecord?) {
        let key = Bytes16Key(high: subject.high, low: subject.low)
        return try reading { transaction throws(LMDBError) in
            let number = UInt32(partition)
            var record: PartitionRecord?
            if let bytes = try transaction.get(number, from: partitions) {
                record = PartitionRecord(bytes, partition: number)
            }
            guard let bytes = try transaction.get(key, from: states) else { return (nil, record) }
            return (body(bytes), record)
        }
    }

    /// Lends up to `limit` records in order of subject after `last`; from the first when nil.
    func records(
        after last: SubjectID?,
        limit: Int,
        _ body: (SubjectID, Span<UInt8>) -> Void
    ) throws(ProjectionError) {
        try reading { transaction throws(LMDBError) in
            var count = 0
            let start = last.map { Bytes16Key(high: $0.high, low: $0.low) }
            try transaction.forEach(in: states, from: start) { key, bytes throws(LMDBError) in
                guard key != start else { return .next }
                guard count < limit else { return .stop }
                count += 1
                body(SubjectID(high: key.high, low: key.low), bytes)
                return .next
            }
        }
    }

    /// The parked events of a partition, in order; at most `limit`.
    func parkedEvents(limit: Int) throws(ProjectionError) -> [ParkedEvent] {
        let found = try reading { transaction throws(LMDBError) -> [ParkedEvent?] in
            var events: [ParkedEvent?] = []
            try transaction.forEach(in: parked) { key, bytes throws(LMDBError) in
                guard events.count < limit else { return .stop }
                events.append(ParkedEvent(key, bytes))
                return .next
            }
            return events
        }
        return try found.map { event throws(ProjectionError) in
            guard let event else {
                throw .damagedStore(file: path + "/data.mdb", place: "a parked event")
            }
            return event
        }
    }

    /// The totals as they were stored; nil when they never were.
    func totals() throws(ProjectionError) -> [UInt8]? { try whole(Whole.totals) }

    /// Whether the states were folded from the log with this id.
    func isOf(log id: String) throws(ProjectionError) -> Bool {
        try checkedWhole(Whole.log) == Array(id.utf8)
    }

    /// Whether a share of the sums was lost: they are not what the states come to.
    func areSumsDue() throws(ProjectionError) -> Bool {
        try checkedWhole(Whole.areSumsDue) == [1]
    }

    private func checkedWhole(_ key: UInt8) throws(ProjectionError) -> [UInt8] {
        guard let record = try whole(key), record.count >= 4,
            Whole.record(record.dropLast(4), of: key) == record
        else {
            throw .damagedStore(
                file: path + "/data.mdb",
                place: key == Whole.log ? "the id of its log" : "the mark of its sums"
            )
        }
        return record.dropLast(4)
    }

    private func whole(_ key: UInt8) throws(ProjectionError) -> [UInt8]? {
        try reading { transaction throws(LMDBError) -> [UInt8]? in
            guard let bytes = try transaction.get(key, from: wholeTable) else { return nil }
            return bytes.array
        }
    }

    /// Stores what is sealed, what it comes to and what was parked, all or nothing.
    func commit(_ sealed: borrowing SealedStates, partitions records: [Int: PartitionRecord])
        throws(ProjectionError)
    {
        do {
            try environment.write { transaction throws(LMDBError) in
                let bytes = sealed.bytes.span
                for entry in sealed.entries {
                    try transaction.put(
                        bytes.extracting(entry.range),
                        for: Bytes16Key(high: entry.subject.high, low: entry.subject.low),
                        in: states
                    )
                }
                for event in sealed.parked {
                    try transaction.put(event.bytes.span, for: event.key, in: parked)
                }
                if !sealed.totals.isEmpty {
                    try transaction.put(sealed.totals.span, for: Whole.totals, in: wholeTable)
                }
                if let areSumsDue = sealed.areSumsDue {
                    let mark = Whole.record([areSumsDue ? 1 : 0], of: Whole.areSumsDue)
                    try transaction.put(mark.span, for: Whole.areSumsDue, in: wholeTable)
                }
                for (partition, record) in records {
                    let number = UInt32(partition)
                    try transaction.put(
                        record.bytes(partition: number).span,
                        for: number,
                        in: partitions
                    )
                }
            }
        } catch {
            throw .storage(error)
        }
    }

    /// Makes what was committed durable.
    func sync() throws(ProjectionError) {
        do {
            try environment.sync()
        } catch {
            throw .storage(error)
        }
    }

    private func reading<R>(
        _ body: (borrowing ReadTransaction) throws(LMDBError) -> R
    ) throws(ProjectionError) -> R {
        do {
            return try environment.read(body)
        } catch {
            throw .storage(error)
        }
    }
}

/// Sealed records in one buffer, in order of subject.
struct SealedStates: ~Copyable {
    struct Entry {
        let subject: SubjectID
        let range: Range<Int>
    }

    var bytes: [UInt8] = []
    var entries: [Entry] = []
    var parked: [ParkedEvent] = []
    /// Empty when they did not change.
    var totals: [UInt8] = []
    /// Nil when that does not change.
    var areSumsDue: Bool?

    mutating func removeAll() {
        bytes.removeAll(keepingCapacity: true)
        entries.removeAll(keepingCapacity: true)
        parked.removeAll(keepingCapacity: true)
        totals = []
        areSumsDue = nil
    }
}
