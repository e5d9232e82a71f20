internal import Finance
internal import MyData

/// What only a sandbox has: its clock, its people, the truth, its faults and its counters. For the
/// control certificate alone.
extension SandboxDesk {
    func control(_ path: String, _ ask: Ask) -> ServerReply {
        let words = path.split(separator: "/").map(String.init)
        let json = ask.body.isEmpty ? JSONTree.object([:]) : JSONTree(ask.body)
        guard let json else { return ServerReply(code: 40_001) }
        switch (ask.method, words.first, words.count) {
        case ("GET", "clock", 1): return clockReply()
        case ("POST", "clock", 1): return moveClock(json)
        case ("GET", "people", 1): return people(ask)
        case ("GET", "people", 2): return person(words[1])
        case ("POST", "people", 3): return sign(words, json)
        case ("GET", "people", 3): return statement(words, ask)
        case ("GET", "faults", 1): return faultsReply()
        case ("POST", "faults", 1): return setFaults(json)
        case ("GET", "counters", 1): return countersReply()
        default: return ServerReply(code: 40_401)
        }
    }

    private func clockReply() -> ServerReply {
        var object = JSONObject()
        object.add("seconds", clock.seconds)
        object.add("korea", KoreanTime(clock.seconds).text)
        object.add("is_running", clock.isRunning ? "true" : "false")
        return ServerReply(200, object)
    }

    /// `set` and `advance` in seconds, `is_running`.
    private func moveClock(_ json: JSONTree) -> ServerReply {
        if let running = json["is_running"]?.scalar {
            running == "true" ? clock.run() : clock.stop()
        }
        if let text = json["set"]?.scalar {
            guard let seconds = Int64(text) else { return ServerReply(code: 40_001) }
            clock.set(seconds)
        }
        if let text = json["advance"]?.scalar {
            guard let seconds = Int64(text) else { return ServerReply(code: 40_001) }
            clock.advance(by: seconds)
        }
        return clockReply()
    }

    /// `from` and `limit` in the query.
    private func people(_ ask: Ask) -> ServerReply {
        let fields = Form.parse(ask.query) ?? [:]
        let from = max(0, fields["from"].flatMap { Int($0) } ?? 0)
        let limit = max(0, min(1_000, fields["limit"].flatMap { Int($0) } ?? 1_000))
        let through = min(books.peopleCount, from + limit)
        var object = JSONObject()
        object.add("people_cnt", books.peopleCount)
        object.add("people", (min(from, through)..<through).map(personObject))
        return ServerReply(200, object)
    }

    private func person(_ text: String) -> ServerReply {
        guard let person = Int(text), (0..<books.peopleCount).contains(person) else {
            return ServerReply(code: 40_403)
        }
        return ServerReply(200, personObject(person))
    }

    private func personObject(_ person: Int) -> JSONObject {
        var object = JSONObject()
        object.add("person", person)
        object.add("user_ci", books.ci(of: person))
        object.add("age", books.age(of: person, at: clock.seconds))
        object.add("providers", texts: books.providerCodes(of: person, through: clock.seconds))
        return object
    }

    /// `/people/N/sign`: signs `consent_list` as the authentication body would, at once.
    private func sign(_ words: [String], _ json: JSONTree) -> ServerReply {
        guard words[2] == "sign", let person = Int(words[1]),
            (0..<books.peopleCount).contains(person), let list = json["consent_list"]?.elements
        else { return ServerReply(code: 40_001) }
        let ci = books.ci(of: person)
        var signed: [JSONObject] = []
        for element in list {
            guard let transaction = element["tx_id"]?.scalar,
                let consent = element["consent"]?.scalar,
                let signature = signer.sign(
                    .init(ci: ci, transaction: transaction, consent: Array(consent.utf8))
                )
            else { return ServerReply(code: 40_001) }
            var line = JSONObject()
            line.add("tx_id", transaction)
            line.add("signed_consent_len", signature.utf8.count)
            line.add("signed_consent", signature)
            signed.append(line)
        }
        var object = JSONObject()
        object.add("user_ci", ci)
        object.add("signed_consent_list", signed)
        return ServerReply(200, object)
    }

    /// `/people/N/statement?through=YYYYMMDD` or `?at=SECONDS`: the truth to reconcile by.
    private func statement(_ words: [String], _ ask: Ask) -> ServerReply {
        let fields = Form.parse(ask.query) ?? [:]
        let today = KoreanTime(clock.seconds).day
        guard words[2] == "statement", let person = Int(words[1]),
            (0..<books.peopleCount).contains(person)
        else { return ServerReply(code: 40_001) }
        // A day means its end; today is what is told until now.
        var (day, through) = (today, clock.seconds)
        if let text = fields["through"] {
            guard let asked = CivilDate(compact: text) else { return ServerReply(code: 40_001) }
            (day, through) = (asked, Int64(asked.daysSinceEpoch + 1) * 86_400 - 32_401)
        } else if let text = fields["at"] {
            guard let asked = Int64(text) else { return ServerReply(code: 40_001) }
            (day, through) = (KoreanTime(asked).day, asked)
        }
        var object = JSONObject()
        object.add("person", person)
        object.add("through", day.compact)
        object.add("assets", books.statements(of: person, through: through).map(SandboxDesk.object))
        return ServerReply(200, object)
    }

    private static func object(_ statement: AssetStatement) -> JSONObject {
        var object = JSONObject()
        object.add("provider", statement.provider)
        object.add("key", statement.key)
        object.add("kind", statement.kind.rawValue)
        object.add("currency", statement.currency)
        object.add("movements", statement.movements)
        object.add("paid_in", statement.paidIn)
        object.add("paid_out", statement.paidOut)
        object.add("balance", statement.balance.map { String($0) })
        object.add("holdings", statement.holdings.map { String($0) })
        object.add("bill_lines", statement.billLines.map { String($0) })
        object.add("due", statement.due.map { String($0) })
        object.add("closed_on", statement.closedOn?.compact)
        return object
    }

    private func faultsReply() -> ServerReply {
        var object = JSONObject()
        object.add("faults", texts: plan.faults.map(\.description))
        object.add(
            "struck",
            plan.counts.sorted { $0.key < $1.key }.map { kind, count in
                var line = JSONObject()
                line.add("kind", kind)
                line.add("count", count)
                return line
            }
        )
        return ServerReply(200, object)
    }

    private func setFaults(_ json: JSONTree) -> ServerReply {
        guard let texts = json["faults"]?.elements else { return ServerReply(code: 40_001) }
        let faults = texts.compactMap { $0.scalar.flatMap(Fault.init) }
        guard faults.count == texts.count else { return ServerReply(code: 40_001) }
        plan.set(faults, now: clock.seconds)
        return faultsReply()
    }

    private func countersReply() -> ServerReply {
        var object = JSONObject()
        object.add("tokens", tokens.count)
        object.add(
            "apis",
            counters.all.sorted { $0.key < $1.key }.map { api, line in
                var entry = JSONObject()
                entry.add("api", api)
                entry.add("requests", line.requests)
                entry.add("refusals", line.refusals)
                entry.add("pages", line.pages)
                entry.add("rows", line.rows)
                entry.add("bytes", line.bytes)
                return entry
            }
        )
        return ServerReply(200, object)
    }
}
