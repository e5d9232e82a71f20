internal import FoundationEssentials
internal import SwiftProtobuf

/// Where one transaction would go.
public struct CategoryMove: Sendable {
    /// Number in the book's entries.
    public let number: Int
    /// Where it is.
    public let before: Category
    /// Where it would be.
    public let after: Category
}

/// Puts a transaction, or every one of its merchant, elsewhere.
public struct CorrectCategory: Sendable {
    /// A part of the transaction.
    public let transaction: EventPlace
    /// Whether all of its merchant are meant.
    public let isForMerchant: Bool
    /// Slug of the category; nil for the rules' choice.
    public let category: String?

    /// A command.
    public init(transaction: EventPlace, isForMerchant: Bool, category: String?) {
        self.transaction = transaction
        self.isForMerchant = isForMerchant
        self.category = category
    }
}

/// Takes a correction back.
public struct WithdrawCorrection: Sendable {
    /// The correction's id.
    public let correction: EventPlace

    /// A command.
    public init(_ correction: EventPlace) { self.correction = correction }
}

/// Why a person's word is not recorded.
public enum PreferenceRefusal: Error, Hashable, Sendable {
    /// No such transaction stands, or it has no category.
    case transactionUnknown
    /// The taxonomy has no such category.
    case categoryUnknown
    /// The transaction's source says nothing that tells its merchant from others.
    case merchantUnnamed
    /// The log has no such correction.
    case correctionUnknown
    /// Something else was said since, or it was taken back: there is nothing to take back.
    case correctionNotInForce
    /// The two are no pair of that kind.
    case linkUnknown
    /// As many corrections as a person may have.
    case full
}

/// What a decision comes to: an event, still without its time and request, and where it belongs.
public struct PreferenceDraft: Sendable {
    /// The transaction's own compartment; nil for the person's preferences.
    public let asset: AssetID?
    /// The event.
    public var event: Event
}

extension TransactionBook {
    /// What would move if a command were carried out now.
    public func moves(_ command: CorrectCategory) throws(PreferenceRefusal) -> [CategoryMove] {
        let (number, category) = try target(of: command)
        let movement = entries[number].movement
        let key = key(of: movement)
        if command.isForMerchant, key.count <= 1 { throw .merchantUnnamed }
        var moves: [CategoryMove] = []
        for other in command.isForMerchant ? Array(entries.indices) : [number] {
            let entry = entries[other]
            guard entry.isStanding, let before = self.category(of: entry)?.category,
                let ruling = entry.movement.ruling
            else { continue }
            var after = category ?? ruling.category
            if command.isForMerchant {
                guard entry.said == nil, self.key(of: entry.movement) == key else { continue }
            } else if category == nil {
                after = saidOfMerchant(of: movement)?.category ?? ruling.category
            }
            if before != after {
                moves.append(CategoryMove(number: other, before: before, after: after))
            }
        }
        return moves
    }

    private func target(
        of command: CorrectCategory
    ) throws(PreferenceRefusal) -> (number: Int, category: Category?) {
        guard let number = number(of: command.transaction), entries[number].isStanding,
            entries[number].movement.ruling != nil
        else { throw .transactionUnknown }
        guard let slug = command.category else { return (number, nil) }
        guard let category = rules.taxonomy.category(slug: slug) else { throw .categoryUnknown }
        return (number, category)
    }

    /// What a correction is recorded as.
    public func decide(_ command: CorrectCategory) throws(PreferenceRefusal) -> PreferenceDraft {
        let moves = try moves(command)
        let (number, _) = try target(of: command)
        let entry = entries[number]
        guard let ruling = entry.movement.ruling, let held = category(of: entry)?.category else {
            throw .transactionUnknown
        }
        var fact = CategoryCorrected()
        fact.category = command.category ?? ""
        fact.categoryBefore = rules.taxonomy[held]?.slug ?? ""
        fact.rulesVersion = rules.explain(ruling).rulesVersion
        fact.changed = UInt32(clamping: moves.count)
        if command.isForMerchant {
            guard saidOfMerchants.count < SpendingCorrections.merchantsMax else { throw .full }
            fact.merchantName = String(decoding: entry.movement.name, as: UTF8.self)
            return PreferenceDraft(asset: nil, event: Event.with { $0.categoryCorrected = fact })
        }
        guard entries.count(where: { $0.said != nil }) < SpendingCorrections.placesMax else {
            throw .full
        }
        fill(&fact, with: entry)
        return PreferenceDraft(
            asset: entry.asset,
            event: Event.with { $0.categoryCorrected = fact }
        )
    }

    /// One transaction as it was recorded, since folds look nothing up.
    private func fill(_ fact: inout CategoryCorrected, with entry: Entry) {
        guard let own = entry.parts.first else { return }
        fact.event = .with {
            $0.revision = own.place.revision
            $0.index = own.place.index
        }
        fact.transaction = .init(own.bytes)
        fact.outcomes = entry.parts.dropFirst().map { .init($0.bytes) }
    }

    /// What taking a correction back is recorded as: what held before it holds again.
    public func decide(
        _ command: WithdrawCorrection
    ) throws(PreferenceRefusal) -> PreferenceDraft {
        guard let place = correctionNumbers[command.correction] else { throw .correctionUnknown }
        let correction = corrections[place]
        let standing = inForce[correction.scope] ?? []
        guard standing.last == place else { throw .correctionNotInForce }
        var fact = CategoryCorrected()
        fact.category = standing.dropLast().last.flatMap { corrections[$0].category } ?? ""
        fact.categoryBefore = correction.category ?? ""
        fact.rulesVersion = correction.rulesVersion
        fact.withdrawn = .with {
            $0.revision = correction.id.revision
            $0.index = correction.id.index
        }
        switch correction.scope {
        case .merchant(let key):
            fact.merchantName = correction.merchantName
            fact.changed = UInt32(
                clamping: entries.count { entry in
                    entry.isStanding && entry.said == nil && self.key(of: entry.movement) == key
                }
            )
            return PreferenceDraft(asset: nil, event: Event.with { $0.categoryCorrected = fact })
        case .transaction(let id):
            guard let number = number(of: id), entries[number].isStanding else {
                throw .transactionUnknown
            }
            fact.changed = 1
            fill(&fact, with: entries[number])
            return PreferenceDraft(
                asset: entries[number].asset,
                event: Event.with { $0.categoryCorrected = fact }
            )
        }
    }
}
