internal import Compression
public import Cryptography
internal import Files

/// Bytes of a file, plain or packed with zstd, read once from start to end in bounded memory.
///
/// Which of the two it is says the file itself (its first four bytes), not its name.
public final class ByteSource {
    /// Bytes read from disk at a time.
    private static let chunkBytes = 256 << 10
    private static let magic: [UInt8] = [0x28, 0xb5, 0x2f, 0xfd]

    private enum Origin {
        case file(File, byteCount: Int)
        case memory([UInt8])
    }

    private let origin: Origin
    private var offset = 0
    private var hasher = SHA256Hasher()
    private var unpacker: Unpacker?
    private var packed: [UInt8] = []
    private var packedStart = 0
    private var mayHaveMore = false

    /// A file's bytes.
    ///
    /// - Throws: `.unreadable` when it cannot be opened.
    public init(path: String) throws(ImportError) {
        do throws(FileError) {
            let file = try File(path, .read)
            origin = .file(file, byteCount: try file.byteCount())
        } catch { throw .unreadable(error.description) }
        try begin()
    }

    /// Bytes that are at hand.
    ///
    /// - Throws: `.damaged` when libzstd is needed and cannot be had.
    public init(_ bytes: [UInt8]) throws(ImportError) {
        origin = .memory(bytes)
        try begin()
    }

    /// Length in bytes as stored, packed or not.
    public var byteCount: Int {
        switch origin {
        case .file(_, let count): count
        case .memory(let bytes): bytes.count
        }
    }

    /// Bytes as stored that were read so far: progress is this over `byteCount`.
    public var bytesRead: Int { offset }

    /// SHA-256 of the bytes as stored; to be asked once, after the last `append`.
    public func digest() -> Digest { hasher.finish() }

    private func begin() throws(ImportError) {
        let head = try stored(upTo: 4)
        offset = 0
        guard head == ByteSource.magic else { return }
        do throws(CompressionError) {
            unpacker = try Unpacker()
        } catch { throw .damaged(error.description) }
    }

    private func stored(upTo count: Int) throws(ImportError) -> [UInt8] {
        let size = min(count, byteCount - offset)
        guard size > 0 else { return [] }
        defer { offset += size }
        switch origin {
        case .memory(let bytes): return Array(bytes[offset..<offset + size])
        case .file(let file, _):
            do throws(FileError) {
                return try file.read(at: offset, count: size)
            } catch { throw .unreadable(error.description) }
        }
    }

    /// Appends some more bytes to `buffer`; none when the end is reached.
    ///
    /// - Throws: `.unreadable`, or `.damaged` when a packed file is cut short or altered.
    func append(to buffer: inout [UInt8]) throws(ImportError) {
        guard let unpacker else {
            let bytes = try stored(upTo: ByteSource.chunkBytes)
            hasher.update(bytes.span)
            buffer.append(contentsOf: bytes)
            return
        }
        var output = [UInt8](repeating: 0, count: ByteSource.chunkBytes)
        while true {
            if packedStart == packed.count, !mayHaveMore {
                packed = try stored(upTo: ByteSource.chunkBytes)
                hasher.update(packed.span)
                packedStart = 0
                guard !packed.isEmpty else {
                    guard unpacker.isAtFrameEnd else { throw .damaged("the file is cut short") }
                    return
                }
            }
            let given = try unpack(with: unpacker, into: &output)
            guard given == 0 else {
                buffer.append(contentsOf: output[..<given])
                return
            }
        }
    }

    private func unpack(
        with unpacker: Unpacker,
        into output: inout [UInt8]
    ) throws(ImportError) -> Int {
        let packed = packed
        let input = packed.span.extracting(packedStart..<packed.count)
        var target = output.mutableSpan
        do throws(CompressionError) {
            let (taken, given) = try unpacker.unpack(input, into: &target)
            packedStart += taken
            mayHaveMore = given == output.count
            return given
        } catch { throw .damaged(error.description) }
    }
}
