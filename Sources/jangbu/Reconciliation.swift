import EventLog
import Finance
import Frame
import MyData
import Projections
import Vault

/// Money by currency as four independent ways tell it: the files, a replay of every frame, and two
/// read models.
struct Reconciliation {
    /// What each way says of one currency.
    struct Line {
        let currency: Currency
        /// Sum over the files' rows that were not rejected, each once.
        var file = Flows()
        /// Sum over the events of all frames, opened one by one.
        var log = Flows()
        /// The platform's totals, kept along with the subjects' counters.
        var counters = Flows()
        /// Sum over all months and categories of the spending profiles: out less in.
        var spending: Int128 = 0

        var isEqual: Bool { file == log && log == counters && spending == log.signed }
    }

    private(set) var lines: [Line] = []
    /// Card approvals and account movements in the log.
    private(set) var replayedMovements = 0
    /// Events in the log, by replay.
    private(set) var replayedEvents = 0
    /// Events that the counters have.
    private(set) var countedEvents: UInt64 = 0
    /// Events that a read model could not take in.
    private(set) var parked: UInt64 = 0

    /// Every way says the same, and nothing was parked.
    var isEqual: Bool {
        parked == 0 && lines.allSatisfy(\.isEqual) && UInt64(replayedEvents) == countedEvents
    }

    /// Asks all four; the read models must be caught up.
    init(_ services: Services, file summary: ImportSummary, progress: Progress?) async throws {
        var byCurrency: [Currency: Line] = [:]
        for (currency, sums) in summary.sums {
            byCurrency[currency, default: Line(currency: currency)].file = sums.rows.less(
                sums.rejected
            )
        }
        var replay = LogReplay(services)
        try replay.run(progress)
        (replayedMovements, replayedEvents) = (replay.movements, replay.events)
        for (currency, flows) in replay.flows {
            byCurrency[currency, default: Line(currency: currency)].log = flows
        }
        try services.projections.checkpoint()
        let totals = try services.counters.totals()
        countedEvents = totals.byType.values.reduce(0, +)
        for (code, flow) in totals.byCurrency {
            guard let currency = Currency(numericCode: UInt32(code)) else { continue }
            var flows = Flows()
            (flows.card, flows.bankIn, flows.bankOut) = (flow.cardNet, flow.bankIn, flow.bankOut)
            byCurrency[currency, default: Line(currency: currency)].counters = flows
        }
        let inflows = Reconciliation.inflows(services.rules.taxonomy)
        for subject in services.vault.subjects {
            try add(subject, of: services, inflows, to: &byCurrency)
        }
        parked = try services.statuses().reduce(0) { $0 + $1.parked + $1.damaged }
        lines = byCurrency.values.sorted { $0.currency < $1.currency }
    }

    private func add(
        _ subject: SubjectID,
        of services: Services,
        _ inflows: Set<Finance.Category>,
        to byCurrency: inout [Currency: Line]
    ) throws {
        guard let profile = try services.spending.read(subject) else { return }
        for total in try profile.state.monthlyTotals() {
            let sum = Int128(total.sum) * (inflows.contains(total.category) ? -1 : 1)
            byCurrency[total.currency, default: Line(currency: total.currency)].spending += sum
        }
    }

    /// Categories whose sums are what came in.
    private static func inflows(_ taxonomy: Taxonomy) -> Set<Finance.Category> {
        Set(
            taxonomy.entries.filter { entry in
                entry.kind == .income || taxonomy[entry.primary]?.slug == "transfer-in"
            }.map(\.category)
        )
    }

    var text: String {
        var table = Table([
            "currency", "files", "replay of the log", "platform totals", "spending profiles", "",
        ])
        for line in lines {
            let decimals = line.currency.decimals
            let sums = [line.file.signed, line.log.signed, line.counters.signed, line.spending]
            table.add(
                line.currency.description,
                sums.map { Text.decimal($0, decimals: decimals) }
                    + [line.isEqual ? "equal" : "DIFFERS"]
            )
        }
        return table.text
            + "\n\nout less in, by four ways; \(Text.grouped(replayedEvents)) events replayed, "
            + "\(Text.grouped(countedEvents)) counted, \(Text.grouped(parked)) parked"
    }
}

extension Flows {
    fileprivate func less(_ other: Flows) -> Flows {
        var flows = self
        flows.card -= other.card
        flows.bankIn -= other.bankIn
        flows.bankOut -= other.bankOut
        return flows
    }
}

/// Opens every frame of the log and adds up what moved, with nothing but vault and log.
struct LogReplay {
    private let services: Services
    private(set) var flows: [Currency: Flows] = [:]
    private(set) var movements = 0
    private(set) var events = 0
    private(set) var frames = 0
    private static let blocksPerStep = 64

    init(_ services: Services) { self.services = services }

    /// Replays what is durable now.
    mutating func run(_ progress: Progress?) throws {
        let keys = VaultKeys(services.vault)
        var opener = try FrameOpener()
        for environment in 0..<services.log.layout.environments {
            var sequence: UInt64 = 0
            let end = services.log.durableSequence(environment: environment)
            while sequence < end {
                let next = try services.log.scan(
                    environment: environment,
                    from: sequence,
                    blockLimit: LogReplay.blocksPerStep
                ) { frame in
                    frames += 1
                    guard !frame.isTombstone else { return }
                    try take(frame.bytes, keys, &opener)
                }
                guard next > sequence else { break }
                sequence = next
                progress?.show(events, share: Double(sequence) / Double(max(1, end)))
            }
        }
    }

    private mutating func take(
        _ frame: Span<UInt8>,
        _ keys: VaultKeys,
        _ opener: inout FrameOpener
    ) throws {
        let header = try FrameHeader(frame)
        guard !header.subject.isPlatform else { return }
        if header.kind == .control {
            // The counters count what control frames say to read models; so does this.
            var told: [UInt8] = []
            try keys.take(frame, using: &opener, into: &told)
            return try count(told.span, header)
        }
        guard case .key(let key) = try keys.lend(for: header) else { return }
        _ = try opener.open(frame, key: key)
        try count(opener.events, header)
        opener.close()
    }

    private mutating func count(_ body: Span<UInt8>, _ header: FrameHeader) throws {
        let asset = AssetID(high: header.compartment.high, low: header.compartment.low)
        var cursor = Finance.EventCursor(body, of: asset)
        while let event = try cursor.next() {
            events += 1
            if let card = try event.cardApproval() {
                let amount = Int128(card.amount)
                let net: Int128 =
                    switch event.type {
                    case .cardApproved: amount
                    case .cardApprovalCancelled: -amount
                    default: amount - Int128(card.amountBefore)
                    }
                try add(card.currency) { $0.card += net }
            } else if let bank = try event.bankTransaction() {
                let amount = Int128(bank.amount)
                switch bank.kind {
                case .opened, .deposited, .correctedIn, .withdrawalCancelled, .otherIn:
                    try add(bank.currency) { $0.bankIn += amount }
                default: try add(bank.currency) { $0.bankOut += amount }
                }
            }
        }
    }

    private mutating func add(_ code: UInt32, _ change: (inout Flows) -> Void) throws {
        guard let currency = Currency(numericCode: code) else { throw FoldError.unrepresentable }
        movements += 1
        change(&flows[currency, default: Flows()])
    }
}
