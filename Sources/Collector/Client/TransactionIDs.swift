internal import Synchronization

/// Makes values of `x-api-tran-id`: org_code, `M`, and 14 letters and digits.
///
/// A value may not come twice in a day, whichever process or restart it is of. So nine of the 14
/// are chance (46 bits), drawn anew when the process starts and when the other five have all been
/// used: two draws of a day meet with a probability of 1.4 × 10⁻¹⁴.
public final class TransactionIDs: Sendable {
    private struct State {
        var draw: UInt64
        var next: UInt64 = 0
    }

    private let head: [UInt8]
    private let chance: @Sendable () -> UInt64
    private let state: Mutex<State>

    /// 36⁵, as many as five letters tell apart.
    private static let countMax: UInt64 = 60_466_176

    /// For the operator with this org_code; `chance` gives 64 random bits.
    public init(operator code: String, chance: @escaping @Sendable () -> UInt64) {
        precondition(code.utf8.count == 10, "an org_code has ten letters")
        head = Array(code.utf8) + [UInt8(ascii: "M")]
        self.chance = chance
        state = Mutex(State(draw: chance()))
    }

    /// A value that this never gave before.
    public func next() -> String {
        let (draw, number) = state.withLock { state in
            if state.next == TransactionIDs.countMax {
                state = State(draw: chance())
            }
            defer { state.next += 1 }
            return (state.draw, state.next)
        }
        var text = head
        TransactionIDs.append(draw & (1 << 46 - 1), digits: 9, to: &text)
        TransactionIDs.append(number, digits: 5, to: &text)
        return String(decoding: text, as: UTF8.self)
    }

    private static let alphabet = Array("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ".utf8)

    private static func append(_ value: UInt64, digits: Int, to text: inout [UInt8]) {
        let start = text.count
        text.append(contentsOf: repeatElement(alphabet[0], count: digits))
        var rest = value
        for index in (start..<start + digits).reversed() {
            text[index] = alphabet[Int(rest % 36)]
            rest /= 36
        }
    }
}
