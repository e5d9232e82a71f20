public import EventLog
public import Finance
public import Frame
public import Vault

/// Adds up a person's log asset by asset.
///
/// Every movement that stands counts once, and of each part of a state the last report. It knows
/// nothing of folds, so that they can be held against it.
public struct AssetSums {
    private struct Key: Hashable {
        var asset: AssetID
        var currency: UInt32
    }

    /// The last report of a part, by its natural key.
    private struct Report {
        var figure: LedgerFigure
        var currency: UInt32
        var amount: Int64
        /// Counts as one of `movements` too.
        var isCounted = false
    }

    private struct Part: Hashable {
        var asset: AssetID
        var key: [UInt8]
        /// Of one event that says two things.
        var place = 0
    }

    private var names: [AssetID: AssetName] = [:]
    private var sums: [Key: AssetLedger] = [:]
    private var reports: [Part: Report] = [:]
    private let today: CivilDate

    private init(today: CivilDate) { self.today = today }

    /// Reads a person's whole log; what was to be paid before `today` is no longer due.
    ///
    /// - Throws: what the log, the vault and frames throw.
    public static func read(
        _ subject: SubjectID,
        from log: EventLog,
        with vault: Vault,
        on today: CivilDate
    ) throws -> [AssetLedger] {
        var all = AssetSums(today: today)
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
        return all.ledgers
    }

    private var ledgers: [AssetLedger] {
        var all = self
        for (part, report) in reports {
            all.add(part.asset, report.currency) { figures in
                figures[report.figure, default: 0] += report.amount
                if report.isCounted { figures[.movements, default: 0] += 1 }
            }
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
        if let retracted = try event.retracted() { return try take(retracted, sign: -1) }
        if let card = try event.cardApproval() {
            let net: Int64
            switch event.type {
            case .cardApproved: net = card.amount
            case .cardApprovalCancelled: net = -card.amount
            default: net = card.amount - card.amountBefore
            }
            let count: Int64 = event.type == .cardApproved ? 1 : 0
            add(event.asset, card.currency) { figures in
                figures[.paidOut, default: 0] += net * sign
                figures[.movements, default: 0] += count * sign
            }
        } else if let bank = try event.bankTransaction() {
            let figure: LedgerFigure
            switch bank.kind {
            case .opened, .deposited, .correctedIn, .withdrawalCancelled, .otherIn:
                figure = .paidIn
            case .withdrawn, .correctedOut, .depositCancelled, .otherOut: figure = .paidOut
            case .unspecified, .UNRECOGNIZED: return
            }
            let amount = bank.amount * sign
            add(event.asset, bank.currency) { figures in
                figures[figure, default: 0] += amount
                figures[.movements, default: 0] += sign
            }
        } else if !isOverdraft(event), let moved = try AssetSums.moved(by: event) {
            add(event.asset, moved.currency) { figures in
                figures[moved.figure, default: 0] += moved.amount * sign
                if moved.figure == .paidOut { figures[.movements, default: 0] += sign }
            }
        } else if sign > 0 {
            try report(event)
        }
    }

    /// What a movement of the other industries moved, whichever way.
    private static func moved(
        by event: borrowing EventView
    ) throws -> (amount: Int64, currency: UInt32, figure: LedgerFigure)? {
        switch event.type {
        // These two come by the thousand and are read in place.
        case .emoneyTransactionPosted:
            guard let wallet = try event.emoneyTransaction() else { return nil }
            return (wallet.amount, wallet.currency, .paidOut)
        case .cardBillLineCharged:
            guard let line = try event.billLine() else { return nil }
            return (line.amount, line.currency, .billLines)
        case .fundTransactionPosted, .loanTransactionPosted, .leaseTransactionPosted,
            .premiumPaid, .investTransactionPosted, .pensionTransactionPosted:
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
        case .pensionTransactionPosted(let fact): (amount, currency) = (fact.amount, fact.currency)
        default: return nil
        }
        return (amount, currency == 0 ? 410 : currency, .paidOut)
    }

    private mutating func report(_ event: borrowing EventView) throws {
        let reports = try AssetSums.reports(of: event, today)
        guard !reports.isEmpty, !isOverdraft(event) else { return }
        var key: [UInt8] = []
        try NaturalKey.append(event, to: &key)
        for (place, report) in reports.enumerated() {
            self.reports[Part(asset: event.asset, key: key, place: place)] = report
        }
    }

    /// What a deposit account owes as a loan is its balance below zero, once more.
    private func isOverdraft(_ event: borrowing EventView) -> Bool {
        guard event.type == .loanBalanceReported || event.type == .loanTransactionPosted else {
            return false
        }
        return names[event.asset]?.kind == UInt32(AssetKind.deposit.rawValue)
    }

    /// What a report of a state says in figures.
    private static func reports(
        of event: borrowing EventView,
        _ today: CivilDate
    ) throws -> [Report] {
        guard NaturalKey.kind(of: event.type) == .state else { return [] }
        func report(
            _ figure: LedgerFigure,
            _ amount: Int64,
            _ currency: UInt32 = 410,
            isCounted: Bool = false
        ) -> [Report] {
            let code = currency == 0 ? 410 : currency
            return [Report(figure: figure, currency: code, amount: amount, isCounted: isCounted)]
        }
        switch try event.message().fact {
        case .balanceReported(let fact):
            let amount = fact.hasAppraisedValue ? fact.appraisedValue : fact.balance
            return report(.balance, amount, fact.currency)
        case .fundBalanceReported(let fact):
            return report(.balance, fact.appraisedValue, fact.currency)
        case .loanBalanceReported(let fact): return report(.balance, fact.balance, fact.currency)
        case .cashAdvanceReported(let fact): return report(.balance, fact.balance)
        case .prepaidBalanceReported(let fact):
            return report(.balance, fact.balance, fact.currency)
        case .investBalanceReported(let fact): return report(.balance, fact.cash, fact.currency)
        // Of pension savings it has what was paid, and no value.
        case .pensionReported(let fact) where fact.scheme != .pensionSavings:
            return report(.balance, fact.value, fact.currency)
        case .pointsReported(let fact): return report(.balance, fact.balance * 1_000)
        case .holdingReported(let fact): return report(.holdings, fact.value, fact.currency)
        case .premiumScheduleReported(let fact): return report(.due, fact.amount, fact.currency)
        case .cardBilled(let fact): return report(.paidOut, fact.amount, isCounted: true)
        case .cardPaymentScheduled(let fact):
            return report(.due, fact.dueOn >= today.digits ? fact.amount : 0)
        default: return []
        }
    }

    private mutating func add(
        _ asset: AssetID,
        _ currency: UInt32,
        _ change: (inout [LedgerFigure: Int64]) -> Void
    ) {
        guard let name = names[asset] else { return }
        let blank = AssetLedger(
            provider: name.provider,
            key: name.key,
            kind: name.kind,
            currency: currency
        )
        change(&sums[Key(asset: asset, currency: currency), default: blank].figures)
    }
}
