public import Finance

/// What one row says: whose it is, about which asset, and what happened.
public struct ImportedRow: Sendable {
    /// Line on which the row begins, from 1.
    public var line: Int
    /// Natural key of the person in the source, unique over all sources: `birmingham:card:7557`.
    public var subject: String
    /// The asset it is about.
    public var asset: ImportedAsset
    /// When it happened, in seconds since 1970-01-01T00:00:00Z.
    public var occurredAt: Int64
    /// The row's event, encoded as `jangbu.v1.Event`.
    public var event: [UInt8]
    /// Which of several equal rows of one asset this is, from 1: with it, each row has an identity
    /// of its own, so importing again adds nothing and real repetitions stay.
    public var ordinal: UInt32
    /// Events that the row brings beside its own, encoded; the same facts may come with many rows.
    public var further: [[UInt8]]
    /// Money that moved, if any did.
    public var movement: Movement?
}

/// An account, card or loan as its source names it.
public struct ImportedAsset: Hashable, Sendable {
    /// Name of the source, in the place of a provider's org_code.
    public var provider: String
    /// What kind of provider.
    public var industry: Industry
    /// What the asset is.
    public var kind: AssetKind
    /// Its natural key at the source.
    public var key: String

    /// An asset by its natural key.
    public init(provider: String, industry: Industry, kind: AssetKind, key: String) {
        self.provider = provider
        self.industry = industry
        self.kind = kind
        self.key = key
    }
}

/// Money that a row moves.
public struct Movement: Hashable, Sendable {
    /// Which way it goes.
    public enum Direction: Hashable, Sendable {
        /// A card purchase; negative is a refund.
        case card
        /// Into an account.
        case bankIn
        /// Out of an account.
        case bankOut
    }

    /// Which way it goes.
    public var direction: Direction
    /// How much; of accounts positive.
    public var money: Money

    /// An amount in a direction.
    public init(_ direction: Direction, _ money: Money) {
        self.direction = direction
        self.money = money
    }
}

/// A row that could not be used, by everything but its values.
public struct RejectedRow: Error, Sendable {
    /// Line on which it begins, from 1.
    public var line: Int
    /// Column, by the header's name; nil when the line as a whole is wrong.
    public var field: String?
    /// What is wrong with it.
    public var reason: RejectionReason
    /// Money that it would have moved, if that much could be read.
    public var movement: Movement?
}

/// What is wrong with a row; carries no value of it.
public enum RejectionReason: Hashable, Sendable {
    /// The line is no record of the table.
    case line(CSVFault.Reason)
    /// The field is empty and must not be.
    case missing
    /// The field is not UTF-8.
    case encoding
    /// The text is longer than `ImportLimits.textBytesMax`.
    case tooLong
    /// Not a decimal number, or more than three decimals that are not zero.
    case amount
    /// Beyond `ImportLimits.thousandthsMax`.
    case amountTooLarge
    /// Not a day or time of the form that the source uses, or no such day.
    case time
    /// Not a currency of ISO 4217.
    case currency
    /// Not a whole number in the range that the field has.
    case number
    /// Not one of the words that the field has.
    case word
    /// It names something that another file of the data set does not have.
    case unknownReference
}

extension RejectionReason: CustomStringConvertible {
    /// A few words without content.
    public var description: String {
        switch self {
        case .line(let reason): reason.description
        case .missing: "empty"
        case .encoding: "not UTF-8"
        case .tooLong: "longer than \(ImportLimits.textBytesMax) bytes"
        case .amount: "not a decimal number with at most three decimals"
        case .amountTooLarge: "an amount beyond the range"
        case .time: "not a day or time of this source's form"
        case .currency: "not a currency of ISO 4217"
        case .number: "not a whole number in range"
        case .word: "not one of this column's words"
        case .unknownReference: "names what the companion file does not have"
        }
    }
}
