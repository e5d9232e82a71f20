internal import Cryptography
internal import Files
internal import Frame

/// The slots on disk: slot 0 is the file's header, the others hold a subject each.
///
/// Header, little-endian: 0 magic `JBSH`, 4 version 1, 8 slots known to be written (header
/// included), 16 next revision of `operations` to look for erasures in, 252 CRC-32C. The count is
/// written after the flush of the slots that it counts: a slot below it that is empty or missing is
/// damage, one above may be an enrolment that a crash cut off, which nobody was told of.
struct SlotFile: ~Copyable {
    private static let magic: UInt32 = 0x4853_424a  // JBSH

    private let file: File
    let path: String
    private let sealer: SlotSealer
    /// Slots in the file, header included.
    private(set) var count: Int
    /// Slots that the header told of when the file was opened.
    private let known: Int
    /// Next revision of `operations` to look for erasures in.
    private(set) var operationsCursor: UInt64
    private var isStopped = false

    /// What opening found.
    struct Content: ~Copyable {
        /// By number; nil where damaged, and for the header.
        var slots: [Slot?] = [nil]
        /// Numbers of damaged slots.
        var damaged: [Int] = []
        /// Slots are missing at the end.
        var isTruncated = false

        /// Reads the slots after the header.
        /// - Returns: numbers of empty slots that nobody was told of.
        mutating func read(_ bytes: Span<UInt8>, count: Int, known: Int) -> [Int] {
            var voids: [Int] = []
            for number in 1..<count {
                do throws(SlotFault) {
                    slots.append(try Slot(bytes, at: number * Slot.byteCount))
                } catch {
                    slots.append(nil)
                    if error == .empty, number >= known {
                        voids.append(number)
                    } else {
                        damaged.append(number)
                    }
                }
            }
            return voids
        }
    }

    /// A file without subjects.
    static func empty() -> [UInt8] { header(count: 1, operationsCursor: 0) }

    /// Opens and claims the file.
    static func open(
        _ path: String,
        key: SecretKey,
        content: inout Content
    ) throws(VaultError) -> SlotFile {
        let disk = try onDisk(path) { () throws(FileError) in try File(path, .update) }
        let isOurs = try onDisk(path) { () throws(FileError) in try disk.lock() }
        guard isOurs else { throw .inUse(path: Files.parent(of: path)) }
        let bytes = try onDisk(path) { () throws(FileError) in
            try disk.read(at: 0, count: disk.byteCount())
        }
        let span = bytes.span
        guard bytes.count >= Slot.byteCount,
            span.littleEndian(UInt32.self, at: 0) == SlotFile.magic, span[4] == 1,
            span.littleEndian(UInt32.self, at: 252)
                == Checksum.crc32c(span.extracting(0..<252)),
            let known = Int(exactly: span.littleEndian(UInt64.self, at: 8)), known >= 1
        else { throw .damaged(file: path, place: "its header") }
        let count = bytes.count / Slot.byteCount
        content.isTruncated = count < known
        let voids = content.read(span, count: count, known: known)
        var file = SlotFile(
            disk: disk,
            path: path,
            sealer: try crypting { () throws(CryptographyError) in try SlotSealer(key: key) },
            count: count,
            known: known,
            operationsCursor: span.littleEndian(UInt64.self, at: 16)
        )
        try file.settle(voids)
        return file
    }

    private init(
        disk: File,
        path: String,
        sealer: SlotSealer,
        count: Int,
        known: Int,
        operationsCursor: UInt64
    ) {
        (self.file, self.path, self.sealer) = (disk, path, sealer)
        (self.count, self.known, self.operationsCursor) = (count, known, operationsCursor)
    }

    /// Fills what a cut-off enrolment left empty, so that every slot below the count is written.
    private mutating func settle(_ voids: [Int]) throws(VaultError) {
        guard count > known else { return }
        for number in voids {
            try place(Slot(state: .void, subject: SubjectID(high: 0, low: 0)), at: number)
        }
        try flush()
        try writeHeader(count: count)
    }

