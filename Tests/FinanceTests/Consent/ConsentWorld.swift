import Finance
import Testing

/// One person's register on one day; what is decided is taken in at once.
struct ConsentWorld {
    var register = TransferRegister()
    var today = ConsentWorld.firstDay
    /// Ids given out.
    private var idCount: UInt64 = 0

    static let firstDay = CivilDate(daysSinceEpoch: 20_778)  // 2026-11-21
    static let bank = "Z1BK010000"
    static let card = "Z1CD010000"

    /// Noon in Korea.
    var now: Int64 { Int64(today.daysSinceEpoch) * 86_400 + 3 * 3_600 }

    /// A member of so many years of age.
    init(years: Int = 30, isMember: Bool = true) throws {
        guard isMember else { return }
        try take(
            register.decide(Join(years: years, until: today.adding(months: 60)), at: now, on: today)
        )
    }

    mutating func pass(months: Int32 = 0, days: Int32 = 0) {
        today = today.adding(months: months).adding(days: days)
    }

    mutating func take(_ events: [Event]) throws {
        for event in events { try register.evolve(by: event) }
    }

    mutating func newID() -> ConsentID {
        idCount += 1
        return ConsentID(high: 0xC0FF_EE00, low: idCount)
    }

    /// Terms of a year with weekly transfer.
    func terms(_ scope: String = "bank.list bank.deposit bank.loan") -> RequestTerms {
        var terms = RequestTerms(
            scope: DataScope(scope),
            endsOn: today.adding(months: 12),
            purpose: "통합조회"
        )
        (terms.isScheduled, terms.basicCycleDays, terms.additionalCycleDays) = (true, 7, 7)
        return terms
    }

    mutating func request(
        _ provider: String = ConsentWorld.bank,
        _ terms: RequestTerms? = nil
    ) -> RequestTransfer {
        RequestTransfer(
            id: newID(),
            provider: provider,
            terms: terms ?? self.terms(),
            signed: SignedRequest(digest: Array(repeating: 7, count: 32))
        )
    }

    /// Makes a request; its id.
    @discardableResult
    mutating func ask(
        _ provider: String = ConsentWorld.bank,
        _ terms: RequestTerms? = nil
    ) throws -> ConsentID {
        let command = request(provider, terms)
        try take(register.decide(command, at: now, on: today))
        return command.id
    }

    func permit(
        _ provider: String = ConsentWorld.bank,
        under request: ConsentID? = nil,
        _ trigger: TransferTrigger = .scheduled
    ) throws(ConsentRefusal) -> CollectionPermit {
        try register.permit(
            provider: provider,
            under: request,
            trigger: trigger,
            on: today,
            at: now
        )
    }

    mutating func agreement(_ number: String = "PC-1") -> GrantConsent {
        var terms = AgreementTerms(kind: .thirdPartyProvision)
        terms.number = number
        terms.serviceName = "보험 맞춤 안내"
        terms.consentName = "개인신용정보 제3자 제공 동의서(보험)"
        terms.recipientName = "들판보험대리점(주)"
        terms.purpose = "보험 상품 비교 안내"
        terms.period = "동의일로부터 6개월"
        return GrantConsent(id: newID(), terms: terms)
    }

    /// Grants a third-party agreement; its id.
    mutating func agree(_ number: String = "PC-1") throws -> ConsentID {
        let command = agreement(number)
        try take(register.decide(command, at: now, on: today))
        return command.id
    }

    func provision(_ id: ConsentID) -> RecordProvision {
        RecordProvision(id: id, senderCode: "Z1OP010000", items: "보험 계약", isRewarded: false)
    }
}
