internal import Finance

/// The card list, and the assets that a customer has at a card company beside cards.
enum CardLists {
    private struct Row {
        var id = ""
        var listed = CardListed()
    }

    /// 카드-001.
    static let cards = AnswerMap(
        list: "card_list",
        count: "card_cnt",
        of: Row.init,
        [
            .word("card_id", 64, .must) { $0.id = $1 },
            .word("card_num", 19, .should) { $0.listed.maskedNumber = $1 },
            .flag("is_consent", .must) { $0.listed.requested = $1 },
            .text("card_name", 300, .should) { $0.listed.cardName = $1 },
            .code("card_member", 1, .should) { $0.listed.member = $1 },
            .code("card_type", 2, .should) { $0.listed.cardType = $1 },
        ]
    ) { (row, notes, page) throws(AnswerFault) in
        let card = [StandardCall.Parameter("card_id", row.id)]
        var apis: [ProviderAPI] = [.card002, .card008, .card009]
        // The standard allows no other call for check cards.
        if row.listed.cardType != .debit {
            apis += [.card014, .card015]
            listCustomer(&page)
        }
        page.list(
            .card,
            row.id,
            isRequested: row.listed.requested,
            card: row.listed.cardType,
            apis.map { StandardCall($0, card) },
            page.encoded(.cardListed(row.listed), notes)
        )
    }

    /// What is said of a customer rather than of a card, once a page; check cards have none of it.
    private static func listCustomer(_ page: inout PageDraft) {
        guard !page.body.flag else { return }
        page.body.flag = true
        let assets: [(AssetKind, [ProviderAPI])] = [
            (.cardPoints, [.card003]),
            (.cardBill, [.card004, .card006]),
            (.cardLoan, [.card010, .card007]),
        ]
        for (kind, apis) in assets {
            page.list(kind, customerKey, isRequested: true, apis.map { StandardCall($0) }, [])
        }
    }

    /// Key of what a customer has once at a card company.
    static let customerKey = "-"
}
