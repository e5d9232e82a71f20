import Finance
import Foundation
import MyData
import Sandbox
import Synchronization

extension Town {
    /// The sandbox's books, some of whose answers a test gives itself.
    final class Script: SandboxBooks {
        let world: SandboxWorld
        private let body = Mutex<(@Sendable (BookQuery) -> BookAnswer?)?>(nil)
        private let queries = Mutex<[BookQuery]>([])
        private let years: Int?
        /// By CI, whom the books take for another.
        private let mistaken = Mutex<[String: Int]>([:])

        /// Everybody is `years` old; nil is as the world has it.
        init(_ world: SandboxWorld, years: Int?) { (self.world, self.years) = (world, years) }

        /// From now on one person is taken for another.
        func mistake(_ person: Int, for other: Int) {
            mistaken.withLock { $0[world.ci(of: person)] = other }
        }

        /// What is answered from now on; nil, or a nil answer, is what the books say.
        func set(_ body: (@Sendable (BookQuery) -> BookAnswer?)?) {
            self.body.withLock { $0 = body }
            queries.withLock { $0 = [] }
        }

        /// What was asked since it was last set.
        var asked: [BookQuery] { queries.withLock { $0 } }

        /// How often an API was asked since then.
        func count(_ api: ProviderAPI) -> Int { asked.count { $0.call.api == api } }

        var providers: [SandboxProvider] { world.providers }
        var peopleCount: Int { world.peopleCount }
        func ci(of person: Int) -> String { world.ci(of: person) }
        func person(withCI ci: String) -> Int? {
            mistaken.withLock { $0[ci] } ?? world.person(withCI: ci)
        }

        func age(of person: Int, at now: Int64) -> Int {
            years ?? world.age(of: person, at: now)
        }

        func providerCodes(of person: Int, through now: Int64) -> [String] {
            world.providerCodes(of: person, through: now)
        }

        func answer(_ query: BookQuery) -> BookAnswer {
            queries.withLock { $0.append(query) }
            return body.withLock { $0 }?(query) ?? world.answer(query)
        }

        func statements(of person: Int, through now: Int64) -> [AssetStatement] {
            world.statements(of: person, through: now)
        }

        func changeHistory(of person: Int, at provider: String, now: Int64) -> Bool {
            world.changeHistory(of: person, at: provider, now: now)
        }

        /// 00001.
        static let unchanged = BookAnswer.body(Array(#"{"rsp_code":"00001","rsp_msg":""}"#.utf8))

        /// The bank's list of accounts without one of them, under a mark of its own; calls about
        /// that one are refused.
        func close(_ account: String, at bank: String) {
            let mark = "77777777777777"
            set { [world] query in
                guard query.provider == bank else { return nil }
                if query.call["account_num"] == account { return .refused(40_402) }
                guard query.call.api == .bank001, query.page == nil else { return nil }
                guard query.searchTimestamp != mark else { return Script.unchanged }
                var whole = query
                whole.searchTimestamp = nil
                guard case .body(let bytes) = world.answer(whole) else { return nil }
                do {
                    return .body(try Script.list(bytes, without: account, mark))
                } catch {
                    preconditionFailure("the sandbox's list is no JSON: \(error)")
                }
            }
        }

        private static func list(
            _ bytes: [UInt8],
            without account: String,
            _ mark: String
        ) throws -> [UInt8] {
            let object = try JSONSerialization.jsonObject(with: Data(bytes))
            var list = object as? [String: Any] ?? [:]
            let accounts = list["account_list"] as? [[String: Any]] ?? []
            let rest = accounts.filter { $0["account_num"] as? String != account }
            precondition(rest.count + 1 == accounts.count, "the account is listed once")
            list["account_list"] = rest
            list["account_cnt"] = String(rest.count)
            list["search_timestamp"] = mark
            return Array(try JSONSerialization.data(withJSONObject: list))
        }
    }
}
