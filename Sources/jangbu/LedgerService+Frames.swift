import EventLog
import Frame
import Web

/// The feed of clear headers.
extension LedgerService {
    func frames(after cursor: Web.Cursor?, limit: Int) async throws -> Listing<FrameHead> {
        let partitions = services.log.layout.partitions
        var counts = cursor?.counts ?? []
        guard counts.count <= partitions else { return Listing(items: [], next: nil) }
        counts += [UInt64](repeating: 0, count: partitions - counts.count)
        var queues: [[FrameHead]] = []
        var ends: [UInt64] = []
        for partition in 0..<partitions {
            let found = try heads(partition, from: counts[partition], limit: limit)
            queues.append(found.heads)
            ends.append(found.next)
        }
        var items: [FrameHead] = []
        // The oldest of all fronts each time: in order in each partition, and nearly so by time.
        while items.count < limit {
            let fronts = queues.indices.filter { !queues[$0].isEmpty }
            guard
                let oldest = fronts.min(by: { queues[$0][0].recordedAt < queues[$1][0].recordedAt })
            else { break }
            let head = queues[oldest].removeFirst()
            items.append(head)
            counts[oldest] = head.position + 1
        }
        // Also past erased frames, which have nothing to show.
        for partition in queues.indices where queues[partition].isEmpty {
            counts[partition] = ends[partition]
        }
        let isMore = counts.indices.contains {
            counts[$0] < services.log.nextPosition(partition: $0)
        }
        return Listing(items: items, next: isMore ? Web.Cursor(counts) : nil)
    }

    /// Clear headers of a partition in order, of `limit` frames; tombstones have none left.
    ///
    /// `next` is the position after the last frame, tombstone or not.
    func heads(
        _ partition: Int,
        from position: UInt64,
        limit: Int
    ) throws -> (heads: [FrameHead], next: UInt64) {
        var heads: [FrameHead] = []
        let next = try services.log.follow(
            partition: partition,
            from: position,
            limit: limit
        ) { frame in
            guard !frame.isTombstone else { return }
            let header = try FrameHeader(frame.bytes)
            heads.append(
                FrameHead(
                    partition: frame.partition,
                    position: frame.position,
                    revision: header.revision,
                    kind: header.kind.word,
                    events: Int(header.eventCount),
                    bytes: header.frameByteCount,
                    recordedAt: header.recordedAt / 1_000
                )
            )
        }
        return (heads, next)
    }
}
