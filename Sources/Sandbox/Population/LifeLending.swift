internal import Finance

/// What is owed: to banks, insurers and capital companies.
extension Life {
    /// A kind of loan as it is granted.
    struct LoanKind {
        var name: String
        var type: Int
        /// Of how many monthly incomes.
        var incomes: ClosedRange<Int>
        /// Percent a year, in hundredths.
        var rate: ClosedRange<Int>
        /// Months that it runs, and whether its principal is paid back on the way.
        var months: Int
        var isPaidBack: Bool
    }

    mutating func beginLending() {
        guard persona.isEarning, !books.deposits.isEmpty else {
            if persona.livelihood == .student, chance.hits(250), !books.deposits.isEmpty {
                let kind = LoanKind(
                    name: "한빛 학자금대출",
                    type: 3_150,
                    incomes: 3...12,
                    rate: 170...170,
                    months: 96,
                    isPaidBack: true
                )
                lend(terrain[.bank], kind)
            }
            return
        }
        let home = chance.below(100)
        if home < 26 {
            let kind = LoanKind(
                name: "새집 주택담보대출",
                type: 3_220,
                incomes: 20...70,
                rate: 330...480,
                months: 360,
                isPaidBack: true
            )
            lend(terrain[.bank], kind)
        } else if home < 44 {
            let kind = LoanKind(
                name: "전세자금대출",
                type: 3_170,
                incomes: 15...50,
                rate: 310...450,
                months: 96,
                isPaidBack: false
            )
            lend(terrain[.bank], kind)
        }
        if chance.hits(220) {
            let kind = LoanKind(
                name: "직장인 신용대출",
                type: 3_100,
                incomes: 2...8,
                rate: 450...890,
                months: 60,
                isPaidBack: true
            )
            lend(terrain[.bank], kind)
        }
        if chance.hits(60) {
            let day = CivilDate(daysSinceEpoch: today).adding(days: Int32(chance.within(40...600)))
            plan(.borrow, on: day.orNextBusinessDay, at: 40_000)
        }
        if chance.hits(180) {
            let kind = LoanKind(
                name: "새차 할부금융",
                type: 3_500,
                incomes: 3...9,
                rate: 390...790,
                months: 60,
                isPaidBack: true
            )
            lend(terrain[.capital], kind)
        }
    }

    /// A loan that is running when the books begin.
    mutating func lend(_ lenders: [Int], _ kind: LoanKind, drawnAt second: Int64? = nil) {
        guard !lenders.isEmpty else { return }
        let won = Int64(persona.income) * Int64(chance.within(kind.incomes)) / 1_000_000 * 1_000_000
        let principal = max(won, 1_000_000) * 1_000
        let elapsed = second == nil ? chance.within(1...max(1, kind.months / 2)) : 0
        let opened = CivilDate(daysSinceEpoch: today).adding(months: Int32(-elapsed))
        let part = kind.isPaidBack ? principal / Int64(kind.months) / 1_000 * 1_000 : 0
        let owed = second == nil ? principal - part * Int64(elapsed) : 0
        let face = AssetFace(
            provider: chance.pick(lenders),
            number: chance.digits(14),
            seqno: nil,
            name: kind.name,
            openedOn: opened
        )
        books.loans.append(
            LoanAccount(
                face: face,
                type: kind.type,
                maturesOn: opened.adding(months: Int32(kind.months)),
                rate: Int64(chance.within(kind.rate)) * 1_000,
                method: kind.isPaidBack ? 3 : 1,
                day: chance.within(6...27),
                account: main,
                principal: principal,
                part: part,
                opening: owed,
                balance: owed,
                paidThrough: CivilDate(daysSinceEpoch: today)
            )
        )
        let index = books.loans.count - 1
        duties.append(Duty(deed: .repay(index), day: books.loans[index].day, months: 1))
        if let second {
            let memo = text(kind.name)
            receive(main, principal, .loan, memo, at: second)
            add(index, kind: 1, principal: principal, interest: 0, at: second)
        }
    }

    mutating func borrow(at second: Int64) {
        let kind = LoanKind(
            name: "비상금대출",
            type: 3_100,
            incomes: 1...2,
            rate: 590...990,
            months: 12,
            isPaidBack: true
        )
        lend(terrain[.bank], kind, drawnAt: second)
    }

    mutating func repay(_ index: Int, at second: Int64) {
        let loan = books.loans[index]
        let date = CivilDate(daysSinceEpoch: today)
        guard loan.balance > 0, loan.paidThrough < date else { return }
        let days = Int64(date.daysSinceEpoch - loan.paidThrough.daysSinceEpoch)
        let interest = loan.balance / 1_000 * loan.rate / 10_000_000 * days / 365 * 1_000
        let isLast = date >= loan.maturesOn || loan.balance <= loan.part
        let principal = isLast ? loan.balance : loan.part
        guard principal + interest > 0 else { return }
        spend(loan.account, principal + interest, .loan, text(loan.face.name), at: second)
        add(index, kind: 2, principal: principal, interest: interest, at: second)
        if isLast { books.loans[index].face.closesAt = KoreanClock.start(of: today + 16) }
    }

    private mutating func add(
        _ index: Int,
        kind: UInt8,
        principal: Int64,
        interest: Int64,
        at second: Int64
    ) {
        let date = CivilDate(daysSinceEpoch: today)
        books.loans[index].balance += kind == 1 ? principal : -principal
        books.loans[index].rows.append(
            LoanRow(
                at: second,
                amount: principal + interest,
                balance: books.loans[index].balance,
                principal: principal,
                interest: interest,
                from: books.loans[index].paidThrough.adding(days: kind == 1 ? 0 : 1),
                to: date,
                rate: books.loans[index].rate,
                number: UInt32(books.loans[index].rows.count + 1),
                kind: kind
            )
        )
        books.loans[index].paidThrough = date
    }
}
