internal import CZstd

/// Unpacks a zstd stream of any length piece by piece, in bounded memory and without a dictionary.
///
/// Not `Sendable`: one per stream. libzstd refuses windows above 128 MiB, so a hostile stream
/// cannot make it take more.
@safe public final class Unpacker {
    private let context: OpaquePointer
    /// Whether what was taken so far ends with a whole zstd frame.
    public private(set) var isAtFrameEnd = true

    /// A stream before its first byte.
    /// - Throws: `.libraryFailure` when libzstd has no memory.
    public init() throws(CompressionError) {
        guard let context = unsafe ZSTD_createDCtx() else {
            throw .libraryFailure(operation: "ZSTD_createDCtx")
        }
        unsafe self.context = context
    }

    deinit {
        // Frees what init made.
        unsafe ZSTD_freeDCtx(context)
    }

    /// Unpacks from the start of `input` to the start of `output`, as far as either reaches.
    ///
    /// - Returns: bytes taken and bytes given. When `output` was filled, more may follow without
    ///   input.
    /// - Throws: `.malformed` when the stream is damaged; it cannot go on then.
    public func unpack(
        _ input: Span<UInt8>,
        into output: inout MutableSpan<UInt8>
    ) throws(CompressionError) -> (taken: Int, given: Int) {
        // Both borrowed for the call with their true lengths; libzstd writes only the two
        // positions.
        let (result, taken, given) = unsafe output.withUnsafeMutableBytes { target in
            unsafe input.withUnsafeBytes { source in
                var into = unsafe ZSTD_outBuffer(
                    dst: target.baseAddress,
                    size: target.count,
                    pos: 0
                )
                var from = unsafe ZSTD_inBuffer(
                    src: source.baseAddress,
                    size: source.count,
                    pos: 0
                )
                let result = unsafe ZSTD_decompressStream(context, &into, &from)
                return unsafe (result, from.pos, into.pos)
            }
        }
        guard ZSTD_isError(result) == 0 else { throw .malformed }
        isAtFrameEnd = result == 0
        return (taken, given)
    }
}
