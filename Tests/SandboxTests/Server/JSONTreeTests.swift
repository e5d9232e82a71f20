import MyData
import Simulation
import Testing

@testable import Sandbox

/// The reader of requests takes JSON and nothing else, whatever bytes come.
struct JSONTreeTests {
    @Test(arguments: [
        (#"{"a":"1","b":[true,null,-2.5e3],"c":{}}"#, true), (#""한글\u00e9\ud83d\ude00\n""#, true),
        ("{", false), (#"{"a"}"#, false), (#"{"a":1,}"#, false), ("[1 2]", false), ("01x", false),
        (#""\q""#, false), (#""\ud83d""#, false), ("\"\u{1}\"", false), ("nul", false), ("", false),
        (String(repeating: "[", count: 100_000), false), ("{}{}", false),
    ])
    func `JSON is taken, what is none is not`(text: String, isTaken: Bool) {
        #expect((JSONTree(Array(text.utf8)) != nil) == isTaken)
    }

    @Test func `values are what they stand for`() throws {
        let json = try #require(JSONTree(Array(#"{"a":"é한\"","b":12,"c":false}"#.utf8)))
        #expect(json["a"]?.scalar == "é한\"")
        #expect(json["b"]?.scalar == "12")
        #expect(json["c"]?.scalar == "false")
    }

    @Test(arguments: Seed.smoke)
    func `what is written reads back, and no bytes trap`(seed: Seed) throws {
        var chance = seed
        for _ in 0..<500 {
            let text = String(decoding: chance.bytes(chance.below(40)), as: UTF8.self)
            var object = JSONObject()
            object.add("x", text)
            object.add("y", texts: [text])
            let json = try #require(JSONTree(object.encoded), "\(seed)")
            #expect(json["x"]?.scalar == text, "\(seed)")
            var broken = object.encoded
            broken[chance.below(broken.count)] = UInt8(truncatingIfNeeded: chance.next())
            _ = JSONTree(broken)
            _ = Form.parse(String(decoding: broken, as: UTF8.self))
        }
    }
}
