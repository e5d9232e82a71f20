/// What faults do to a body.
enum BodyFault {
    /// Gives the page a cursor that brings it once more.
    static func repeatPage(_ body: inout [UInt8], cursor: String) {
        let mark = Array("\"next_page\":\"".utf8)
        if let place = find(mark, in: body) {
            let start = place + mark.count
            let end = body[start...].firstIndex(of: UInt8(ascii: "\"")) ?? body.count
            body.replaceSubrange(start..<end, with: cursor.utf8)
        } else {
            insert("\"next_page\":\"\(cursor)\",", into: &body)
        }
    }

    /// An amount becomes a word.
    static func spoilAmount(_ body: inout [UInt8]) {
        replaceValue(after: "_amt\":", with: "[\"N/A\"]", in: &body)
    }

    /// Every amount grows by some won.
    static func raiseAmounts(_ body: inout [UInt8], by won: Int64) {
        let mark = Array("_amt\":".utf8)
        var raised: [UInt8] = []
        var place = 0
        while place < body.count {
            guard body[place] == mark[0], body[place...].starts(with: mark) else {
                raised.append(body[place])
                place += 1
                continue
            }
            raised += mark
            place += mark.count
            if place < body.count, body[place] == UInt8(ascii: "\"") {
                raised.append(body[place])
                place += 1
            }
            let digits = body[place...].prefix { (0x30...0x39).contains($0) }
            guard let amount = Int64(String(decoding: digits, as: UTF8.self)) else { continue }
            raised += Array(String(amount &+ won).utf8)
            place += digits.count
        }
        body = raised
    }

    /// A code becomes one that nobody knows.
    static func spoilCode(_ body: inout [UInt8]) {
        for name in ["trans_type\":", "status\":", "_type\":"] {
            if replaceValue(after: name, with: "\"77\"", in: &body) { return }
        }
    }

    /// A list says that it has more rows than it may.
    static func spoilCount(_ body: inout [UInt8]) {
        replaceValue(after: "_cnt\":", with: "\"999\"", in: &body)
    }

    /// Fields that the standard does not have.
    static func addFields(_ body: inout [UInt8]) {
        if let place = find(Array("[{".utf8), in: body) {
            body.insert(contentsOf: "\"sandbox_row_extra\":\"1\",".utf8, at: place + 2)
        }
        insert("\"sandbox_extra\":\"1\",", into: &body)
    }

    private static func insert(_ member: String, into body: inout [UInt8]) {
        guard body.count > 2, body[0] == UInt8(ascii: "{") else { return }
        body.insert(contentsOf: member.utf8, at: 1)
    }

    /// Replaces the first value, text or number, that follows `mark`.
    @discardableResult
    private static func replaceValue(
        after mark: String,
        with value: String,
        in body: inout [UInt8]
    ) -> Bool {
        let mark = Array(mark.utf8)
        guard let place = find(mark, in: body) else { return false }
        let start = place + mark.count
        let isText = start < body.count && body[start] == UInt8(ascii: "\"")
        var end = isText ? start + 1 : start
        while end < body.count {
            let byte = body[end]
            if isText && byte == UInt8(ascii: "\"") {
                end += 1
                break
            }
            if !isText && [0x2c, 0x7d, 0x5d].contains(byte) { break }
            end += 1
        }
        body.replaceSubrange(start..<end, with: value.utf8)
        return true
    }

    private static func find(_ mark: [UInt8], in body: [UInt8]) -> Int? {
        guard body.count >= mark.count else { return nil }
        return (0...(body.count - mark.count)).first { place in
            body[place] == mark[0] && body[place..<place + mark.count].elementsEqual(mark)
        }
    }
}

extension SandboxDesk {
    /// What happens before a call is even looked at.
    func beforehand(_ struck: [Fault], _ ask: Ask, at provider: String) -> ServerReply? {
        for fault in struck {
            switch fault.kind {
            case .down:
                plan.met(fault)
                var reply = ServerReply(503, [])
                reply.extent = .nothing
                return reply
            case .refuse:
                plan.refused(fault)
                var reply = ServerReply(code: UInt32(clamping: fault.value))
                afterwards(struck.filter { $0.kind == .slow }, &reply)
                return reply
            default: continue
            }
        }
        return nil
    }

    /// What happens to an answer that is ready.
    func afterwards(_ struck: [Fault], _ reply: inout ServerReply) {
        for fault in struck {
            let before = (reply.body, reply.extent, reply.delay)
            switch fault.kind {
            case .slow: reply.delay += .milliseconds(fault.value)
            case .types: BodyFault.spoilAmount(&reply.body)
            case .codes: BodyFault.spoilCode(&reply.body)
            case .counts: BodyFault.spoilCount(&reply.body)
            case .wrong: BodyFault.raiseAmounts(&reply.body, by: fault.value)
            case .fields: BodyFault.addFields(&reply.body)
            case .truncate: reply.body.removeLast(reply.body.count - reply.body.count / 2)
            case .cut: reply.extent = .half
            case .refuse, .duplicate, .change, .skew, .expire, .token, .down: continue
            }
            // A fault that an answer had no place for did not strike.
            if before != (reply.body, reply.extent, reply.delay) { plan.met(fault) }
        }
    }
}
