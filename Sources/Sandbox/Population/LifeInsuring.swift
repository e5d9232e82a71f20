internal import Finance

/// Policies, retirement accounts and leases.
extension Life {
    mutating func beginInsuring() {
        guard !books.deposits.isEmpty, !persona.isMinor else { return }
        let firms = terrain[.insu]
        guard !firms.isEmpty else { return }
        if persona.isEarning, chance.hits(480) {
            insure(firms, "평생안심 종신보험", type: 1, won: 60...240, face: 100_000_000, years: 60)
        }
        if chance.hits(620) {
            insure(firms, "실손의료비보험", type: 16, won: 14...95, face: 50_000_000, years: 15)
        }
        if persona.isEarning, chance.hits(420) {
            insure(firms, "다이렉트 자동차보험", type: 17, won: 480...1_350, face: 200_000_000, years: 1)
        }
        if persona.isEarning, chance.hits(90), let policy = books.policies.first {
            let kind = LoanKind(
                name: "보험계약대출",
                type: 3_400,
                incomes: 1...3,
                rate: 420...680,
                months: 120,
                isPaidBack: false
            )
            lend([policy.face.provider], kind)
            books.loans[books.loans.count - 1].policy = policy.face.number
        }
    }

    private mutating func insure(
        _ firms: [Int],
        _ name: String,
        type: Int,
        won: ClosedRange<Int>,
        face amount: Int64,
        years: Int
    ) {
        let isCar = type == 17
        let opened = earlier(isCar ? 5...360 : 60...3_000)
        let face = AssetFace(
            provider: chance.pick(firms),
            number: "L" + chance.digits(12),
            seqno: nil,
            name: name,
            openedOn: opened
        )
        let masked = String(persona.name.prefix(1)) + "*" + String(persona.name.suffix(1))
        let day = chance.pick([5, 10, 15, 20, 25])
        var policy = Policy(
            face: face,
            type: type,
            expiresOn: opened.adding(months: Int32(years * 12)),
            faceAmount: amount * 1_000,
            insured: masked,
            contracts: [("주계약", amount * 1_000), ("특약 골절진단비", 500_000_000)],
            premium: Int64(chance.within(won)) * 1_000_000,
            months: isCar ? 12 : 1,
            day: isCar ? opened.components.day : day,
            account: main,
            before: Int(today - opened.daysSinceEpoch) / (isCar ? 365 : 30)
        )
        if isCar {
            let plate = "\(chance.within(100...399))가\(chance.within(1_000...9_999))"
            policy.car = (plate, chance.pick(["다솜 세단 2.0", "마루 SUV", "라온 해치백"]))
            policy.expiresOn = opened.adding(months: 36)
        }
        if let card = creditCards.first, chance.hits(250) { policy.card = card }
        books.policies.append(policy)
        let index = books.policies.count - 1
        if isCar {
            let next = CivilDate(daysSinceEpoch: today).adding(days: 1)
            var due = opened
            while due < next { due = due.adding(months: 12) }
            plan(.payPremium(index), on: due.orNextBusinessDay, at: 33_000)
        } else {
            duties.append(Duty(deed: .payPremium(index), day: day, months: 1))
        }
    }

    mutating func payPremium(_ index: Int, at second: Int64) {
        let policy = books.policies[index]
        let firm = text(terrain.providers[policy.face.provider].name)
        if let card = policy.card {
            let row = ApprovalRow(
                at: second,
                amount: policy.premium,
                merchant: firm,
                registration: text("110-81-00031"),
                number: UInt32(chance.within(10_000_000...99_999_999)),
                isDebit: false
            )
            charge(record(row, on: card, isAbroad: false), months: 0)
        } else {
            spend(policy.account, policy.premium, .automatic, firm, at: second)
        }
        let date = CivilDate(daysSinceEpoch: today)
        books.policies[index].rows.append(
            PremiumRow(
                at: second,
                month: date.month.number,
                round: policy.before + policy.rows.count + 1,
                amount: policy.premium
            )
        )
        guard policy.type == 17 else { return }
        plan(.payPremium(index), on: date.adding(months: 12).orNextBusinessDay, at: 33_000)
    }

