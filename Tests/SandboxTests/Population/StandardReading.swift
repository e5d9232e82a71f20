import Finance
import MyData
import SwiftProtobuf
import Testing

@testable import Sandbox

/// Asks a person's providers for everything, as a collector would, and adds up what is read.
struct StandardReading: ~Copyable {
    /// What the events of one asset and currency add up to.
    struct Sum {
        var movements = 0
        var paidIn: Int64 = 0
        var paidOut: Int64 = 0
        var balance: Int64?
        var holdings: Int64 = 0
    }

    struct Key: Hashable {
        var provider: String
        var kind: AssetKind
        var key: String
        var currency: UInt32
    }

    let fixture: Fixture
    let now: Int64
    private var reader = AnswerReader()
    private(set) var sums: [Key: Sum] = [:]
    private(set) var listed: Set<Key> = []
    /// What was not taken in, and what is not the standard's.
    private(set) var faults: Set<String> = []
    private(set) var refused: [ProviderAPI: UInt32] = [:]
    private(set) var billed: [String: Int64] = [:]
    private(set) var events = 0

    init(_ fixture: Fixture, now: Int64 = Fixture.end) {
        (self.fixture, self.now) = (fixture, now)
    }

    mutating func collect(_ person: Int) throws {
        for code in fixture.world.providers(of: person) {
            let provider = try #require(fixture.world.providers.first { $0.code == code })
            for list in StandardAPI.lists(of: provider.industry, version: 2) {
                let answers = try ask(person, provider, StandardCall(list.api))
                for asset in answers.flatMap(\.assets) {
                    try collect(asset, person, provider)
                }
            }
        }
    }

    private mutating func collect(
        _ asset: ListedAsset,
        _ person: Int,
        _ provider: SandboxProvider
    ) throws {
        let key = Key(provider: provider.code, kind: asset.kind, key: asset.key, currency: 410)
        listed.insert(key)
        var calls = asset.calls
        var done: Set<StandardCall> = []
        while let call = calls.popLast() {
            guard StandardAPI[call.api] != nil, done.insert(call).inserted else { continue }
            for answer in try ask(person, provider, call) {
                calls += answer.calls
                try add(answer.events, key)
            }
        }
    }

    /// All pages of an answer.
    private mutating func ask(
        _ person: Int,
        _ provider: SandboxProvider,
        _ call: StandardCall
    ) throws -> [Answer] {
        var query = BookQuery(person: person, provider: provider.code, call: call, now: now)
        if let shape = StandardAPI[call.api]?.shape, shape == .days || shape == .months {
            query.days = Fixture.first...CivilDate(daysSinceEpoch: 20_800)
        }
        var answers: [Answer] = []
        repeat {
            switch fixture.world.answer(query) {
            case .refused(let code):
                refused[call.api] = code
                return answers
            case .body(let bytes):
                do throws(AnswerFault) {
                    let answer = try reader.read(
                        bytes.span,
                        of: call,
                        from: AnswerSource(provider.industry),
                        askedAt: now
                    )
                    for deviation in answer.deviations {
                        faults.insert("\(call.api) \(deviation)")
                    }
                    for field in answer.unmapped { faults.insert("\(call.api) \(field.name)") }
                    answers.append(answer)
                    query.page = answer.nextPage
                } catch {
                    faults.insert("\(call.api) \(error)")
                    return answers
                }
            }
        } while query.page != nil
        return answers
    }

    private mutating func add(_ bytes: [UInt8], _ key: Key) throws {
        var cursor = EventCursor(bytes.span, of: AssetID(high: 0, low: 0))
        while let span = try cursor.nextBytes() {
            var copy: [UInt8] = []
            for index in span.indices { copy.append(span[index]) }
            let event = try Event(serializedBytes: copy)
            for field in event.unmapped { faults.insert("\(event.api) \(field.name)") }
            events += 1
            if let fact = event.fact { add(fact, key) }
        }
    }

