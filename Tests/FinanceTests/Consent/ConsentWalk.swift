import Finance
import Foundation

/// Chance over one world.
struct ConsentWalk {
    var world: ConsentWorld
    var random: FoldRandom
    var events: [Event] = []
    let providers = ["Z1BK010000", "Z1BK020000", "Z1CD010000"]

    init(seed: UInt64) throws {
        random = FoldRandom(seed: seed)
        world = try ConsentWorld(isMember: false)
    }

    mutating func provider() -> String { providers[random.below(providers.count)] }

    mutating func terms(_ provider: String) -> RequestTerms {
        let words =
            provider.contains("CD")
            ? ["card.list card.card", "card.list card.card card.bill"]
            : ["bank.list bank.deposit", "bank.list bank.deposit bank.loan"]
        var terms = world.terms(words[random.below(2)])
        terms.endsOn = world.today.adding(days: Int32(random.below(366)))
        if random.below(3) == 0 { terms.keptUntil = terms.endsOn.adding(months: 1) }
        if random.below(4) == 0 {
            terms.assets = [.init(terms.scope.text.hasPrefix("card") ? .card : .deposit)]
        }
        return terms
    }

    /// Any command, and what it comes to; nothing when it is refused.
    mutating func step() throws -> [Event] {
        let (register, now, today) = (world.register, world.now, world.today)
        let provider = provider()
        do throws(ConsentRefusal) {
            switch random.below(16) {
            case 0:
                let until = today.adding(months: Int32(10 + random.below(52)))
                let join = Join(years: 12 + random.below(20), until: until)
                return try register.decide(join, at: now, on: today)
            case 1: return try register.decide(SignIn(method: "A"), at: now, on: today)
            case 2...5:
                let command = world.request(provider, terms(provider))
                return try register.decide(command, at: now, on: today)
            case 6:
                let digest = [UInt8](repeating: 1, count: 32)
                var extend = ExtendTransfers(until: today.adding(months: 12), signed: [:])
                for live in register.liveRequests { extend.signed[live.provider] = digest }
                return try register.decide(extend, at: now, on: today)
            case 7:
                let isDeleting = random.below(2) == 0
                let command = WithdrawTransfer(provider: provider, isDeleting: isDeleting)
                return try register.decide(command, at: now, on: today)
            case 8:
                let asset = AssetID(high: 9, low: UInt64(random.below(3)))
                let scopes: [DeletionScope] = [
                    .everything, .provider(provider), .assets([asset], of: provider),
                ]
                let command = RequestDeletion(scopes[random.below(3)])
                return try register.decide(command, at: now, on: today)
            case 9: return try oneAgreement(register, now, today)
            case 10: return try register.decide(LeaveService(), at: now, on: today)
            case 11, 12: return try completing(register, now, today)
            case 13: return suspending(register)
            default: return register.decide(ObserveDay(), at: now, on: today)
            }
        } catch {
            return []
        }
    }

    private mutating func oneAgreement(
        _ register: TransferRegister,
        _ now: Int64,
        _ today: CivilDate
    ) throws(ConsentRefusal) -> [Event] {
        let known = register.agreements.keys.sorted()
        guard !known.isEmpty, random.below(3) > 0 else {
            let command = world.agreement("PC-\(random.below(1_000))")
            return try register.decide(command, at: now, on: today)
        }
        let id = known[random.below(known.count)]
        guard random.below(2) == 0 else {
            return try register.decide(world.provision(id), at: now, on: today)
        }
        let steps: [ProvisionStatus] = [.withdrawing, .withdrawn, .workDone]
        let command = WithdrawConsent(id: id, step: steps[random.below(3)])
        return try register.decide(command, at: now, on: today)
    }

    private mutating func completing(
        _ register: TransferRegister,
        _ now: Int64,
        _ today: CivilDate
    ) throws(ConsentRefusal) -> [Event] {
        guard let owed = register.owedDeletions.first else { return [] }
        let command = CompleteDeletion(
            owed,
            destroyed: owed.scope.assets,
            throughRevision: UInt64(random.below(99)),
            events: 3
        )
        return try register.decide(command, at: now, on: today)
    }

    private func suspending(_ register: TransferRegister) -> [Event] {
        guard let live = register.liveRequests.first, live.suspendedAt == nil else { return [] }
        return [ConsentWorld.duplicateToken(live.id, live.provider, at: world.now)]
    }

    /// 300 steps, with days between them.
    static func register(seed: UInt64) throws -> TransferRegister {
        var walk = try ConsentWalk(seed: seed)
        for _ in 0..<300 {
            walk.world.pass(days: Int32(walk.random.below(10)))
            try walk.world.take(walk.step())
        }
        return walk.world.register
    }
}

extension Event {
    var isSignIn: Bool {
        if case .personSignedIn = fact { return true }
        return false
    }
}

extension ConsentWorld {
    static func duplicateToken(_ id: ConsentID, _ provider: String, at now: Int64) -> Event {
        var event = Event()
        event.occurredAt = now
        event.tokenEnded.request = .init(id.bytes)
        event.tokenEnded.provider = provider
        event.tokenEnded.reason = .duplicate
        return event
    }

    /// The request's token was issued twice.
    mutating func suspend(_ id: ConsentID) throws {
        try take([Self.duplicateToken(id, Self.bank, at: now)])
    }
}
