/// Writes the hot facts straight into a frame's body, for bulk paths.
///
/// Each call appends one event with its length before it, as `EventCursor` reads it. The bytes
/// are those that swift-protobuf writes for the same values, without a message in between; a
/// body that is reused with `removeAll(keepingCapacity: true)` allocates nothing.
///
/// ```swift
/// EventWriter.append(
///     CardApprovalView(amount: 31_500_000, merchantName: name), .cardApproved,
///     at: EventEnvelope(occurredAt: seconds), to: &body)
/// ```
public enum EventWriter {
    /// Appends an approval, its cancellation or its correction.
    ///
    /// A currency of 410 is left out, as is what the fact has no field for: `status` outside
    /// approvals, `approvedAt` in approvals, `amountBefore` outside corrections. `type` says which
    /// of the three it is; any other is a bug.
    public static func append(
        _ approval: CardApprovalView,
        _ type: EventType,
        at envelope: EventEnvelope,
        to body: inout [UInt8]
    ) {
        precondition(
            type == .cardApproved || type == .cardApprovalCancelled
                || type == .cardApprovalCorrected,
            "not a fact about an approval"
        )
        let size = approval.size(type)
        append(type, size, envelope, to: &body) { output in approval.write(type, into: &output) }
    }

    /// Appends a movement on a deposit account; a currency of 410 is left out.
    public static func append(
        _ transaction: BankTransactionView,
        at envelope: EventEnvelope,
        to body: inout [UInt8]
    ) {
        append(.bankTransactionPosted, transaction.size, envelope, to: &body) { output in
            transaction.write(into: &output)
        }
    }

    @inline(__always)
    static func append(
        _ type: EventType,
        _ factSize: Int,
        _ envelope: EventEnvelope,
        to body: inout [UInt8],
        _ fact: (inout OutputSpan<UInt8>) -> Void
    ) {
        let tag = UInt64(type.rawValue << 3 | 2)
        let length =
            envelope.size + WireSize.varint(tag) + WireSize.varint(UInt64(factSize)) + factSize
        let prefix = WireSize.varint(UInt64(length))
        body.append(addingCapacity: prefix + length) { output in
            output.varint(UInt64(length))
            envelope.write(into: &output)
            output.varint(tag)
            output.varint(UInt64(factSize))
            fact(&output)
        }
    }
}
