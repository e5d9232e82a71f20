internal import Finance
internal import Synchronization

/// What a provider must remember of calls: transactions of the day, regular transfers of the week.
final class Traffic: Sendable {
    private struct State {
        var day: Int32 = 0
        /// Hashes of the transactions of `day`: among millions two meet once in a million days.
        var transactions: Set<UInt64> = []
        /// Last regular transfer of a person's asset by an API, as a week or a day.
        var transfers: [UInt64: Int32] = [:]
    }

    private let state = Mutex(State())

    /// False when this transaction was there already today.
    func isNew(transaction: String, on day: CivilDate) -> Bool {
        let hash = FNV1a.hash(transaction.utf8)
        return state.withLock { state in
            if state.day != day.daysSinceEpoch {
                state.day = day.daysSinceEpoch
                state.transactions.removeAll(keepingCapacity: true)
            }
            return state.transactions.insert(hash).inserted
        }
    }

    /// Whether a regular transfer is due; the first page of a list counts, the others belong to it.
    func isDue(_ key: String, cycle: TransferTerms.Cycle, at time: KoreanTime) -> Bool {
        guard let last = state.withLock({ $0.transfers[FNV1a.hash(key.utf8)] }) else { return true }
        return switch cycle {
        case .daily: time.day.daysSinceEpoch > last
        case .weeks(let weeks): time.week - (CivilDate(daysSinceEpoch: last).week) >= weeks
        }
    }

    /// A regular transfer succeeded.
    func transferred(_ key: String, at time: KoreanTime) {
        state.withLock { $0.transfers[FNV1a.hash(key.utf8)] = time.day.daysSinceEpoch }
    }
}

extension CivilDate {
    /// Weeks from a Sunday to a Saturday, counted.
    var week: Int32 { (daysSinceEpoch + 4) / 7 }
}

/// What was answered, by API: for those who count from outside.
final class TrafficCounters: Sendable {
    struct Line: Sendable {
        var requests = 0
        var refusals = 0
        var pages = 0
        var rows = 0
        var bytes = 0
    }

    private let lines = Mutex<[Int: Line]>([:])

    func add(api: Int, _ reply: ServerReply) {
        let rows = reply.status == 200 && api != 0 ? TrafficCounters.rows(reply.body) : 0
        lines.withLock { lines in
            lines[api, default: Line()].requests += 1
            if reply.status >= 400 {
                lines[api, default: Line()].refusals += 1
            } else {
                lines[api, default: Line()].pages += 1
            }
            lines[api, default: Line()].rows += rows
            lines[api, default: Line()].bytes += reply.body.count
        }
    }

    /// All of them, by the API's number; 0 is the token endpoints.
    var all: [Int: Line] { lines.withLock { $0 } }

    /// The number after the first `_cnt":` of a body: it stands before the list.
    static func rows(_ body: [UInt8]) -> Int {
        let mark = Array("_cnt\":".utf8)
        let end = min(body.count - mark.count, 512)
        guard end > 0 else { return 0 }
        for place in 0..<end where body[place] == mark[0] && body[place + 5] == mark[5] {
            guard body[place..<place + mark.count].elementsEqual(mark) else { continue }
            var number = 0
            for byte in body[(place + mark.count)...].prefix(8) {
                if byte == 0x22 || byte == 0x20 { continue }
                guard (0x30...0x39).contains(byte) else { break }
                number = number * 10 + Int(byte - 0x30)
            }
            return number
        }
        return 0
    }
}
