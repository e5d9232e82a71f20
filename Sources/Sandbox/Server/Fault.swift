internal import Finance
internal import Synchronization

/// How the sandbox misbehaves, where, and how often.
///
/// As text: `KIND[=VALUE][@ORG_CODE][/API][%PER_MILLE]`, such as `slow=200@A1BK010000/104%50`:
/// answers of 은행-004 at that bank take 200 ms longer, fifty in a thousand. API is the number of
/// the events' catalog; `token` means the token endpoints. Left out is everywhere and always.
public struct Fault: Hashable, Sendable, CustomStringConvertible {
    /// What goes wrong.
    public enum Kind: String, CaseIterable, Sendable {
        /// Answers VALUE milliseconds later.
        case slow
        /// Answers rsp_code VALUE, such as 50001 or 42901; token endpoints answer server_error.
        case refuse
        /// An amount is no number.
        case types
        /// Half of the JSON, well-framed.
        case truncate
        /// The connection ends in the middle of the body.
        case cut
        /// A page comes twice, under a cursor that is new.
        case duplicate
        /// A past row of the person's is changed before the answer.
        case change
        /// The provider's clock is VALUE seconds ahead.
        case skew
        /// The access token is dead before its time.
        case expire
        /// A new token is one that another person has already.
        case token
        /// No answer at all for VALUE days of the sandbox's clock.
        case down
        /// A field that the standard does not have, beside the others and in rows.
        case fields
        /// A code that the standard does not have.
        case codes
        /// A list's count is not that of its rows.
        case counts
        /// Every amount is VALUE won more than the books have it.
        case wrong
    }

    /// What.
    public var kind: Kind
    /// Milliseconds, rsp_code, seconds or days, by the kind.
    public var value: Int64
    /// Where; nil is every provider.
    public var provider: String?
    /// Which; nil is all, 0 the token endpoints.
    public var api: Int?
    /// How many of a thousand.
    public var perMille: Int

    /// Nil when the text names no fault.
    public init?(_ text: String) {
        var rest = text[...]
        func cut(_ mark: Character) -> String? {
            guard let place = rest.lastIndex(of: mark) else { return nil }
            defer { rest = rest[..<place] }
            return String(rest[rest.index(after: place)...])
        }
        let (share, api, provider) = (cut("%"), cut("/"), cut("@"))
        let value = cut("=")
        guard let kind = Kind(rawValue: String(rest)),
            let perMille = share.map({ Int($0) }) ?? 1_000, (0...1_000).contains(perMille),
            let number = value.map({ Int64($0) }) ?? Fault.valueDefault(kind)
        else { return nil }
        if let api {
            guard let place = api == "token" ? 0 : Int(api) else { return nil }
            self.api = place
        }
        (self.kind, self.value, self.provider, self.perMille) = (kind, number, provider, perMille)
    }

    private static func valueDefault(_ kind: Kind) -> Int64 {
        switch kind {
        case .slow: 1_000
        case .refuse: 50_001
        case .skew: 600
        case .down, .wrong: 1
        default: 0
        }
    }

    /// The text again.
    public var description: String {
        var text = kind.rawValue
        if value != 0 { text += "=\(value)" }
        if let provider { text += "@\(provider)" }
        if let api { text += api == 0 ? "/token" : "/\(api)" }
        return perMille == 1_000 ? text : text + "%\(perMille)"
    }
}

/// The faults that are set, and the chance that decides when they strike.
final class FaultPlan: Sendable {
    private struct Planned {
        var fault: Fault
        /// When it was set, by the sandbox's clock.
        var since: Int64
    }

    private struct State {
        var planned: [Planned]
        var chance: UInt64
        var met: [String: Int] = [:]
    }

    private let state: Mutex<State>

    init(_ faults: [Fault], seed: UInt64, now: Int64) {
        let planned = faults.map { Planned(fault: $0, since: now) }
        state = Mutex(State(planned: planned, chance: seed))
    }

    /// Replaces all of them.
    func set(_ faults: [Fault], now: Int64) {
        state.withLock { state in
            state.planned = faults.map { Planned(fault: $0, since: now) }
        }
    }

    /// Those that are set.
    var faults: [Fault] { state.withLock { $0.planned.map(\.fault) } }

    /// How many calls were answered otherwise for each kind; of `refuse` for each code of a data
    /// API too, as `refuse=50001`.
    var counts: [String: Int] { state.withLock { $0.met } }

    /// Counts a call that was answered otherwise for this fault.
    func met(_ fault: Fault) {
        state.withLock { state in state.met[fault.kind.rawValue, default: 0] += 1 }
    }

    /// Counts a call of a data API that was refused.
    func refused(_ fault: Fault) {
        met(fault)
        let name = "\(fault.kind.rawValue)=\(fault.value)"
        state.withLock { state in state.met[name, default: 0] += 1 }
    }

    /// What strikes this call.
    func strike(provider: String, api: Int, now: Int64) -> [Fault] {
        state.withLock { state in
            guard !state.planned.isEmpty else { return [] }
            var struck: [Fault] = []
            for planned in state.planned {
                let fault = planned.fault
                guard fault.provider == nil || fault.provider == provider,
                    fault.api == nil || fault.api == api,
                    fault.kind != .down || now < planned.since + fault.value * 86_400,
                    Int(FaultPlan.next(&state.chance) % 1_000) < fault.perMille
                else { continue }
                struck.append(fault)
            }
            return struck
        }
    }

    /// SplitMix64.
    private static func next(_ state: inout UInt64) -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var word = state
        word = (word ^ word >> 30) &* 0xbf58_476d_1ce4_e5b9
        word = (word ^ word >> 27) &* 0x94d0_49bb_1331_11eb
        return word ^ word >> 31
    }
}
