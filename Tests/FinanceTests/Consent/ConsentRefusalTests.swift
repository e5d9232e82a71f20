import Finance
import Testing

/// Every refusal, each reached by a command.
@Suite struct ConsentRefusalTests {
    /// One refusal and how to get it.
    struct Row: CustomTestStringConvertible, Sendable {
        let refusal: ConsentRefusal
        let ask: @Sendable (inout ConsentWorld) throws -> Void

        init(
            _ refusal: ConsentRefusal,
            _ ask: @escaping @Sendable (inout ConsentWorld) throws -> Void
        ) {
            (self.refusal, self.ask) = (refusal, ask)
        }

        var testDescription: String { refusal.rawValue }
    }

    static func join(_ world: ConsentWorld, years: Int = 30, months: Int32) throws {
        let until = world.today.adding(months: months)
        _ = try world.register.decide(
            Join(years: years, until: until),
            at: world.now,
            on: world.today
        )
    }

    static func asking(
        _ world: inout ConsentWorld,
        _ provider: String = ConsentWorld.bank,
        _ change: (inout RequestTransfer) -> Void
    ) throws {
        var command = world.request(provider)
        change(&command)
        _ = try world.register.decide(command, at: world.now, on: world.today)
    }

    static func granting(
        _ world: inout ConsentWorld,
        _ change: (inout GrantConsent) -> Void
    ) throws {
        var command = world.agreement("PC-9")
        change(&command)
        _ = try world.register.decide(command, at: world.now, on: world.today)
    }

    static let ofPersons: [Row] = [
        Row(.notAMember) { world in
            world.register = TransferRegister()
            try world.ask()
        },
        Row(.leftService) { world in
            try world.take(world.register.decide(LeaveService(), at: world.now, on: world.today))
            try world.ask()
        },
        Row(.membershipEnded) { world in
            world.pass(months: 60, days: 1)
            try world.ask()
        },
        Row(.tooYoung) { try join($0, years: 13, months: 12) },
        Row(.membershipTermOutOfRange) { try join($0, months: 11) },
        Row(.nothingToChange) { world in
            try world.ask()
            try world.ask()
        },
        Row(.notForMinors) { world in
            world = try ConsentWorld(years: 18)
            try world.ask()
        },
        Row(.inactive) { world in
            try world.ask()
            world.pass(months: 6)
            _ = try world.permit()
        },
    ]

    static let ofRequests: [Row] = [
        Row(.idTaken) { world in
            let id = try world.ask()
            try asking(&world, ConsentWorld.card) { $0.id = id }
        },
        Row(.providerMalformed) { world in try asking(&world, "한국은행") { _ in } },
        Row(.scopeMalformed) { world in
            try asking(&world) { $0.terms.scope = DataScope("bank.list card.card") }
        },
        Row(.assetOutsideScope) { world in
            try asking(&world) { $0.terms.assets = [.init(.fund)] }
        },
        Row(.endDateOutOfRange) { world in
            try asking(&world) { $0.terms.endsOn = $0.terms.endsOn.adding(days: 1) }
        },
        Row(.cycleOutOfRange) { world in try asking(&world) { $0.terms.basicCycleDays = 8 } },
        Row(.retentionTooShort) { world in
            try asking(&world) { $0.terms.keptUntil = $0.terms.endsOn.adding(days: -1) }
        },
        Row(.textMissing) { world in try asking(&world) { $0.terms.purpose = "" } },
        Row(.textTooLong) { world in
            try asking(&world) { $0.terms.purpose = String(repeating: "목", count: 51) }
        },
        Row(.notSigned) { world in try asking(&world) { $0.signed.digest = [] } },
        Row(.tooMany) { world in
            try asking(&world) {
                $0.terms.assets = Array(repeating: .init(.deposit), count: 2_001)
            }
        },
        Row(.notRequested) { world in _ = try world.permit() },
        Row(.requestUnknown) { world in
            _ = try world.permit(ConsentWorld.bank, under: ConsentID(high: 1, low: 1))
        },
        Row(.requestExpired) { world in
            try world.ask()
            world.pass(months: 12, days: 1)
            _ = try world.permit()
        },
        Row(.requestWithdrawn) { world in
            let id = try world.ask()
            let command = WithdrawTransfer(provider: ConsentWorld.bank, isDeleting: false)
            try world.take(world.register.decide(command, at: world.now, on: world.today))
            _ = try world.permit(ConsentWorld.bank, under: id)
        },
        Row(.requestReplaced) { world in
            let id = try world.ask()
            try world.ask(ConsentWorld.bank, world.terms("bank.list bank.deposit"))
            _ = try world.permit(ConsentWorld.bank, under: id)
        },
        Row(.requestSuspended) { world in
            try world.suspend(try world.ask())
            _ = try world.permit()
        },
        Row(.triggerUnknown) { world in
            try world.ask()
            _ = try world.permit(ConsentWorld.bank, .unspecified)
        },
        Row(.notScheduled) { world in
            var terms = world.terms()
            (terms.isScheduled, terms.basicCycleDays, terms.additionalCycleDays) = (false, 0, 0)
            try world.ask(ConsentWorld.bank, terms)
            _ = try world.permit()
        },
        Row(.tooEarlyToExtend) { world in
            try world.ask()
            let digest = [UInt8](repeating: 1, count: 32)
            let command = ExtendTransfers(until: world.today, signed: [ConsentWorld.bank: digest])
            _ = try world.register.decide(command, at: world.now, on: world.today)
        },
    ]

