internal import Finance
internal import SwiftProtobuf

/// What is recorded of a part of an asset's state that a complete answer no longer has.
///
/// Only parts that are counted are gone: a holding, a standing order, a balance, a payment that was
/// due. Terms and names that are no longer said stay as they were last said.
public enum GonePart {
    /// The event that says that a part is gone.
    ///
    /// - Parameters:
    ///   - event: the part as it was last recorded, without a length before it.
    ///   - askedAt: when the answer came without it, in seconds since 1970-01-01T00:00:00Z.
    /// - Returns: the same part with nothing in it; nil where absence means nothing, where it is
    ///   gone already, and for bytes that are no event.
    public static func event(for event: Span<UInt8>, askedAt: Int64) -> [UInt8]? {
        do {
            var gone = try Event(serializedBytes: event.copied)
            guard let fact = gone.fact.flatMap({ emptied($0) }), fact != gone.fact else {
                return nil
            }
            gone.fact = fact
            gone.occurredAt = askedAt
            gone.precision = .unspecified
            gone.unmapped = []
            return try gone.serializedBytes()
        } catch {
            return nil
        }
    }

    private static func emptied(_ fact: Event.OneOf_Fact) -> Event.OneOf_Fact? {
        switch fact {
        case .holdingReported(var holding):
            holding.value = 0
            holding.clearQuantity()
            return .holdingReported(holding)
        case .scheduledTransferReported(var order):
            order.amount = 0
            return .scheduledTransferReported(order)
        case .balanceReported(var balance):
            balance.balance = 0
            balance.clearAvailable()
            balance.clearAppraisedValue()
            return .balanceReported(balance)
        case .investBalanceReported(var balance):
            (balance.cash, balance.creditLoan, balance.securedLoan) = (0, 0, 0)
            balance.clearAvailable()
            return .investBalanceReported(balance)
        case .cardPaymentScheduled, .revolvingCreditReported, .pointsReported,
            .cashAdvanceReported:
            return emptiedOfCards(fact)
        default: return nil
        }
    }

    private static func emptiedOfCards(_ fact: Event.OneOf_Fact) -> Event.OneOf_Fact? {
        switch fact {
        case .cardPaymentScheduled(let payment):
            return .cardPaymentScheduled(
                .with {
                    ($0.dueOn, $0.billNumber) = (payment.dueOn, payment.billNumber)
                }
            )
        case .revolvingCreditReported(var credit):
            credit.remaining = 0
            return .revolvingCreditReported(credit)
        case .pointsReported(var points):
            (points.balance, points.expiring) = (0, 0)
            return .pointsReported(points)
        case .cashAdvanceReported(var advance):
            advance.balance = 0
            return .cashAdvanceReported(advance)
        default: return nil
        }
    }
}
