public import Finance

/// A row of a history that is told otherwise from some moment on.
public struct HistoryEdit: Hashable, Sendable {
    /// What becomes of a row.
    public enum Change: Hashable, Sendable {
        /// Its amount is another, in thousandths; balances after it follow.
        case amount(Int64)
        /// It is no longer told; balances after it follow.
        case vanished
        /// The text beside it is another.
        case memo(String)
    }

    /// Which person, from 0.
    public var person: Int
    /// org_code.
    public var provider: String
    /// Key of a deposit account, card or wallet, as `ListedAsset.key`.
    public var key: String
    /// Which row, from 0, oldest first; of a card its domestic approvals.
    public var row: Int
    /// What becomes of it.
    public var change: Change
    /// Seconds since 1970-01-01 UTC from which on it is so.
    public var from: Int64

    /// An edit.
    public init(
        person: Int,
        provider: String,
        key: String,
        row: Int,
        change: Change,
        from: Int64
    ) {
        (self.person, self.provider, self.key) = (person, provider, key)
        (self.row, self.change, self.from) = (row, change, from)
    }
}

/// A row that may be edited.
public struct EditableRow: Hashable, Sendable {
    /// org_code.
    public var provider: String
    /// Key of the asset.
    public var key: String
    /// Place of the row, from 0.
    public var row: Int
    /// The day it is told under.
    public var day: CivilDate
    /// Its amount, in thousandths.
    public var amount: Int64
}

extension SandboxWorld {
    /// Rows of deposit accounts and cards that were told by `now`, without edits.
    public func editableRows(of person: Int, through now: Int64) -> [EditableRow] {
        let second = KoreanClock.seconds(atUTC: now)
        let books = books(person, at: second)
        var rows: [EditableRow] = []
        for account in books.deposits {
            for (index, row) in account.rows.enumerated() where row.at <= second {
                rows.append(editable(account.face, index, row.at, row.amount))
            }
        }
        for card in books.cards {
            for (index, row) in card.domestic.enumerated() where row.at <= second {
                rows.append(editable(card.face, index, row.at, row.amount))
            }
        }
        return rows
    }

    private func editable(_ face: AssetFace, _ row: Int, _ at: Int64, _ amount: Int64)
        -> EditableRow
    {
        EditableRow(
            provider: terrain.providers[face.provider].code,
            key: face.key,
            row: row,
            day: CivilDate(daysSinceEpoch: KoreanClock.day(of: at)),
            amount: amount
        )
    }
}

extension PersonBooks {
    /// The books with rows told otherwise.
    ///
    /// Places of rows are those before any edit, so rows that vanish go last.
    func edited(by edits: [HistoryEdit], _ terrain: Terrain) -> PersonBooks {
        var books = self
        let ordered =
            edits.filter { $0.change != .vanished }
            + edits.filter { $0.change == .vanished }.sorted { $0.row > $1.row }
        for edit in ordered {
            guard let provider = terrain.place(of: edit.provider) else { continue }
            if let account = deposits.firstIndex(where: {
                $0.face.provider == provider && $0.face.key == edit.key
            }) {
                books.edit(account: account, edit)
            } else if let card = card(provider, edit.key) {
                books.edit(card: card, edit)
            }
        }
        return books
    }

    private mutating func edit(account: Int, _ edit: HistoryEdit) {
        guard deposits[account].rows.indices.contains(edit.row) else { return }
        let old = deposits[account].rows[edit.row]
        var delta: Int64 = 0
        switch edit.change {
        case .memo(let words):
            texts.append(words)
            deposits[account].rows[edit.row].memo = TextID(texts.count - 1)
        case .amount(let amount):
            deposits[account].rows[edit.row].amount = amount
            delta = old.isIn ? amount - old.amount : old.amount - amount
        case .vanished:
            deposits[account].rows.remove(at: edit.row)
            delta = old.isIn ? -old.amount : old.amount
        }
        guard delta != 0 else { return }
        for index in edit.row..<deposits[account].rows.count {
            deposits[account].rows[index].balance += delta
        }
        deposits[account].balance += delta
    }

    private mutating func edit(card: Int, _ edit: HistoryEdit) {
        guard cards[card].domestic.indices.contains(edit.row) else { return }
        switch edit.change {
        case .memo(let words):
            texts.append(words)
            cards[card].domestic[edit.row].merchant = TextID(texts.count - 1)
        case .amount(let amount): cards[card].domestic[edit.row].amount = amount
        case .vanished: cards[card].domestic.remove(at: edit.row)
        }
    }
}
