import Finance
import MyData
import Simulation
import Testing

/// Spoilt answers of every API, and JSON that is none: read or refused, never trapped on, and what
/// is read can be decoded.
@Suite struct AnswerFuzzTests {
    private static let mutations = 6_000

    private func mutate(_ bytes: [UInt8], _ seed: inout Seed) -> [UInt8] {
        var bytes = bytes
        for _ in 0..<Int.random(in: 1...3, using: &seed) where !bytes.isEmpty {
            let at = seed.below(bytes.count)
            switch seed.below(7) {
            case 0: bytes[at] = UInt8.random(in: 0...255, using: &seed)
            case 1: bytes[at] ^= 1 << UInt8(seed.below(8))
            case 2: bytes.remove(at: at)
            case 3:
                bytes.insert(Array(#"{}[]:,"\0-9.eE tfn"#.utf8)[seed.below(17)], at: at)
            case 4: bytes.removeSubrange(at..<min(bytes.count, at + seed.below(40)))
            case 5: bytes.insert(contentsOf: bytes[at...].prefix(seed.below(60)), at: at)
            default: bytes = Array(bytes[..<at])
            }
        }
        return bytes
    }

    private func json(_ depth: Int, _ seed: inout Seed) -> String {
        switch seed.below(depth > 5 ? 6 : 9) {
        case 0: return "\"\(seed.next())\""
        case 1: return "-\(seed.next()).\(seed.next())e\(seed.below(400))"
        case 2: return ["true", "false", "null"][seed.below(3)]
        case 3: return "\"\\u00\(seed.below(90) + 10)\\n한\""
        case 4: return String(seed.below(100_000))
        case 5: return "\"\""
        case 6:
            return "["
                + (0..<seed.below(4)).map { _ in json(depth + 1, &seed) }
                .joined(separator: ",") + "]"
        default:
            let names = ["rsp_code", "trans_list", "trans_cnt", "trans_dtime", "x", "int_list"]
            return "{"
                + (0..<seed.below(5)).map { _ in
                    "\"\(names[seed.below(6)])\":\(json(depth + 1, &seed))"
                }.joined(separator: ",") + "}"
        }
    }

    @Test(arguments: Seed.smoke)
    func `whatever comes is read or refused`(seed: Seed) throws {
        var seed = seed
        var reader = AnswerReader()
        let answers = StandardAPI.all.map { FullAnswer($0) }
        var read = 0
        for number in 0..<AnswerFuzzTests.mutations {
            let full = answers[number % answers.count]
            let bytes =
                number % 5 == 0
                ? Array(json(0, &seed).utf8) : mutate(Array(full.body.utf8), &seed)
            do throws(AnswerFault) {
                let answer = try reader.read(
                    bytes.span,
                    of: full.call,
                    from: AnswerSource(full.industry),
                    askedAt: 0
                )
                read += 1
                check(answer, seed)
            } catch {
                #expect(error.reason != .unspecified)
            }
        }
        // Most mutations spoil a value rather than the text, or nothing is tested.
        #expect(read > AnswerFuzzTests.mutations / 20, "\(seed)")
    }

    private func check(_ answer: Answer, _ seed: Seed) {
        do {
            _ = try answer.allEvents()
        } catch {
            Issue.record("an event does not decode, \(seed): \(error)")
        }
    }

    @Test func `a body above the bound is refused before it is looked at`() {
        var reader = AnswerReader()
        let bytes = [UInt8](repeating: 0x20, count: AnswerReader.bodyBytesMax + 1)
        let call = StandardCall(.bank004)
        do throws(AnswerFault) {
            let answer = try reader.read(
                bytes.span,
                of: call,
                from: AnswerSource(.bank),
                askedAt: 0
            )
            Issue.record("read: \(answer.rowCount)")
        } catch {
            #expect(error == AnswerFault(.malformed))
        }
    }

    @Test func `deep nesting is refused, not followed`() {
        let deep = String(repeating: "[", count: 100_000) + String(repeating: "]", count: 100_000)
        let body = #"{"rsp_code":"00000","x":\#(deep)}"#
        #expect(fault(body, StandardCall(.bank004))?.reason == .malformed)
    }
}
