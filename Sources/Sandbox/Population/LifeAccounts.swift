internal import Finance

/// Money moves: every won that leaves an account is somewhere else afterwards.
extension Life {
    /// Posts a row; times never go back within an account.
    mutating func post(
        _ account: Int,
        kind: UInt8,
        _ amount: Int64,
        _ channel: Channel,
        _ memo: TextID,
        at second: Int64,
        round: UInt16 = 0
    ) {
        precondition(amount > 0, "a movement of nothing")
        var number: UInt16 = 1
        var at = second
        if let last = books.deposits[account].rows.last {
            at = max(second, last.at)
            if KoreanClock.day(of: last.at) == KoreanClock.day(of: at) { number = last.number + 1 }
        }
        var row = DepositRow(
            at: at,
            amount: amount,
            balance: 0,
            memo: memo,
            number: number,
            round: round,
            kind: kind,
            channel: channel
        )
        books.deposits[account].balance += row.isIn ? amount : -amount
        row.balance = books.deposits[account].balance
        let floor = -(books.deposits[account].overdraft ?? 0)
        precondition(row.balance >= floor || row.isIn, "an account below its floor")
        books.deposits[account].rows.append(row)
    }

    /// Money comes in from outside of the books.
    mutating func receive(
        _ account: Int,
        _ amount: Int64,
        _ channel: Channel,
        _ memo: TextID,
        at second: Int64
    ) {
        post(account, kind: 3, amount, channel, memo, at: second)
    }

    /// Money goes out; what is missing is brought in before.
    mutating func spend(
        _ account: Int,
        _ amount: Int64,
        _ channel: Channel,
        _ memo: TextID,
        at second: Int64,
        round: UInt16 = 0
    ) {
        cover(account, amount, at: second)
        post(account, kind: 2, amount, channel, memo, at: second, round: round)
    }

    /// What an account can pay now.
    func available(_ account: Int) -> Int64 {
        books.deposits[account].balance + (books.deposits[account].overdraft ?? 0)
    }

    /// From one own account to another.
    mutating func move(_ amount: Int64, from: Int, to: Int, at second: Int64) {
        let isSameBank =
            books.deposits[from].face.provider == books.deposits[to].face.provider
        let channel: Channel = isSameBank ? .ownTransfer : .openBanking
        let memo = text(persona.name)
        let at = max(second, books.deposits[to].rows.last?.at ?? second)
        post(from, kind: 2, amount, channel, memo, at: at)
        post(to, kind: 3, amount, channel, memo, at: at)
    }

    /// Sees to it that an account can pay `amount`: from the other account, else from the family.
    private mutating func cover(_ account: Int, _ amount: Int64, at second: Int64) {
        let missing = amount - available(account)
        guard missing > 0 else { return }
        let rounded = (missing + 9_999_999) / 10_000_000 * 10_000_000
        for other in [main, reserve].compactMap({ $0 }) where other != account {
            guard books.deposits[other].balance >= rounded, isOpen(other) else { continue }
            return move(rounded, from: other, to: account, at: second)
        }
        let isSupported = persona.livelihood == .student || persona.isMinor
        let helper = isSupported ? "엄마" : persona.livelihood == .owner ? "가게매출" : "김가족"
        receive(account, rounded, .transfer, text(helper), at: second)
    }

    func isOpen(_ account: Int) -> Bool { books.deposits[account].face.closesAt == .max }

    mutating func withdrawCash(at second: Int64) {
        let amount = Int64(chance.within(1...15)) * 10_000_000
        guard available(main) >= amount else { return }
        post(main, kind: 2, amount, .atm, text("현금출금"), at: second)
    }

    /// What is left after payday goes to the other account.
    mutating func setAside(at second: Int64) {
        guard let reserve else { return }
        let kept = Int64(persona.income) * 1_300
        let rest = (books.deposits[main].balance - kept) / 50_000_000 * 50_000_000
        if rest > 0 { move(rest, from: main, to: reserve, at: second) }
    }

    /// What friends owe for a meal that was paid for all.
    mutating func share(_ won: Int, at second: Int64) {
        let friend = chance.pick(Names.family) + chance.pick(Names.given)
        receive(main, Int64(won) * 1_000, .transfer, text(friend), at: second)
    }
}