    private mutating func move(_ key: Key, _ currency: UInt32, _ amount: Int64, isIn: Bool) {
        var key = key
        key.currency = currency == 0 ? 410 : currency
        sums[key, default: Sum()].movements += 1
        if isIn {
            sums[key, default: Sum()].paidIn += amount
        } else {
            sums[key, default: Sum()].paidOut += amount
        }
    }

    private mutating func hold(_ key: Key, _ currency: UInt32, _ amount: Int64) {
        var key = key
        key.currency = currency == 0 ? 410 : currency
        sums[key, default: Sum()].balance = (sums[key]?.balance ?? 0) + amount
    }

    private mutating func add(_ fact: Event.OneOf_Fact, _ key: Key) {
        switch fact {
        case .bankTransactionPosted(let row):
            let isIn = [1, 3, 4, 6, 98].contains(row.kind.rawValue)
            move(key, row.currency, row.amount, isIn: isIn)
        case .balanceReported(let state):
            let isISA = key.kind == .isa
            hold(key, state.currency, isISA ? state.appraisedValue : state.balance)
        case .fundTransactionPosted(let row):
            let isIn = [1, 2, 8, 9, 98].contains(row.kind.rawValue)
            move(key, row.currency, row.amount, isIn: isIn)
        case .fundBalanceReported(let state): hold(key, state.currency, state.appraisedValue)
        case .loanTransactionPosted(let row):
            move(key, row.currency, row.amount, isIn: row.kind == .drawn)
        // An overdraft's debt is its account's balance already.
        case .loanBalanceReported(let state):
            if key.kind != .deposit { hold(key, state.currency, state.balance) }
        case .premiumPaid(let row): move(key, row.currency, row.amount, isIn: false)
        case .emoneyTransactionPosted(let row):
            let kind = UInt16(row.kind.rawValue)
            let isIn = WalletRow(at: 0, amount: 0, kind: kind, number: 0).isIn
            move(key, row.currency, row.amount, isIn: isIn)
        case .prepaidBalanceReported(let state): hold(key, state.currency, state.balance)
        case .leaseTransactionPosted(let row): move(key, row.currency, row.amount, isIn: false)
        case .investTransactionPosted(let row):
            let isIn = [301, 303, 342].contains(row.kind.rawValue)
            move(key, row.currency, row.settledAmount, isIn: isIn)
        case .pensionTransactionPosted(let row): move(key, row.currency, row.amount, isIn: true)
        case .pensionReported(let state):
            // Of pension savings (금투-005) only what was paid in is told.
            if key.kind != .investmentAccount { hold(key, state.currency, state.value) }
        case .investBalanceReported(let state): hold(key, state.currency, state.cash)
        case .holdingReported(let state): sums[key, default: Sum()].holdings += state.value
        default: addOfCard(fact, key)
        }
    }

    private mutating func addOfCard(_ fact: Event.OneOf_Fact, _ key: Key) {
        switch fact {
        case .cardApproved(let row): move(key, row.currency, row.amount, isIn: false)
        case .cardApprovalCancelled(let row):
            move(key, row.currency, -row.amount, isIn: false)
            var changed = key
            changed.currency = row.currency == 0 ? 410 : row.currency
            sums[changed]?.movements -= 2
        case .cardApprovalCorrected(let row):
            move(key, row.currency, row.amount - row.amountBefore, isIn: false)
            var changed = key
            changed.currency = row.currency == 0 ? 410 : row.currency
            sums[changed]?.movements -= 1
        case .cardBilled(let bill):
            move(key, 410, bill.amount, isIn: false)
            billed["\(key.provider) \(bill.month)", default: 0] += bill.amount
        case .cardBillLineCharged(let line):
            billed["\(key.provider) \(line.month)", default: 0] -= line.amount
        case .pointsReported(let state): hold(key, 410, state.balance * 1_000)
        case .cashAdvanceReported(let state):
            sums[key, default: Sum()].movements += 1
            hold(key, 410, state.balance)
        default: break
        }
    }
}
