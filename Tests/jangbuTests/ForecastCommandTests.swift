import Files
import Foundation
import Testing

/// `jangbu forecast measure` on a small panel, and on real data where it is there.
@Suite struct ForecastCommandTests {
    private struct Figure: Decodable {
        let source: String
        let target: String
        let monthsAhead: Int
        let forecasts: Int
        let errorPerMille: Int
        let lastMonthPerMille: Int
        let coveragePerMille: Int
    }

    private func figures(_ words: [String]) throws -> [Figure] {
        let command = try Command(["forecast", "measure", "--json"] + words)
        #expect(command.exit == 0, "\(command.err)")
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        return try command.out.split(separator: "\n").map {
            try decoder.decode(Figure.self, from: Data($0.utf8))
        }
    }

    @Test func `forecasts err less than the last month does, and intervals hold`() throws {
        let figures = try figures(["--households", "40"])
        #expect(Set(figures.map(\.source)) == ["generated", "birmingham"])
        #expect(figures.count == 15)
        for figure in figures {
            let name = "\(figure.source) \(figure.target) +\(figure.monthsAhead)"
            #expect(figure.forecasts > 100, "\(name)")
            #expect(figure.errorPerMille < figure.lastMonthPerMille, "\(name)")
            #expect(figure.coveragePerMille > 650, "\(name)")
        }
    }

    @Test func `on real accounts too`() throws {
        let data =
            ProcessInfo.processInfo.environment["JANGBU_DATA"] ?? Command.root + "/../shared/data"
        guard Files.exists(data + "/berka/trans_preloan.csv.zst") else {
            // The data's terms do not allow it in the project.
            let note = "SKIPPED (forecast): \(data)/berka is not there\n"
            FileHandle.standardError.write(Data(note.utf8))
            return
        }
        let figures = try figures(["--households", "0", "--berka", data + "/berka"]).filter {
            $0.source == "berka"
        }
        #expect(figures.count == 9)
        for figure in figures {
            #expect(figure.forecasts > 2_000)
            #expect(figure.errorPerMille < figure.lastMonthPerMille)
            #expect(figure.coveragePerMille > 700)
        }
    }
}
