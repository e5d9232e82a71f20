internal import CZstd

/// Packs and unpacks with one dictionary; contexts are made once and reused.
///
/// Not `Sendable`: one per thread of work.
@safe public final class Compressor {
    /// zstd's level for frames: the default, the best ratio that keeps 3 M small events a second.
    public static let level: Int32 = 3

    private let packing: OpaquePointer
    private let unpacking: OpaquePointer
    private let packingDictionary: OpaquePointer
    private let unpackingDictionary: OpaquePointer

    /// Digests the dictionary for both directions.
    /// - Throws: `.libraryFailure` when libzstd has no memory or refuses a setting.
    public init(dictionary: [UInt8]) throws(CompressionError) {
        guard let packing = unsafe ZSTD_createCCtx(), let unpacking = unsafe ZSTD_createDCtx(),
            let packingDictionary = unsafe ZSTD_createCDict(
                dictionary,
                dictionary.count,
                Compressor.level
            ),
            let unpackingDictionary = unsafe ZSTD_createDDict(dictionary, dictionary.count)
        else { throw .libraryFailure(operation: "ZSTD_createCDict") }
        unsafe (self.packing, self.unpacking) = (packing, unpacking)
        unsafe self.packingDictionary = packingDictionary
        unsafe self.unpackingDictionary = unpackingDictionary
        // The frame header names the dictionary, so zstd's own id and checksum would be waste:
        // 8 bytes a frame that the seal already covers.
        let settings: [(ZSTD_cParameter, Int32)] = [
            (ZSTD_c_compressionLevel, Compressor.level), (ZSTD_c_checksumFlag, 0),
            (ZSTD_c_dictIDFlag, 0), (ZSTD_c_contentSizeFlag, 1),
        ]
        for (parameter, value) in settings {
            guard unsafe ZSTD_isError(ZSTD_CCtx_setParameter(packing, parameter, value)) == 0
            else { throw .libraryFailure(operation: "ZSTD_CCtx_setParameter") }
        }
        guard unsafe ZSTD_isError(ZSTD_CCtx_refCDict(packing, packingDictionary)) == 0 else {
            throw .libraryFailure(operation: "ZSTD_CCtx_refCDict")
        }
    }

    deinit {
        // Frees what init made, contexts before the dictionaries they refer to.
        unsafe ZSTD_freeCCtx(packing)
        unsafe ZSTD_freeDCtx(unpacking)
        unsafe ZSTD_freeCDict(packingDictionary)
        unsafe ZSTD_freeDDict(unpackingDictionary)
    }

    /// Most bytes that packing `count` bytes can give.
    public static func packedCountMax(_ count: Int) -> Int {
        // A pure function of the number.
        ZSTD_compressBound(count)
    }

    /// Packs `input` to the start of `output`; returns the bytes written.
    public func pack(
        _ input: Span<UInt8>,
        into output: inout MutableSpan<UInt8>
    ) throws(CompressionError) -> Int {
        // Both borrowed for the call with their true lengths.
        let result = unsafe output.withUnsafeMutableBytes { target in
            unsafe input.withUnsafeBytes { source in
                unsafe ZSTD_compress2(
                    packing,
                    target.baseAddress,
                    target.count,
                    source.baseAddress,
                    source.count
                )
            }
        }
        guard ZSTD_isError(result) == 0 else {
            throw .libraryFailure(operation: "ZSTD_compress2")
        }
        return result
    }

    /// Bytes that `packed` says it unpacks to.
    /// - Throws: `.malformed` when it does not say, `.tooLong` when it says more than `limitBytes`.
    public func unpackedCount(
        of packed: Span<UInt8>,
        limitBytes: Int
    ) throws(CompressionError) -> Int {
        // Borrowed for the call.
        let size = unsafe packed.withUnsafeBytes {
            unsafe ZSTD_getFrameContentSize($0.baseAddress, $0.count)
        }
        // ZSTD_CONTENTSIZE_UNKNOWN and _ERROR are the two highest values, macros Swift cannot see.
        guard size < UInt64.max - 1 else { throw .malformed }
        guard size <= UInt64(limitBytes) else { throw .tooLong(limitBytes: limitBytes) }
        return Int(size)
    }

    /// Length of the zstd frame at the start of `bytes`, which may have padding after it.
    /// - Throws: `.malformed`, also for zstd's skippable frames and the formats before 1.0, which
    ///   libzstd would take.
    public func packedCount(in bytes: Span<UInt8>) throws(CompressionError) -> Int {
        guard bytes.count >= 4, bytes[0] == 0x28, bytes[1] == 0xb5, bytes[2] == 0x2f,
            bytes[3] == 0xfd
        else { throw .malformed }
        // Borrowed for the call.
        let size = unsafe bytes.withUnsafeBytes {
            unsafe ZSTD_findFrameCompressedSize($0.baseAddress, $0.count)
        }
        guard ZSTD_isError(size) == 0 else { throw .malformed }
        return size
    }

    /// Unpacks all of `packed` into `output`, which must be exactly the size it says.
    public func unpack(
        _ packed: Span<UInt8>,
        into output: inout MutableSpan<UInt8>
    ) throws(CompressionError) {
        let expected = output.count
        // Both borrowed for the call with their true lengths.
        let result = unsafe output.withUnsafeMutableBytes { target in
            unsafe packed.withUnsafeBytes { source in
                unsafe ZSTD_decompress_usingDDict(
                    unpacking,
                    target.baseAddress,
                    target.count,
                    source.baseAddress,
                    source.count,
                    unpackingDictionary
                )
            }
        }
        guard ZSTD_isError(result) == 0, result == expected else { throw .malformed }
    }
}
