import LMDB
import Simulation
import Testing

@Suite struct PageCheckTests {
    @Test(arguments: [1, 2, 3, 4, 5, 6] as [UInt64])
    func `what LMDB wrote is sound and agrees with the model`(number: UInt64) throws {
        var seed = Seed(number)
        let scratch = Scratch()
        try Environment.create(at: scratch.environment, tables: SampleTables.names)
        #expect(try summary(of: scratch).tables.map(\.name) == SampleTables.names)
        var model = SampleTables.empty
        for _ in 0..<12 {
            let environment = try Environment(
                opening: scratch.environment,
                options: .init(flush: .lagged)
            )
            let tables = try SampleTables(of: environment)
            for _ in 0..<5 {
                try tables.change(environment, &model, seed.below(60), using: &seed)
            }
            #expect(try tables.entries(environment) == SampleTables.entries(model), "\(seed)")
            environment.close()
            let summary = try summary(of: scratch)
            for table in summary.tables {
                #expect(table.entries == UInt64(model[table.name, default: [:]].count), "\(seed)")
            }
            #expect(summary.lostPages == 0, "\(seed)")
        }
    }

    private func summary(of scratch: Scratch) throws -> PageCheck.Summary {
        switch try PageCheck.check(scratch.environment) {
        case .sound(let summary): return summary
        case .damaged(let damages):
            for damage in damages { Issue.record("\(damage)") }
            throw Disagreement()
        }
    }
}
