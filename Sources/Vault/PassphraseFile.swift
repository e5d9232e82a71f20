internal import Cryptography
internal import Files

/// The file whose content opens the vault: mode 0600, kept apart from backups of the data.
enum PassphraseFile {
    /// Longer is not a passphrase but some other file named by mistake.
    static let byteCountMax = 4_096

    /// Makes the file with 256 random bits in hexadecimal, unless it is there.
    static func createIfMissing(_ path: String) throws(VaultError) {
        guard !Files.exists(path) else { return }
        var bytes = try crypting { () throws(CryptographyError) in try Random.bytes(32) }
        var text = Array(Hex.encode(bytes).utf8)
        defer {
            wipe(&bytes)
            wipe(&text)
        }
        text.append(0x0a)
        try onDisk(path) { () throws(FileError) in
            try Files.makeDirectories(Files.parent(of: path))
            try Files.replace(path, with: text)
        }
    }

    /// The content without the line's end that editors add.
    static func read(_ path: String) throws(VaultError) -> [UInt8] {
        guard Files.exists(path) else { throw .passphraseFileMissing(path: path) }
        let file = try onDisk(path) { () throws(FileError) in try File(path, .read) }
        defer { file.close() }
        let permissions = try onDisk(path) { () throws(FileError) in try file.permissions() }
        guard permissions & 0o077 == 0 else { throw .passphraseFileUnsafe(path: path) }
        let count = try onDisk(path) { () throws(FileError) in try file.byteCount() }
        guard count <= byteCountMax else { throw .passphraseFileMalformed(path: path) }
        let bytes = try onDisk(path) { () throws(FileError) in
            try file.read(at: 0, count: count)
        }
        var text = bytes[...]
        if text.last == 0x0a { text.removeLast() }
        if text.last == 0x0d { text.removeLast() }
        guard !text.isEmpty else { throw .passphraseFileMalformed(path: path) }
        return Array(text)
    }
}
