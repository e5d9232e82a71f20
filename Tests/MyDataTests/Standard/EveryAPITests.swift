import Finance
import MyData
import SwiftProtobuf
import Testing

/// Every API of the table: what a full row becomes, and what any one field's fault becomes.
///
/// The oracle is the catalog, which says by hand which field of which fact comes from where.
@Suite struct EveryAPITests {
    static let recorded = StandardAPI.all.filter { !Catalog.shared.facts(of: $0.id).isEmpty }

    private func answer(_ full: FullAnswer) throws(AnswerFault) -> Answer {
        try read(full.body, full.call, full.industry)
    }

    /// Names of facts with the names of their fields that are set.
    private func facts(_ answer: Answer) throws -> [String: Set<String>] {
        var facts: [String: Set<String>] = [:]
        for event in try answer.allEvents() {
            let lines = event.textFormatString().split(separator: "\n")
            guard let start = lines.firstIndex(where: { $0.hasSuffix(" {") && $0.first != "u" })
            else { continue }
            let name = lines[start].dropLast(2).split(separator: "_")
                .map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined()
            let fields = lines[(start + 1)...]
                .filter { $0.hasPrefix("  ") && !$0.hasPrefix("   ") && !$0.hasPrefix("  }") }
                .map { String($0.dropFirst(2).prefix { $0 != ":" && $0 != " " }) }
            facts[name, default: []].formUnion(fields)
        }
        return facts
    }

    private func allEvents(_ answer: Answer) -> [Event] {
        do {
            return try answer.allEvents()
        } catch {
            Issue.record("\(error)")
            return []
        }
    }

    @Test func `the table has each API once, and each says which fact it fills`() {
        #expect(Set(StandardAPI.all.map(\.id)).count == StandardAPI.all.count)
        let silent = StandardAPI.all.map(\.id).filter { Catalog.shared.facts(of: $0).isEmpty }
        // Of these nothing is recorded by itself: flags that name other calls, and terms.
        #expect(Set(silent) == ["정보제공-공통-001", "정보제공-공통-002", "카드-010"])
        for entry in Catalog.shared.entries {
            for source in entry.sources {
                let words = source.split(separator: " ").map(String.init)
                for id in words where id.contains("-0") || id.contains("-1") {
                    #expect(StandardAPI.named(id) != nil, "\(id)")
                }
            }
        }
    }

    @Test(arguments: recorded.map(\.id))
    func `a full row fills what the catalog says`(id: String) throws {
        let api = try #require(StandardAPI.named(id))
        var facts: [String: Set<String>] = [:]
        // Cancelled and corrected approvals are further facts of the same API.
        let isApproval = api.listName == "approved_list"
        for status in isApproval ? ["01", "02", "03"] : ["01"] {
            var full = FullAnswer(api)
            if isApproval { full.changes["status"] = "\"\(status)\"" }
            let answer = try answer(full)
            #expect(answer.deviations.isEmpty)
            facts.merge(try self.facts(answer)) { $0.union($1) }
            #expect(try answer.allEvents().allSatisfy { $0.api == api.api })
        }
        var expected = Catalog.shared.facts(of: id)
        // Both answers have a currency, which the catalog gives for their siblings only.
        if ["은행-011", "숨은금융-002"].contains(id) {
            for name in expected.keys { expected[name]?.insert("currency") }
        }
        #expect(facts == expected)
    }

    @Test(arguments: recorded.map(\.id))
    func `numbers and booleans say what strings say`(id: String) throws {
        let api = try #require(StandardAPI.named(id))
        var full = FullAnswer(api)
        let strings = try answer(full)
        full.form = .scalars
        let scalars = try answer(full)
        #expect(scalars.events == strings.events)
        #expect(scalars.assets == strings.assets)
        #expect(scalars.calls == strings.calls)
    }

    @Test(arguments: recorded.map(\.id))
    func `a field that is left out is missed where nothing can be said without it`(
        id: String
    ) throws {
        let api = try #require(StandardAPI.named(id))
        for field in api.fields {
            for absent in [nil, "null", "\"\""] as [String?] {
                var full = FullAnswer(api)
                full.changes[field.name] = .some(absent)
                switch field.need {
                case .must:
                    #expect(
                        fault(full.body, full.call, full.industry)
                            == AnswerFault(.fieldMissing, field.name),
                        "\(field.name)"
                    )
                case .should, .may:
                    // Quantities are needed by the kind of some movements only.
                    if id == "금투-003", ["trans_amt", "trans_num"].contains(field.name) { continue }
                    let answer = try answer(full)
                    let kinds = answer.deviations.filter { $0.field == field.name }.map(\.kind)
                    let missing: [AnswerDeviation.Kind] = field.need == .should ? [.missing] : []
                    #expect(kinds == (absent == nil ? missing : [.empty]), "\(field.name)")
                }
            }
        }
    }

    @Test(arguments: recorded.map(\.id))
    func `a value that is too long or of another type is a fault`(id: String) throws {
        let api = try #require(StandardAPI.named(id))
        for field in api.fields {
            var full = FullAnswer(api)
            if let long = tooLong(field.type) {
                full.changes[field.name] = long
                #expect(
                    fault(full.body, full.call, full.industry)
                        == AnswerFault(.fieldLength, field.name),
                    "\(field.name) too long"
                )
            }
            full.changes[field.name] = field.type == .list ? "\"x\"" : "{\"x\":1}"
            #expect(
                fault(full.body, full.call, full.industry)
                    == AnswerFault(.fieldType, field.name),
                "\(field.name) of another type"
            )
        }
    }

    private func tooLong(_ type: WireType) -> String? {
        switch type {
        case .integer(let digits): String(repeating: "9", count: digits + 1)
        case .decimal(let digits, let scale):
            String(repeating: "9", count: digits - scale + 1) + ".5"
        case .text(let bytes): "\"" + String(repeating: "x", count: bytes + 1) + "\""
        case .word(let count), .code(let count):
            "\"" + String(repeating: "1", count: count + 1) + "\""
        case .date: "\"202609041\""
        case .month: "\"2026091\""
        case .moment: "\"202609041234567\""
        case .boolean, .list: nil
        }
    }

    @Test(arguments: recorded.map(\.id))
    func `what is unknown is kept beside what is known`(id: String) throws {
        let api = try #require(StandardAPI.named(id))
        var full = FullAnswer(api)
        full.further = #","new_field":"새 값","other":{"a":[1, 2.50]}"#
        let answer = try answer(full)
        for event in try answer.allEvents() {
            let kept = event.unmapped.filter { ["new_field", "other"].contains($0.name) }
            #expect(kept.map(\.value) == ["새 값", #"{"a":[1, 2.50]}"#])
        }
        for field in api.fields {
            guard case .code(let count) = field.type else { continue }
            var odd = FullAnswer(api)
            let code = String(repeating: "!", count: count)
            odd.changes[field.name] = "\"\(code)\""
            do throws(AnswerFault) {
                let answer = try self.answer(odd)
                let events = allEvents(answer)
                let isKept = events.allSatisfy {
                    $0.unmapped.contains { $0.name == field.name && $0.value == code }
                }
                #expect(isKept || field.name == "country_code", "\(field.name)")
            } catch {
                #expect(error == AnswerFault(.codeUnknown, field.name))
                #expect(field.need == .must || field.name.hasSuffix("currency_code"))
            }
        }
    }
}
