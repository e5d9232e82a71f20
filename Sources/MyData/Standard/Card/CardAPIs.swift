internal import Finance

/// Card companies: cards, approvals, bills, points and loans.
enum CardAPIs {
    static let all: [StandardAPI] = [
        StandardAPI(
            .card001, "카드-001", "CD01", in: [.card], .get, "/cards", .list, .basic,
            scope: "list", CardLists.cards),
        StandardAPI(
            .card002, "카드-002", "CD02", in: [.card], .get, "/cards/{card_id}", .state, .basic,
            scope: "card",
            parameters: card, CardStates.terms),
        StandardAPI(
            .card008, "카드-008", "CD03", in: [.card], .get,
            "/cards/{card_id}/approval-domestic", .days, .additional, scope: "card",
            parameters: card,
            CardApprovals.domestic),
        StandardAPI(
            .card009, "카드-009", "CD04", in: [.card], .get,
            "/cards/{card_id}/approval-overseas", .days, .additional, scope: "card",
            parameters: card,
            CardApprovals.overseas),
    ]

    private static let card = ["card_id"]
}
