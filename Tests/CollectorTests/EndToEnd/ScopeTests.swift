import Collector
import Commands
import Finance
import Frame
import MyData
import Sandbox
import Simulation
import Testing
import Vault

/// What a request opens is asked about and recorded, and nothing else is.
struct ScopeTests {
    /// Words of the scopes that a person of 16 may ask for.
    private static let ofMinors: [Industry: [String]] = [
        .bank: ["list", "deposit"], .card: ["list", "card", "prepaid"],
        .efin: ["list", "prepaid"],
    ]

    @Test
    func `of a minor deposits, debit cards and prepaid means are kept, and nothing else`()
        async throws
    {
        var plan = Town.Plan()
        (plan.persons, plan.months, plan.historyMonths) = (4, 2, 2)
        plan.years = 16
        try await Town.open(plan) { town in
            let collector = try town.collector()
            let allowed: Set<AssetKind> = [.deposit, .card, .prepaidWallet]
            var (cardCount, forbiddenCount) = (0, 0)
            for person in 0..<town.plan.persons {
                let join = Join(years: 16, until: town.today.adding(months: 24))
                let (subject, failures) = try await town.enrol(
                    person,
                    with: collector,
                    joining: join
                ) { provider in
                    guard let words = Self.ofMinors[provider.industry] else { return nil }
                    var terms = town.terms(provider)
                    let name = provider.industry.pathName
                    terms.scope = DataScope(words.map { name + "." + $0 }.joined(separator: " "))
                    return (terms, [])
                }
                #expect(failures.isEmpty)
                for (_, result) in try await collector.collect(subject, for: .userConsent) {
                    #expect(try result.get().isComplete)
                }
                // The lists say nothing new, and what they named is asked again.
                for (_, result) in try await collector.collect(subject, for: .userRefresh) {
                    #expect(try result.get().isComplete)
                }
                let assets = try collector.books.book(of: subject).state.assets.values
                let kinds = assets.compactMap { AssetKind(rawValue: Int($0.kind)) }
                #expect(allowed.isSuperset(of: kinds))
                cardCount += assets.count {
                    $0.kind == UInt32(AssetKind.card.rawValue) && $0.calls[208] != nil
                }
                #expect(!assets.contains { $0.calls[214] != nil })
                forbiddenCount += town.ledgers(of: person).count { line in
                    [.loan, .fund].contains(AssetKind(rawValue: Int(line.kind)))
                        && town.providers[line.provider]?.industry == .bank
                }
            }
            #expect(cardCount > 0)
            // Their banks list what may not be kept.
            #expect(forbiddenCount > 0)
        }
    }

    @Test
    func `a request that names an account asks about that one`() async throws {
        try await Town.open(ReachTests.plan) { town in
            let bank = try ReachTests.bank(of: town)
            let collector = try town.collector()
            let (subject, _) = try await town.enrol(0, with: collector)
            _ = try await collector.collect(subject, from: bank, for: .userConsent)
            let account = try ReachTests.account(of: subject, at: bank, collector)
            let (_, failures) = try await town.enrol(0, with: collector, joining: town.join) {
                guard $0.code == bank else { return nil }
                var terms = town.terms($0)
                terms.assets = [RequestTerms.NamedAsset(.deposit, account.id)]
                return (terms, [account.key])
            }
            #expect(failures.isEmpty)
            town.script.set(nil)
            let outcome = try await collector.collect(subject, from: bank, for: .userRefresh)
            #expect(outcome.isComplete && outcome.assets == 1)
            let asked = Set(town.script.asked.compactMap { $0.call["account_num"] })
            #expect(asked == [account.key])
        }
    }

