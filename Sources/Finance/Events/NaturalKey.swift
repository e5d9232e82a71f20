/// What tells one fact of an asset from another when a provider says it again: a few fields, and
/// the time of what happened at a time.
///
/// Read from the bytes as they are encoded, so equal bytes have equal keys and nothing is decoded.
/// The fields are those with `key: true` in Schemas/catalog; a test holds the two together.
public enum NaturalKey {
    /// How facts of one type follow each other.
    public enum Kind: UInt8, Sendable {
        /// It happened: each row stands for itself, two equal ones are two.
        case movement
        /// What became of a card approval: of an approval's, the latest stands.
        case outcome
        /// How something is: the last of a key holds.
        case state
    }

    /// How facts of a type follow each other; what no provider says counts as a movement.
    public static func kind(of type: EventType) -> Kind { entry(of: type).kind }

    /// Whether providers state facts of the type; what else is in an asset's log, no answer speaks
    /// for.
    public static func isProviders(_ type: EventType) -> Bool { entries[type] != nil }

    /// Appends the key of `event`: its type, which of those that have the rest in common it is, the
    /// time where it has one, and the key's fields as they are encoded.
    ///
    /// `occurrence` stands for the event's own, when it has none yet.
    /// - Throws: why the fact's bytes cannot be read; some bytes may have been appended then.
    public static func append(
        _ event: borrowing EventView,
        occurrence: UInt32? = nil,
        to bytes: inout [UInt8]
    ) throws(EventError) {
        let entry = entry(of: event.type)
        // A cancellation and a correction of one approval take each other's place.
        let type = entry.kind == .outcome ? EventType.cardApprovalCancelled : event.type
        bytes.append(varint: UInt64(type.rawValue))
        bytes.append(varint: UInt64(occurrence ?? event.occurrence))
        if entry.isTimed { bytes.append(varint: UInt64(bitPattern: event.occurredAt)) }
        try append(fieldsOf: event, entry.fields, to: &bytes)
    }

    /// Appends the key that a cancellation or correction of this approval has.
    ///
    /// - Returns: whether there can be one: the event is an approval.
    /// - Throws: why the fact's bytes cannot be read.
    public static func append(
        outcomeOf approval: borrowing EventView,
        to bytes: inout [UInt8]
    ) throws(EventError) -> Bool {
        guard approval.type == .cardApproved else { return false }
        bytes.append(varint: UInt64(EventType.cardApprovalCancelled.rawValue))
        bytes.append(varint: 0)
        try append(fieldsOf: approval, entry(of: .cardApproved).fields, to: &bytes)
        // As `approved_at` is encoded: left out when it is 0.
        let seconds = UInt64(bitPattern: approval.occurredAt)
        if seconds != 0 {
            bytes.append(varint: 13 << 3)
            bytes.append(varint: seconds)
        }
        return true
    }

    /// Whether the source gave it a number or a code: the same twice in one answer is then one.
    public static func isNumbered(_ event: borrowing EventView) -> Bool {
        let entry = entry(of: event.type)
        var reader = WireReader(event.fact)
        do throws(EventError) {
            while let tag = try reader.tag() {
                if tag & 7 == 2, entry.has(tag >> 3) { return true }
                try reader.skip(tag)
            }
        } catch {
            return false
        }
        return false
    }

    private static func append(
        fieldsOf event: borrowing EventView,
        _ fields: UInt32,
        to bytes: inout [UInt8]
    ) throws(EventError) {
        let fact = event.fact
        var reader = WireReader(fact)
        while let tag = try reader.tag() {
            let start = reader.index
            try reader.skip(tag)
            guard tag < 32 << 3, fields & (1 << (tag >> 3)) != 0 else { continue }
            bytes.append(varint: UInt64(tag))
            for index in start..<reader.index { bytes.append(fact[index]) }
        }
    }

    /// What makes up the key of one type of fact.
    struct Entry: Sendable {
        var kind = Kind.movement
        /// Bit n is field n.
        var fields: UInt32 = 0
        /// Whether the time of the event is part of it.
        var isTimed = true
        /// Whether a fact with nothing but its key says that the part is gone.
        var canBeGone = false
        /// The field that says so of a fact without amounts, 1 beside the key; 0 where none does.
        var goneMark: UInt32 = 0

        func has(_ field: UInt32) -> Bool { field < 32 && fields & 1 << field != 0 }

