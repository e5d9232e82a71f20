import Finance
import Simulation
import Testing

@testable import Sandbox

/// Lives and their money.
struct LifeTests {
    @Test(arguments: Seed.smoke)
    func `the same seed tells the same life, and another seed another`(seed: Seed) {
        let (one, same) = (Fixture(seed), Fixture(seed))
        let other = Fixture(Seed(seed.number + 1_000))
        for person in 0..<20 {
            let told = one.world.statements(of: person, through: Fixture.end)
            #expect(told == same.world.statements(of: person, through: Fixture.end), "\(seed)")
            #expect(told != other.world.statements(of: person, through: Fixture.end), "\(seed)")
        }
    }

    @Test(arguments: Seed.smoke)
    func `what happened until a day does not depend on how far is told`(seed: Seed) {
        let (short, long) = (Fixture(seed, months: 7), Fixture(seed, months: 40))
        for person in 0..<20 {
            for day in stride(from: Fixture.end - 500 * 86_400, to: Fixture.end, by: 86_400 * 71) {
                #expect(
                    short.world.statements(of: person, through: day)
                        == long.world.statements(of: person, through: day),
                    "\(seed) person \(person) at \(day)"
                )
            }
        }
    }

    @Test(arguments: Seed.smoke)
    func `every balance is the one before it and the movement`(seed: Seed) {
        let fixture = Fixture(seed)
        for person in 0..<60 {
            for account in fixture.books(person).deposits {
                var (balance, at) = (account.opening, Int64.min)
                for row in account.rows {
                    balance += row.isIn ? row.amount : -row.amount
                    #expect(row.balance == balance && row.amount > 0, "\(seed) person \(person)")
                    #expect(balance >= -(account.overdraft ?? 0), "\(seed) person \(person)")
                    #expect(row.at >= at, "\(seed) person \(person)")
                    at = row.at
                }
                #expect(account.balance == balance)
            }
        }
    }

    @Test(arguments: Seed.smoke)
    func `a card bill is its lines, and leaves the account to the won`(seed: Seed) {
        let fixture = Fixture(seed)
        var bills = 0
        for person in 0..<60 {
            let books = fixture.books(person)
            let company = Dictionary(grouping: books.bills, by: \.provider)
            for (provider, issued) in company {
                let name = fixture.world.terrain.providers[provider].name
                let paid = books.deposits.flatMap(\.rows).filter {
                    $0.channel == .card && !$0.isIn && books.texts[Int($0.memo)] == name
                }
                let due = issued.filter { $0.paysOn.daysSinceEpoch <= books.lastDay }
                #expect(
                    paid.map(\.amount) == due.map(\.amount),
                    "\(seed) person \(person) at \(name)"
                )
                bills += due.count
            }
        }
        #expect(bills > 400, "\(seed)")
    }

    @Test(arguments: Seed.smoke)
    func `what is approved on credit is billed, to come, or given back`(seed: Seed) {
        let fixture = Fixture(seed)
        for person in 0..<60 {
            let books = fixture.books(person)
            let end = KoreanClock.start(of: books.lastDay + 1)
            var standing: Int64 = 0
            for card in books.cards where card.type == 1 {
                standing += card.domestic.reduce(0) { $0 + $1.standing(at: end) }
                standing += card.overseas.reduce(0) {
                    $0 + ($1.standing(at: end) == 0 ? 0 : $1.won)
                }
            }
            let billed = books.bills.flatMap(\.lines).filter { $0.kind < 3 }.reduce(0) {
                $0 + $1.amount - $1.fee
            }
            #expect(standing == billed + books.unbilled, "\(seed) person \(person)")
        }
    }

    @Test(arguments: Seed.smoke)
    func `a debit card's approvals leave the account at once`(seed: Seed) {
        let fixture = Fixture(seed)
        for person in 0..<60 {
            let books = fixture.books(person)
            let end = KoreanClock.start(of: books.lastDay + 1)
            let approved = books.cards.filter { $0.type == 2 }.flatMap(\.domestic).reduce(0) {
                $0 + $1.standing(at: end)
            }
            let left = books.deposits.flatMap(\.rows).filter { $0.channel == .debitCard }
                .reduce(0) { $0 + ($1.isIn ? -$1.amount : $1.amount) }
            #expect(approved == left, "\(seed) person \(person)")
        }
    }

    @Test(arguments: Seed.smoke)
    func `what goes from one own account comes to the other at the same second`(seed: Seed) {
        let fixture = Fixture(seed)
        for person in 0..<60 {
            let books = fixture.books(person)
            let name = fixture.world.name(of: person).name
            let legs = books.deposits.flatMap(\.rows).filter {
                books.texts[Int($0.memo)] == name
                    && ($0.channel == .ownTransfer || $0.channel == .openBanking)
            }
            let sum = legs.reduce(0) { $0 + ($1.isIn ? $1.amount : -$1.amount) }
            #expect(sum == 0 && legs.count.isMultiple(of: 2), "\(seed) person \(person)")
        }
    }

    @Test(arguments: Seed.smoke)
    func `what charges a wallet or an investment leaves the account, and the other way`(
        seed: Seed
    ) {
        let fixture = Fixture(seed)
        var seen = 0
        for person in 0..<60 {
            let books = fixture.books(person)
            let rows = books.deposits.flatMap(\.rows)
            func moved(_ memo: String, _ isIn: Bool) -> Int64 {
                rows.filter { books.texts[Int($0.memo)] == memo && $0.isIn == isIn }
                    .reduce(0) { $0 + $1.amount }
            }
            for wallet in books.wallets {
                let charged = wallet.rows.filter { $0.kind == 5_102 }.reduce(0) { $0 + $1.amount }
                let emptied = wallet.rows.filter { $0.kind == 5_201 }.reduce(0) { $0 + $1.amount }
                #expect(moved(wallet.face.name + "충전", false) == charged, "\(seed) \(person)")
                #expect(moved(wallet.face.name, true) == emptied, "\(seed) \(person)")
                #expect(wallet.rows.allSatisfy { $0.balance >= 0 && $0.earned >= 0 })
                seen += wallet.rows.count
            }
            for (provider, accounts) in Dictionary(grouping: books.investments, by: \.face.provider)
            {
                let name = fixture.world.terrain.providers[provider].name
                let rows = accounts.flatMap(\.rows)
                let paidIn = rows.filter { $0.detail == .paidIn }.reduce(0) { $0 + $1.amount }
                let paidOut = rows.filter { $0.detail == .paidOut }.reduce(0) { $0 + $1.amount }
                #expect(moved(name, false) == paidIn, "\(seed) \(person)")
                #expect(moved(name, true) == paidOut, "\(seed) \(person)")
                seen += rows.count
            }
            for (provider, policies) in Dictionary(grouping: books.policies, by: \.face.provider) {
                let name = fixture.world.terrain.providers[provider].name
                let premiums = policies.flatMap(\.rows).reduce(0) { $0 + $1.amount }
                let byCard = books.cards.flatMap(\.domestic)
                    .filter { books.texts[Int($0.merchant)] == name }.reduce(0) { $0 + $1.amount }
                #expect(moved(name, false) + byCard == premiums, "\(seed) \(person)")
            }
            for (name, loans) in Dictionary(grouping: books.loans, by: \.face.name) {
                let repaid = loans.flatMap(\.rows).filter { $0.kind == 2 }
                #expect(
                    moved(name, false) == repaid.reduce(0) { $0 + $1.amount },
                    "\(seed) \(person)"
                )
                #expect(repaid.allSatisfy { $0.principal + $0.interest == $0.amount })
                for loan in loans {
                    var balance = loan.opening
                    for row in loan.rows {
                        balance += row.kind == 1 ? row.principal : -row.principal
                        #expect(row.balance == balance && balance >= 0, "\(seed) \(person)")
                    }
                }
            }
        }
        #expect(seen > 3_000, "\(seed)")
    }

    @Test(arguments: Seed.smoke)
    func `a payment service and the card behind it tell of the same payments`(seed: Seed) {
        let fixture = Fixture(seed)
        for person in 0..<60 {
            let books = fixture.books(person)
            let end = KoreanClock.start(of: books.lastDay + 1)
            for service in books.payments {
                let name = fixture.world.terrain.providers[service.face.provider].name
                let paid = service.rows.reduce(0) { $0 + ($1.isIn ? -$1.amount : $1.amount) }
                let approved = books.cards[service.card].domestic
                    .filter { books.texts[Int($0.merchant)].hasPrefix(name) }
                    .reduce(0) { $0 + $1.standing(at: end) }
                #expect(paid == approved, "\(seed) person \(person)")
            }
        }
    }

    @Test(arguments: Seed.smoke)
    func `who is under 19 has deposits, debit cards and prepaid means only`(seed: Seed) {
        let fixture = Fixture(seed, persons: 300)
        var minors = 0
        for person in 0..<300 where fixture.world.name(of: person).age < 19 {
            minors += 1
            let books = fixture.books(person)
            #expect(books.cards.allSatisfy { $0.type == 2 && $0.overseas.isEmpty })
            #expect(books.bills.isEmpty)
            for statement in fixture.world.statements(of: person, through: Fixture.end) {
                let allowed: [AssetKind] = [.deposit, .card, .prepaidWallet, .paymentAccount]
                #expect(allowed.contains(statement.kind), "\(seed) person \(person)")
            }
        }
        #expect(minors > 5, "\(seed)")
    }

    @Test(arguments: Seed.smoke)
    func `a CI is its person's alone`(seed: Seed) {
        let world = Fixture(seed, persons: 500).world
        let all = (0..<500).map { world.ci(of: $0) }
        #expect(Set(all).count == 500 && all.allSatisfy { $0.utf8.count == 88 })
        #expect(all.map { world.person(withCI: $0) } == Array(0..<500))
        #expect(world.person(withCI: Fixture(Seed(99)).world.ci(of: 1)) == nil)
        #expect(world.person(withCI: "U1lOVEhFVElDLUNJLU5PVC1SRUFMLTAwMDE=") == nil)
    }

    @Test func `24 months of a person have about what a person does`() {
        let fixture = Fixture(Seed(1), persons: 200)
        var movements = 0
        let clock = ContinuousClock()
        let took = clock.measure {
            for person in 0..<200 {
                movements += fixture.world.statements(of: person, through: Fixture.end)
                    .reduce(0) { $0 + $1.movements }
            }
        }
        print("200 people of 24 months: \(movements) movements in \(took)")
        #expect((50...130).contains(movements / 200 / 24))
    }
}
