import Finance
import Testing

/// Nobody is asked without a live request.
@Suite struct PermitTests {
    @Test func `a live request gives a permit that says what the request fixes`() throws {
        var world = try ConsentWorld()
        var terms = world.terms()
        terms.memo = .allowed
        let id = try world.ask(ConsentWorld.bank, terms)
        let permit = try world.permit()
        #expect(permit.request == id)
        #expect(permit.provider == ConsentWorld.bank)
        #expect(permit.industry == .bank)
        #expect(permit.terms == terms)
        #expect(permit.trigger == .scheduled)
        #expect(permit.day == world.today)
        try world.register.confirm(permit, on: world.today, at: world.now)
    }

    @Test func `the last day is the last, whether or not its end was recorded`() throws {
        var world = try ConsentWorld()
        try world.ask()
        world.pass(months: 12)
        #expect(try world.permit(ConsentWorld.bank, .userRefresh).day == world.today)
        world.pass(days: 1)
        #expect(throws: ConsentRefusal.requestExpired) {
            try world.permit(ConsentWorld.bank, .userRefresh)
        }
        try world.take(world.register.decide(SignIn(method: "A"), at: world.now, on: world.today))
        try world.take(world.register.decide(ObserveDay(), at: world.now, on: world.today))
        #expect(world.register.liveRequests.isEmpty)
        #expect(throws: ConsentRefusal.requestExpired) {
            try world.permit(ConsentWorld.bank, .userRefresh)
        }
    }

    @Test(arguments: [false, true])
    func `a withdrawn request gives none`(isDeleting: Bool) throws {
        var world = try ConsentWorld()
        let id = try world.ask()
        let begun = try world.permit()
        let command = WithdrawTransfer(provider: ConsentWorld.bank, isDeleting: isDeleting)
        try world.take(world.register.decide(command, at: world.now, on: world.today))
        #expect(throws: ConsentRefusal.requestWithdrawn) { try world.permit() }
        #expect(throws: ConsentRefusal.requestWithdrawn) {
            try world.permit(ConsentWorld.bank, under: id)
        }
        #expect(throws: ConsentRefusal.requestWithdrawn) {
            try world.register.confirm(begun, on: world.today, at: world.now)
        }
    }

    @Test func `after leaving nobody is asked`() throws {
        var world = try ConsentWorld()
        try world.ask()
        try world.take(world.register.decide(LeaveService(), at: world.now, on: world.today))
        #expect(throws: ConsentRefusal.leftService) { try world.permit() }
    }

    @Test func `after a change the old request's id is worth nothing`() throws {
        var world = try ConsentWorld()
        let old = try world.ask()
        let begun = try world.permit()
        let new = try world.ask(ConsentWorld.bank, world.terms("bank.list bank.deposit"))
        #expect(throws: ConsentRefusal.requestReplaced) {
            try world.permit(ConsentWorld.bank, under: old)
        }
        #expect(throws: ConsentRefusal.requestReplaced) {
            try world.register.confirm(begun, on: world.today, at: world.now)
        }
        #expect(try world.permit(ConsentWorld.bank, under: new).request == new)
        #expect(try !world.permit().allows(.loan))
    }

    @Test func `a request is to one provider`() throws {
        var world = try ConsentWorld()
        let id = try world.ask()
        #expect(throws: ConsentRefusal.notRequested) { try world.permit(ConsentWorld.card) }
        #expect(throws: ConsentRefusal.requestUnknown) {
            try world.permit(ConsentWorld.card, under: id)
        }
    }

    @Test func `an asset that was not asked for is not allowed`() throws {
        var world = try ConsentWorld()
        let mine = AssetID(high: 1, low: 1)
        let other = AssetID(high: 1, low: 2)
        var terms = world.terms()
        terms.assets = [RequestTerms.NamedAsset(.deposit, mine), RequestTerms.NamedAsset(.loan)]
        try world.ask(ConsentWorld.bank, terms)
        let permit = try world.permit()
        #expect(permit.allows(.deposit, compartment: mine))
        #expect(!permit.allows(.deposit, compartment: other))
        #expect(!permit.allows(.deposit))
        #expect(permit.allows(.loan, compartment: other))
        #expect(!permit.allows(.fund))
        #expect(!permit.allows(.card))
    }

    @Test func `a scope opens its own APIs`() throws {
        var world = try ConsentWorld()
        try world.ask()
        let permit = try world.permit()
        let opened: [ProviderAPI] = [
            .common001, .common002, .bank001, .bank002, .bank003, .bank004, .bank008, .bank009,
            .bank010, .bank014,
        ]
        for api in opened { #expect(permit.allows(api), "\(api)") }
        for api in [ProviderAPI.bank005, .bank007, .bank011, .irp001, .card001, .insu008] {
            #expect(!permit.allows(api), "\(api)")
        }
    }

    @Test func `regular transfer needs to be asked for, and somebody who still signs in`() throws {
        var world = try ConsentWorld()
        var terms = world.terms()
        (terms.isScheduled, terms.basicCycleDays, terms.additionalCycleDays) = (false, 0, 0)
        try world.ask(ConsentWorld.card, terms.with("card.list card.card"))
        #expect(throws: ConsentRefusal.notScheduled) { try world.permit(ConsentWorld.card) }
        #expect(try world.permit(ConsentWorld.card, .userRefresh).trigger == .userRefresh)
        try world.ask()
        world.pass(months: 6, days: -1)
        #expect(try world.permit().trigger == .scheduled)
        world.pass(days: 1)
        #expect(throws: ConsentRefusal.inactive) { try world.permit() }
        #expect(try world.permit(ConsentWorld.bank, .userSearch).trigger == .userSearch)
        try world.take(world.register.decide(SignIn(method: "A"), at: world.now, on: world.today))
        #expect(try world.permit().trigger == .scheduled)
    }

    @Test func `of a minor only deposits and debit or prepaid products are asked`() throws {
        var world = try ConsentWorld(years: 14)
        try world.ask(ConsentWorld.bank, world.terms("bank.list bank.deposit"))
        try world.ask(ConsentWorld.card, world.terms("card.list card.card card.prepaid"))
        let bank = try world.permit()
        #expect(bank.allows(.deposit) && bank.allows(.bank004))
        #expect(!bank.allows(.dormantAccount) && !bank.allows(.bank008))
        let card = try world.permit(ConsentWorld.card)
        #expect(card.allows(.card, card: .debit) && card.allows(.prepaidWallet))
        for type in [CardType.unspecified, .credit, .smallCreditDebit] {
            #expect(!card.allows(.card, card: type))
        }
        #expect(card.allows(.card008) && !card.allows(.card014) && !card.allows(.card004))
    }

    @Test func `a token that came twice stops everything until a new request`() throws {
        var world = try ConsentWorld()
        let id = try world.ask()
        try world.suspend(id)
        #expect(throws: ConsentRefusal.requestSuspended) { try world.permit() }
        let new = try world.ask()
        #expect(try world.permit().request == new)
    }
}

extension RequestTerms {
    func with(_ scope: String) -> RequestTerms {
        var terms = self
        terms.scope = DataScope(scope)
        return terms
    }
}