        static func movement(_ fields: UInt32..., timed: Bool = true) -> Entry {
            Entry(fields: bits(fields), isTimed: timed)
        }

        static func outcome(_ fields: UInt32...) -> Entry {
            Entry(kind: .outcome, fields: bits(fields), isTimed: false)
        }

        static func state(_ fields: UInt32..., canBeGone: Bool = false) -> Entry {
            Entry(kind: .state, fields: bits(fields), isTimed: false, canBeGone: canBeGone)
        }

        /// Its mark has a greater number than the fields of its key, and below 16.
        static func state(_ fields: UInt32..., goneMark: UInt32) -> Entry {
            Entry(
                kind: .state,
                fields: bits(fields),
                isTimed: false,
                canBeGone: true,
                goneMark: goneMark
            )
        }

        private static func bits(_ fields: [UInt32]) -> UInt32 { fields.reduce(0) { $0 | 1 << $1 } }
    }

    @inline(__always)
    static func entry(of type: EventType) -> Entry {
        type.rawValue < UInt32(byNumber.count) ? byNumber[Int(type.rawValue)] : Entry()
    }

    private static let byNumber: [Entry] = {
        let last = entries.keys.map(\.rawValue).max() ?? 0
        return (0...last).map { entries[EventType(rawValue: $0)] ?? Entry() }
    }()
}

extension NaturalKey {
    /// By type; what is not in it has no key but its time.
    static let entries: [EventType: Entry] = [
        .accountListed: .state(),
        .assetClosed: .state(),
        .holdingReported: .state(2, 5, 10, 11, canBeGone: true),
        .pensionReported: .state(2, 3),
        .pensionTransactionPosted: .movement(4),
        .loanTransactionPosted: .movement(8),
        .loanBalanceReported: .state(2, 6, 7, canBeGone: true),
        .loanTermsReported: .state(15, 18),
        .loanStatusReported: .state(2),
        .bankTransactionPosted: .movement(10),
        .balanceReported: .state(2, canBeGone: true),
        .depositTermsReported: .state(3),
        .fundTermsReported: .state(),
        .fundBalanceReported: .state(2),
        .fundTransactionPosted: .movement(7),
        .scheduledTransferReported: .state(2, 3, 4, 5, 6, 9, canBeGone: true),
        .cardApproved: .movement(7),
        .cardApprovalCancelled: .outcome(7, 13),
        .cardApprovalCorrected: .outcome(7, 13),
        .cardPurchaseCaptured: .movement(5, 6, timed: false),
        .cardListed: .state(),
        .cardTermsReported: .state(),
        .cardBilled: .state(2, 5),
        .cardBillLineCharged: .movement(8),
        .cardPaymentScheduled: .state(2, 3, canBeGone: true),
        .revolvingCreditReported: .state(2, canBeGone: true),
        .pointsReported: .state(3, canBeGone: true),
        .cardFraudConfirmed: .movement(3, 4, timed: false),
        .cashAdvanceReported: .state(2, 3, canBeGone: true),
        .investTransactionPosted: .movement(12),
        .investAccountListed: .state(),
        .investBalanceReported: .state(2, canBeGone: true),
        .premiumPaid: .movement(4, 5, 6),
        .policyListed: .state(),
        .policyTermsReported: .state(),
        .policyCoverReported: .state(1, 6, 8, 9, canBeGone: true),
        .premiumScheduleReported: .state(),
        .carCoverReported: .state(1, 3, canBeGone: true),
        .emoneyTransactionPosted: .movement(11, 12),
        .prepaidBalanceReported: .state(2, 8, canBeGone: true),
        .prepaidWalletListed: .state(),
        .chargeRuleReported: .state(3, 7),
        .paymentAccountListed: .state(1),
        .paymentMethodReported: .state(1, 2, goneMark: 5),
        .leaseTransactionPosted: .movement(4),
        .leaseTermsReported: .state(),
    ]
}

extension EventView {
    /// The whole event but its `occurred_at`, which every writer here puts first.
    @_lifetime(copy self)
    public func bytesWithoutTime() -> Span<UInt8> {
        guard !bytes.isEmpty, bytes[0] == 1 << 3 else { return bytes }
        var index = 1
        while index < bytes.count, bytes[index] >= 0x80 { index += 1 }
        return bytes.extracting(min(index + 1, bytes.count)...)
    }
}
