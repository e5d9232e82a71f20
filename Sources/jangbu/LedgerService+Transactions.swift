import EventLog
import Finance
import Frame
import Projections
import Vault
import Web

/// Single transactions, read from the person's own log when they are asked for.
extension LedgerService {
    /// Frames of one person that a list looks at, newest first: bounds one request.
    private static let framesMax: UInt64 = 4_096

    /// One transaction with what decided its category.
    struct Transaction {
        var line: TransactionLine
        var ruling: Ruling
        var text: [UInt8]
        var mcc: UInt32
        var expense: String
    }

    func transactions(
        _ id: String,
        from: Month,
        through: Month,
        category: String?,
        after cursor: Web.Cursor?,
        limit: Int
    ) async throws -> Listing<TransactionLine>? {
        guard let subject = live(id) else { return nil }
        var all: [TransactionLine] = []
        try forEachTransaction(of: subject) { transaction in
            let line = transaction.line
            guard line.day.month >= from, line.day.month <= through else { return }
            if let category, line.category != category { return }
            all.append(line)
        }
        all.sort {
            ($1.day, $1.event.revision, $1.event.index) < (
                $0.day, $0.event.revision, $0.event.index
            )
        }
        let start = Int(clamping: cursor?.counts.first ?? 0)
        guard start < all.count else { return Listing(items: [], next: nil) }
        let end = min(all.count, start + limit)
        return Listing(
            items: Array(all[start..<end]),
            next: end < all.count ? Web.Cursor([UInt64(end)]) : nil
        )
    }

    func explanation(_ id: String, event: EventID) async throws -> CategoryReason? {
        guard let subject = live(id) else { return nil }
        var found: Transaction?
        var rules: [String: UInt64] = [:]
        try forEachTransaction(of: subject) { transaction in
            if transaction.line.event == event { found = transaction }
            rules[services.rules.explain(transaction.ruling).rule, default: 0] += 1
        }
        guard let found, found.line.category != nil else { return nil }
        let why = services.rules.explain(found.ruling, text: found.text.span)
        var evidence: [CategoryReason.Clue] = []
        if !why.matched.isEmpty {
            evidence.append(.init(kind: why.evidence, value: why.matched))
        }
        if found.mcc != 0, why.evidence != .mcc {
            evidence.append(.init(kind: .mcc, value: String(found.mcc)))
        }
        if !found.expense.isEmpty, why.evidence != .expense {
            evidence.append(.init(kind: .expense, value: found.expense))
        }
        let reason = why.reason.isEmpty ? why.rule : why.reason
        return CategoryReason(
            transaction: found.line,
            rule: why.rule,
            ruleText: LocalizedName(ko: reason, en: reason),
            version: "\(why.rulesVersion)-" + String(why.rulesDigest, radix: 16),
            evidence: evidence,
            others: (rules[why.rule] ?? 1) - 1
        )
    }

    /// Opens the person's frames, the newest `framesMax`, for the purpose of showing them.
    private func forEachTransaction(
        of subject: SubjectID,
        _ body: (Transaction) -> Void
    ) throws {
        let size = try services.log.durableSize(of: subject)
        var revision = size - min(size, LedgerService.framesMax)
        var opener = try FrameOpener()
        while revision < size {
            let next = try services.log.read(subject, from: revision, limit: 256) { frame in
                guard !frame.isTombstone else { return }
                let header = try FrameHeader(frame.bytes)
                guard header.kind == .provider else { return }
                do {
                    let key = try services.vault.key(
                        of: subject,
                        compartment: header.compartment,
                        epoch: header.keyEpoch,
                        for: .service
                    )
                    _ = try opener.open(frame.bytes, key: key)
                } catch VaultError.compartmentErased {
                    return
                }
                try read(opener.events, header, body)
                opener.close()
            }
            guard next > revision else { break }
            revision = next
        }
    }

    private func read(
        _ events: Span<UInt8>,
        _ header: FrameHeader,
        _ body: (Transaction) -> Void
    ) throws {
        let asset = AssetID(high: header.compartment.high, low: header.compartment.low)
        var cursor = Finance.EventCursor(events, of: asset)
        var index: UInt32 = 0
        while let event = try cursor.next() {
            defer { index += 1 }
            let id = EventID(revision: header.revision, index: index)
            if let transaction = try transaction(event, id) { body(transaction) }
        }
    }

    private func transaction(
        _ event: borrowing EventView,
        _ id: EventID
    ) throws -> Transaction? {
        guard
            let day = CivilDate(
                secondsSinceEpoch: event.occurredAt,
                utcOffsetMinutes: event.utcOffsetMinutes
            )
        else { return nil }
        if event.type == .cardApproved, let card = try event.cardApproval(),
            let currency = Currency(numericCode: card.currency)
        {
            let fact = try event.message().cardApproved
            let expense = Array(fact.expenseText.utf8)
            let ruling = services.rules.card(
                merchant: card.merchantName,
                mcc: card.mcc,
                expense: expense.span
            )
            let merchant = fact.merchantName.isEmpty ? fact.merchantID : fact.merchantName
            return Transaction(
                line: line(id, day, merchant, -card.amount, currency, ruling),
                ruling: ruling,
                text: Array(fact.merchantName.utf8),
                mcc: card.mcc,
                expense: fact.expenseText
            )
        }
        guard let bank = try event.bankTransaction(),
            let currency = Currency(numericCode: bank.currency)
        else { return nil }
        let fact = try event.message().bankTransactionPosted
        let isIn = [.opened, .deposited, .correctedIn, .withdrawalCancelled, .otherIn]
            .contains(bank.kind)
        let ruling = services.rules.bank(
            kind: UInt32(bank.kind.rawValue),
            isIn: isIn,
            memo: bank.memo,
            channel: bank.channel,
            purpose: bank.purpose
        )
        let texts = [fact.memo, fact.counterpartyAccount, fact.purpose, fact.channel]
        return Transaction(
            line: line(
                id,
                day,
                texts.first { !$0.isEmpty } ?? "",
                isIn ? bank.amount : -bank.amount,
                currency,
                ruling
            ),
            ruling: ruling,
            text: Array(fact.memo.utf8),
            mcc: 0,
            expense: ""
        )
    }

    private func line(
        _ id: EventID,
        _ day: CivilDate,
        _ merchant: String,
        _ thousandths: Int64,
        _ currency: Currency,
        _ ruling: Ruling
    ) -> TransactionLine {
        let entry = services.rules.taxonomy[ruling.category]
        return TransactionLine(
            event: id,
            day: day,
            merchant: merchant.isEmpty ? nil : merchant,
            amount: Money(thousandths: thousandths, currency: currency),
            category: entry?.slug,
            categoryName: entry.map { LocalizedName(ko: $0.korean, en: $0.english) }
        )
    }
}

extension Evidence {
    /// The stable word of the interface.
    var word: String {
        switch self {
        case .bankKind: "bank-kind"
        case .bankMemo: "memo"
        case .merchantText: "merchant-text"
        case .mcc: "mcc"
        case .ksic: "ksic"
        case .merchantWord: "merchant-word"
        case .expense: "expense"
        case .fallback: "fallback"
        }
    }
}
