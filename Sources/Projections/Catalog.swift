internal import Cryptography
internal import Files

/// Which generation of each projection is read: one small file a name, replaced as a whole.
///
/// `projections/NAME.current`: version 4, configuration 8, number 4, CRC-32C 4 over the name and
/// these.
struct Catalog: Sendable {
    let directory: String

    /// A generation that is read.
    struct Entry: Equatable {
        var version: UInt32
        var configuration: UInt64
        var number: UInt32
    }

    /// The generation that is read; nil when there was none yet.
    func entry(of name: String) throws(ProjectionError) -> Entry? {
        let path = path(of: name)
        guard Files.exists(path) else { return nil }
        let bytes: [UInt8]
        do {
            bytes = try Files.read(path, limit: 1 << 10)
        } catch {
            throw .files(error)
        }
        guard bytes.count == 20,
            bytes.span.littleEndian(UInt32.self, at: 16)
                == Catalog.checksum(name, bytes.span.extracting(0..<16))
        else { throw .damagedStore(file: path, place: "its 20 bytes") }
        return Entry(
            version: bytes.span.littleEndian(UInt32.self, at: 0),
            configuration: bytes.span.littleEndian(UInt64.self, at: 4),
            number: bytes.span.littleEndian(UInt32.self, at: 12)
        )
    }

    /// Makes `entry` the generation that is read, durably.
    func set(_ entry: Entry, of name: String) throws(ProjectionError) {
        var bytes: [UInt8] = []
        bytes.appendLittleEndian(entry.version)
        bytes.appendLittleEndian(entry.configuration)
        bytes.appendLittleEndian(entry.number)
        bytes.appendLittleEndian(Catalog.checksum(name, bytes.span))
        do {
            try Files.replace(path(of: name), with: bytes)
        } catch {
            throw .files(error)
        }
    }

    /// Where a generation's store is.
    func path(of name: String, version: UInt32, number: UInt32) -> String {
        directory + "/\(name)-v\(version)-\(number)"
    }

    /// Generations of `name` that lie in the directory, read or not.
    func stores(of name: String) throws(ProjectionError) -> [String] {
        do {
            return try Files.names(in: directory).filter { $0.hasPrefix(name + "-v") }
        } catch {
            throw .files(error)
        }
    }

    /// Removes a generation's store; nothing there is no error.
    func remove(_ path: String) throws(ProjectionError) {
        do {
            try Files.removeTree(path)
        } catch {
            throw .files(error)
        }
    }

    func makeDirectory() throws(ProjectionError) {
        do {
            try Files.makeDirectories(directory)
        } catch {
            throw .files(error)
        }
    }

    private func path(of name: String) -> String { directory + "/\(name).current" }

    private static func checksum(_ name: String, _ bytes: Span<UInt8>) -> UInt32 {
        let text = Array(name.utf8)
        return Checksum.crc32c(bytes, continuing: Checksum.crc32c(text.span))
    }
}
