// A made-up person's log for the tests of transactions: frames of one asset each, with approvals
// that are corrected and cancelled, rows that vanish or come back with other content, and a person
// who corrects categories, takes corrections back and speaks of what is gone.
import Finance
import Foundation
import SwiftProtobuf

struct PersonHistory {
    struct Frame {
        let asset: AssetID
        let events: [[UInt8]]
    }

    private(set) var frames: [Frame] = []
    private(set) var book = TransactionBook(rules: FoldFixtures.rules)
    private(set) var changes: [[TransactionChange]] = []
    private var random: FoldRandom
    private var day: Int64 = 0
    private var numberCount = 0

    /// 2024-01-01 in Korea.
    static let start: Int64 = 1_704_034_800
    static let card = AssetID(high: 7, low: 1)
    static let deposit = AssetID(high: 7, low: 2)
    static let preference = AssetID(high: 7, low: 9)
    static let slugs = ["food.bar", "shopping.gifts", "leisure.games", "income.other"]
    static let memos = ["11월급여", "월세", "홍길동", "카드대금", "관리비"]

    init(seed: UInt64 = 1) { random = FoldRandom(seed: seed) }

    /// A history of so many frames.
    init(seed: UInt64, frameCount: Int) throws {
        self.init(seed: seed)
        while frames.count < frameCount { try step() }
    }

    /// Appends a frame.
    @discardableResult
    mutating func append(_ events: [Event], of asset: AssetID) throws -> [EventPlace] {
        let revision = UInt64(frames.count)
        let bytes = try events.map { try FoldFixtures.encoded($0) }
        frames.append(Frame(asset: asset, events: bytes))
        for (index, event) in bytes.enumerated() {
            let view = try EventView(event.span, of: asset)
            book.take(view, at: EventPlace(revision: revision, index: UInt32(index)))
        }
        changes.append(book.endFrame())
        return bytes.indices.map { EventPlace(revision: revision, index: UInt32($0)) }
    }

    /// Appends what a command comes to.
    @discardableResult
    mutating func append(_ draft: PreferenceDraft) throws -> EventPlace {
        var event = draft.event
        event.occurredAt = PersonHistory.start + day * 86_400
        return try append([event], of: draft.asset ?? PersonHistory.preference)[0]
    }

    func purchase(_ won: Int64, at shop: String, day: Int64, number: String = "") -> Event {
        Event.with {
            $0.occurredAt = PersonHistory.start + day * 86_400 + 43_200
            $0.cardApproved.amount = won * 1_000
            $0.cardApproved.merchantName = shop
            $0.cardApproved.approvalNumber = number
        }
    }

    func moved(
        _ won: Int64,
        _ kind: BankTransactionKind,
        _ memo: String,
        day: Int64,
        second: Int64 = 43_200,
        number: String = ""
    ) -> Event {
        Event.with {
            $0.occurredAt = PersonHistory.start + day * 86_400 + second
            $0.bankTransactionPosted.amount = won * 1_000
            $0.bankTransactionPosted.kind = kind
            $0.bankTransactionPosted.memo = memo
            $0.bankTransactionPosted.transactionNumber = number
        }
    }

    func retraction(of part: TransactionBook.Part, _ reason: RetractionReason) -> Event {
        Event.with {
            $0.occurredAt = PersonHistory.start + day * 86_400
            $0.transactionRetracted.event = Data(part.bytes)
            $0.transactionRetracted.reason = reason
            $0.transactionRetracted.revision = part.place.revision
            $0.transactionRetracted.index = part.place.index
        }
    }

    private mutating func step() throws {
        day += Int64(random.below(4))
        switch random.below(10) {
        case 0, 1, 2: try purchases()
        case 3, 4: try movements()
        case 5: try outcome()
        case 6: try vanish()
        case 7: try change()
        default: try speak()
        }
    }

    private mutating func purchases() throws {
        let events = (0...random.below(5)).map { _ in
            numberCount += 1
            let shop = FoldFixtures.names[random.below(FoldFixtures.names.count)]
            let won = Int64(random.below(90_000)) - 5_000
            return purchase(won, at: shop, day: day, number: "\(30_000_000 + numberCount)")
        }
        try append(events, of: PersonHistory.card)
    }

