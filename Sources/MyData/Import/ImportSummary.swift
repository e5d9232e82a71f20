public import Finance

/// What an import came to; its identities hold exactly or the import is wrong.
public struct ImportSummary: Hashable, Sendable {
    /// What became of a row that was mapped.
    public enum Outcome: Hashable, Sendable {
        /// It was appended.
        case recorded
        /// It was there before.
        case duplicate
    }

    /// Rows read.
    public private(set) var rows = 0
    /// Rows that became an event.
    public private(set) var events = 0
    /// Rows that were there before.
    public private(set) var duplicates = 0
    /// Rows that could not be used.
    public private(set) var rejected = 0
    /// Rejected rows whose amount could not be read either: they are in no sum.
    public private(set) var rejectedWithoutAmount = 0
    /// Sums by currency.
    public private(set) var sums: [Currency: Sums] = [:]

    /// Sums of one currency.
    public struct Sums: Hashable, Sendable {
        /// Over every row whose amount could be read.
        public var rows = Flows()
        /// Over rows that became an event.
        public var events = Flows()
        /// Over rows that were there before.
        public var duplicates = Flows()
        /// Over rejected rows whose amount could be read.
        public var rejected = Flows()
    }

    /// An import of nothing.
    public init() {}

    /// Counts a row as it is read, before anything is done with it.
    public mutating func read(_ movement: Movement?) {
        rows += 1
        if let movement { sums[movement.money.currency, default: Sums()].rows.add(movement) }
    }

    /// Counts what became of a row that was mapped.
    public mutating func settle(_ movement: Movement?, as outcome: Outcome) {
        switch outcome {
        case .recorded:
            events += 1
            if let movement { sums[movement.money.currency, default: Sums()].events.add(movement) }
        case .duplicate:
            duplicates += 1
            if let movement {
                sums[movement.money.currency, default: Sums()].duplicates.add(movement)
            }
        }
    }

    /// Counts a row that could not be used.
    public mutating func reject(_ row: RejectedRow) {
        rejected += 1
        guard let movement = row.movement else {
            rejectedWithoutAmount += 1
            return
        }
        sums[movement.money.currency, default: Sums()].rejected.add(movement)
    }

    /// Adds another file's summary.
    public mutating func add(_ other: ImportSummary) {
        rows += other.rows
        events += other.events
        duplicates += other.duplicates
        rejected += other.rejected
        rejectedWithoutAmount += other.rejectedWithoutAmount
        for (currency, more) in other.sums {
            sums[currency, default: Sums()].rows.add(more.rows)
            sums[currency, default: Sums()].events.add(more.events)
            sums[currency, default: Sums()].duplicates.add(more.duplicates)
            sums[currency, default: Sums()].rejected.add(more.rejected)
        }
    }

    /// Whether rows = events + duplicates + rejected, and each currency's sums the same.
    public var isReconciled: Bool {
        guard rows == events + duplicates + rejected else { return false }
        return sums.values.allSatisfy { sum in
            var parts = sum.events
            parts.add(sum.duplicates)
            parts.add(sum.rejected)
            return parts == sum.rows
        }
    }
}

/// What moved in one currency, in thousandths; 128 bits, so that no file overflows.
public struct Flows: Hashable, Sendable {
    /// Card purchases less refunds.
    public var card: Int128 = 0
    /// Into accounts.
    public var bankIn: Int128 = 0
    /// Out of accounts.
    public var bankOut: Int128 = 0

    /// Nothing.
    public init() {}

    /// Adds one movement.
    public mutating func add(_ movement: Movement) {
        let amount = Int128(movement.money.thousandths)
        switch movement.direction {
        case .card: card += amount
        case .bankIn: bankIn += amount
        case .bankOut: bankOut += amount
        }
    }

    /// Adds others.
    public mutating func add(_ other: Flows) {
        card += other.card
        bankIn += other.bankIn
        bankOut += other.bankOut
    }
}
