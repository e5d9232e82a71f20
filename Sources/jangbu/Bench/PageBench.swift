import Commands
import Cryptography
import Finance
import Foundation
import MyData
import Vault

/// Pages of 500 card approvals, on one core: what reading them costs, and the whole way into the
/// log.
struct PageBench {
    let directory: String
    let isSmoke: Bool
    private let time = ContinuousClock()
    private static let rowsPerPage = 500
    private static let call = StandardCall(.card008, [.init("card_id", "C1")])

    init(directory: String, isSmoke: Bool) {
        (self.directory, self.isSmoke) = (directory, isSmoke)
    }

    /// Our reader beside simdjson's own parse and beside Foundation's decoder, of the same bytes.
    func rows() async throws -> [BenchRow] {
        let pages = (0..<(isSmoke ? 2 : 16)).map {
            PageBenchmark.page(rows: PageBench.rowsPerPage, seed: UInt64($0))
        }
        let (floor, parsed) = try floor(pages)
        guard parsed == pages.count * PageBench.rowsPerPage else {
            throw BenchFailure(reason: "simdjson found \(parsed) rows")
        }
        let (read, digest) = try read(pages)
        let (foundation, sum) = try foundation(pages)
        let (recorded, added) = try await record(pages)
        return [
            BenchRow(
                work: "page of 500 card approvals, checked, deduplicated, sealed, appended",
                value: recorded,
                unit: "rows a CPU second",
                floor: "JSONDecoder alone",
                floorValue: foundation,
                must: ">= 400.0 k",
                isMet: recorded >= 400_000,
                digest: String(SHA256.hash(Array("\(added)".utf8)).description.prefix(16)),
                notes: ["\(added) events a page on average over 16"]
            ),
            BenchRow(
                work: "page of 500 card approvals into checked events, one core",
                value: read,
                unit: "rows/s",
                floor: "simdjson's parse",
                floorValue: floor,
                digest: digest
            ),
            BenchRow(
                work: "the same page by Foundation's JSONDecoder into structs",
                value: foundation,
                unit: "rows/s",
                digest: String(SHA256.hash(Array("\(sum)".utf8)).description.prefix(16))
            ),
        ]
    }

    /// Rows a second of `work` over all pages, for a second or, in a smoke run, once.
    private func rate(_ count: Int, _ work: () throws -> Void) throws -> Double {
        let start = time.now
        var rounds = 0
        repeat {
            try work()
            rounds += 1
        } while !isSmoke && (time.now - start).seconds < 1
        return Double(rounds * count * PageBench.rowsPerPage) / (time.now - start).seconds
    }

    private func floor(_ pages: [[UInt8]]) throws -> (Double, Int) {
        var benchmark = PageBenchmark()
        var found = 0
        let rate = try rate(pages.count) {
            found = 0
            for page in pages { found += benchmark.parse(page.span) ?? 0 }
        }
        return (rate, found)
    }

    private func read(_ pages: [[UInt8]]) throws -> (Double, String) {
        var reader = AnswerReader()
        var answer = Answer()
        let source = AnswerSource(.card)
        let rate = try rate(pages.count) {
            for page in pages {
                try reader.read(
                    page.span,
                    of: PageBench.call,
                    from: source,
                    askedAt: 0,
                    into: &answer
                )
            }
        }
        var hasher = SHA256Hasher()
        for page in pages {
            try reader.read(
                page.span,
                of: PageBench.call,
                from: source,
                askedAt: 0,
                into: &answer
            )
            hasher.update(answer.events.span)
        }
        return (rate, String(hasher.finish().description.prefix(16)))
    }

    /// The whole way, each page another person's: read, decided against the log, sealed, durable.
    ///
    /// By processor time, since a flush is waited for and not worked for.
    private func record(_ pages: [[UInt8]]) async throws -> (Double, Int) {
        let rounds = isSmoke ? 1 : 40
        let world = try BenchWorld(directory + "/pages", subjectCount: pages.count * rounds)
        let recorder = try Recorder(vault: world.vault, log: world.log)
        let card = AssetName(provider: "B1CD010000", key: "C1", kind: .card, industry: .card)
        guard let first = CivilDate(year: 2026, month: 8, day: 1) else {
            throw BenchFailure(reason: "August begins with its first")
        }
        // A day that is not over speaks for nothing: they were asked the month after.
        let now = Int64(first.adding(months: 1).daysSinceEpoch) * 86_400_000_000
        var reader = AnswerReader()
        var answer = Answer()
        var added = 0
        let begin = clock()
        for round in 0..<rounds {
            var persons: [PersonObservations] = []
            for (number, page) in pages.enumerated() {
                try reader.read(
                    page.span,
                    of: PageBench.call,
                    from: AnswerSource(.card),
                    askedAt: now / 1_000_000,
                    into: &answer
                )
                let observation = Observation(
                    name: .asset(card),
                    apiCode: UInt32(PageBench.call.api.rawValue),
                    scope: .days(first...first.adding(days: 30)),
                    events: answer.events,
                    hasCounterpartyText: true
                )
                let subject = world.subjects[round * pages.count + number]
                persons.append(PersonObservations(of: subject, [observation]))
            }
            for changes in await recorder.observe(persons, at: now) {
                added += try changes.get().reduce(0) { $0 + $1.added }
            }
        }
        let seconds = Double(clock() - begin) / Double(CLOCKS_PER_SEC)
        try world.remove()
        let count = pages.count * rounds
        return (Double(count * PageBench.rowsPerPage) / seconds, added / count)
    }

    private struct Page: Decodable {
        let rows: [Row]

        private enum CodingKeys: String, CodingKey {
            case rows = "approved_list"
        }
    }

    private struct Row: Decodable {
        let number: String
        let time: String
        let status: String
        let payType: String
        let changed: String?
        let merchant: String?
        let registration: String?
        let amount: String
        let modified: String?
        let instalments: String?

        private enum CodingKeys: String, CodingKey {
            case number = "approved_num"
            case time = "approved_dtime"
            case status
            case payType = "pay_type"
            case changed = "trans_dtime"
            case merchant = "merchant_name"
            case registration = "merchant_regno"
            case amount = "approved_amt"
            case modified = "modified_amt"
            case instalments = "total_install_cnt"
        }
    }

    /// What a plain program would do: structs of strings, amounts as numbers.
    private func foundation(_ pages: [[UInt8]]) throws -> (Double, Int) {
        let decoder = JSONDecoder()
        let data = pages.map { Data($0) }
        var sum = 0
        let rate = try rate(pages.count) {
            sum = 0
            for page in data {
                let rows = try decoder.decode(Page.self, from: page).rows
                for row in rows { sum += Int(row.amount) ?? 0 }
            }
        }
        return (rate, sum)
    }
}
