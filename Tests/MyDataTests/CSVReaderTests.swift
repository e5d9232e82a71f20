import Simulation
import Testing

@testable import MyData

@Suite struct CSVReaderTests {
    /// Every step as text: fields in brackets, faults by line and reason.
    private func steps(_ text: String) throws -> [String] { try steps(Array(text.utf8)) }

    private func steps(_ bytes: [UInt8]) throws -> [String] {
        var reader = CSVReader(try ByteSource(bytes))
        var steps: [String] = []
        while true {
            switch try reader.next() {
            case .end: return steps
            case .fault(let fault): steps.append("\(reader.line)!\(fault.field) \(fault.reason)")
            case .record:
                let fields = (0..<reader.fieldCount).map { index in
                    let bytes = reader.range(index).map { reader.bytes[$0] }
                    return "[" + String(decoding: bytes, as: UTF8.self) + "]"
                }
                steps.append("\(reader.line)" + fields.joined())
            }
        }
    }

    @Test(arguments: [
        ("a,b\n1,2\n", ["1[a][b]", "2[1][2]"]),
        ("a,b\r\n1,2\r\n", ["1[a][b]", "2[1][2]"]),
        ("a,b\n1,2", ["1[a][b]", "2[1][2]"]),
        ("\u{FEFF}a,b\n", ["1[a][b]"]),
        ("a,\n,b\n,\n", ["1[a][]", "2[][b]", "3[][]"]),
        ("\"a,b\",c\n", ["1[a,b][c]"]),
        ("\"a\"\"b\"\"\",\"\"\n", ["1[a\"b\"][]"]),
        ("\"a\nb\",c\nd,e\n", ["1[a\nb][c]", "3[d][e]"]),
        ("\"a\r\nb\"\r\nc\r\n", ["1[a\r\nb]", "3[c]"]),
        ("\n\na\n\r\nb\n\n", ["3[a]", "5[b]"]),
        ("", []), ("\n", []), ("a", ["1[a]"]), ("\"\"", ["1[]"]), ("a,", ["1[a][]"]),
        ("가,\"나\"\"다\"\n", ["1[가][나\"다]"]),
    ])
    func `a table is split as RFC 4180 has it`(text: String, expected: [String]) throws {
        #expect(try steps(text) == expected)
    }

    @Test(arguments: [
        ("a\"b\nc\n", ["1!0 a quote inside an unquoted field", "2[c]"]),
        ("\"a\"b,c\nd\n", ["1!0 text after a closing quote", "2[d]"]),
        ("x,\"a\nb\nc\n", ["1!1 a quoted field has no end", "2[b]", "3[c]"]),
        ("a\rb\nc\n", ["1!0 a carriage return without a line feed", "2[c]"]),
        ("a\r", ["1!0 a carriage return without a line feed"]),
        ("\"", ["1!0 a quoted field has no end"]),
    ])
    func `a line that is no record spoils itself only`(text: String, expected: [String]) throws {
        #expect(try steps(text) == expected)
    }

    @Test func `a stray quote in a long table does not swallow it`() throws {
        var text = "a,b\n\"x,1\n"
        for number in 0..<20_000 { text += "row,\(number)\n" }
        let steps = try steps(text)
        #expect(steps.count == 20_002)
        #expect(steps[1] == "2!0 a quoted field has no end")
        #expect(steps.last == "20002[row][19999]")
    }

    @Test func `a line beyond the limit is one fault and the next line is read`() throws {
        let long = String(repeating: "x", count: 3 << 20)
        let steps = try steps("a,b\n\(long),1\nc,d\n")
        #expect(steps == ["1[a][b]", "2!0 longer than 65536 bytes", "3[c][d]"])
    }

    @Test(arguments: Seed.smoke)
    func `what is written by the rules is read back, wherever the chunks fall`(
        seed: Seed
    ) throws {
        var seed = seed
        let letters = ["a", "\"", ",", "\n", "\r\n", "가", " ", ""]
        var records: [[String]] = []
        var text = ""
        for _ in 0..<60_000 {
            let fields = (0..<Int.random(in: 2...4, using: &seed)).map { _ in
                (0..<Int.random(in: 0...5, using: &seed)).map { _ in
                    letters.randomElement(using: &seed) ?? ""
                }.joined()
            }
            records.append(fields)
            text += fields.map { "\"" + $0.replacing("\"", with: "\"\"") + "\"" }
                .joined(separator: ",")
            text += Bool.random(using: &seed) ? "\n" : "\r\n"
        }
        let found = try steps(text).map { $0.drop { $0 != "[" } }
        let wanted = records.map { $0.map { "[\($0)]" }.joined() }
        #expect(found.count == wanted.count, "\(seed)")
        let firstDifference = zip(found, wanted).firstIndex { $0 != $1 }
        #expect(firstDifference == nil, "\(seed)")
    }
}

extension Sequence {
    fileprivate func firstIndex(where matches: (Element) -> Bool) -> Int? {
        enumerated().first { matches($0.element) }?.offset
    }
}
