internal import Files
internal import LMDB

/// The blocks of a closed environment, read as bytes and without LMDB.
///
/// So a bad sector is an error that names its block, where a page of a map would stop the process,
/// and storage that nothing can be written to will do. Keeps 24 bytes a block in memory.
struct BlockFile: Sendable {
    /// The file's path.
    let path: String
    /// Blocks that the table says it has.
    let recordedCount: UInt64
    /// Whether this is certainly the newest commit; if not, it may be the one before.
    let isNewest: Bool
    /// Keys that cannot be a block's.
    let strayCount: Int
    private let file: File
    private let places: [Place]

    private struct Place {
        let sequence: UInt64
        let offset: UInt64
        let byteCount: Int
    }

    /// Looks for what leads to the blocks of the environment in `directory`.
    init(_ directory: String) throws {
        path = directory + "/data.mdb"
        file = try File(path, .read)
        guard let table = try BlockFile.table("blocks", in: directory) else {
            throw LogError.damaged(file: path, place: "what leads to its blocks")
        }
        places = table.entries.compactMap { entry in
            guard entry.key.count == 8 else { return nil }
            let sequence = entry.key.reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
            guard sequence <= Location.sequenceMax else { return nil }
            return Place(
                sequence: sequence,
                offset: entry.offset,
                byteCount: entry.byteCount
            )
        }
        strayCount = table.entries.count - places.count
        recordedCount = min(table.recordedCount, Location.sequenceMax)
        isNewest = table.isNewest
    }

    /// Nil when nothing leads to it.
    private static func table(_ name: String, in directory: String) throws -> TableSalvage? {
        do {
            return try TableSalvage(reading: name, in: directory)
        } catch {
            guard error.code == .corrupted || error.code == .truncated else { throw error }
            return nil
        }
    }

    /// Sequences of the blocks that are there, in order.
    var sequences: some Sequence<UInt64> { places.lazy.map(\.sequence) }

    var count: Int { places.count }

    /// The record of the log; nil when it is damaged.
    func identity() throws -> LogIdentity? {
        guard let table = try BlockFile.table("identity", in: Files.parent(of: path)),
            let entry = table.entries.first
        else { return nil }
        let bytes = try bytes(at: entry.offset, entry.byteCount, "the log identity")
        return LogIdentity(bytes.span)
    }

    /// Whether the record of the log is found in the same commit as the blocks; an older commit
    /// still leads to it when the newest has lost its name.
    func hasIdentityInCommit() throws -> Bool {
        try BlockFile.table("identity", in: Files.parent(of: path))?.isNewest == isNewest
    }

    /// The frames of a block, once it checks out, and its bytes' number.
    func frames(of sequence: UInt64) throws -> (frames: [BlockFrame], byteCount: Int) {
        try withBlock(sequence) { block in (try block.frames(), block.bytes.count) }
    }

    /// Calls `body` with the checked block.
    func withBlock<R>(
        _ sequence: UInt64,
        _ body: (borrowing Block) throws -> R
    ) throws -> R {
        guard let place = place(of: sequence) else {
            throw damage("block \(sequence), which is missing")
        }
        let bytes = try bytes(at: place.offset, place.byteCount, "block \(sequence)")
        do {
            let block = try Block(bytes.span, sequence: sequence)
            return try body(block)
        } catch let error as BlockDamage {
            throw damage("block \(sequence), \(error.rawValue)")
        }
    }

    private func place(of sequence: UInt64) -> Place? {
        var (low, high) = (0, places.count)
        while low < high {
            let middle = (low + high) / 2
            if places[middle].sequence < sequence { low = middle + 1 } else { high = middle }
        }
        guard low < places.count, places[low].sequence == sequence else { return nil }
        return places[low]
    }

    private func bytes(
        at offset: UInt64,
        _ count: Int,
        _ what: String
    ) throws(LogError) -> [UInt8] {
        do {
            guard Int(clamping: offset) <= (try file.byteCount()) - count else {
                throw damage("\(what), which the file ends before")
            }
            return try file.read(at: Int(offset), count: count)
        } catch let error as FileError {
            // A sector that cannot be read takes what lies in it and nothing else.
            throw damage("\(what), which cannot be read (\(error))")
        } catch {
            throw LogError(error)
        }
    }

    private func damage(_ place: String) -> LogError { .damaged(file: path, place: place) }
}
