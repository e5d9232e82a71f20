public import EventLog
internal import Finance
public import Frame
public import Vault

/// What the log says of one asset in one currency, to compare with a provider's own statement.
public struct AssetSum: Hashable, Sendable {
    /// org_code.
    public var provider: String
    /// Natural key at the provider.
    public var key: String
    /// Number of its `AssetKind`.
    public var kind: UInt32
    /// ISO 4217 numeric.
    public var currency: UInt32
    /// Movements that stand; of a card the approvals, cancelled ones included.
    public var movements = 0
    /// Sum of what came in, in thousandths.
    public var paidIn: Int64 = 0
    /// Sum of what went out, in thousandths; of a card what was approved and stands; elsewhere all
    /// that was moved, whichever way.
    public var paidOut: Int64 = 0
}

/// Adds up a person's log asset by asset: every movement that stands, once.
public struct AssetSums {
    private struct Key: Hashable {
        var asset: AssetID
        var currency: UInt32
    }

    private var names: [AssetID: AssetName] = [:]
    private var sums: [Key: AssetSum] = [:]

    private init() {}

    /// Reads a person's whole log.
    ///
    /// - Throws: what the log, the vault and frames throw.
    public static func read(
        _ subject: SubjectID,
        from log: EventLog,
        with vault: Vault
    ) throws -> [AssetSum] {
        var all = AssetSums()
        for asset in try vault.assets(of: subject) {
            let id = AssetID(high: asset.compartment.high, low: asset.compartment.low)
            all.names[id] = asset.name
        }
        var opener = try FrameOpener()
        var from: UInt64 = 0
        while true {
            let next = try log.read(subject, from: from, limit: 256) { frame in
                guard !frame.isTombstone else { return }
                try all.take(frame.bytes, with: vault, &opener)
            }
            guard next > from else { break }
            from = next
        }
        return all.sums.values.sorted {
            ($0.provider, $0.key, $0.kind, $0.currency)
                < ($1.provider, $1.key, $1.kind, $1.currency)
        }
    }

    private mutating func take(
        _ frame: Span<UInt8>,
        with vault: Vault,
        _ opener: inout FrameOpener
    ) throws {
        let header = try FrameHeader(frame)
        let id = AssetID(high: header.compartment.high, low: header.compartment.low)
        guard header.compartment != .keys, names[id] != nil else { return }
        let key = try vault.key(
            of: header.subject,
            compartment: header.compartment,
            epoch: header.keyEpoch,
            for: .collection
        )
        _ = try opener.open(frame, key: key)
        defer { opener.close() }
        var cursor = Finance.EventCursor(opener.events, of: id)
        while let event = try cursor.next() { try take(event, sign: 1) }
    }

    private mutating func take(_ event: borrowing EventView, sign: Int64) throws {
        if event.type == .transactionRetracted {
            let retracted = Array(try event.message().transactionRetracted.event)
            return try take(EventView(retracted.span, of: event.asset), sign: -1)
        }
        if let card = try event.cardApproval() {
            let net: Int64
            switch event.type {
            case .cardApproved: net = card.amount
            case .cardApprovalCancelled: net = -card.amount
            default: net = card.amount - card.amountBefore
            }
            let count = event.type == .cardApproved ? 1 : 0
            add(event.asset, card.currency) { sum in
                sum.paidOut += net * sign
                sum.movements += count * Int(sign)
            }
        } else if let bank = try event.bankTransaction() {
            let amount = bank.amount * sign
            let isIn: Bool
            switch bank.kind {
            case .opened, .deposited, .correctedIn, .withdrawalCancelled, .otherIn: isIn = true
            case .withdrawn, .correctedOut, .depositCancelled, .otherOut: isIn = false
            case .unspecified, .UNRECOGNIZED: return
            }
            add(event.asset, bank.currency) { sum in
                if isIn { sum.paidIn += amount } else { sum.paidOut += amount }
                sum.movements += Int(sign)
            }
        } else if let (amount, currency) = try AssetSums.moved(by: event) {
            add(event.asset, currency) { sum in
                sum.paidOut += amount * sign
                sum.movements += Int(sign)
            }
        }
    }

    /// What a movement of the other industries moved, whichever way.
    private static func moved(
        by event: borrowing EventView
    ) throws -> (amount: Int64, currency: UInt32)? {
        switch event.type {
        case .fundTransactionPosted, .loanTransactionPosted, .leaseTransactionPosted,
            .premiumPaid, .investTransactionPosted, .emoneyTransactionPosted,
            .pensionTransactionPosted:
            break
        default: return nil
        }
        let (amount, currency): (Int64, UInt32)
        switch try event.message().fact {
        case .fundTransactionPosted(let fact): (amount, currency) = (fact.amount, fact.currency)
        case .loanTransactionPosted(let fact): (amount, currency) = (fact.amount, fact.currency)
        case .leaseTransactionPosted(let fact): (amount, currency) = (fact.amount, fact.currency)
        case .premiumPaid(let fact): (amount, currency) = (fact.amount, fact.currency)
        case .investTransactionPosted(let fact):
            amount = fact.hasSettledAmount ? fact.settledAmount : fact.amount
            currency = fact.currency
        case .emoneyTransactionPosted(let fact): (amount, currency) = (fact.amount, fact.currency)
        case .pensionTransactionPosted(let fact): (amount, currency) = (fact.amount, fact.currency)
        default: return nil
        }
        return (amount, currency == 0 ? 410 : currency)
    }

    private mutating func add(
        _ asset: AssetID,
        _ currency: UInt32,
        _ change: (inout AssetSum) -> Void
    ) {
        guard let name = names[asset] else { return }
        let blank = AssetSum(
            provider: name.provider,
            key: name.key,
            kind: name.kind,
            currency: currency
        )
        change(&sums[Key(asset: asset, currency: currency), default: blank])
    }
}
