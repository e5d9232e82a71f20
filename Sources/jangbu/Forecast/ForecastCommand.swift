import ArgumentParser
import Files
import Finance
import Foundation
import MyData
import SwiftProtobuf

/// `jangbu forecast`: what cash-flow forecasts are worth.
struct ForecastCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "forecast",
        abstract: "Measure cash-flow forecasts on months that are held back.",
        subcommands: [ForecastMeasureCommand.self]
    )
}

/// `jangbu forecast measure`: the figures of docs/forecast.md.
struct ForecastMeasureCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "measure",
        abstract: "Foretell held-back months of generated and real data; print the errors.",
        discussion: """
            Each line: target, months ahead, forecasts compared, error as a share of what went \
            out (net) or of the actual sums, the same for two baselines, and how many of the 80 % \
            intervals held.

            Example: jangbu forecast measure --berka ../shared/data/berka
            """
    )

    @Option(help: "Number of generated households.")
    var households = 500
    @Option(help: "Months that are held back of each person.")
    var months = 6
    @Option(help: "Folder of the Berka data; left out without it.")
    var berka: String?
    @Option(help: "Folder of the Birmingham data; the included one by default.")
    var birmingham: String?
    @Option(help: "Folder of the category rules; conf/categories by default.")
    var rules: String?
    @Flag(help: "Print JSON lines.")
    var json = false

    func run() async throws {
        let rules = try ForecastPanel.rules(rules ?? Places.need("conf/categories"))
        try show("generated", .households(households, rules))
        let folder = try birmingham ?? Places.need("Replay/data/birmingham")
        try show("birmingham", .birmingham(folder, rules))
        if let berka { try show("berka", .berka(berka, rules)) }
    }

    private func show(_ source: String, _ panel: ForecastPanel) throws {
        for figure in panel.figures(of: source, heldBack: months) {
            Terminal.shared.data(json ? try JSONText.encode(figure) : figure.text)
        }
    }
}

/// One line of the output.
struct ForecastFigure: Encodable {
    let source: String
    let target: String
    let people: Int
    let monthsAhead: Int
    let forecasts: Int
    let errorPerMille: Int
    let lastMonthPerMille: Int
    let meanOfThreePerMille: Int
    let coveragePerMille: Int
    let intervals: Int

    var text: String {
        "\(source) \(target) +\(monthsAhead): \(Text.grouped(UInt64(forecasts))) forecasts of "
            + "\(Text.grouped(UInt64(people))) people, error \(percent(errorPerMille)), last month "
            + "\(percent(lastMonthPerMille)), mean of three \(percent(meanOfThreePerMille)), "
            + "interval held \(percent(coveragePerMille))"
    }

    private func percent(_ perMille: Int) -> String { "\(perMille / 10).\(perMille % 10) %" }
}

/// Many people's states, to measure forecasts on.
struct ForecastPanel {
    private struct Person {
        var spending = SpendingState()
        var netWorth = NetWorthState()
        var last: Int64 = 0
    }

    private let spending: SpendingProfile
    private let currency: Currency
    private let targets: [ForecastMeasure.Target]
    private var people: [String: Person] = [:]

    private init(
        _ rules: CategoryRules,
        _ currency: Currency,
        _ targets: [ForecastMeasure.Target]
    ) {
        spending = SpendingProfile(rules: rules)
        self.currency = currency
        self.targets = targets
    }

    static func rules(_ folder: String) throws -> CategoryRules {
        try CategoryRules(
            RuleFiles { (name: String) throws(FileError) -> [UInt8] in
                try Files.read(folder + "/" + name, limit: 16 << 20)
            }
        )
    }

    /// Two years of generated households.
    static func households(_ count: Int, _ rules: CategoryRules) throws -> ForecastPanel {
        var panel = ForecastPanel(rules, .krw, [.net, .incoming, .outgoing, .card])
        // January 2024.
        let first = Month(index: 648)
        for number in 0..<max(0, count) {
            var household = Household(UInt64(number) + 1)
            for event in household.events(from: first, months: 25) {
                let bytes: [UInt8] = try event.serializedBytes()
                try panel.take("\(number)", bytes, of: AssetID(high: 0, low: 1))
            }
        }
        return panel
    }

    /// Purchase cards of a British council.
    static func birmingham(_ folder: String, _ rules: CategoryRules) throws -> ForecastPanel {
        var panel = ForecastPanel(rules, .gbp, [.card])
        let path = folder + "/" + DataSet.birmingham.fileNames[0]
        var reader = try ImportReader(ByteSource(path: path), Birmingham())
        try panel.take(&reader)
        return panel
    }

    /// Accounts of a Czech bank up to their loans.
    static func berka(_ folder: String, _ rules: CategoryRules) throws -> ForecastPanel {
        var panel = ForecastPanel(rules, .czk, [.net, .incoming, .outgoing])
        let owners = try BerkaOwners(ByteSource(path: folder + "/" + BerkaOwners.fileName))
        let path = folder + "/trans_preloan.csv.zst"
        var reader = try ImportReader(ByteSource(path: path), BerkaTransactions(owners: owners))
        try panel.take(&reader)
        return panel
    }

    private mutating func take<Source: Importer>(_ reader: inout ImportReader<Source>) throws {
        while let step = try reader.next() {
            guard case .row(let row) = step else { continue }
            try take(row.subject, row.event, of: AssetID(high: 0, low: 1))
        }
    }

    private mutating func take(_ subject: String, _ bytes: [UInt8], of asset: AssetID) throws {
        let event = try EventView(bytes.span, of: asset)
        try spending.fold(event, into: &people[subject, default: Person()].spending)
        try NetWorth().fold(event, into: &people[subject, default: Person()].netWorth)
        let last = people[subject]?.last ?? 0
        people[subject]?.last = max(last, event.occurredAt)
    }

    /// Errors of all targets over the last months of each person.
    func figures(of source: String, heldBack: Int) -> [ForecastFigure] {
        targets.flatMap { target in
            var measure = ForecastMeasure(target, heldBack: heldBack)
            for person in people.values {
                // The month that the last event is in is not over.
                guard let day = CivilDate(secondsSinceEpoch: person.last) else { continue }
                measure.add(
                    person.spending,
                    person.netWorth,
                    in: currency,
                    through: day.month.adding(-1),
                    taxonomy: spending.rules.taxonomy
                )
            }
            return measure.lines.map { line in
                ForecastFigure(
                    source: source,
                    target: "\(target)",
                    people: measure.people,
                    monthsAhead: line.monthsAhead,
                    forecasts: line.count,
                    errorPerMille: line.error,
                    lastMonthPerMille: line.errorOfLastMonth,
                    meanOfThreePerMille: line.errorOfMeanOfThree,
                    coveragePerMille: line.coverage,
                    intervals: line.intervalCount
                )
            }
        }
    }
}
