import Finance
import Testing

/// Corrections of what was taken back, and of what is cancelled or corrected by its provider.
extension SpendingCorrectionTests {
    @Test func `a correction of what was taken back before counts for nothing`() throws {
        let one = FoldCase()
        let payments = [Step.payment(one), .payment(one)]
        let late = Step.single(one, place: 7, category: "shopping.gifts")
        let retracted = Step.retracted(one, place: 7)
        let state = try folded(payments + [retracted, late])
        #expect(try sums(state) == ["food.coffee": 4_500_000])
        #expect(!state.hasCorrections)
        // In whichever order the two came.
        #expect(try folded(payments + [late, retracted]).encoded == state.encoded)
        let undo = Step.single(one, place: 7, category: "")
        let again = try folded(payments + [retracted, late, late, undo])
        #expect(again.encoded == state.encoded)
        let single = Step.single(one, place: 8, category: "food.bar")
        let other = try folded(payments + [retracted, single])
        #expect(try sums(other) == ["food.bar": 4_500_000])
    }

    @Test func `what becomes of a purchase follows it to where the person put it`() throws {
        var one = FoldCase()
        one.number = "30012345"
        var corrected = one
        (corrected.kind, corrected.approvedAt) = (.correction, one.at)
        (corrected.before, corrected.amount) = (one.amount, 3_000_000)
        var cancelled = corrected
        (cancelled.kind, cancelled.at) = (.cancellation, one.at + 86_400)
        let steps = [Step.payment(one), .payment(corrected), .payment(cancelled)]
        let wanted: [[String: Int64]] = [
            ["shopping.gifts": 4_500_000], ["shopping.gifts": 3_000_000], [:],
        ]
        for count in 1...3 {
            // Wherever the person speaks, and when they take it back.
            for split in 1...count {
                let known = [corrected, cancelled].prefix(split - 1)
                let single = Step.single(
                    one,
                    place: 7,
                    category: "shopping.gifts",
                    outcomes: Array(known)
                )
                let state = try folded(steps[..<split] + [single] + steps[split..<count])
                #expect(try sums(state) == wanted[count - 1], "\(split) of \(count)")
                let undo = Step.single(
                    one,
                    place: 7,
                    category: "",
                    outcomes: Array([corrected, cancelled].prefix(count - 1))
                )
                let undone = try folded([undo], from: state)
                #expect(undone.encoded == (try folded(Array(steps[..<count]))).encoded)
                let gone = (0..<count).map {
                    Step.retracted([one, corrected, cancelled][$0], place: [7, 8, 9][$0])
                }
                #expect(try sums(folded(gone, from: state)).isEmpty, "\(split) of \(count)")
            }
        }
    }
}
