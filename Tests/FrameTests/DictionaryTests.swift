import Cryptography
import Foundation
import Testing

@testable import Frame

@Suite struct DictionaryTests {
    @Test func `the dictionary in the source is the file, which is named by its hash`() throws {
        let folder = Project.root.appending(path: "Schemas/dictionaries")
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
        #expect(names.count == 1, "one file a suite")
        let file = try [UInt8](Data(contentsOf: folder.appending(path: names[0])))
        #expect(Suite.first.dictionary == file)
        #expect(names[0] == "1-\(SHA256.hash(file).description.prefix(16)).dict")
        #expect(file.count == 16_384)
        #expect(file.prefix(4) == [0x37, 0xa4, 0x30, 0xec], "zstd's mark of a trained dictionary")
    }

    /// It is what suite 1 is; another dictionary is another suite.
    @Test func `suite 1's dictionary never changes`() {
        #expect(
            SHA256.hash(Suite.first.dictionary).description
                == "a23c5933fc48b3cae77ed2f0b4f434ce91a574110229bb18a179d5cbbb3cf97e"
        )
    }
}

enum Project {
    static let root = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()
}
