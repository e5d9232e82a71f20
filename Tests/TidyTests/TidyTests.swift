import Testing

/// The rules of `Rules.swift`, held on every file of the project.
@Suite struct TidyTests {
    @Test func `every file keeps every rule`() throws {
        let files = try Project.files()
        // A wrong root or an empty list would let everything pass.
        #expect(files.contains { $0.path == "Package.swift" })
        #expect(files.count { $0.isLibraryCode } > 10)
        var findings = files.flatMap { file in Checks.all.flatMap { $0(file) } }
        findings += ProjectChecks.all.flatMap { $0(files) }
        for finding in findings {
            Issue.record("\(finding)")
        }
    }

    @Test func `the table of imports has no circle and names only modules in it`() {
        for (module, imports) in Rules.imports {
            for imported in imports {
                #expect(Rules.imports[imported] != nil, "\(module) imports unknown \(imported)")
            }
            var reached: Set<String> = []
            var rest = imports
            while let next = rest.popFirst() {
                if reached.insert(next).inserted { rest.formUnion(Rules.imports[next] ?? []) }
            }
            #expect(!reached.contains(module), "\(module) reaches itself")
        }
    }

    @Test func `mechanism and policy do not import each other`() {
        let policy: Set = ["Finance", "Credit"]
        let mechanism: Set = [
            "Files", "Threads", "LMDB", "Kafka", "Cryptography", "Compression", "Frame", "EventLog",
            "Mirror",
        ]
        for (module, imports) in Rules.imports {
            if policy.contains(module) { #expect(imports.isDisjoint(with: mechanism)) }
            if mechanism.contains(module) { #expect(imports.isDisjoint(with: policy)) }
        }
    }
}
