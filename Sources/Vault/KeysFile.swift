internal import Cryptography

/// What the passphrase opens: three random secrets, made once when the vault is created.
struct VaultSecrets: Sendable {
    /// Seals the slots.
    let slots: SecretKey
    /// Hashes CIs, asset keys and commands.
    let index: SecretKey
    /// Ed25519 seed of the operator.
    let signing: SecretKey
}

/// The file of the secrets, written once.
///
/// Layout, little-endian, 224 bytes: magic `JBK1`, version 1, log2 of scrypt's N, 10 zero bytes,
/// scrypt salt 16, sealing salt 16, check 32 (HMAC of the master key), sealed secrets 96 + tag 16,
/// zeros, CRC-32C of all before it. Not the master key itself seals the slots: another passphrase
/// is then another keys file, and the slots stay.
enum KeysFile {
    static let byteCount = 224
    private static let magic: UInt32 = 0x314b_424a  // JBK1
    private static let costLog2: UInt8 = 15
    private static let sealedRange = 80..<192
    private static let checkInfo = Array("jangbu vault check 1".utf8)
    private static let sealInfo = Array("jangbu vault keys 1".utf8)

    /// New secrets and the file that holds them under `passphrase`.
    static func make(
        passphrase: [UInt8]
    ) throws(CryptographyError) -> (VaultSecrets, [UInt8]) {
        var clear = try Random.bytes(96)
        defer { wipe(&clear) }
        let salts = try Random.bytes(32)
        var bytes = [UInt8](repeating: 0, count: byteCount)
        var out = bytes.mutableSpan
        out.setLittleEndian(magic, at: 0)
        (out[4], out[5]) = (1, costLog2)
        out.copy(salts.span, at: 16)
        let master = try masterKey(passphrase, salt: Array(salts[0..<16]))
        check(master).write(into: &out, at: 48)
        out.copy(clear.span, at: 80)
        let header = out.span.extracting(0..<80).array
        var sealed = out._mutatingExtracting(sealedRange)
        let keys = sealingKeys(master, header)
        try AEAD().sealOnce(key: keys.first, header: header.span, &sealed)
        out.setLittleEndian(
            Checksum.crc32c(out.span.extracting(0..<byteCount - 4)),
            at: byteCount - 4
        )
        return (secrets(clear.span), bytes)
    }

    /// The secrets in `bytes`.
    /// - Throws: `.damaged` or `.wrongPassphrase`.
    static func open(
        _ bytes: [UInt8],
        path: String,
        passphrase: [UInt8]
    ) throws(VaultError) -> VaultSecrets {
        let span = bytes.span
        guard bytes.count == byteCount,
            Checksum.crc32c(span.extracting(0..<byteCount - 4))
                == span.littleEndian(UInt32.self, at: byteCount - 4),
            span.littleEndian(UInt32.self, at: 0) == magic, span[4] == 1, span[5] == costLog2
        else { throw .damaged(file: path, place: "its checksum") }
        let master = try crypting { () throws(CryptographyError) in
            try masterKey(passphrase, salt: Array(bytes[16..<32]))
        }
        guard constantTimeEqual(check(master).bytes, Array(bytes[48..<80])) else {
            throw .wrongPassphrase
        }
        let header = span.extracting(0..<80)
        var clear = [UInt8](repeating: 0, count: 96)
        defer { wipe(&clear) }
        do throws(CryptographyError) {
            var target = clear.mutableSpan
            try AEAD().openOnce(
                key: sealingKeys(master, header.array).first,
                header: header,
                span.extracting(sealedRange),
                into: &target
            )
        } catch .notAuthentic {
            throw .damaged(file: path, place: "its sealed part")
        } catch {
            throw .cryptography(error)
        }
        return secrets(clear.span)
    }

    private static func masterKey(
        _ passphrase: [UInt8],
        salt: [UInt8]
    ) throws(CryptographyError) -> SecretKey {
        try Passphrase.deriveKey(from: passphrase, salt: salt, cost: 1 << UInt64(costLog2))
    }

    private static func check(_ master: SecretKey) -> Digest {
        master.withBytes { HMAC(key: $0).code(checkInfo.span) }
    }

    private static func sealingKeys(_ master: SecretKey, _ header: [UInt8]) -> DerivedKeys {
        let salt = header.span.extracting(32..<48)
        return HKDF.derive(
            key: master,
            salt: (salt.bigEndian(UInt64.self, at: 0), salt.bigEndian(UInt64.self, at: 8)),
            info: sealInfo.span
        )
    }

    private static func secrets(_ clear: Span<UInt8>) -> VaultSecrets {
        VaultSecrets(
            slots: SecretKey(copying: clear.extracting(0..<32)),
            index: SecretKey(copying: clear.extracting(32..<64)),
            signing: SecretKey(copying: clear.extracting(64..<96))
        )
    }
}
