internal import Finance

extension SandboxWorld {
    /// What the sandbox's own ledger says of every asset of a person that was ever listed by
    /// `now` (seconds since 1970-01-01 UTC), edits in force included.
    ///
    /// A deposit has its movements by direction and its balance; a card its approvals that stand,
    /// by currency; a card company's bills, cash advances and points a statement each under the
    /// key `-`. The balance of a fund, an ISA or a pension is its value at the last price, that of
    /// an investment account its cash, that of a loan what is owed. Sums are of rows, and balances
    /// what the first one began with and all rows made of it: no answer's figure is taken over.
    public func statements(of person: Int, through now: Int64) -> [AssetStatement] {
        let second = KoreanClock.seconds(atUTC: now)
        let books = books(person, at: second)
        var statements: [AssetStatement] = []
        for account in books.deposits { statements.append(statement(of: account, at: second)) }
        for fund in books.funds { statements.append(statement(of: fund, at: second)) }
        for loan in books.loans {
            let isBank = terrain.providers[loan.face.provider].industry != .capital
            statements.append(statement(of: loan, isBank ? .loan : .capitalLoan, at: second))
        }
        for wallet in books.wallets {
            var statement = blank(wallet.face, .prepaidWallet)
            add(wallet.rows, to: &statement, at: second)
            statement.balance = wallet.opening + statement.paidIn - statement.paidOut
            statements.append(statement)
        }
        for account in books.payments {
            var statement = blank(account.face, .paymentAccount)
            add(account.rows, to: &statement, at: second)
            statements.append(statement)
        }
        statements += others(books, at: second)
        for card in books.cards { statements += self.statements(of: card, at: second) }
        statements += bills(books, at: second)
        for index in statements.indices where statements[index].key != "-" {
            let face = books.faces.first {
                $0.key == statements[index].key
                    && terrain.providers[$0.provider].code == statements[index].provider
            }
            guard let face, face.closesAt <= second else { continue }
            let day = KoreanClock.day(of: face.closesAt)
            statements[index].closedOn = CivilDate(daysSinceEpoch: day)
        }
        return statements.filter { statement in
            !books.faces.contains {
                $0.key == statement.key
                    && KoreanClock.start(of: $0.openedOn.daysSinceEpoch) > second
            }
        }
    }

    func blank(_ face: AssetFace, _ kind: AssetKind, _ currency: UInt16 = 410) -> AssetStatement {
        AssetStatement(
            provider: terrain.providers[face.provider].code,
            key: face.key,
            kind: kind,
            currency: currency
        )
    }

    private func statement(of account: DepositAccount, at second: Int64) -> AssetStatement {
        var statement = blank(account.face, .deposit, account.currency)
        for row in account.rows where row.at <= second {
            statement.movements += 1
            if row.isIn { statement.paidIn += row.amount } else { statement.paidOut += row.amount }
        }
        statement.balance = account.opening + statement.paidIn - statement.paidOut
        return statement
    }

    /// Policies by their premiums, investment accounts by what was settled in cash, leases.
    private func others(_ books: PersonBooks, at second: Int64) -> [AssetStatement] {
        var statements: [AssetStatement] = []
        for policy in books.policies {
            var statement = blank(policy.face, .policy)
            // A guarantee is paid once, and has no plan of premiums.
            let isGuarantee = terrain.providers[policy.face.provider].industry == .ginsu
            statement.due = isGuarantee ? nil : policy.premium
            for row in policy.rows where row.at <= second {
                statement.movements += 1
                statement.paidOut += row.amount
            }
            statements.append(statement)
        }
        for account in books.investments {
            var statement = blank(account.face, .investmentAccount)
            for row in account.rows where row.at <= second {
                statement.movements += 1
                if row.isIn {
                    statement.paidIn += row.settled
                } else {
                    statement.paidOut += row.settled
                }
            }
            statement.balance = account.openingCash + statement.paidIn - statement.paidOut
            statement.holdings = account.value(at: second)
            statements.append(statement)
        }
        for account in books.retirements {
            let kind: AssetKind =
                switch account.scheme {
                case .irp: .retirementAccount
                case .isa: .isa
                case .contribution: .definedContribution
                }
            var statement = blank(account.face, kind)
            for row in account.rows where row.at <= second {
                statement.movements += 1
                statement.paidIn += row.amount
            }
            statement.balance = account.state(at: second).value
            statement.holdings = statement.balance
            statements.append(statement)
        }
        for lease in books.leases {
            var statement = blank(lease.face, .operatingLease)
            for row in lease.rows where row.at <= second {
                statement.movements += 1
                statement.paidOut += row.amount
            }
            statements.append(statement)
        }
        return statements
    }