    private mutating func movements() throws {
        let kinds: [BankTransactionKind] = [.deposited, .withdrawn, .withdrawalCancelled]
        let events = (0...random.below(3)).map { _ in
            numberCount += 1
            return moved(
                Int64(random.below(900_000)),
                kinds[random.below(3)],
                PersonHistory.memos[random.below(PersonHistory.memos.count)],
                day: day,
                number: "\(numberCount)"
            )
        }
        try append(events, of: PersonHistory.deposit)
    }

    /// Any transaction that stands.
    private mutating func standing(_ isWanted: (TransactionBook.Entry) -> Bool) -> Int? {
        let all = book.entries.indices.filter {
            book.entries[$0].isStanding && isWanted(book.entries[$0])
        }
        return all.isEmpty ? nil : all[random.below(all.count)]
    }

    private mutating func outcome() throws {
        guard let number = standing({ $0.asset == PersonHistory.card }) else { return }
        let own = book.entries[number].parts[0]
        let bytes = own.bytes
        let approval = try EventView(bytes.span, of: PersonHistory.card).message()
        guard case .cardApproved(let fact) = approval.fact else { return }
        var event = Event()
        event.occurredAt = PersonHistory.start + day * 86_400
        if random.below(2) == 0 {
            event.cardApprovalCancelled.amount = -book.entries[number].parts.reduce(0) {
                $0 + $1.movement.change
            }
            event.cardApprovalCancelled.merchantName = fact.merchantName
            event.cardApprovalCancelled.approvalNumber = fact.approvalNumber
            event.cardApprovalCancelled.approvedAt = approval.occurredAt
        } else {
            event.cardApprovalCorrected.amount = fact.amount / 2
            event.cardApprovalCorrected.amountBefore = fact.amount
            event.cardApprovalCorrected.merchantName = fact.merchantName
            event.cardApprovalCorrected.approvalNumber = fact.approvalNumber
            event.cardApprovalCorrected.approvedAt = approval.occurredAt
        }
        try append([event], of: PersonHistory.card)
    }

    private mutating func vanish() throws {
        guard let number = standing({ _ in true }) else { return }
        let entry = book.entries[number]
        // All that became of it vanishes with it.
        try append(entry.parts.map { retraction(of: $0, .vanished) }, of: entry.asset)
        guard random.below(2) == 0 else { return }
        let bytes = entry.parts[0].bytes
        try append([EventView(bytes.span, of: entry.asset).message()], of: entry.asset)
    }

    /// A bank row with other content under the same number: the new one comes first.
    private mutating func change() throws {
        guard let number = standing({ $0.asset == PersonHistory.deposit }) else { return }
        let part = book.entries[number].parts[0]
        let bytes = part.bytes
        var event = try EventView(bytes.span, of: PersonHistory.deposit).message()
        event.bankTransactionPosted.amount += 1_000
        let taken = retraction(of: part, .changed)
        if random.below(2) == 0 {
            try append([event, taken], of: PersonHistory.deposit)
        } else {
            try append([event], of: PersonHistory.deposit)
            try append([taken], of: PersonHistory.deposit)
        }
    }

    private mutating func speak() throws {
        if random.below(4) == 0,
            let last = book.corrections.last(where: { $0.state == .inForce && $0.withdrawn == nil })
        {
            do throws(PreferenceRefusal) {
                let draft = try book.decide(WithdrawCorrection(last.id))
                try appendOrFail(draft)
            } catch { return }
        }
        guard let number = standing({ $0.movement.ruling != nil }) else { return }
        let slug = PersonHistory.slugs[random.below(PersonHistory.slugs.count)]
        let command = CorrectCategory(
            transaction: book.entries[number].id,
            isForMerchant: random.below(2) == 0,
            category: slug
        )
        do throws(PreferenceRefusal) {
            try appendOrFail(book.decide(command))
        } catch { return }
    }

    private mutating func appendOrFail(_ draft: PreferenceDraft) throws(PreferenceRefusal) {
        do { try append(draft) } catch { preconditionFailure("a decision encodes: \(error)") }
    }
}
