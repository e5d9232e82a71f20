import Foundation
import Testing

/// The list of what takes bytes from outside, held against the code.
@Suite struct InventoryTests {
    /// Where a decoder is fuzzed: `here` by the names of `Decoders`, or by another suite.
    private enum Place {
        case here
        case suite(String)
        /// Its bytes are ours alone: keyed, sealed, or named by the operator.
        case ours(String)
    }

    private static let places: [String: Place] = [
        "Collector/Authority/TokenGrant.swift": .here,
        "Collector/Providers/TimeSlot.swift": .here,
        "Cryptography/Base64.swift": .here,
        "Cryptography/Bytes.swift": .suite("CryptographyTests/DigestTests.swift"),
        "EventLog/BackupManifest.swift": .suite("EventLogTests/FuzzTests.swift"),
        "EventLog/Block.swift": .suite("EventLogTests/FuzzTests.swift"),
        "EventLog/FrameFacts.swift": .suite("EventLogTests/FuzzTests.swift"),
        "EventLog/LogLayout.swift": .suite("SystemTests/DamageTests.swift"),
        "EventLog/RunSummary.swift": .suite("SystemTests/DamageTests.swift"),
        "Files/Files.swift": .ours("a path of ours, with a limit"),
        "Finance/Categories/BankRules.swift": .ours("conf/categories"),
        "Finance/Categories/LabelledText.swift": .ours("conf/categories"),
        "Finance/Categories/RuleLines.swift": .ours("conf/categories"),
        "Finance/Categories/Taxonomy.swift": .ours("conf/categories"),
        "Finance/Consent/ConsentID.swift": .here,
        "Finance/Consent/TransferRegister+Decoding.swift": .here,
        "Finance/Events/AssetID.swift": .here,
        "Finance/Events/BalanceView.swift": .here,
        "Finance/Events/BankTransactionView.swift": .here,
        "Finance/Events/BillLineView.swift": .here,
        "Finance/Events/CardApprovalView.swift": .here,
        "Finance/Events/CorrectionView.swift": .here,
        "Finance/Events/EmoneyView.swift": .here,
        "Finance/Events/EventView.swift": .here,
        "Finance/Events/RetractionView.swift": .here,
        "Finance/Folds/CollectionBoardCoding.swift": .here,
        "Finance/Folds/CollectionStateCoding.swift": .here,
        "Finance/Folds/CollectionTotals.swift": .here,
        "Finance/Folds/CoverageState.swift": .here,
        "Finance/Folds/Fold.swift": .here,
        "Finance/Folds/IntegratedState.swift": .here,
        "Finance/Folds/PlatformCounters.swift": .suite("FinanceTests/Folds/StateCodingTests.swift"),
        "Finance/Folds/SpendingStateCoding.swift": .here,
        "Finance/Folds/SubjectCountersState.swift": .here,
        "Finance/Wealth/NetWorthState.swift": .here,
        "Finance/Wealth/ObligationsStateCoding.swift": .here,
        "Frame/FrameHeader.swift": .here,
        "Frame/SignedNote.swift": .suite("FrameTests/MerkleTests.swift"),
        "LMDB/TableKey.swift": .suite("LMDBTests/OrderTests.swift"),
        "LMDB/TreePage.swift": .suite("LMDBTests/DamageTests.swift"),
        "MyData/CSV/ByteSource.swift": .suite("MyDataTests/FuzzTests.swift"),
        "MyData/Form/FormText.swift": .suite("MyDataTests/FormTextTests.swift"),
        "MyData/JSON/JSONTree.swift": .here,
        "MyData/Standard/AnswerReader.swift": .here,
        "MyData/Standard/Exchange.swift": .here,
        "Projections/PartitionRecord.swift": .suite("SystemTests/DamageTests.swift"),
        "Projections/StateRecord.swift": .suite("SystemTests/DamageTests.swift"),
        "Sandbox/Server/Exchange.swift": .here,
        "Sandbox/Server/Fault.swift": .here,
        "Sandbox/Server/TransferTerms.swift": .here,
        "Vault/ControlEvent.swift": .suite("VaultTests/ControlEventTests.swift"),
        "Vault/PassphraseFile.swift": .ours("a file of the operator's with a limit"),
        "Vault/Shredding.swift": .suite("VaultTests/ErasureTests.swift"),
        "Vault/Slot.swift": .suite("VaultTests/SlotDamageTests.swift"),
        "Web/Access/AccessToken.swift": .suite("WebTests/AccessTests.swift"),
        "Web/Access/OpenID/BegunSignIns.swift": .suite("WebTests/OpenIDTests.swift"),
        "jangbu/MyDataCommand.swift": .here,
    ]

    /// Something that takes bytes or text and may refuse them.
    private static let declarations = [
        #"init\?\((decoding |parsing |_ )\w+: (borrowing )?"#
            + #"(Span<UInt8>|\[UInt8\]|String|JSONTree|some (StringProtocol|Sequence<UInt8>))"#,
        #"init\((decoding |_ )\w+: (Span<UInt8>|\[UInt8\]|ProviderReply)[^)]*\) throws"#,
        #"static func (parse|decode|read)\(\s*_ \w+: "#
            + #"(some StringProtocol|String|Substring|Span<UInt8>|\[UInt8\]|ByteSource)"#
            + #"[^)]*\)[^{]*(\?|throws)"#,
    ]

    private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()

    private static func files() throws -> Set<String> {
        let sources = root.appendingPathComponent("Sources").path
        var found: Set<String> = []
        let patterns = try declarations.map { try Regex($0) }
        let names = FileManager.default.enumerator(atPath: sources)
        while let name = names?.nextObject() as? String {
            guard name.hasSuffix(".swift"), !name.contains("/Generated/") else { continue }
            let text = try String(contentsOfFile: sources + "/" + name, encoding: .utf8)
            if patterns.contains(where: { text.contains($0) }) { found.insert(name) }
        }
        return found
    }

    @Test func `every decoder of the code is in the list, and the list has no other`() throws {
        let files = try Self.files()
        #expect(files.subtracting(Self.places.keys).sorted() == [])
        #expect(Set(Self.places.keys).subtracting(files).sorted() == [])
    }

    @Test func `a suite that is named is there`() {
        for (_, place) in Self.places {
            guard case .suite(let path) = place else { continue }
            let file = Self.root.appendingPathComponent("Tests/" + path).path
            #expect(FileManager.default.fileExists(atPath: file), "\(path)")
        }
    }
}
