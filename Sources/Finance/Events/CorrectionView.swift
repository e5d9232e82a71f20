/// That a person put a transaction, or every one of a merchant, elsewhere; read in place.
public struct CorrectionView: ~Escapable {
    /// What is meant.
    public enum Scope: Hashable, Sendable {
        /// Every transaction with `merchantName`.
        case merchant
        /// The one that is `transaction`.
        case event(EventPlace)
    }

    /// What is meant.
    public let scope: Scope
    /// UTF-8; empty unless a merchant is meant.
    public let merchantName: Span<UInt8>
    /// Slug of the category that now holds; empty when the rules' choice holds again.
    public let category: Span<UInt8>
    /// The one transaction as it was recorded; empty when a merchant is meant.
    public let transaction: Span<UInt8>
    private let fact: Span<UInt8>

    @_lifetime(copy fact)
    init(_ fact: Span<UInt8>) throws(EventError) {
        var reader = WireReader(fact)
        var scope = Scope.merchant
        var name = Span<UInt8>()
        var category = Span<UInt8>()
        var transaction = Span<UInt8>()
        while let tag = try reader.tag() {
            switch tag {
            case 1 << 3 | 2: scope = .event(try EventPlace(try reader.delimited()))
            case 2 << 3 | 2:
                name = try reader.delimited()
                scope = .merchant
            case 3 << 3 | 2: category = try reader.delimited()
            case 6 << 3 | 2: transaction = try reader.delimited()
            default: try reader.skip(tag)
            }
        }
        self.scope = scope
        merchantName = name
        self.category = category
        self.transaction = transaction
        self.fact = fact
    }

    /// Calls `body` with what had become of the one transaction, as it was recorded, in its order.
    ///
    /// - Throws: why the fact's bytes cannot be read, and what `body` throws.
    public func forEachOutcome(
        _ body: (Span<UInt8>) throws(FoldError) -> Void
    ) throws(FoldError) {
        var reader = WireReader(fact)
        while true {
            var outcome: Span<UInt8>?
            do throws(EventError) {
                guard let tag = try reader.tag() else { return }
                if tag == 7 << 3 | 2 {
                    outcome = try reader.delimited()
                } else {
                    try reader.skip(tag)
                }
            } catch { throw .event(error) }
            if let outcome { try body(outcome) }
        }
    }
}

/// Where an event is in its subject's log.
public struct EventPlace: Hashable, Comparable, Sendable {
    /// Revision of its frame.
    public let revision: UInt64
    /// Its place in the frame, from 0.
    public let index: UInt32

    /// A place.
    public init(revision: UInt64, index: UInt32) {
        self.revision = revision
        self.index = index
    }

    init(_ message: Span<UInt8>) throws(EventError) {
        var revision: UInt64 = 0
        var index: UInt32 = 0
        var reader = WireReader(message)
        while let tag = try reader.tag() {
            switch tag {
            case 1 << 3: revision = try reader.varint()
            case 2 << 3: index = try reader.uint32()
            default: try reader.skip(tag)
            }
        }
        self.init(revision: revision, index: index)
    }

    /// In the order of the log.
    public static func < (left: EventPlace, right: EventPlace) -> Bool {
        (left.revision, left.index) < (right.revision, right.index)
    }
}

extension EventView {
    /// The correction, or nil when this is another fact.
    ///
    /// - Throws: why the fact's bytes cannot be read.
    @_lifetime(copy self)
    public func categoryCorrection() throws(EventError) -> CorrectionView? {
        guard type == .categoryCorrected else { return nil }
        return try CorrectionView(fact)
    }
}
