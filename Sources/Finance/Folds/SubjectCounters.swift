internal import SwiftProtobuf

/// How much of what stands in a subject's log: events by type and provider, amounts by currency.
///
/// A retraction takes its event off again and is none itself.
public struct SubjectCounters: Fold {
    /// Name of the read model.
    public static let name = "subject-counters"
    /// Of fold and encoding.
    public static let version: UInt32 = 3

    /// A fold without constants.
    public init() {}

    /// Counts every event, whatever its type; an opening is of its asset, but no event about it.
    public func fold(
        _ event: borrowing EventView,
        into state: inout SubjectCountersState
    ) throws(FoldError) {
        if event.type == .transactionRetracted {
            let taken: EventView
            do throws(EventError) {
                guard let event = try event.retracted() else { return }
                taken = event
            } catch { throw .event(error) }
            return try state.uncount(taken.type, taken.asset, try SubjectCounters.flow(of: taken))
        }
        guard event.type == .compartmentOpened else {
            return try state.count(event.type, event.asset, try SubjectCounters.flow(of: event))
        }
        let message: Event
        // The decoder's reasons are many and its own; parked is parked.
        do { message = try event.message() } catch { throw .event(.truncated) }
        let opened = message.compartmentOpened
        guard let id = AssetID(Array(opened.compartment).span) else { throw .unrepresentable }
        try state.open(id, opened.provider.utf8Prefix(SubjectCountersState.textBytesMax))
    }

    /// What an event moves: card purchases less cancellations, deposit account in, deposit account
    /// out.
    private static func flow(
        of event: borrowing EventView
    ) throws(FoldError) -> (currency: UInt32, flow: MoneyFlow)? {
        do throws(EventError) {
            if let card = try event.cardApproval() {
                let sum = Int128(card.amount)
                switch event.type {
                case .cardApproved: return (card.currency, MoneyFlow(cardNet: sum))
                case .cardApprovalCancelled: return (card.currency, MoneyFlow(cardNet: -sum))
                default:
                    return (card.currency, MoneyFlow(cardNet: sum - Int128(card.amountBefore)))
                }
            }
            if let bank = try event.bankTransaction() {
                let sum = Int128(bank.amount)
                guard let isIn = bank.kind.isIn else { return nil }
                return (bank.currency, isIn ? MoneyFlow(bankIn: sum) : MoneyFlow(bankOut: sum))
            }
        } catch { throw .event(error) }
        return nil
    }
}

/// What moved in one currency, in thousandths: 128 bits, so that no honest number of subjects
/// overflows.
public struct MoneyFlow: Hashable, Sendable {
    /// Card purchases less cancellations.
    public var cardNet: Int128 = 0
    /// Into deposit accounts.
    public var bankIn: Int128 = 0
    /// Out of deposit accounts.
    public var bankOut: Int128 = 0

    init(cardNet: Int128 = 0, bankIn: Int128 = 0, bankOut: Int128 = 0) {
        self.cardNet = cardNet
        self.bankIn = bankIn
        self.bankOut = bankOut
    }

    /// This plus `other`, or less it; wrapping, so that taking off what was added always restores.
    func combined(_ other: MoneyFlow, sign: Int128) -> MoneyFlow {
        MoneyFlow(
            cardNet: cardNet &+ other.cardNet &* sign,
            bankIn: bankIn &+ other.bankIn &* sign,
            bankOut: bankOut &+ other.bankOut &* sign
        )
    }

    var isEmpty: Bool { cardNet == 0 && bankIn == 0 && bankOut == 0 }
}
