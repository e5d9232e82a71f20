internal import Finance
internal import FoundationEssentials

/// A body that is put aside, as the events that hold it.
enum PayloadParts {
    /// Bytes of the body in one event, 24 KiB: alone in a frame it fits, however badly it packs.
    static let bytesMax = 24 * 1_024

    /// The events of a body, in their order: all of `whole` stands in the first.
    ///
    /// `moment` is when the transfer began, in seconds since 1970-01-01 UTC.
    static func events(of whole: PayloadQuarantined, at moment: Int64) -> [Event] {
        let body = whole.payload
        let count = max(1, (body.count + bytesMax - 1) / bytesMax)
        return (0..<count).map { number in
            var part = PayloadQuarantined()
            if number == 0 { part = whole }
            (part.id, part.digest) = (whole.id, whole.digest)
            (part.part, part.parts) = (UInt32(number), UInt32(count))
            let from = body.startIndex + number * bytesMax
            part.payload = Data(body[from..<min(body.endIndex, from + bytesMax)])
            var event = Event()
            event.occurredAt = moment
            event.payloadQuarantined = part
            return event
        }
    }
}

/// Puts the parts of bodies together again, as they come in the log's order.
struct PayloadAssembly {
    private(set) var whole: PayloadQuarantined?
    private var partsTaken: UInt32 = 0

    /// Whether all parts came.
    var isWhole: Bool {
        guard let whole else { return false }
        return partsTaken == max(1, whole.parts)
    }

    /// Takes the next part; one that does not follow says that the log lacks a part.
    mutating func take(_ part: PayloadQuarantined) {
        guard part.part == partsTaken else { return }
        if part.part == 0 { whole = part } else { whole?.payload.append(part.payload) }
        partsTaken += 1
    }
}
