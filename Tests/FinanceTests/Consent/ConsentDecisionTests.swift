import Finance
import Testing

/// What each command records, and what the register says afterwards.
@Suite struct ConsentDecisionTests {
    @Test func `a second request to a provider takes the first one's place`() throws {
        var world = try ConsentWorld()
        let old = try world.ask()
        let new = try world.ask(ConsentWorld.bank, world.terms("bank.list bank.deposit"))
        #expect(world.register.requests[old]?.state == .replaced(by: new, at: world.now))
        #expect(world.register.liveRequests.map(\.id) == [new])
    }

    @Test func `a request after one that ran out unnoticed records both`() throws {
        var world = try ConsentWorld()
        let old = try world.ask()
        world.pass(months: 12, days: 1)
        let command = world.request()
        let events = try world.register.decide(command, at: world.now, on: world.today)
        #expect(events.map(\.kindOfFact) == ["expired", "requested"])
        try world.take(events)
        #expect(world.register.requests[old]?.state == .expired(at: world.now))
        #expect(world.register.liveRequests.map(\.id) == [command.id])
    }

    @Test func `all requests can be extended once the first is a month from its end`() throws {
        var world = try ConsentWorld()
        try world.ask()
        world.pass(months: 5)
        try world.ask(ConsentWorld.card, world.terms("card.list card.card"))
        let digest = [UInt8](repeating: 1, count: 32)
        func extend(_ world: ConsentWorld) throws(ConsentRefusal) -> [Event] {
            try world.register.decide(
                ExtendTransfers(
                    until: world.today.adding(months: 12),
                    signed: [ConsentWorld.bank: digest, ConsentWorld.card: digest]
                ),
                at: world.now,
                on: world.today
            )
        }
        world.pass(months: 6, days: -1)
        #expect(throws: ConsentRefusal.tooEarlyToExtend) { try extend(world) }
        world.pass(days: 1)
        try world.take(extend(world))
        let ends = Set(world.register.liveRequests.map(\.terms.endsOn))
        #expect(ends == [world.today.adding(months: 12)])
    }

    @Test func `withdrawal alone deletes nothing, with deletion it asks for it`() throws {
        var world = try ConsentWorld()
        try world.ask()
        try world.ask(ConsentWorld.card, world.terms("card.list card.card"))
        var command = WithdrawTransfer(provider: ConsentWorld.bank, isDeleting: false)
        try world.take(world.register.decide(command, at: world.now, on: world.today))
        #expect(world.register.owedDeletions.isEmpty)
        command = WithdrawTransfer(provider: ConsentWorld.card, isDeleting: true)
        try world.take(world.register.decide(command, at: world.now, on: world.today))
        let owed = world.register.owedDeletions
        #expect(owed.map(\.scope) == [.provider(ConsentWorld.card)])
        #expect(owed.map(\.reason) == [.withdrawnWithDeletion])
    }

