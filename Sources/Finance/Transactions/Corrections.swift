internal import SwiftProtobuf

/// What a correction is about.
public enum CorrectionScope: Hashable, Sendable {
    /// One transaction, by its id.
    case transaction(EventPlace)
    /// A merchant, by the key that corrections know it by.
    case merchant([UInt8])
}

/// A correction as the log has it.
public struct Correction: Sendable {
    /// Whether it holds.
    public enum State: Hashable, Sendable {
        /// It does.
        case inForce
        /// The person said something else of the same afterwards, there.
        case replaced(by: EventPlace)
        /// It was taken back, there.
        case withdrawn(by: EventPlace)
    }

    /// Where it is in the log; its id.
    public let id: EventPlace
    /// What it is about.
    public let scope: CorrectionScope
    /// The merchant as the source writes it, when it is about one.
    public let merchantName: String
    /// Slug of the category that holds by it; nil when the rules' choice does again.
    public let category: String?
    /// Slug of the category that held before it.
    public let categoryBefore: String
    /// Version of the rules that had chosen.
    public let rulesVersion: UInt32
    /// Transactions that it put elsewhere when it was made.
    public let changedCount: UInt32
    /// When the person said so, in seconds since 1970-01-01T00:00:00Z.
    public let seconds: Int64
    /// The correction that this one takes back.
    public let withdrawn: EventPlace?
    /// SHA-256 of the name of the request that asked for it; empty when none had one.
    public let requestKey: [UInt8]
    /// SHA-256 of what that request asked.
    public let requestDigest: [UInt8]
    /// Whether it holds.
    public internal(set) var state = State.inForce
}

extension TransactionBook {
    mutating func correct(
        _ event: borrowing EventView,
        at place: EventPlace
    ) throws(FoldError) {
        let message: Event
        do { message = try event.message() } catch { throw .event(.truncated) }
        let fact = message.categoryCorrected
        var said: Said?
        if !fact.category.isEmpty {
            guard let category = rules.taxonomy.category(slug: fact.category) else {
                throw .unrepresentable
            }
            said = Said(category: category, correction: place)
        }
        let scope: CorrectionScope
        switch fact.scope {
        case .event(let reference):
            let target = EventPlace(revision: reference.revision, index: reference.index)
            // As the profile: a correction of what was taken back counts for nothing.
            guard let number = number(of: target), entries[number].isStanding else {
                throw .unrepresentable
            }
            scope = .transaction(entries[number].id)
            set(said, of: number)
        case .merchantName(let name):
            let keys = merchantKeys(name)
            guard let first = keys.first else { throw .unrepresentable }
            scope = .merchant(first)
            correct(keys, said)
        case nil: throw .unrepresentable
        }
        record(fact, scope, at: place, message.occurredAt)
    }

    /// Keys of a merchant's name as a card's and as a bank's, those that say something.
    func merchantKeys(_ name: String) -> [[UInt8]] {
        let bytes = Array(name.utf8.prefix(MerchantTable.nameBytesMax))
        return [MerchantSource.card, .bankOut]
            .map { rules.correctionKey(of: bytes.span, from: $0) }.filter { $0.count > 1 }
    }

    private mutating func correct(_ keys: [[UInt8]], _ said: Said?) {
        for number in entries.indices where entries[number].isStanding {
            if keys.contains(key(of: entries[number].movement)) { touch(number) }
        }
        for key in keys { saidOfMerchants[key] = said }
    }

    private mutating func record(
        _ fact: CategoryCorrected,
        _ scope: CorrectionScope,
        at place: EventPlace,
        _ seconds: Int64
    ) {
        let withdrawn =
            fact.hasWithdrawn
            ? EventPlace(revision: fact.withdrawn.revision, index: fact.withdrawn.index) : nil
        let number = corrections.count
        corrections.append(
            Correction(
                id: place,
                scope: scope,
                merchantName: fact.merchantName,
                category: fact.category.isEmpty ? nil : fact.category,
                categoryBefore: fact.categoryBefore,
                rulesVersion: fact.rulesVersion,
                changedCount: fact.changed,
                seconds: seconds,
                withdrawn: withdrawn,
                requestKey: Array(fact.request.key),
                requestDigest: Array(fact.request.digest)
            )
        )
        correctionNumbers[place] = number
        if let withdrawn, let old = correctionNumbers[withdrawn] {
            corrections[old].state = .withdrawn(by: place)
            inForce[scope]?.removeAll { $0 == old }
            if let top = inForce[scope]?.last { corrections[top].state = .inForce }
        } else {
            if let top = inForce[scope]?.last { corrections[top].state = .replaced(by: place) }
            inForce[scope, default: []].append(number)
        }
    }
}
