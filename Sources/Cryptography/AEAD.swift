internal import COpenSSL

/// AES-256-GCM and the AES-256-CTR key stream, with contexts that are made once and keyed per call.
///
/// Not `Sendable`: one per thread of work. Holds no key between calls longer than libcrypto's
/// context does, which is cleansed on `deinit`.
@safe public final class AEAD {
    /// Bytes of the authentication tag.
    public static let tagByteCount = 16

    private let gcm: OpaquePointer
    private let ctr: OpaquePointer

    /// Allocates the contexts.
    /// - Throws: `.libraryFailure` when libcrypto has no memory or lacks the cipher.
    public init() throws(CryptographyError) {
        guard let gcm = unsafe EVP_CIPHER_CTX_new() else {
            throw .libraryFailure(operation: "EVP_CIPHER_CTX_new")
        }
        guard let ctr = unsafe EVP_CIPHER_CTX_new() else {
            unsafe EVP_CIPHER_CTX_free(gcm)
            throw .libraryFailure(operation: "EVP_CIPHER_CTX_new")
        }
        unsafe (self.gcm, self.ctr) = (gcm, ctr)
        // Fetches the implementations once; later calls only set keys.
        let first = unsafe EVP_CipherInit_ex(gcm, EVP_aes_256_gcm(), nil, nil, nil, 1)
        let second = unsafe EVP_CipherInit_ex(ctr, EVP_aes_256_ctr(), nil, nil, nil, 1)
        guard first == 1, second == 1 else {
            throw .libraryFailure(operation: "EVP_CipherInit_ex")
        }
    }

    deinit {
        // Frees what init made; EVP_CIPHER_CTX_free cleanses key material.
        unsafe EVP_CIPHER_CTX_free(gcm)
        unsafe EVP_CIPHER_CTX_free(ctr)
    }

    /// Seals `bytes` in place under a key that is used once: the nonce is twelve zero bytes.
    ///
    /// The last 16 bytes of `bytes` receive the tag; those before it are the plaintext.
    public func sealOnce(
        key: Digest,
        header: Span<UInt8>,
        _ bytes: inout MutableSpan<UInt8>
    ) throws(CryptographyError) {
        precondition(bytes.count >= AEAD.tagByteCount)
        try begin(key: key, header: header, encrypt: 1)
        let count = bytes.count - AEAD.tagByteCount
        // In place: GCM reads each byte before it writes it; the tag goes to the last 16 bytes.
        let status = unsafe bytes.withUnsafeMutableBufferPointer { buffer -> Int32 in
            var written: Int32 = 0
            let base = buffer.baseAddress
            guard unsafe EVP_EncryptUpdate(gcm, base, &written, base, Int32(count)) == 1,
                unsafe EVP_EncryptFinal_ex(gcm, base?.advanced(by: count), &written) == 1
            else { return 0 }
            return unsafe EVP_CIPHER_CTX_ctrl(
                gcm,
                EVP_CTRL_AEAD_GET_TAG,
                16,
                base?.advanced(by: count)
            )
        }
        guard status == 1 else { throw .libraryFailure(operation: "EVP_EncryptFinal_ex") }
    }

    /// Opens `sealed` (ciphertext and tag) into `output`, which must be 16 bytes shorter.
    /// - Throws: `.notAuthentic`; `output` is then zeroed.
    public func openOnce(
        key: Digest,
        header: Span<UInt8>,
        _ sealed: Span<UInt8>,
        into output: inout MutableSpan<UInt8>
    ) throws(CryptographyError) {
        let count = sealed.count - AEAD.tagByteCount
        guard count >= 0 else { throw .notAuthentic }
        precondition(output.count == count)
        try begin(key: key, header: header, encrypt: 0)
        // Reads count + 16 bytes of `sealed`, writes `count` of `output`.
        let opened = unsafe output.withUnsafeMutableBufferPointer { target -> Bool in
            unsafe sealed.withUnsafeBufferPointer { source -> Bool in
                var written: Int32 = 0
                let base = source.baseAddress
                guard
                    unsafe EVP_DecryptUpdate(
                        gcm,
                        target.baseAddress,
                        &written,
                        base,
                        Int32(count)
                    ) == 1,
                    unsafe EVP_CIPHER_CTX_ctrl(
                        gcm,
                        EVP_CTRL_AEAD_SET_TAG,
                        16,
                        UnsafeMutablePointer(mutating: base?.advanced(by: count))
                    ) == 1
                else { return false }
                var rest: UInt8 = 0
                return unsafe EVP_DecryptFinal_ex(gcm, &rest, &written) == 1
            }
        }
        guard opened else {
            for index in 0..<output.count { output[index] = 0 }
            throw .notAuthentic
        }
    }

    /// Fills `output` with the AES-256-CTR key stream from counter zero.
    public func keyStream(
        key: Digest,
        into output: inout MutableSpan<UInt8>
    ) throws(CryptographyError) {
        // The initial counter block is sixteen zero bytes; output is encrypted zeros, in place.
        let status = unsafe output.withUnsafeMutableBufferPointer { buffer -> Int32 in
            unsafe buffer.update(repeating: 0)
            return unsafe withUnsafeBytes(of: key) { key -> Int32 in
                unsafe withUnsafeBytes(of: zeroBlock) { zero -> Int32 in
                    let iv = unsafe zero.bindMemory(to: UInt8.self).baseAddress
                    var written: Int32 = 0
                    guard unsafe EVP_EncryptInit_ex(ctr, nil, nil, key.bytes, iv) == 1
                    else { return 0 }
                    return unsafe EVP_EncryptUpdate(
                        ctr,
                        buffer.baseAddress,
                        &written,
                        buffer.baseAddress,
                        Int32(buffer.count)
                    )
                }
            }
        }
        guard status == 1 else { throw .libraryFailure(operation: "EVP_EncryptUpdate") }
    }

    private let zeroBlock: (UInt64, UInt64) = (0, 0)

    private func begin(
        key: Digest,
        header: Span<UInt8>,
        encrypt: Int32
    ) throws(CryptographyError) {
        // Key 32 bytes, nonce 12 of the 16 zero bytes, header read within the call.
        let status = unsafe withUnsafeBytes(of: key) { key -> Int32 in
            unsafe withUnsafeBytes(of: zeroBlock) { zero -> Int32 in
                let nonce = unsafe zero.bindMemory(to: UInt8.self).baseAddress
                guard
                    unsafe EVP_CipherInit_ex(gcm, nil, nil, key.bytes, nonce, encrypt) == 1
                else { return 0 }
                return unsafe header.withUnsafeBufferPointer { header -> Int32 in
                    var written: Int32 = 0
                    return unsafe EVP_CipherUpdate(
                        gcm,
                        nil,
                        &written,
                        header.baseAddress,
                        Int32(header.count)
                    )
                }
            }
        }
        guard status == 1 else { throw .libraryFailure(operation: "EVP_CipherUpdate") }
    }
}

extension UnsafeRawBufferPointer {
    /// The bytes as libcrypto's calls take them.
    fileprivate var bytes: UnsafePointer<UInt8>? {
        unsafe bindMemory(to: UInt8.self).baseAddress
    }
}
