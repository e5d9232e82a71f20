import Finance
import Foundation
import MyData
import Simulation
import Testing

@testable import Sandbox

/// A world of 2024-11 on, and the questions that tests ask of it.
struct Fixture {
    static let first = Month(index: 658).day(1)
    /// 2026-10-31T22:00 in Korea.
    static let end: Int64 = 1_793_451_600
    let world: SandboxWorld

    init(_ seed: Seed, persons: Int = 60, months: Int = 24, quirks: Bool = true) {
        var configuration = WorldConfiguration(
            seed: seed.number,
            personCount: persons,
            firstDay: Fixture.first,
            months: months
        )
        if !quirks { configuration.quirks = [:] }
        world = SandboxWorld(configuration)
    }

    func books(_ person: Int, at now: Int64 = Fixture.end) -> PersonBooks {
        world.books(person, at: KoreanClock.seconds(atUTC: now))
    }

    /// Deposit accounts that are listed, each with what its calls need.
    func deposits(_ person: Int) -> [(account: DepositAccount, asking: [String: String])] {
        books(person).deposits
            .filter { $0.face.isListed(at: KoreanClock.seconds(atUTC: Fixture.end)) }
            .map { account in
                var asking = ["account_num": account.face.number]
                asking["seqno"] = account.face.seqno
                return (account, asking)
            }
    }

    /// One answer as JSON, or the refusal.
    func ask(_ query: BookQuery) throws -> Said {
        switch world.answer(query) {
        case .refused(let code): return Said(code: code, body: [:])
        case .body(let bytes):
            let json = try JSONSerialization.jsonObject(with: Data(bytes))
            let body = try #require(json as? [String: Any])
            return Said(code: UInt32(body["rsp_code"] as? String ?? "") ?? 99_999, body: body)
        }
    }

    /// All rows of a paged answer.
    func rows(_ query: BookQuery, _ list: String) throws -> [[String: String]] {
        var query = query
        var all: [[String: String]] = []
        repeat {
            let said = try ask(query)
            try #require(said.code == 0, "\(query.call.api) says \(said.code)")
            let rows = said.rows(list)
            #expect(rows.count <= query.limit)
            all += rows
            query.page = said.body["next_page"] as? String
        } while query.page != nil
        return all
    }
}

/// An answer, with every value as the text it stands for.
struct Said {
    var code: UInt32
    var body: [String: Any]

    subscript(_ name: String) -> String? { Said.text(body[name]) }

    func rows(_ list: String) -> [[String: String]] {
        (body[list] as? [[String: Any]] ?? []).map { row in row.compactMapValues(Said.text) }
    }

    static func text(_ value: Any?) -> String? {
        switch value {
        case let text as String: text
        case let number as NSNumber: number.stringValue
        default: nil
        }
    }
}

extension BookQuery {
    /// A query of one asset.
    init(
        _ person: Int,
        _ provider: String,
        _ api: ProviderAPI,
        _ parameters: [String: String] = [:],
        now: Int64 = Fixture.end
    ) {
        self.init(
            person: person,
            provider: provider,
            call: StandardCall(api, parameters.map { .init($0.key, $0.value) }),
            now: now
        )
    }
}