    /// Adds subjects, each with its KEK, and flushes once.
    /// - Returns: number of the first.
    mutating func add(_ slots: [Slot], keks: [SecretKey]) throws(VaultError) -> Int {
        let first = count
        var bytes = [UInt8](repeating: 0, count: slots.count * Slot.byteCount)
        try crypting { () throws(CryptographyError) in
            let salts = try Random.bytes(16 * slots.count)
            for index in slots.indices {
                var all = bytes.mutableSpan
                let start = index * Slot.byteCount
                var out = all._mutatingExtracting(start..<start + Slot.byteCount)
                let salt = salts.span.extracting(index * 16..<index * 16 + 16)
                try sealer.seal(
                    slots[index],
                    number: first + index,
                    kek: keks[index],
                    pending: nil,
                    salt: (salt.bigEndian(UInt64.self, at: 0), salt.bigEndian(UInt64.self, at: 8)),
                    into: &out
                )
            }
        }
        try write(bytes, at: first)
        try flush()
        // Counted last: the caller's table has these slots only if nothing failed.
        try writeHeader(count: first + slots.count)
        count = first + slots.count
        return first
    }

    /// Overwrites a live slot; what must be durable is flushed by the caller.
    mutating func replace(
        _ number: Int,
        with slot: Slot,
        kek: SecretKey,
        pending: SecretKey? = nil
    ) throws(VaultError) {
        var bytes = [UInt8](repeating: 0, count: Slot.byteCount)
        try crypting { () throws(CryptographyError) in
            let salt = try Random.bytes(16)
            var out = bytes.mutableSpan
            try sealer.seal(
                slot,
                number: number,
                kek: kek,
                pending: pending,
                salt: (
                    salt.span.bigEndian(UInt64.self, at: 0), salt.span.bigEndian(UInt64.self, at: 8)
                ),
                into: &out
            )
        }
        try write(bytes, at: number)
    }

    /// Overwrites a slot by one without keys; what must be durable is flushed by the caller.
    mutating func place(_ slot: Slot, at number: Int) throws(VaultError) {
        var bytes = [UInt8](repeating: 0, count: Slot.byteCount)
        var out = bytes.mutableSpan
        slot.writeClear(into: &out)
        Slot.writeChecksum(into: &out)
        try write(bytes, at: number)
    }

    /// A slot as it is on disk.
    func slot(_ number: Int) throws(VaultError) -> Slot { try read(number).slot }

    /// A live slot and its keys.
    func open(
        _ number: Int
    ) throws(VaultError) -> (slot: Slot, kek: SecretKey, pending: SecretKey?) {
        let (slot, bytes) = try read(number)
        guard slot.state == .live else { throw .subjectErased }
        do throws(CryptographyError) {
            let keys = try sealer.open(
                bytes.span,
                number: number,
                hasPending: slot.pendingEpoch != nil
            )
            return (slot, keys.kek, keys.pending)
        } catch .notAuthentic {
            throw damage(number)
        } catch {
            throw .cryptography(error)
        }
    }

    private func read(_ number: Int) throws(VaultError) -> (slot: Slot, bytes: [UInt8]) {
        let bytes: [UInt8]
        do throws(FileError) {
            bytes = try file.read(at: number * Slot.byteCount, count: Slot.byteCount)
        } catch {
            throw damage(number)
        }
        do throws(SlotFault) {
            return (try Slot(bytes.span, at: 0), bytes)
        } catch {
            throw damage(number)
        }
    }

    private func damage(_ number: Int) -> VaultError {
        .damaged(file: path, place: "slot \(number)")
    }

    /// Notes up to where `operations` was read, durable with the next flush.
    mutating func note(operationsCursor: UInt64) throws(VaultError) {
        guard operationsCursor != self.operationsCursor else { return }
        self.operationsCursor = operationsCursor
        try writeHeader(count: count)
    }

    mutating func flush() throws(VaultError) {
        do throws(VaultError) {
            try onDisk(path) { () throws(FileError) in try file.sync() }
        } catch {
            // What is on disk is unknown now (fsync reports an error once); only a restart knows.
            isStopped = true
            throw error
        }
    }

    func close() { file.close() }

    private func write(_ bytes: [UInt8], at number: Int) throws(VaultError) {
        guard !isStopped else { throw .writesStopped }
        try onDisk(path) { () throws(FileError) in
            try file.write(bytes.span, at: number * Slot.byteCount)
        }
    }

    private func writeHeader(count: Int) throws(VaultError) {
        let bytes = SlotFile.header(
            count: max(count, known),
            operationsCursor: operationsCursor
        )
        try write(bytes, at: 0)
    }

    private static func header(count: Int, operationsCursor: UInt64) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: Slot.byteCount)
        var out = bytes.mutableSpan
        out.setLittleEndian(magic, at: 0)
        out[4] = 1
        out.setLittleEndian(UInt64(count), at: 8)
        out.setLittleEndian(operationsCursor, at: 16)
        Slot.writeChecksum(into: &out)
        return bytes
    }
}
