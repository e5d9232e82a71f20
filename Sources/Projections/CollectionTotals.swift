public import Finance

extension CollectionBoard: TotalFold {
    /// Adds a person's part to the board of all.
    public static func add(_ state: CollectionBoardState, to totals: inout CollectionTotals) {
        totals.add(state)
    }

    /// Takes a person's part off the board of all.
    public static func remove(
        _ state: CollectionBoardState,
        from totals: inout CollectionTotals
    ) {
        totals.remove(state)
    }
}
