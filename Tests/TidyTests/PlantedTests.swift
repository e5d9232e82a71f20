import Testing

/// Each rule finds what is planted for it and leaves its twin alone; so none is blind.
@Suite struct PlantedTests {
    @Test(arguments: planted)
    func `a planted breach is found and its twin is not`(example: Planted) {
        func rules(_ path: String, _ text: String) -> Set<String> {
            let file = File(path: path, text: text)
            return Set(Checks.all.flatMap { $0(file) }.map(\.rule))
        }
        #expect(rules(example.path, example.bad).contains(example.rule))
        #expect(rules(example.goodPath, example.good) == [])
    }

    @Test func `every rule that bans a word has a planted example`() {
        let names = Set(planted.map(\.rule))
        #expect(Rules.banned.allSatisfy { names.contains($0.name) })
    }

    @Test func `a module without its main file is found`() {
        let lone = File(path: "Sources/Vault/Slot.swift", text: "")
        let face = File(path: "Sources/Vault/Vault.swift", text: "")
        #expect(ProjectChecks.mainFiles([lone]).map(\.rule) == ["main file"])
        #expect(ProjectChecks.mainFiles([lone, face]) == [])
    }

    @Test func `a schema that nothing reads, and code without a schema, are found`() {
        let schema = File(path: "Schemas/jangbu/v1/event.proto", text: "")
        let code = File(
            path: "Sources/Finance/event.pb.swift",
            text: "// Source: jangbu/v1/event.proto\n"
        )
        let words = File(path: "Schemas/words-1.bin", text: "")
        let reader = File(path: "Sources/Frame/Suite.swift", text: "let name = \"words-1.bin\"")
        #expect(ProjectChecks.orphanSchemas([schema, words]).count == 2)
        #expect(ProjectChecks.orphanSchemas([schema, words, code, reader]) == [])
        #expect(ProjectChecks.orphanCode([code]).map(\.rule) == ["orphan code"])
        #expect(ProjectChecks.orphanCode([code, schema]) == [])
    }

    @Test func `a long function is measured wherever its braces stand`() {
        let code = [
            "protocol P { func a() }", "func b(", "  c: () -> Int = { 1 }", ") throws", "{",
            "  if c { d() }", "}",
        ]
        let found = FunctionLengths.of(code)
        #expect(found.contains(FunctionLengths.Function(line: 2, lineCount: 6)))
    }

    @Test func `text and comments are not code, what is interpolated is`() {
        let source =
            "let a = #\"x \"try! y\"# // try!\nlet b = \"\"\"\n"
            + " try! \\(try! c)\n\"\"\" /* /* */ try! */"
        let code = MaskedText.lines(of: source)
        #expect(code.map { $0.contains("try!") } == [false, false, true, false])
        #expect(code.map(\.count) == source.split(separator: "\n").map(\.count))
    }
}