    static let ofDuties: [Row] = [
        Row(.deletionOwed) { world in
            let command = RequestDeletion(.provider(ConsentWorld.bank))
            try world.take(world.register.decide(command, at: world.now, on: world.today))
            try world.ask()
        },
        Row(.agreementUnknown) { world in
            let command = WithdrawConsent(id: ConsentID(high: 1, low: 1))
            _ = try world.register.decide(command, at: world.now, on: world.today)
        },
        Row(.agreementEnded) { world in
            let id = try world.agree()
            try world.take(
                world.register.decide(WithdrawConsent(id: id), at: world.now, on: world.today)
            )
            _ = try world.register.decide(world.provision(id), at: world.now, on: world.today)
        },
        Row(.stepOutOfOrder) { world in
            let id = try world.agree()
            let command = WithdrawConsent(id: id, step: .withdrawn)
            _ = try world.register.decide(command, at: world.now, on: world.today)
        },
        Row(.nothingToPurge) { world in
            let command = PurgeMistake(request: try world.ask(), assets: [])
            _ = try world.register.decide(command, at: world.now, on: world.today)
        },
        Row(.noDeletionOwed) { world in
            var command = RequestDeletion(.provider(ConsentWorld.bank))
            try world.take(world.register.decide(command, at: world.now, on: world.today))
            let owed = world.register.owedDeletions[0]
            command = RequestDeletion(.everything)
            world.register = TransferRegister()
            try world.take(world.register.decide(command, at: world.now, on: world.today))
            let done = CompleteDeletion(owed, destroyed: [], throughRevision: 0, events: 0)
            _ = try world.register.decide(done, at: world.now, on: world.today)
        },
    ]

    static let all = ofPersons + ofRequests + ofDuties

    @Test(arguments: all)
    func `each refusal is reached`(row: Row) throws {
        var world = try ConsentWorld()
        #expect(throws: row.refusal) { try row.ask(&world) }
    }

    @Test func `no refusal is without a way to it, a sentence and a key`() {
        #expect(Set(Self.all.map(\.refusal)) == Set(ConsentRefusal.allCases))
        #expect(Set(ConsentRefusal.allCases.map(\.description)).count == Self.all.count)
        #expect(ConsentRefusal.requestExpired.key == "consent-request-expired")
        #expect(ConsentRefusal.allCases.allSatisfy { $0.description.hasSuffix(".") })
    }

    @Test(arguments: [12, 60])
    func `a membership lasts one to five years`(months: Int32) throws {
        let world = try ConsentWorld(isMember: false)
        try Self.join(world, months: months)
        #expect(throws: ConsentRefusal.membershipTermOutOfRange) {
            try Self.join(world, months: months == 12 ? 11 : 61)
        }
    }

    @Test(arguments: ["bank.loan", "bank.invest", "bank.irp"])
    func `a minor is not asked for what minors may not give`(word: String) throws {
        var world = try ConsentWorld(years: 18)
        #expect(throws: ConsentRefusal.notForMinors) {
            try world.ask(ConsentWorld.bank, world.terms("bank.list bank.deposit " + word))
        }
        #expect(throws: ConsentRefusal.notForMinors) { _ = try world.agree() }
    }

    @Test func `an agreement without what the person must be told is refused`() throws {
        var world = try ConsentWorld()
        #expect(throws: ConsentRefusal.textMissing) {
            try Self.granting(&world) { $0.terms.recipientName = "" }
        }
        #expect(throws: ConsentRefusal.textTooLong) {
            try Self.granting(&world) { $0.terms.number = String(repeating: "1", count: 51) }
        }
        let yesterday = world.today.adding(days: -1)
        #expect(throws: ConsentRefusal.endDateOutOfRange) {
            try Self.granting(&world) { $0.terms.endsOn = yesterday }
        }
    }
}
