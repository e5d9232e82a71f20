import SwiftProtobuf

@testable import Finance

/// Compares the zero-copy reader with swift-protobuf on the same bytes.
enum EventAgreement {
    static let asset = AssetID(high: 7, low: 9)

    /// How the two differ, or nil if they agree.
    ///
    /// They may differ in three ways only: the view refuses groups and events without exactly one
    /// fact; it does not look into messages that it has no accessor for; it leaves it to its
    /// caller whether a text is UTF-8.
    ///
    /// `reference` is what swift-protobuf is given instead, to show that a difference is seen.
    static func difference(on bytes: [UInt8], reference: [UInt8]? = nil) -> String? {
        let decoded = Result { try Event(serializedBytes: reference ?? bytes) }
        do throws(EventError) {
            let view = try EventView(bytes.span, of: asset)
            let hot = try hotFields(of: view)
            switch decoded {
            case .success(let event): return difference(view, hot, event)
            case .failure(let error): return unexplained(error, hot != nil, bytes)
            }
        } catch {
            let ownRefusals: [EventError] = [.group, .factMissing, .factRepeated]
            if case .success = decoded, !ownRefusals.contains(error) {
                return "only the view refuses: \(error)"
            }
            return nil
        }
    }

    private static func unexplained(
        _ error: any Error,
        _ isHot: Bool,
        _ bytes: [UInt8]
    ) -> String? {
        if case BinaryDecodingError.invalidUTF8 = error { return nil }
        return isHot && !hasUnmapped(bytes) ? "only swift-protobuf refuses: \(error)" : nil
    }

    /// Whether the envelope holds messages that the view does not look into.
    private static func hasUnmapped(_ bytes: [UInt8]) -> Bool {
        var reader = WireReader(bytes.span)
        do throws(EventError) {
            while let tag = try reader.tag() {
                if tag == 4 << 3 | 2 { return true }
                try reader.skip(tag)
            }
            return false
        } catch {
            return false
        }
    }

    private static func difference(
        _ view: EventView,
        _ hot: [String]?,
        _ event: Event
    ) -> String? {
        let offset = event.hasUtcOffsetMinutes ? event.utcOffsetMinutes : 540
        let envelope =
            view.occurredAt == event.occurredAt && view.utcOffsetMinutes == offset
            && view.precision == event.precision && view.occurrence == event.occurrence
            && view.api == event.api
            && view.asset == asset
        guard envelope else { return "envelope differs" }
        let expected = hotFields(of: event)
        guard hot == expected else { return "\(hot ?? []) instead of \(expected ?? [])" }
        do {
            return try view.message() == event ? nil : "message() differs"
        } catch {
            return "message() refuses: \(error)"
        }
    }

    /// The fields that a view of a hot fact shows, or nil if the fact is not hot.
    private static func hotFields(of view: EventView) throws(EventError) -> [String]? {
        if let card = try view.cardApproval() {
            return [
                "\(card.amount)", "\(card.currency)", text(card.merchantName), "\(card.mcc)",
                "\(card.payType)", "\(card.status)", text(card.approvalNumber),
                "\(card.instalments)", text(card.merchantRegistration), text(card.country),
                "\(String(describing: card.billedAmount))", "\(card.billedCurrency)",
                "\(card.approvedAt)", "\(card.amountBefore)",
            ]
        }
        if let bank = try view.bankTransaction() {
            return [
                "\(bank.amount)", "\(bank.currency)", "\(bank.kind)",
                "\(String(describing: bank.balanceAfter))", text(bank.memo), text(bank.channel),
                text(bank.purpose), text(bank.counterpartyBank), text(bank.counterpartyAccount),
                text(bank.transactionNumber), "\(bank.paymentsInCount)",
            ]
        }
        if let balance = try view.balance() {
            return [
                "\(balance.balance)", "\(balance.currency)",
                "\(String(describing: balance.available))",
                "\(String(describing: balance.interestRate))", "\(balance.paymentsInCount)",
                "\(String(describing: balance.appraisedValue))",
            ]
        }
        if let emoney = try view.emoneyTransaction() {
            return [
                "\(emoney.amount)", "\(emoney.currency)", "\(emoney.kind)",
                text(emoney.merchantName), "\(emoney.category)", text(emoney.title),
                "\(String(describing: emoney.balanceAfter))", "\(emoney.place)",
                text(emoney.orderNumber), text(emoney.transactionNumber),
            ]
        }
        if let line = try view.billLine() {
            return [
                "\(line.amount)", "\(line.currency)", "\(line.month)", text(line.billNumber),
                "\(line.instalments)",
            ]
        }
        return nil
    }

