import ArgumentParser
import Commands
import Cryptography
import Finance
import Foundation
import Frame
import Vault

/// `jangbu report`: documents that the law asks for, from the log.
struct ReportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report",
        abstract: "Documents that the law asks for: history, yearly notice, weekly statistics.",
        subcommands: [History.self, Notice.self, Weekly.self]
    )

    /// The days that a document covers.
    struct Days: ParsableArguments {
        @Option(help: "First day, YYYY-MM-DD; a year before the last if left out.")
        var from: Day?
        @Option(help: "Last day, YYYY-MM-DD; today if left out.") var to: Day?

        func range() throws -> ClosedRange<CivilDate> {
            guard let today = CivilDate(secondsSinceEpoch: Clock.now / 1_000_000) else {
                throw Failure(.program, "The clock shows no day.")
            }
            let last = to?.date ?? today
            let first = from?.date ?? last.adding(months: -12).adding(days: 1)
            guard first <= last else {
                throw ValidationError("The first day is after the last.")
            }
            return first...last
        }
    }

    /// `jangbu report history`.
    struct History: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "history",
            abstract: "What was asked for, received, handed on and deleted about a person.",
            discussion: "Example: jangbu report history 0f3b... --from 2026-01-01 > history.md"
        )

        @OptionGroup var options: SettingsOptions
        @OptionGroup var person: ConsentCommand.Person
        @OptionGroup var days: Days
        @Flag(help: "Print JSON.") var json = false

        func run() async throws {
            try await ConsentOffice.open(options) { office in
                let id = try person.id(in: office.vault)
                let history = try office.history(of: id, days.range())
                let json = ConsentDocuments.historyJSON(history).bytes
                Terminal.shared.data(
                    self.json
                        ? String(decoding: json, as: UTF8.self)
                        : ConsentDocuments.history(history)
                )
            }
        }
    }

    /// `jangbu report notice`.
    struct Notice: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "notice",
            abstract: "The yearly notice to a person.",
            discussion: """
                With --sent it is recorded that the person was given it, with its digest.

                Example: jangbu report notice 0f3b... --sent > notice.md
                """
        )

        @OptionGroup var options: SettingsOptions
        @OptionGroup var person: ConsentCommand.Person
        @OptionGroup var days: Days
        @Flag(help: "Record that the person was given it.") var sent = false

        func run() async throws {
            try await ConsentOffice.open(options) { office in
                let id = try person.id(in: office.vault)
                let days = try days.range()
                let text = ConsentDocuments.notice(
                    try office.history(of: id, days),
                    register: try office.desk.register(of: id)
                )
                if sent {
                    let command = SendNotice(
                        kind: "yearly-notice",
                        days: days,
                        digest: SHA256.hash(Array(text.utf8).span).bytes
                    )
                    try await office.desk.carryOut(of: id, at: Clock.now) { register, now, _ in
                        register.decide(command, at: now)
                    }
                }
                // Without its last line's end, which the terminal writes: the digest is the file's.
                Terminal.shared.data(String(text.dropLast()))
            }
        }
    }

    /// `jangbu report weekly`.
    struct Weekly: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "weekly",
            abstract: "The weekly statistics to the portal (지원-004), one JSON body a line.",
            discussion: """
                Made from the log: any past week comes out as it did.

                Example: jangbu report weekly --week 2026-11-15 --client-id service
                """
        )

        @OptionGroup var options: SettingsOptions
        @Option(help: "A day of the week, which is from Sunday to Saturday; YYYY-MM-DD.")
        var week: Day
        @Option(help: "The service's client id.") var clientId: String

        func run() async throws {
            try await ConsentOffice.open(options) { office in
                var statistics = WeeklyStatistics(of: week.date)
                for id in office.vault.subjects {
                    var person = PersonWeek(of: week.date)
                    try office.desk.forEachEvent(of: id) { event throws(FoldError) in
                        try person.take(event)
                    }
                    statistics.merge(person.finish())
                }
                if statistics.callsWithoutCode > 0 {
                    let count = Text.grouped(statistics.callsWithoutCode)
                    Terminal.shared.note(
                        "\(count) calls of APIs without a statistics code are left out"
                    )
                }
                for kind in WeeklyStatistics.Kind.allCases {
                    let body = WeeklyReport.body(of: statistics, kind: kind, clientID: clientId)
                    Terminal.shared.data(String(decoding: body.bytes, as: UTF8.self))
                }
            }
        }
    }
}

extension ConsentOffice {
    func history(
        of id: SubjectID,
        _ days: ClosedRange<CivilDate>
    ) throws -> TransferHistory {
        var history = TransferHistory(days)
        try desk.forEachEvent(of: id) { history.take($0) }
        return history
    }
}

/// A day on the command line, `YYYY-MM-DD`.
struct Day: ExpressibleByArgument {
    let date: CivilDate

    init?(argument: String) {
        let parts = argument.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 3, parts.map(\.count) == [4, 2, 2], let year = Int(parts[0]),
            let month = Int(parts[1]), let day = Int(parts[2]),
            let date = CivilDate(year: year, month: month, day: day)
        else { return nil }
        self.date = date
    }
}
