import Testing

@testable import Finance

@Suite struct SpendingCellsTests {
    @Test(arguments: FoldFixtures.seeds)
    func `cells hold what a dictionary holds, whatever the size of the numbers`(
        seed: UInt64
    ) throws {
        var random = FoldRandom(seed: seed)
        var cells = SpendingCells()
        var expected: [UInt32: Tally] = [:]
        for _ in 0..<3_000 {
            let month = UInt32(random.below(6))
            let key =
                random.below(2) == 0
                ? CellKey(month: month, merchant: random.below(20))
                : CellKey(month: month, category: UInt8(random.below(20) + 1), currency: 410)
            let shift = UInt64(random.below(64))
            let sum = Int64(bitPattern: random.next() >> shift) >> 4
            let count = [1, -1, 8_190, -8_192, 100_000][random.below(5)]
            let tally = Tally(sum: sum, count: Int64(count), day: UInt8(random.below(31) + 1))
            let known = expected[key.bits] ?? Tally()
            let sums = known.sum.addingReportingOverflow(sum)
            guard !sums.overflow else {
                #expect(throws: FoldError.overflow) {
                    _ = try cells.add(tally, to: key, hint: random.below(40))
                }
                continue
            }
            let index = try cells.add(tally, to: key, hint: random.below(40))
            #expect(cells.key(index) == key)
            expected[key.bits] =
                known == Tally() ? tally : try known.adding(tally)
        }
        #expect(Array(cells.keys) == expected.keys.sorted())
        for index in 0..<cells.count {
            #expect(cells[index] == expected[cells.keys[index]], "SEED=\(seed)")
        }
    }
}