    private static func hotFields(of event: Event) -> [String]? {
        switch event.fact {
        case .cardApproved(let card):
            return approval(card, "\(card.status)", 0, 0, billed(card.hasBilledAmount, card))
        case .cardApprovalCancelled(let card):
            return approval(
                card,
                "unspecified",
                card.approvedAt,
                0,
                billed(card.hasBilledAmount, card)
            )
        case .cardApprovalCorrected(let card):
            return approval(
                card,
                "unspecified",
                card.approvedAt,
                card.amountBefore,
                billed(card.hasBilledAmount, card)
            )
        case .bankTransactionPosted(let bank):
            return [
                "\(bank.amount)", "\(currency(bank.currency))", "\(bank.kind)",
                optional(bank.hasBalanceAfter ? bank.balanceAfter : nil), bank.memo, bank.channel,
                bank.purpose, bank.counterpartyBank, bank.counterpartyAccount,
                bank.transactionNumber, "\(bank.paymentsInCount)",
            ]
        case .balanceReported(let balance):
            return [
                "\(balance.balance)", "\(currency(balance.currency))",
                optional(balance.hasAvailable ? balance.available : nil),
                optional(balance.hasInterestRate ? balance.interestRate : nil),
                "\(balance.paymentsInCount)",
                optional(balance.hasAppraisedValue ? balance.appraisedValue : nil),
            ]
        case .emoneyTransactionPosted(let emoney):
            return [
                "\(emoney.amount)", "\(currency(emoney.currency))", "\(emoney.kind)",
                emoney.merchantName, "\(emoney.category)", emoney.title,
                optional(emoney.hasBalanceAfter ? emoney.balanceAfter : nil), "\(emoney.place)",
                emoney.orderNumber, emoney.transactionNumber,
            ]
        case .cardBillLineCharged(let line):
            return [
                "\(line.amount)", "\(currency(line.currency))", "\(line.month)", line.billNumber,
                "\(line.instalments)",
            ]
        default: return nil
        }
    }

    private static func approval(
        _ card: some ApprovalMessage,
        _ status: String,
        _ approvedAt: Int64,
        _ before: Int64,
        _ billed: Int64?
    ) -> [String] {
        [
            "\(card.amount)", "\(currency(card.currency))", card.merchantName, "\(card.mcc)",
            "\(card.payType)", status, card.approvalNumber, "\(card.instalments)",
            card.merchantRegistration, card.country, optional(billed),
            "\(currency(card.billedCurrency))", "\(approvedAt)", "\(before)",
        ]
    }

    private static func billed(_ isSet: Bool, _ card: some ApprovalMessage) -> Int64? {
        isSet ? card.billedAmount : nil
    }

    private static func optional(_ value: (some BinaryInteger)?) -> String {
        String(describing: value)
    }

    private static func currency(_ code: UInt32) -> UInt32 { code == 0 ? 410 : code }

    static func text(_ span: Span<UInt8>) -> String {
        String(decoding: bytes(span), as: UTF8.self)
    }

    static func bytes(_ span: Span<UInt8>) -> [UInt8] {
        span.indices.map { span[$0] }
    }
}

/// What the three facts about an approval share.
protocol ApprovalMessage {
    var amount: Int64 { get }
    var currency: UInt32 { get }
    var merchantName: String { get }
    var mcc: UInt32 { get }
    var payType: PayType { get }
    var approvalNumber: String { get }
    var instalments: UInt32 { get }
    var merchantRegistration: String { get }
    var country: String { get }
    var billedAmount: Int64 { get }
    var billedCurrency: UInt32 { get }
}

extension CardApproved: ApprovalMessage {}
extension CardApprovalCancelled: ApprovalMessage {}
extension CardApprovalCorrected: ApprovalMessage {}
