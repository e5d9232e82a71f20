import Finance
import SwiftProtobuf
import Testing

@Suite struct EventWriterTests {
    @Test(arguments: [11, 12, 13] as [UInt64])
    func `what the writer writes is what swift-protobuf writes`(seed: UInt64) throws {
        let schemas = try SchemaSet.committed()
        var wire = RandomWire(schemas: schemas, dice: EventDice(seed: seed))
        var body: [UInt8] = []
        for round in 0..<800 {
            let bytes = wire.event([60, 80, 81, 82][round % 4])
            var event = try Event(serializedBytes: bytes)
            EventWriterTests.trim(&event)
            let expected: [UInt8] = try event.serializedBytes()
            body.removeAll(keepingCapacity: true)
            try EventWriterTests.rewrite(expected, into: &body)
            #expect(
                body == RandomWire.minimal(UInt64(expected.count)) + expected,
                "SEED=\(seed)"
            )
        }
    }

    /// Takes away what the writer has no parameter for, and what it leaves out as a default.
    private static func trim(_ event: inout Event) {
        event.unmapped = []
        if event.utcOffsetMinutes == 540 { event.clearUtcOffsetMinutes() }
        guard case .cardApproved(var card) = event.fact else { return }
        card.merchantCity = ""
        card.merchantRegion = ""
        card.merchantPostcode = ""
        card.entryMode = .unspecified
        card.merchantID = ""
        card.expenseCode = ""
        card.expenseText = ""
        card.costCentre = ""
        card.payerUnit = ""
        card.taxCode = ""
        card.fundCode = ""
        event.cardApproved = card
    }

    /// Reads an event with the view and writes it again.
    private static func rewrite(_ bytes: [UInt8], into body: inout [UInt8]) throws {
        let view = try EventView(bytes.span, of: EventAgreement.asset)
        let envelope = EventEnvelope(
            occurredAt: view.occurredAt,
            utcOffsetMinutes: view.utcOffsetMinutes,
            precision: view.precision,
            occurrence: view.occurrence,
            api: view.api
        )
        if let card = try view.cardApproval() {
            EventWriter.append(
                CardApprovalView(
                    amount: card.amount,
                    currency: card.currency,
                    merchantName: card.merchantName,
                    mcc: card.mcc,
                    payType: card.payType,
                    status: card.status,
                    approvalNumber: card.approvalNumber,
                    instalments: card.instalments,
                    merchantRegistration: card.merchantRegistration,
                    country: card.country,
                    billedAmount: card.billedAmount,
                    billedCurrency: card.billedCurrency,
                    approvedAt: card.approvedAt,
                    amountBefore: card.amountBefore
                ),
                view.type,
                at: envelope,
                to: &body
            )
        } else if let bank = try view.bankTransaction() {
            EventWriter.append(
                BankTransactionView(
                    amount: bank.amount,
                    currency: bank.currency,
                    kind: bank.kind,
                    balanceAfter: bank.balanceAfter,
                    memo: bank.memo,
                    channel: bank.channel,
                    purpose: bank.purpose,
                    counterpartyBank: bank.counterpartyBank,
                    counterpartyAccount: bank.counterpartyAccount,
                    transactionNumber: bank.transactionNumber,
                    paymentsInCount: bank.paymentsInCount
                ),
                at: envelope,
                to: &body
            )
        }
    }

    @Test func `a card approval of ordinary shape takes about 62 bytes`() throws {
        let name = Array("두루미식품 망원역점".utf8)
        let number = Array("30114407".utf8)
        var body: [UInt8] = []
        EventWriter.append(
            CardApprovalView(
                amount: 31_500_000,
                merchantName: name.span,
                mcc: 5411,
                payType: .credit,
                status: .approved,
                approvalNumber: number.span
            ),
            .cardApproved,
            at: EventEnvelope(occurredAt: 1_788_491_733),
            to: &body
        )
        #expect(body.count == 62, "61 and its length")
    }

    @Test func `a fact that is no approval is a bug`() async {
        await #expect(processExitsWith: .failure) {
            var body: [UInt8] = []
            EventWriter.append(
                CardApprovalView(amount: 1),
                .balanceReported,
                at: EventEnvelope(occurredAt: 0),
                to: &body
            )
        }
    }
}
