import Cryptography
import Finance

/// A read model small enough to be computed by hand: count and sum of card approvals by asset.
struct CardSums: Fold {
    static let name = "card-sums"
    static let version: UInt32 = 1
    /// An approval of this amount cannot be folded.
    static let poison: Int64 = 13_000_000

    var configuration: UInt64 = 0

    func fold(_ event: borrowing EventView, into state: inout CardSumsState) throws(FoldError) {
        do throws(EventError) {
            guard let card = try event.cardApproval() else { return }
            if card.amount == CardSums.poison { throw EventError.eventTooLong }
            state.add(card.amount, of: event.asset)
        } catch {
            throw .event(error)
        }
    }
}

struct CardSumsState: FoldState, Equatable {
    struct Sum: Equatable {
        var count: UInt64 = 0
        var amount: Int64 = 0
    }

    var sums: [AssetID: Sum] = [:]

    init() {}

    mutating func add(_ amount: Int64, of asset: AssetID) {
        sums[asset, default: Sum()].count += 1
        sums[asset, default: Sum()].amount += amount
    }

    init(decoding bytes: Span<UInt8>) throws(FoldError) {
        guard bytes.count.isMultiple(of: 32) else { throw .malformedState }
        for start in stride(from: 0, to: bytes.count, by: 32) {
            let asset = AssetID(
                high: bytes.littleEndian(UInt64.self, at: start),
                low: bytes.littleEndian(UInt64.self, at: start + 8)
            )
            sums[asset] = Sum(
                count: bytes.littleEndian(UInt64.self, at: start + 16),
                amount: bytes.littleEndian(Int64.self, at: start + 24)
            )
        }
    }

    func encode(into bytes: inout [UInt8]) {
        for (asset, sum) in sums.sorted(by: { $0.key < $1.key }) {
            bytes.appendLittleEndian(asset.high)
            bytes.appendLittleEndian(asset.low)
            bytes.appendLittleEndian(sum.count)
            bytes.appendLittleEndian(sum.amount)
        }
    }
}
