import Files
import Finance
import MyData
import Testing

/// The samples of the standard's calls, each with the events that must come of it.
@Suite struct SampleTests {
    private func answer(_ name: String, askedAt: Int64 = 1_788_480_000) throws -> Answer {
        let file = Checkout.root + "/Tests/MyDataTests/Samples/" + name + ".json"
        let bytes = try Files.read(file)
        let exchange = try Exchange(bytes.span)
        var reader = AnswerReader()
        return try reader.read(
            exchange.body.span,
            of: exchange.call,
            from: exchange.source,
            askedAt: askedAt
        )
    }

    @Test func `a bank's list is its accounts, each with the calls that its kind allows`() throws {
        let answer = try answer("01-bank-accounts")
        #expect(answer.searchTimestamp == "20260904091502")
        #expect(answer.nextPage == nil)
        #expect(answer.rowCount == 4)
        #expect(answer.deviations.isEmpty)
        let assets = answer.assets
        #expect(assets.map(\.kind) == [.deposit, .deposit, .fund, .loan])
        #expect(assets.map(\.isRequested) == [true, true, false, true])
        #expect(assets[2].key == "90020355500003/0000001")
        let listed = try assets.map { try decoded($0.events) }
        #expect(listed.allSatisfy { $0.count == 1 && $0[0].api == .bank001 })
        #expect(listed[0][0].occurredAt == 1_788_480_000)
        let first = listed[0][0].accountListed
        #expect(first.productName == "두루미 자유입출금통장")
        #expect(first.overdraft && !first.foreignCurrency && first.requested)
        #expect(first.accountType == 1001 && first.status == .active)
        #expect(first.customerSince == 20_140_317)
        #expect(listed[1][0].accountListed.foreignCurrency)
        // An overdraft is a deposit and a loan.
        #expect(
            assets[0].calls.map(\.api) == [
                .bank002, .bank003, .bank014, .bank004, .bank008, .bank009, .bank010,
            ]
        )
        #expect(assets[0].calls[0]["account_num"] == "90010112345601")
        #expect(assets[0].calls[0]["seqno"] == nil)
    }

    @Test func `a page of deposit movements`() throws {
        let answer = try answer("02-bank-deposit-transactions-page1")
        #expect(answer.nextPage == "MDAwMDAwMDQ")
        let events = try answer.decoded()
        #expect(events.count == 3)
        #expect(events.allSatisfy { $0.api == .bank004 && $0.unmapped.isEmpty })
        #expect(events[0].occurredAt == korea(2026, 9, 3, 18 * 3_600 + 12 * 60 + 4))
        #expect(events[0].precision == .unspecified)
        let meal = events[0].bankTransactionPosted
        #expect(meal.kind == .withdrawn && meal.amount == 12_800_000)
        #expect(meal.balanceAfter == 1_843_200_000 && meal.currency == 0)
        #expect(meal.transactionNumber == "0000000127" && meal.channel == "체크카드")
        #expect(meal.memo == "한강분식")
        #expect(events[1].bankTransactionPosted.kind == .deposited)
        // DATE only: the midnight in Korea that begins the day.
        #expect(events[2].occurredAt == korea(2026, 8, 31) && events[2].precision == .day)
        let transfer = events[2].bankTransactionPosted
        #expect(transfer.balanceAfter == -1_294_000_000)
        #expect(transfer.transactionNumber.isEmpty && transfer.memo.isEmpty)
    }

    @Test func `domestic approvals, of which a cancelled and a corrected one are two events`()
        throws
    {
        let events = try answer("04-card-approval-domestic").decoded()
        #expect(events.count == 7)
        #expect(events.allSatisfy { $0.api == .card008 })
        let bookshop = events[0].cardApproved
        #expect(bookshop.amount == 31_500_000 && bookshop.status == .approved)
        #expect(bookshop.payType == .credit && bookshop.merchantName == "달빛서점 망원")
        #expect(bookshop.merchantRegistration == "101-81-00001")
        let travel = events[1].cardApproved
        #expect(travel.instalments == 3 && travel.status == .approved)
        #expect(events[1].occurredAt == korea(2026, 8, 30, 20 * 3_600 + 30 * 60 + 11))
        let cancelled = events[2].cardApprovalCancelled
        #expect(events[2].occurredAt == korea(2026, 9, 2, 10 * 3_600 + 15 * 60))
        #expect(cancelled.amount == 480_000_000 && cancelled.instalments == 3)
        #expect(cancelled.approvedAt == events[1].occurredAt)
        #expect(cancelled.approvalNumber == travel.approvalNumber)
        let corrected = events[4].cardApprovalCorrected
        #expect(corrected.amount == 21_800_000 && corrected.amountBefore == 25_000_000)
        #expect(corrected.approvedAt == events[3].occurredAt)
        #expect(events[5].cardApproved.payType == .debit)
        #expect(events[6].cardApproved.status == .capturedUnapproved)
    }

    @Test func `movements of an investment account, with fractions of shares`() throws {
        let events = try answer("06-invest-transactions").decoded()
        #expect(
            events.map(\.investTransactionPosted.kind) == [
                .bought, .cashIn, .sold, .securitiesIn,
            ]
        )
        let bought = events[0].investTransactionPosted
        #expect(bought.quantity == 12_000_000 && bought.unitPrice == 583_000_000)
        #expect(bought.amount == 699_600_000 && bought.settledAmount == 699_704_000)
        #expect(bought.currency == 0 && events[0].precision == .day)
        let sold = events[2].investTransactionPosted
        #expect(sold.quantity == 3_500_000 && sold.unitPrice == 1_214_400)
        #expect(sold.currency == 840 && sold.exchange == 101)
        #expect(sold.productCode == "US9999990002")
        #expect(!events[3].investTransactionPosted.hasAmount)
        #expect(events[3].investTransactionPosted.quantity == 5_000_000)
    }

    @Test func `terms of a transfer request, and an answer that nothing changed`() throws {
        let terms = try #require(try answer("09-consents").terms)
        #expect(terms.isScheduled && terms.basicCycle == "1/1w" && terms.additionalCycle == "1/1w")
        #expect(terms.endsOn == 20_270_904 && terms.keptUntil == 99_991_231)
        #expect(terms.includesMerchant == true && terms.includesMemo == nil)
        let same = try answer("10-up-to-date-and-errors")
        #expect(same.isUnchanged && same.assets.isEmpty)
    }

    @Test func `what the portal asks of an operator is no answer of a provider`() throws {
        let bytes = try Files.read(
            Checkout.root + "/Tests/MyDataTests/Samples/11-portal-agreements.json"
        )
        #expect(throws: Exchange.Fault.apiUnknown) {
            let bytes = bytes
            return try Exchange(bytes.span)
        }
    }

    @Test func `overseas approvals are in their own currency, with won where that is fixed`() throws
    {
        let events = try answer("05-card-approval-overseas").decoded()
        #expect(events.count == 2)
        let cafe = events[0].cardApproved
        #expect(cafe.amount == 1_850_000 && cafe.currency == 392 && cafe.country == "JP")
        #expect(!cafe.hasBilledAmount)
        let unnamed = events[1].cardApproved
        #expect(unnamed.amount == 42_990 && unnamed.currency == 840)
        #expect(unnamed.billedAmount == 59_713_000 && unnamed.billedCurrency == 0)
        #expect(unnamed.merchantName.isEmpty)
    }
}
