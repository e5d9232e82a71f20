import Finance
import Testing

@Suite struct LinkTests {
    private static let other = AssetID(high: 7, low: 3)
    private static let third = AssetID(high: 7, low: 4)

    /// Movements of three own accounts: asset, won (out is negative), day, second.
    private func history(
        _ rows: [(AssetID, Int64, Int64, Int64)],
        memo: String = "이체"
    ) throws -> PersonHistory {
        var history = PersonHistory()
        for (number, (asset, won, day, second)) in rows.enumerated() {
            let event = history.moved(
                abs(won),
                won < 0 ? .withdrawn : .deposited,
                memo,
                day: day,
                second: second,
                number: "\(number + 1)"
            )
            try history.append([event], of: asset)
        }
        return history
    }

    private func pairs(_ history: PersonHistory) -> [[UInt64]] {
        LinkRules.links(of: history.book).map { [$0.pair.from.revision, $0.pair.to.revision] }
    }

    @Test func `two legs at nearly one time are one transfer`() throws {
        let deposit = PersonHistory.deposit
        let history = try history([
            (deposit, -50_000, 3, 100), (LinkTests.other, 50_000, 3, 102),
            // Another amount, another time, another direction.
            (deposit, -60_000, 3, 100), (LinkTests.other, 60_001, 3, 100),
            (deposit, -70_000, 3, 100), (LinkTests.other, 70_000, 3, 900),
            (deposit, 80_000, 3, 100), (LinkTests.other, 80_000, 3, 100),
            // The same account.
            (deposit, -90_000, 3, 100), (deposit, 90_000, 3, 100),
        ])
        #expect(pairs(history) == [[0, 1]])
    }

    @Test func `where two assets would be as good, none is taken`() throws {
        let history = try history([
            (PersonHistory.deposit, -50_000, 3, 100), (LinkTests.other, 50_000, 3, 105),
            (LinkTests.third, 50_000, 3, 95),
        ])
        #expect(pairs(history).isEmpty)
        let nearer = try self.history([
            (PersonHistory.deposit, -50_000, 3, 100), (LinkTests.other, 50_000, 3, 105),
            (LinkTests.third, 50_000, 3, 99),
        ])
        #expect(pairs(nearer) == [[0, 2]])
    }

    @Test func `what is spent or earned is no leg, whoever says so`() throws {
        let rows: [(AssetID, Int64, Int64, Int64)] = [
            (PersonHistory.deposit, -50_000, 3, 100), (LinkTests.other, 50_000, 3, 100),
        ]
        #expect(try pairs(history(rows, memo: "11월급여")).isEmpty)
        var said = try history(rows)
        #expect(pairs(said) == [[0, 1]])
        let spent = CorrectCategory(
            transaction: EventPlace(revision: 0, index: 0),
            isForMerchant: false,
            category: "food.bar"
        )
        try said.append(said.book.decide(spent))
        #expect(pairs(said).isEmpty)
    }

    @Test func `a person takes a pair apart, and puts one together`() throws {
        let deposit = PersonHistory.deposit
        var history = try history([
            (deposit, -50_000, 3, 100), (LinkTests.other, 50_000, 3, 100),
            (deposit, -70_000, 3, 100), (LinkTests.other, 70_000, 5, 900),
        ])
        func pair(_ from: UInt64, _ to: UInt64) -> LinkPair {
            LinkPair(
                from: EventPlace(revision: from, index: 0),
                to: EventPlace(revision: to, index: 0)
            )
        }
        try history.append(
            history.book.decide(DecideLink(pair(0, 1), kind: .ownTransfer, isLinked: false))
        )
        #expect(pairs(history).isEmpty)
        try history.append(
            history.book.decide(DecideLink(pair(2, 3), kind: .ownTransfer, isLinked: true))
        )
        #expect(LinkRules.links(of: history.book).map(\.rule) == ["person"])
        try history.append(
            history.book.decide(DecideLink(pair(0, 1), kind: .ownTransfer, isLinked: true))
        )
        #expect(pairs(history) == [[0, 1], [2, 3]])
        for (one, other) in [(1, 0), (0, 3), (0, 0), (0, 99)] as [(UInt64, UInt64)] {
            #expect(throws: PreferenceRefusal.linkUnknown) {
                let wrong = DecideLink(pair(one, other), kind: .ownTransfer, isLinked: true)
                _ = try history.book.decide(wrong)
            }
        }
    }

    @Test func `what came back goes to its purchase, the same amount first`() throws {
        var history = PersonHistory()
        let events = [
            history.purchase(30_000, at: "교보문고", day: 1),
            history.purchase(50_000, at: "교보문고", day: 2),
            history.purchase(40_000, at: "이마트", day: 2),
            history.purchase(-30_000, at: "교보문고 광화문점", day: 9),
            history.purchase(-5_000, at: "교보문고", day: 10),
            // More than is left, another shop, too late.
            history.purchase(-46_000, at: "교보문고", day: 11),
            history.purchase(-1_000, at: "쿠팡", day: 11),
            history.purchase(-40_000, at: "이마트", day: 200),
        ]
        for event in events { try history.append([event], of: PersonHistory.card) }
        let links = LinkRules.links(of: history.book)
        #expect(pairs(history) == [[0, 3], [1, 4]])
        #expect(links.map(\.rule) == ["refund-whole", "refund-part"])
    }
}
