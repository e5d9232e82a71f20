/// What an approval and its later cancellations and corrections have in common, in 64 bits: asset,
/// number and time of the approval, mixed.
///
/// An approval without a number has none, since another of the same second would be taken for it.
/// Two keys of one person's thousand approvals are equal by chance once in 10^13 persons.
public enum OutcomeKey {
    /// Whether facts of the type say what became of an approval.
    @inline(__always)
    public static func isOutcome(_ type: EventType) -> Bool {
        type == .cardApprovalCancelled || type == .cardApprovalCorrected
    }

    /// The key of an approval or of what became of it; 0 when it has none.
    ///
    /// - Throws: why the fact's bytes cannot be read.
    public static func of(_ event: borrowing EventView) throws(EventError) -> UInt64 {
        guard let card = try event.cardApproval(), !card.approvalNumber.isEmpty else { return 0 }
        let approvedAt = event.type == .cardApproved ? event.occurredAt : card.approvedAt
        guard approvedAt != 0 else { return 0 }
        var hash = mixed(event.asset.high, event.asset.low)
        hash = mixed(hash, UInt64(bitPattern: approvedAt))
        for index in card.approvalNumber.indices {
            hash = mixed(hash, UInt64(card.approvalNumber[index]) + 1)
        }
        return max(1, hash)
    }

    static func folding(_ event: borrowing EventView) throws(FoldError) -> UInt64 {
        do throws(EventError) { return try of(event) } catch { throw .event(error) }
    }

    /// SplitMix64's finisher over both.
    private static func mixed(_ left: UInt64, _ right: UInt64) -> UInt64 {
        var word = (left ^ right) &+ 0x9E37_79B9_7F4A_7C15
        word = (word ^ word >> 30) &* 0xBF58_476D_1CE4_E5B9
        word = (word ^ word >> 27) &* 0x94D0_49BB_1331_11EB
        return word ^ word >> 31
    }
}
