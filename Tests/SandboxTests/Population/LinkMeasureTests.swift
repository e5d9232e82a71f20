import Files
import Finance
import Foundation
import MyData
import Simulation
import SwiftProtobuf
import Testing

@testable import Sandbox

/// How many of a person's own transfers the rules of links find, against what the sandbox moved.
///
/// The sandbox posts both legs in the same second; what a provider tells of them is less: some tell
/// days only, no memo, no number. The rules see what providers tell.
struct LinkMeasureTests {
    private struct Leg: Hashable {
        let at: Int64
        let amount: Int64
        let id: EventPlace
    }

    private static let rules: CategoryRules? = {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        do {
            let files = try RuleFiles { (name: String) throws(FileError) -> [UInt8] in
                try Files.read(root.path + "/conf/categories/" + name)
            }
            return try CategoryRules(files)
        } catch { return nil }
    }()

    /// What the rules get to see of a person, and the legs by asset as the sandbox knows them.
    private struct Seen {
        var book: TransactionBook
        var outs: [Leg] = []
        var backs: [Leg] = []
        private var revision: UInt64 = 0

        init(_ rules: CategoryRules) { book = TransactionBook(rules: rules) }

        mutating func add(
            _ event: Event,
            of asset: AssetID,
            at: Int64,
            _ amount: Int64
        ) throws {
            let place = EventPlace(revision: revision, index: 0)
            let bytes: [UInt8] = try event.serializedBytes()
            book.take(try EventView(bytes.span, of: asset), at: place)
            _ = book.endFrame()
            revision += 1
            let leg = Leg(at: at, amount: amount.magnitude.signed, id: place)
            if amount < 0 { outs.append(leg) } else { backs.append(leg) }
        }

        /// Pairs that are one movement: the same second and amount, out of one and into another.
        var truth: Set<LinkPair> {
            var pairs: Set<LinkPair> = []
            let backs = Dictionary(grouping: backs) { "\($0.at) \($0.amount)" }
            for out in outs {
                for back in backs["\(out.at) \(out.amount)"] ?? [] {
                    guard let one = book.number(of: out.id), let other = book.number(of: back.id),
                        book.entries[one].asset != book.entries[other].asset
                    else { continue }
                    pairs.insert(LinkPair(from: out.id, to: back.id))
                }
            }
            return pairs
        }
    }

    private func seen(_ person: Int, in fixture: Fixture, _ rules: CategoryRules) throws -> Seen {
        let books = fixture.books(person)
        let end = KoreanClock.seconds(atUTC: Fixture.end)
        var seen = Seen(rules)
        var number: UInt64 = 0
        for account in books.deposits {
            number += 1
            let quirks = fixture.world.terrain.quirks[account.face.provider]
            for row in account.rows where row.at <= end {
                var event = Event()
                event.occurredAt = row.at - KoreanClock.ahead
                if quirks.daysOnly {
                    event.occurredAt =
                        Int64(KoreanClock.day(of: row.at)) * 86_400 - KoreanClock.ahead
                    event.precision = .day
                }
                event.bankTransactionPosted = .with {
                    $0.amount = row.amount
                    $0.kind = BankTransactionKind(rawValue: Int(row.kind)) ?? .unspecified
                    $0.channel = row.channel.text
                    if !quirks.silent { $0.memo = books.texts[Int(row.memo)] }
                    if !quirks.unnumbered { $0.transactionNumber = "\(row.number)" }
                }
                let signed = row.isIn ? row.amount : -row.amount
                try seen.add(event, of: AssetID(high: 1, low: number), at: row.at, signed)
            }
        }
        for wallet in books.wallets {
            number += 1
            for row in wallet.rows where row.at <= end && row.kind == 5_102 {
                let event = Event.with {
                    $0.occurredAt = row.at - KoreanClock.ahead
                    $0.emoneyTransactionPosted.amount = row.amount
                    $0.emoneyTransactionPosted.kind = .chargedByAccount
                    $0.emoneyTransactionPosted.transactionNumber = "\(row.number)"
                }
                try seen.add(event, of: AssetID(high: 2, low: number), at: row.at, row.amount)
            }
        }
        return seen
    }

    @Test func `own transfers are found, and next to nothing else`() throws {
        let rules = try #require(LinkMeasureTests.rules)
        let fixture = Fixture(Seed(42), persons: 200)
        var (found, wrong, missed) = (0, 0, 0)
        for person in 0..<200 {
            let seen = try seen(person, in: fixture, rules)
            let truth = seen.truth
            let links = LinkRules.links(of: seen.book).filter { $0.kind == .ownTransfer }
            let pairs = Set(links.map(\.pair))
            found += pairs.intersection(truth).count
            wrong += pairs.subtracting(truth).count
            missed += truth.subtracting(pairs).count
        }
        let precision = found * 1_000 / max(1, found + wrong)
        let recall = found * 1_000 / max(1, found + missed)
        print("own transfers: \(found) found, \(wrong) wrong, \(missed) missed;", terminator: " ")
        print(
            "precision \(precision), recall \(recall) per mille (200 persons, 24 months, seed 42)"
        )
        #expect(found > 1_000)
        #expect(precision >= 990)
        #expect(recall >= 900)
    }
}

extension UInt64 {
    fileprivate var signed: Int64 { Int64(clamping: self) }
}
