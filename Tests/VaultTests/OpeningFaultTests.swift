import Files
import Simulation
import Testing

@testable import Vault

#if canImport(Glibc)
    import Glibc
#else
    import Musl
#endif

@Suite struct OpeningFaultTests {
    let directory: TemporaryDirectory
    var vault: String { directory.path + "/vault" }
    var passphrase: String { directory.path + "/passphrase" }

    init() throws {
        directory = try TemporaryDirectory("opening")
        try Vault.create(
            at: directory.path + "/vault",
            passphraseFile: directory.path + "/passphrase"
        )
    }

    private func open() throws(VaultError) -> Vault {
        try Vault(opening: vault, passphraseFile: passphrase)
    }

    @Test func `the passphrase file is made once, random and for its owner alone`() throws {
        let file = try File(passphrase, .read)
        #expect(try file.permissions() == 0o600)
        #expect(try file.byteCount() == 65)
        let before = try Files.read(passphrase)
        try Vault.create(at: directory.path + "/second", passphraseFile: passphrase)
        #expect(try Files.read(passphrase) == before)
    }

    @Test func `a missing passphrase file is named`() throws {
        try Files.remove(passphrase)
        #expect(throws: VaultError.passphraseFileMissing(path: passphrase)) { try open() }
        #expect("\(VaultError.passphraseFileMissing(path: passphrase))".contains(passphrase))
    }

    @Test(arguments: [0o640, 0o604, 0o660, 0o602, 0o677])
    func `a passphrase file that others can touch is refused`(mode: UInt32) throws {
        #expect(unsafe chmod(passphrase, mode) == 0)
        #expect(throws: VaultError.passphraseFileUnsafe(path: passphrase)) { try open() }
    }

    @Test(arguments: ["", "\n", "\r\n", String(repeating: "x", count: 4_097)])
    func `an empty or overlong passphrase file is refused`(content: String) throws {
        try Files.replace(passphrase, with: Array(content.utf8))
        #expect(throws: VaultError.passphraseFileMalformed(path: passphrase)) { try open() }
    }

    @Test func `another passphrase is refused, the right one with another line end is not`() throws
    {
        let right = try Files.read(passphrase)
        try Files.replace(passphrase, with: Array("guess".utf8))
        #expect(throws: VaultError.wrongPassphrase) { try open() }
        try Files.replace(passphrase, with: right.dropLast() + [0x0d, 0x0a])
        _ = try open()
    }

    @Test func `there is one vault in a directory, open once`() throws {
        #expect(throws: VaultError.exists(path: vault)) {
            try Vault.create(at: vault, passphraseFile: passphrase)
        }
        #expect(throws: VaultError.notAVault(path: directory.path)) {
            try Vault(opening: directory.path, passphraseFile: passphrase)
        }
        let first = try open()
        #expect(throws: VaultError.inUse(path: vault)) { try open() }
        _ = first.publicKey
    }

    @Test func `what a crash left of making a vault does not hinder the next`() throws {
        let path = directory.path + "/third"
        try Files.makeDirectories(path + ".creating")
        try Files.replace(path + ".creating/keys", with: [1, 2, 3])
        try Vault.create(at: path, passphraseFile: passphrase)
        _ = try Vault(opening: path, passphraseFile: passphrase)
        #expect(try Files.names(in: directory.path).contains("third.creating") == false)
    }

    @Test func `every flipped bit and every cut of the keys file is named`() throws {
        let path = vault + "/keys"
        let whole = try Files.read(path)
        let phrase = Array(try Files.read(passphrase).dropLast())
        for bit in 0..<whole.count * 8 {
            var bytes = whole
            bytes[bit / 8] ^= 1 << (bit % 8)
            #expect(throws: VaultError.damaged(file: path, place: "its checksum")) {
                try KeysFile.open(bytes, path: path, passphrase: phrase)
            }
        }
        for count in 0..<whole.count {
            #expect(throws: VaultError.damaged(file: path, place: "its checksum")) {
                try KeysFile.open(Array(whole.prefix(count)), path: path, passphrase: phrase)
            }
        }
    }

    @Test func `the signing key is the same after a restart`() throws {
        var first: [UInt8] = []
        var signature: [UInt8] = []
        do {
            let vault = try open()
            (first, signature) = (vault.publicKey, try vault.sign([1, 2, 3]))
        }
        let again = try open()
        #expect(again.publicKey == first)
        #expect(try again.sign([4]) != signature)
    }
}
