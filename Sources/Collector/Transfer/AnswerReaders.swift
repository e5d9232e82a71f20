internal import MyData
internal import Synchronization

/// Readers of pages, each lent to one page at a time: they keep their buffers.
final class AnswerReaders: Sendable {
    private final class Seat: Sendable {
        let reader = Mutex(AnswerReader())
    }

    private let seats: [Seat]
    private let next = Atomic<Int>(0)

    init(count: Int) {
        seats = (0..<max(1, count)).map { _ in Seat() }
    }

    func read(
        _ body: [UInt8],
        of call: StandardCall,
        from source: AnswerSource,
        askedAt: Int64
    ) throws(AnswerFault) -> Answer {
        let turn = next.wrappingAdd(1, ordering: .relaxed).newValue
        let seat = seats[Int(UInt(bitPattern: turn) % UInt(seats.count))]
        return try seat.reader.withLock { reader throws(AnswerFault) in
            try reader.read(body.span, of: call, from: source, askedAt: askedAt)
        }
    }
}
