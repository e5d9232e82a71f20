import ArgumentParser
import Commands
import Finance
import Foundation
import Frame
import Vault

extension ConsentCommand {
    /// `jangbu consent withdraw`.
    struct Withdraw: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "withdraw",
            abstract: "End a transfer request; with --delete its provider's data goes too.",
            discussion: "Example: jangbu consent withdraw 0f3b... Z1BK010000 --delete --yes"
        )

        @OptionGroup var options: SettingsOptions
        @OptionGroup var person: Person
        @Argument(help: "The provider's org_code.") var provider: String
        @Flag(help: "Delete what the provider sent.") var delete = false
        @Flag(help: "Do it; without this it is only said what would be done.") var yes = false
        @Flag(help: "Print JSON.") var json = false

        func run() async throws {
            let command = WithdrawTransfer(provider: provider, isDeleting: delete)
            try await ConsentOffice.open(options) { office in
                let lines = try await office.carryOut(
                    of: try person.id(in: office.vault),
                    isMeant: yes
                ) { register, now, today throws(ConsentRefusal) in
                    try register.decide(command, at: now, on: today)
                }
                try lines.tell(json: json)
            }
        }
    }

    /// `jangbu consent delete`.
    struct Delete: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "delete",
            abstract: "Delete data of one provider, of some of its assets, or all of it.",
            discussion: """
                Transfer requests that would bring the data again end.

                Example: jangbu consent delete 0f3b... --provider Z1BK010000 --yes
                """
        )

        @OptionGroup var options: SettingsOptions
        @OptionGroup var person: Person
        @Option(help: "The provider's org_code; without it everything goes.") var provider: String?
        @Option(help: "Only this asset of the provider, 32 hexadecimal digits; several times.")
        var asset: [String] = []
        @Flag(help: "Do it; without this it is only said what would be done.") var yes = false
        @Flag(help: "Print JSON.") var json = false

        func validate() throws {
            guard asset.allSatisfy({ CompartmentID(hexadecimal: $0) != nil }) else {
                throw ValidationError("An asset's id has 32 hexadecimal digits.")
            }
            guard asset.isEmpty || provider != nil else {
                throw ValidationError("--asset needs the --provider that it is at.")
            }
        }

        private var scope: DeletionScope {
            guard let provider else { return .everything }
            let assets = asset.compactMap { CompartmentID(hexadecimal: $0) }.map(AssetID.init)
            return assets.isEmpty ? .provider(provider) : .assets(assets, of: provider)
        }

        func run() async throws {
            let command = RequestDeletion(scope)
            try await ConsentOffice.open(options) { office in
                let id = try person.id(in: office.vault)
                let held = try office.desk.held(of: id).filter {
                    $0.provider == provider && !$0.isLists
                }
                guard command.scope.assets.allSatisfy({ held.map(\.id).contains($0) }) else {
                    throw Failure(.input, "The provider has no such asset.")
                }
                let lines = try await office.carryOut(of: id, isMeant: yes) {
                    register,
                    now,
                    today throws(ConsentRefusal) in
                    try register.decide(command, at: now, on: today)
                }
                try lines.tell(json: json)
            }
        }
    }

    /// `jangbu consent leave`.
    struct Leave: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "leave",
            abstract: "Leave the service: every request ends, all data goes, the evidence stays.",
            discussion: "Example: jangbu consent leave 0f3b... --yes"
        )

        @OptionGroup var options: SettingsOptions
        @OptionGroup var person: Person
        @Flag(help: "Do it; without this it is only said what would be done.") var yes = false
        @Flag(help: "Print JSON.") var json = false

        func run() async throws {
            try await ConsentOffice.open(options) { office in
                let lines = try await office.carryOut(
                    of: try person.id(in: office.vault),
                    isMeant: yes
                ) { register, now, today throws(ConsentRefusal) in
                    try register.decide(LeaveService(), at: now, on: today)
                }
                try lines.tell(json: json)
            }
        }
    }

    /// `jangbu consent due`.
    struct Due: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "due",
            abstract: "Do what today brings: expiry, ends of retention, a year without sign-in.",
            discussion: """
                Finishes interrupted deletions too. Meant for once a day; again does nothing more.

                Example: jangbu consent due --yes
                """
        )

        @OptionGroup var options: SettingsOptions
        @Flag(help: "Do it; without this it is only said what would be done.") var yes = false
        @Flag(help: "Print JSON.") var json = false

        func run() async throws {
            try await ConsentOffice.open(options) { office in
                var lines = ErasureLines()
                for id in office.vault.subjects {
                    lines += try await office.carryOut(of: id, isMeant: yes) {
                        register,
                        now,
                        today in
                        register.decide(ObserveDay(), at: now, on: today)
                    }
                }
                try lines.tell(json: json)
            }
        }
    }
}

/// What was destroyed, or would be.
struct ErasureLines: Encodable {
    /// One deletion.
    struct Line: Encodable {
        let provider: String?
        let reason: String
        let assets: [String]
        /// Whether each asset has a signed word of its end; nil where nothing was done.
        let isProven: Bool?
        let throughRevision: UInt64?

        var text: String {
            let what =
                "\(Text.grouped(UInt64(assets.count))) compartments of \(provider ?? "everything")"
            guard let isProven else { return "would destroy \(what) (\(reason))" }
            return "destroyed \(what) (\(reason)), "
                + (isProven ? "signed for each" : "NOT SIGNED FOR EACH")
        }
    }

    private(set) var isDone = true
    private(set) var deletions: [Line] = []

    init() {}

    init(planned plans: [ErasurePlan]) {
        isDone = false
        deletions = plans.map { plan in
            Line(
                provider: plan.deletion.scope.provider.isEmpty ? nil : plan.deletion.scope.provider,
                reason: "\(plan.deletion.reason)",
                assets: plan.assets.map(ErasureLines.id) + plan.roles.map { "\($0)" },
                isProven: nil,
                throughRevision: nil
            )
        }
    }

    init(done receipts: [ErasureReceipt]) {
        deletions = receipts.map { receipt in
            Line(
                provider: receipt.deletion.scope.provider.isEmpty
                    ? nil : receipt.deletion.scope.provider,
                reason: "\(receipt.deletion.reason)",
                assets: (receipt.deletion.completion?.compartments ?? []).map(ErasureLines.id),
                isProven: receipt.isProven,
                throughRevision: receipt.deletion.completion?.throughRevision
            )
        }
    }

    private static func id(_ asset: AssetID) -> String {
        CompartmentID(high: asset.high, low: asset.low).description
    }

    static func += (lines: inout ErasureLines, more: ErasureLines) {
        lines.isDone = lines.isDone && more.isDone
        lines.deletions += more.deletions
    }

    func tell(json: Bool) throws {
        guard !json else { return Terminal.shared.data(try JSONText.encode(self)) }
        let text =
            deletions.isEmpty ? "nothing to destroy" : deletions.map(\.text).joined(separator: "\n")
        Terminal.shared.data(text)
        if !isDone { Terminal.shared.note("nothing was done; --yes does it") }
    }
}