    @Test
    func `additional data that follows from basic data has its own cycle`() async throws {
        var plan = Town.Plan()
        (plan.persons, plan.months, plan.historyMonths) = (4, 2, 1)
        try await Town.open(plan) { town in
            // Their cars and loans are said each time.
            town.script.set { [world = town.world] query in
                guard [.insu004, .card010].contains(query.call.api) else { return nil }
                var whole = query
                whole.searchTimestamp = nil
                return world.answer(whole)
            }
            let collector = try town.collector()
            var subjects: [SubjectID] = []
            for person in 0..<town.plan.persons {
                let (subject, failures) = try await town.enrol(
                    person,
                    with: collector,
                    joining: town.join
                ) { provider in
                    var terms = town.terms(provider)
                    (terms.basicCycleDays, terms.additionalCycleDays) = (7, 28)
                    return (terms, [])
                }
                #expect(failures.isEmpty)
                subjects.append(subject)
            }
            for week in 0..<3 {
                for subject in subjects {
                    for (code, result) in try await collector.collect(subject, for: .scheduled) {
                        #expect(try result.get().isComplete, "\(code) in week \(week)")
                    }
                }
                town.clock.advance(by: 7 * 86_400)
            }
            #expect(town.script.count(.card011) + town.script.count(.insu007) > 0)
        }
    }

    @Test
    func `payments for cars are asked for whether or not the cars changed`() async throws {
        var plan = Town.Plan()
        (plan.persons, plan.months, plan.historyMonths) = (4, 2, 2)
        try await Town.open(plan) { town in
            let collector = try town.collector()
            var counts: [Int] = []
            for trigger in [TransferTrigger.userConsent, .userRefresh] {
                town.script.set(nil)
                for person in 0..<town.plan.persons {
                    let subject =
                        trigger == .userConsent
                        ? try await town.enrol(person, with: collector).subject
                        : try town.vault.enrol([Array(town.world.ci(of: person).utf8)])[0]
                    for (_, result) in try await collector.collect(subject, for: trigger) {
                        #expect(try result.get().isComplete)
                    }
                }
                counts.append(town.script.count(.insu007))
            }
            #expect(counts[0] > 0 && counts[0] == counts[1])
        }
    }

    @Test
    func `after a card is deleted the others' data goes on, and a new request brings it back`()
        async throws
    {
        try await Town.open(ReachTests.plan) { town in
            let first = try town.collector()
            let (subject, _) = try await town.enrol(0, with: first)
            _ = try await first.collect(subject, for: .userConsent)
            town.script.set(nil)
            _ = try await first.collect(subject, for: .userRefresh)
            let before = questions(town)
            let assets = try first.books.book(of: subject).state.assets
            let card = try #require(
                assets.first { $0.value.kind == UInt32(AssetKind.card.rawValue) }
            )
            let company = card.value.provider
            let desk = try ConsentDesk(vault: town.vault, log: town.log)
            let now = town.clock.seconds * 1_000_000
            let command = RequestDeletion(.assets([card.key], of: company))
            try await desk.carryOut(of: subject, at: now) {
                register,
                at,
                today throws(ConsentRefusal) in
                try register.decide(command, at: at, on: today)
            }
            #expect(try await desk.eraseOwed(of: subject, at: now).count == 1)
            // One that has seen it all, and one that reads what is left.
            for collector in [first, try town.collector()] {
                town.script.set(nil)
                for (_, result) in try await collector.collect(subject, for: .userRefresh) {
                    #expect(try result.get().isComplete)
                }
                #expect(questions(town) == before.filter { !$0.hasPrefix(company) })
            }
            let (_, failures) = try await town.enrol(0, with: first, joining: town.join) {
                $0.code == company ? (town.terms($0), []) : nil
            }
            #expect(failures.isEmpty)
            for (_, result) in try await first.collect(subject, for: .userConsent) {
                #expect(try result.get().isComplete)
            }
            #expect(try town.differences(of: 0, subject) == [])
        }
    }

    /// What was asked since the script was set, but for marks and pages.
    private func questions(_ town: Town) -> [String] {
        town.script.asked.map { query in
            let values = query.call.parameters.map(\.value).joined(separator: " ")
            return "\(query.provider) \(query.call.api.rawValue) \(values)"
        }.sorted()
    }
}
