internal import FoundationEssentials
internal import SwiftProtobuf

/// Two transactions that may belong together, by their ids.
public struct LinkPair: Hashable, Sendable {
    /// The leg that money left, or the purchase.
    public let from: EventPlace
    /// The leg that it reached, or the refund.
    public let to: EventPlace

    /// A pair.
    public init(from: EventPlace, to: EventPlace) { (self.from, self.to) = (from, to) }
}

/// What a person decided of a pair.
public struct DecidedLink: Hashable, Sendable {
    /// Where the decision is in the log; its id.
    public let id: EventPlace
    /// Which two.
    public let pair: LinkPair
    /// How they would belong together.
    public let kind: LinkKind
    /// Whether they do.
    public let isLinked: Bool
    /// When the person said so, in seconds since 1970-01-01T00:00:00Z.
    public let seconds: Int64
    /// As of a correction.
    public let requestKey: [UInt8]
    /// As of a correction.
    public let requestDigest: [UInt8]
}

/// That two transactions belong together, and why.
public struct TransactionLink: Hashable, Sendable {
    /// How.
    public let kind: LinkKind
    /// Which two.
    public let pair: LinkPair
    /// Name of the rule that found it; `person` when a person said so.
    public let rule: String
    /// Version of the rules of links.
    public let version: UInt32
    /// The person's decision, when it was one.
    public let decision: EventPlace?
}

/// Says whether two transactions belong together.
public struct DecideLink: Sendable {
    /// Which two.
    public let pair: LinkPair
    /// How.
    public let kind: LinkKind
    /// Whether they do.
    public let isLinked: Bool

    /// A command.
    public init(_ pair: LinkPair, kind: LinkKind, isLinked: Bool) {
        (self.pair, self.kind, self.isLinked) = (pair, kind, isLinked)
    }
}

extension TransactionBook {
    /// Decisions about pairs that a person may have: one a day for eleven years.
    static let linkDecisionsMax = 4_096

    mutating func decide(
        _ event: borrowing EventView,
        at place: EventPlace
    ) throws(FoldError) {
        let message: Event
        // The decoder's reasons are many and its own.
        do { message = try event.message() } catch { throw .event(.truncated) }
        let fact = message.linkDecided
        let decided = DecidedLink(
            id: place,
            pair: LinkPair(from: EventPlace(fact.from), to: EventPlace(fact.to)),
            kind: fact.kind,
            isLinked: fact.isLinked,
            seconds: message.occurredAt,
            requestKey: Array(fact.request.key),
            requestDigest: Array(fact.request.digest)
        )
        links[decided.pair] = decided
        linkDecisions.append(decided)
    }

    /// What a decision about a pair is recorded as.
    ///
    /// - Throws: `.linkUnknown` unless both stand and could be a pair of that kind: money that went
    ///   out and money that came in, in one currency, between two assets or at one.
    public func decide(_ command: DecideLink) throws(PreferenceRefusal) -> PreferenceDraft {
        guard linkDecisions.count < TransactionBook.linkDecisionsMax else { throw .full }
        guard let out = number(of: command.pair.from), let back = number(of: command.pair.to),
            entries[out].isStanding, entries[back].isStanding,
            entries[out].id == command.pair.from, entries[back].id == command.pair.to,
            entries[out].sum < 0, entries[back].sum > 0,
            entries[out].movement.currency == entries[back].movement.currency
        else { throw .linkUnknown }
        switch command.kind {
        case .ownTransfer:
            guard entries[out].asset != entries[back].asset,
                entries[out].sum.magnitude == entries[back].sum.magnitude
            else { throw .linkUnknown }
        case .refund:
            guard entries[back].sum.magnitude <= entries[out].sum.magnitude else {
                throw .linkUnknown
            }
        case .unspecified, .UNRECOGNIZED: throw .linkUnknown
        }
        let event = Event.with {
            $0.linkDecided = .with {
                $0.from = EventReference(command.pair.from)
                $0.to = EventReference(command.pair.to)
                $0.kind = command.kind
                $0.isLinked = command.isLinked
            }
        }
        return PreferenceDraft(asset: nil, event: event)
    }
}

extension TransactionBook {
    /// What was recorded for the request of that name (SHA-256), the last if there are several.
    public func request(
        _ key: [UInt8]
    ) -> (place: EventPlace, digest: [UInt8], seconds: Int64)? {
        let correction = corrections.last { $0.requestKey == key }
        let link = linkDecisions.last { $0.requestKey == key }
        if let correction, link.map({ $0.id < correction.id }) ?? true {
            return (correction.id, correction.requestDigest, correction.seconds)
        }
        return link.map { ($0.id, $0.requestDigest, $0.seconds) }
    }
}

extension PreferenceDraft {
    /// Writes down which request asked for it, by SHA-256 of its name and of what it asks.
    public mutating func mark(_ key: [UInt8], _ digest: [UInt8]) {
        let mark = RequestMark.with {
            $0.key = .init(key)
            $0.digest = .init(digest)
        }
        switch event.fact {
        case .categoryCorrected: event.categoryCorrected.request = mark
        case .linkDecided: event.linkDecided.request = mark
        default: preconditionFailure("a person's word is one of these")
        }
    }
}

extension EventPlace {
    init(_ reference: EventReference) {
        self.init(revision: reference.revision, index: reference.index)
    }
}

extension EventReference {
    init(_ place: EventPlace) {
        self.init()
        revision = place.revision
        index = place.index
    }
}
