import Cryptography
import Finance
import Foundation
import MyData

/// Pages of 500 card approvals, read on one core: checked events come out.
struct PageBench {
    let isSmoke: Bool
    private let clock = ContinuousClock()
    private static let rowsPerPage = 500
    private static let call = StandardCall(.card008, [.init("card_id", "C1")])

    init(isSmoke: Bool) { self.isSmoke = isSmoke }

    /// Our reader beside simdjson's own parse and beside Foundation's decoder, of the same bytes.
    func rows() throws -> [BenchRow] {
        let pages = (0..<(isSmoke ? 2 : 16)).map {
            PageBenchmark.page(rows: PageBench.rowsPerPage, seed: UInt64($0))
        }
        let (floor, parsed) = try floor(pages)
        guard parsed == pages.count * PageBench.rowsPerPage else {
            throw BenchFailure(reason: "simdjson found \(parsed) rows")
        }
        let (read, digest) = try read(pages)
        let (foundation, sum) = try foundation(pages)
        return [
            BenchRow(
                work: "page of 500 card approvals into checked events, one core",
                value: read,
                unit: "rows/s",
                floor: "simdjson's parse",
                floorValue: floor,
                must: ">= 400.0 k",
                isMet: read >= 400_000,
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
        let start = clock.now
        var rounds = 0
        repeat {
            try work()
            rounds += 1
        } while !isSmoke && (clock.now - start).seconds < 1
        return Double(rounds * count * PageBench.rowsPerPage) / (clock.now - start).seconds
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
