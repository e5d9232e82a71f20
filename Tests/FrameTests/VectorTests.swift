import CZstd
import Cryptography
import Foundation
import Testing

@testable import Frame

/// `JANGBU_VECTORS=1` writes the files of `Schemas/vectors/frame` anew; frames that were sealed
/// before would no longer be held, so only while the format is a draft.
@Suite(.serialized) struct VectorTests {
    static let isWriting = ProcessInfo.processInfo.environment["JANGBU_VECTORS"] == "1"

    @Test(.enabled(if: isWriting, "only when asked for: JANGBU_VECTORS=1"))
    func `vectors are written anew`() throws {
        try FileManager.default.createDirectory(
            at: VectorFiles.folder,
            withIntermediateDirectories: true
        )
        for vector in try VectorContent.all() { try VectorFiles.write(vector, vector.name) }
        try VectorFiles.write(try VectorContent.rejected(), "rejected")
    }

    @Test func `there is a file for each vector and no other`() throws {
        let names = try FileManager.default.contentsOfDirectory(atPath: VectorFiles.folder.path)
        let expected = try VectorContent.all().map(\.name) + ["rejected"]
        #expect(names.sorted() == expected.map { "\($0).json" }.sorted())
    }

    /// What a frame opens to may never change, whatever libzstd packs today.
    @Test func `the frames in the files open to the content in the files`() throws {
        for expected in try VectorContent.all() {
            let vector = try VectorFiles.read(FrameVector.self, expected.name)
            let frame = try #require(Hex.decode(vector.frame))
            let events = try vector.events.map { try #require(Hex.decode($0)) }
            guard case .events(let header, let body) = try Opened.opening(frame, checkingRoot: true)
            else {
                Issue.record("\(vector.name) does not open")
                continue
            }
            #expect(body == Fixture.body(events), "\(vector.name)")
            #expect(header.eventRoot.description == vector.eventRoot)
            #expect(FrameHeader.leaf(of: frame.span).description == vector.leaf)
            let proof = EventProof(
                header: Array(frame.prefix(FrameLimit.headerByteCount)),
                index: try #require(Int(vector.proof.index)),
                blind: try #require(Hex.decode(vector.proof.blind)),
                event: try #require(Hex.decode(vector.proof.event)),
                path: try vector.proof.path.map { Digest(try #require(Hex.decode($0))) }
            )
            #expect(proof.verify(), "\(vector.name)")
            #expect(vector.events[proof.index] == vector.proof.event)
        }
    }

    /// Compares all of it with the libzstd that the files were made by, 1.5.4.
    ///
    /// Packing may differ in other versions, and with it body, tag, length and leaf; the rest may
    /// not.
    @Test func `sealing gives the files byte for byte`() throws {
        let isSameLibrary = ZSTD_versionNumber() == 10_504
        for expected in try VectorContent.all() {
            let file = try VectorFiles.data(expected.name)
            if isSameLibrary {
                #expect(try VectorFiles.encoded(expected) == file, "\(expected.name)")
            }
            var (made, read) = (expected, try VectorFiles.read(FrameVector.self, expected.name))
            (made.frame, made.leaf, made.bodyLength) = (read.frame, read.leaf, read.bodyLength)
            #expect(made == read, "\(expected.name)")
            read.frame = ""
            #expect(made != read)
        }
    }

    @Test func `the rejected frames give their errors`() throws {
        let rejected = try VectorFiles.read(RejectedVectors.self, "rejected")
        #expect(rejected.cases.count > 40)
        for one in rejected.cases {
            let secret = try #require(Hex.decode(one.key ?? rejected.key))
            let key = SecretKey(copying: secret.span)
            let frame = try #require(Hex.decode(one.frame))
            guard case .refused(let error) = try Opened.opening(frame, key: key, checkingRoot: true)
            else {
                Issue.record("\(one.name) opened")
                continue
            }
            #expect(error.name == one.error && error.part == one.part, "\(one.name)")
        }
        let made = try VectorContent.rejected()
        #expect(made.cases.map(\.name) == rejected.cases.map(\.name))
        #expect(made.cases.map(\.error) == rejected.cases.map(\.error))
    }

    /// Every error that opening can give has a vector.
    @Test func `no error is without a vector`() throws {
        let cases = try VectorFiles.read(RejectedVectors.self, "rejected").cases
        let given = Set(cases.map { "\($0.error) \($0.part)" })
        let possible = [
            "truncated ", "notAFrame ", "unknownKind ", "unknownSuite ", "wrongKey ",
            "notAuthentic ", "outOfRange flags", "outOfRange event count",
            "outOfRange body length", "malformedBody packing", "malformedBody padding",
            "malformedBody event length", "malformedBody event count", "malformedBody event root",
        ]
        #expect(given == Set(possible))
    }

    /// The document's independent reader; installed by `scripts/setup.sh test`.
    static let python = Project.root.appending(path: ".build-tools/venv/bin/python").path

    @Test(
        .enabled(
            if: FileManager.default.isExecutableFile(atPath: python),
            "NOT RUN: the Python oracles are missing; scripts/setup.sh test installs them"
        )
    )
    func `a reader in another language, written from the document, agrees on all vectors`() throws {
        let process = Process()
        process.executableURL = URL(filePath: VectorTests.python)
        process.arguments = [
            "-B", Project.root.appending(path: "Tests/interop/check_vectors.py").path,
            VectorFiles.folder.path,
        ]
        let output = Pipe()
        process.standardOutput = output
        process.standardError = output
        try process.run()
        let text = String(
            decoding: try output.fileHandleForReading.readToEnd() ?? Data(),
            as: UTF8.self
        )
        process.waitUntilExit()
        #expect(process.terminationStatus == 0, "\(text)")
        let count = try VectorContent.all().count + VectorContent.rejected().cases.count
        #expect(text.contains("\(count) vectors checked, 0 failed"), "\(text)")
    }
}