    mutating func beginRetirement() {
        let firms = terrain[.bank] + terrain[.invest]
        if persona.isEarning, !firms.isEmpty, !books.deposits.isEmpty {
            if chance.hits(190) { open(.irp, "개인형퇴직연금(IRP)", at: firms, months: 3) }
            if chance.hits(130), !terrain[.bank].isEmpty {
                open(.isa, "두루 신탁형 ISA", at: terrain[.bank], months: 1)
            }
            if persona.livelihood == .employee, chance.hits(300) {
                open(.contribution, "확정기여형퇴직연금(DC)", at: firms, months: 1)
            }
        }
        if !terrain[.ginsu].isEmpty, persona.isEarning, !books.deposits.isEmpty, chance.hits(120) {
            let day = CivilDate(daysSinceEpoch: today).adding(days: Int32(chance.within(20...650)))
            plan(.guaranteeRent, on: day.orNextBusinessDay, at: 45_000)
        }
    }

    private mutating func open(
        _ scheme: RetirementAccount.Scheme,
        _ name: String,
        at firms: [Int],
        months: Int
    ) {
        let face = AssetFace(
            provider: chance.pick(firms),
            number: chance.digits(14),
            seqno: nil,
            name: name,
            openedOn: earlier(100...2_500)
        )
        let opening = Int64(chance.within(0...120)) * 100_000_000
        books.retirements.append(
            RetirementAccount(scheme: scheme, face: face, opening: opening)
        )
        let index = books.retirements.count - 1
        duties.append(Duty(deed: .saveForAge(index), day: chance.within(4...27), months: months))
    }

    /// A part of the own money, or of a DC pension a twelfth of the year's pay from the employer.
    mutating func saveForAge(_ index: Int, at second: Int64) {
        var amount = Int64(chance.within(1...6)) * 100_000_000
        var at = second
        if books.retirements[index].scheme == .contribution {
            amount = Int64(persona.income) / 12 * 1_000
        } else {
            guard available(main) >= amount * 2 else { return }
            let name = text(books.retirements[index].face.name)
            post(main, kind: 2, amount, .automatic, name, at: second)
            at = books.deposits[main].rows.last?.at ?? second
        }
        let number = UInt32(books.retirements[index].rows.count + 1)
        books.retirements[index].rows.append((at, amount, number))
    }

    /// A tenant's deposit is insured for two years, paid at once.
    mutating func guaranteeRent(at second: Int64) {
        let firm = chance.pick(terrain[.ginsu])
        let date = CivilDate(daysSinceEpoch: today)
        let face = AssetFace(
            provider: firm,
            number: "G" + chance.digits(12),
            seqno: nil,
            name: "전세금반환 보증보험",
            openedOn: date
        )
        let premium = Int64(chance.within(20...70)) * 10_000_000
        var policy = Policy(
            face: face,
            type: 20,
            expiresOn: date.adding(months: 24),
            faceAmount: premium * 500,
            insured: String(persona.name.prefix(1)) + "*" + String(persona.name.suffix(1)),
            contracts: [],
            premium: premium,
            months: 24,
            day: date.components.day,
            account: main,
            before: 0
        )
        spend(main, premium, .automatic, text(terrain.providers[firm].name), at: second)
        policy.rows = [
            PremiumRow(at: second, month: date.month.number, round: 1, amount: premium)
        ]
        books.policies.append(policy)
    }

    mutating func beginLeasing() {
        guard let firm = terrain[.capital].first, persona.isEarning, chance.hits(70),
            !books.deposits.isEmpty
        else { return }
        let opened = earlier(30...600)
        let face = AssetFace(
            provider: firm,
            number: chance.digits(13),
            seqno: nil,
            name: "운용리스 다솜 세단",
            openedOn: opened
        )
        books.leases.append(
            Lease(
                face: face,
                maturesOn: opened.adding(months: 48),
                day: chance.within(5...26),
                account: main,
                monthly: Int64(chance.within(35...90)) * 10_000_000
            )
        )
        let index = books.leases.count - 1
        duties.append(Duty(deed: .payLease(index), day: books.leases[index].day, months: 1))
    }

    mutating func payLease(_ index: Int, at second: Int64) {
        let lease = books.leases[index]
        guard lease.maturesOn.daysSinceEpoch > today else {
            books.leases[index].face.closesAt = min(
                lease.face.closesAt,
                KoreanClock.start(of: today + 16)
            )
            return
        }
        spend(lease.account, lease.monthly, .automatic, text("리스료"), at: second)
        books.leases[index].rows.append((second, lease.monthly, UInt32(lease.rows.count + 1)))
    }
}