    private func add(_ rows: [WalletRow], to statement: inout AssetStatement, at second: Int64) {
        for row in rows where row.at <= second {
            statement.movements += 1
            if row.isIn { statement.paidIn += row.amount } else { statement.paidOut += row.amount }
        }
    }

    /// A fund's balance is its value at the last price.
    private func statement(of fund: FundAccount, at second: Int64) -> AssetStatement {
        var statement = blank(fund.face, .fund)
        for row in fund.rows where row.at <= second {
            statement.movements += 1
            if row.isIn { statement.paidIn += row.amount } else { statement.paidOut += row.amount }
        }
        statement.balance = fund.state(at: second).value
        return statement
    }

    /// A loan pays in what is drawn and out what is repaid, interest included; it owes its balance.
    func statement(
        of loan: LoanAccount,
        _ kind: AssetKind,
        at second: Int64
    ) -> AssetStatement {
        var statement = blank(loan.face, kind)
        var owed = loan.opening
        for row in loan.rows where row.at <= second {
            statement.movements += 1
            if row.kind == 1 {
                statement.paidIn += row.amount
                owed += row.principal
            } else {
                statement.paidOut += row.amount
                owed -= row.principal
            }
        }
        statement.balance = owed
        return statement
    }

    private func statements(of card: PaymentCard, at second: Int64) -> [AssetStatement] {
        var sums: [UInt16: AssetStatement] = [410: blank(card.face, .card)]
        for row in card.domestic + card.overseas where row.at <= second {
            let amount = row.standing(at: second)
            guard amount != 0 else { continue }
            sums[row.currency, default: blank(card.face, .card, row.currency)].movements += 1
            sums[row.currency, default: blank(card.face, .card, row.currency)].paidOut += amount
        }
        return sums.values.sorted { $0.currency < $1.currency }
    }

    /// What a card company says of its customer: bills, cash advances that are owed, points.
    private func bills(_ books: PersonBooks, at second: Int64) -> [AssetStatement] {
        var sums: [Int: AssetStatement] = [:]
        var (loans, points) = (sums, sums)
        for card in books.cards where card.type == 1 {
            var face = card.face
            (face.number, face.seqno) = ("-", nil)
            sums[face.provider] = blank(face, .cardBill)
            sums[face.provider]?.billLines = 0
            sums[face.provider]?.due = 0
            loans[face.provider] = blank(face, .cardLoan)
            loans[face.provider]?.balance = 0
            points[face.provider] = blank(face, .cardPoints)
            points[face.provider]?.balance = 0
        }
        for advance in books.advances where advance.at <= second && advance.repaidAt > second {
            loans[advance.provider]?.movements += 1
            loans[advance.provider]?.balance? += advance.amount
        }
        for kind in books.points {
            // Points count as units: thousandths of a point.
            points[kind.provider]?.balance? += kind.points(at: second) * 1_000
        }
        let today = KoreanClock.day(of: second)
        for bill in books.bills where bill.issuedAt <= second {
            let amount = bill.lines.reduce(0) { $0 + $1.amount }
            sums[bill.provider]?.movements += 1
            sums[bill.provider]?.paidOut += amount
            sums[bill.provider]?.billLines? += amount
            if bill.paysOn.daysSinceEpoch >= today { sums[bill.provider]?.due? += amount }
        }
        return [sums, loans, points].flatMap { $0.sorted { $0.key < $1.key }.map(\.value) }
    }
}