    @Test func `deleting assets ends the requests that would bring them again`() throws {
        var world = try ConsentWorld()
        let mine = AssetID(high: 1, low: 1)
        var named = world.terms()
        named.assets = [RequestTerms.NamedAsset(.deposit, AssetID(high: 1, low: 2))]
        let other = try world.ask(ConsentWorld.bank, named)
        let all = try world.ask("Z1BK020000")
        for provider in [ConsentWorld.bank, "Z1BK020000"] {
            let command = RequestDeletion(.assets([mine], of: provider))
            try world.take(world.register.decide(command, at: world.now, on: world.today))
        }
        #expect(world.register.requests[other]?.state == .live)
        #expect(
            world.register.requests[all]?.state == .withdrawn(.dataDeleted, at: world.now)
        )
        #expect(throws: ConsentRefusal.deletionOwed) { try world.permit() }
    }

    @Test func `leaving ends everything and deletes everything`() throws {
        var world = try ConsentWorld()
        try world.ask()
        let agreement = try world.agree()
        try world.take(world.register.decide(LeaveService(), at: world.now, on: world.today))
        #expect(world.register.membership == .left(at: world.now))
        #expect(world.register.liveRequests.isEmpty)
        #expect(world.register.agreements[agreement]?.status == .withdrawing)
        #expect(world.register.owedDeletions.map(\.scope) == [.everything])
        #expect(world.register.owedDeletions.map(\.reason) == [.leftService])
    }

    @Test func `a year without signing in deletes everything, once`() throws {
        var world = try ConsentWorld()
        let id = try world.ask()
        world.pass(months: 12, days: -1)
        #expect(world.register.decide(ObserveDay(), at: world.now, on: world.today).isEmpty)
        world.pass(days: 1)
        try world.take(world.register.decide(ObserveDay(), at: world.now, on: world.today))
        #expect(world.register.requests[id]?.state == .withdrawn(.inactive, at: world.now))
        #expect(world.register.owedDeletions.map(\.reason) == [.inactive])
        #expect(world.register.decide(ObserveDay(), at: world.now, on: world.today).isEmpty)
    }

    @Test func `a membership that ends takes its data with it`() throws {
        var world = try ConsentWorld()
        world.pass(months: 55)
        try world.take(world.register.decide(SignIn(method: "A"), at: world.now, on: world.today))
        try world.ask()
        world.pass(months: 5, days: 1)
        #expect(throws: ConsentRefusal.membershipEnded) { try world.permit() }
        try world.take(world.register.decide(ObserveDay(), at: world.now, on: world.today))
        #expect(world.register.membership == .left(at: world.now))
        #expect(world.register.owedDeletions.map(\.reason) == [.retentionEnded])
        #expect(world.register.decide(ObserveDay(), at: world.now, on: world.today).isEmpty)
    }

    @Test func `data goes when the retention that the last request states has passed`() throws {
        var world = try ConsentWorld()
        var terms = world.terms()
        terms.endsOn = world.today.adding(months: 1)
        terms.keptUntil = world.today.adding(months: 2)
        try world.ask(ConsentWorld.bank, terms)
        world.pass(months: 2)
        try world.take(world.register.decide(ObserveDay(), at: world.now, on: world.today))
        #expect(world.register.liveRequests.isEmpty)
        #expect(world.register.owedDeletions.isEmpty)
        world.pass(days: 1)
        try world.take(world.register.decide(ObserveDay(), at: world.now, on: world.today))
        #expect(world.register.owedDeletions.map(\.scope) == [.provider(ConsentWorld.bank)])
        #expect(world.register.owedDeletions.map(\.reason) == [.retentionEnded])
        #expect(world.register.decide(ObserveDay(), at: world.now, on: world.today).isEmpty)
    }

    @Test(arguments: [ProvisionStatus.withdrawn, .workDone])
    func `an agreement's withdrawal goes 01, 02, then 03 or 04`(last: ProvisionStatus) throws {
        var world = try ConsentWorld()
        let id = try world.agree()
        try world.take(
            world.register.decide(world.provision(id), at: world.now, on: world.today)
        )
        #expect(world.register.agreements[id]?.handOverCount == 1)
        for step in [ProvisionStatus.withdrawing, last] {
            let command = WithdrawConsent(id: id, step: step)
            try world.take(world.register.decide(command, at: world.now, on: world.today))
            #expect(world.register.agreements[id]?.status == step)
        }
        for step in [ProvisionStatus.normal, .withdrawing, .withdrawn, .workDone] {
            #expect(throws: ConsentRefusal.stepOutOfOrder) {
                try world.register.decide(
                    WithdrawConsent(id: id, step: step),
                    at: world.now,
                    on: world.today
                )
            }
        }
    }

    @Test func `an agreement for one hand-over takes one`() throws {
        var world = try ConsentWorld()
        var command = world.agreement()
        command.terms.isOnce = true
        try world.take(world.register.decide(command, at: world.now, on: world.today))
        let provision = world.provision(command.id)
        try world.take(world.register.decide(provision, at: world.now, on: world.today))
        #expect(throws: ConsentRefusal.agreementEnded) {
            try world.register.decide(provision, at: world.now, on: world.today)
        }
    }
}

extension Event {
    /// Which of the facts about requests it is.
    var kindOfFact: String {
        switch fact {
        case .transferRequested: "requested"
        case .transferRequestChanged: "changed"
        case .transferRequestExtended: "extended"
        case .transferRequestExpired: "expired"
        case .transferRequestWithdrawn: "withdrawn"
        default: "other"
        }
    }
}
