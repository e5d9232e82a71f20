import Collector
import Commands
import Cryptography
import EventLog
import Finance
import Frame
import MyData
import Sandbox
import Testing
import Vault

/// What was put aside is destroyed with the data that it is about; that it was put aside is kept.
struct QuarantineErasureTests {
    @Test func `a list that was put aside goes with its provider's data, and the evidence stays`()
        async throws
    {
        var plan = RedriveTests.plan
        plan.persons = 6
        try await Town.open(plan) { town in
            let subject = try await RedriveTests.putAside(town, ["counts/101"])
            let desk = try RedriveTests.desk(town, tolerant: false)
            let lists = try RedriveTests.open(desk, subject).filter { $0.api == .bank001 }
            let list = try #require(lists.first)
            let now = RedriveTests.now(town)
            let body = try await desk.content(list.id, for: "t", at: now).body
            let number = try #require(
                JSONTree(body)?["account_list"]?.elements?.first?["account_num"]?.scalar
            )
            let text = String(decoding: body, as: UTF8.self)
            let before = try Self.openable(town, subject, of: list.provider)
            #expect(before.hold(number) && before.hold(text))
            let office = try ConsentDesk(vault: town.vault, log: town.log)
            let evidence = try Self.evidence(office, subject, list.provider)
            #expect(!evidence.isEmpty)

            let command = WithdrawTransfer(provider: list.provider, isDeleting: true)
            try await office.carryOut(of: subject, at: now) {
                register,
                at,
                today
                    throws(ConsentRefusal) in
                try register.decide(command, at: at, on: today)
            }
            let receipts = try await office.eraseOwed(of: subject, at: now)
            #expect(receipts.count == 1 && receipts.allSatisfy(\.isProven))
            #expect(receipts.first?.deletion.completion?.compartments.isEmpty == false)

            #expect(throws: QuarantineError.unknown) { try desk.entry(list.id) }
            await #expect(throws: QuarantineError.unknown) {
                try await desk.content(list.id, for: "t", at: now)
            }
            await #expect(throws: QuarantineError.unknown) {
                try await desk.redrive(list.id, by: "t", at: now)
            }
            let after = try Self.openable(town, subject, of: list.provider)
            #expect(!after.hold(number) && !after.hold(text))
            // Lists of other providers are not this one's to take along.
            let left = try RedriveTests.open(desk, subject).filter { $0.api == .bank001 }
            #expect(left == lists.filter { $0.provider != list.provider })
            #expect(try Self.evidence(office, subject, list.provider) == evidence)
            // Nothing is left to be owed, and asking again destroys nothing more.
            #expect(try await office.eraseOwed(of: subject, at: now).isEmpty)
            #expect(try office.held(of: subject).allSatisfy { $0.provider != list.provider })
        }
    }

    @Test func `deleting one asset takes along what its provider listed and nobody could read`()
        async throws
    {
        let (own, other, lists, others) = (
            AssetID(high: 1, low: 1), AssetID(high: 1, low: 2), AssetID(high: 1, low: 3),
            AssetID(high: 1, low: 4)
        )
        var register = TransferRegister()
        var joined = Event()
        joined.serviceJoined.endsOn = 20_991_231
        joined.serviceJoined.ageBand = .adult
        try register.evolve(by: joined)
        let held = [
            HeldAsset(own, of: "A"), HeldAsset(other, of: "A"),
            HeldAsset(lists, of: "A", isLists: true), HeldAsset(others, of: "B", isLists: true),
        ]
        let today = try #require(CivilDate(year: 2026, month: 1, day: 1))
        let command = RequestDeletion(.assets([own], of: "A"))
        for event in try register.decide(command, at: 1, on: today) {
            try register.evolve(by: event)
        }
        let owed = try #require(register.owedDeletions.first)
        #expect(ErasurePlan(owed, held: held).assets == [own, lists])
    }

    /// What the operator can still open of a person's log but for other providers' assets, which
    /// may name an account too, and all frames as they lie there.
    private static func openable(
        _ town: Town,
        _ subject: SubjectID,
        of provider: String
    ) throws -> [UInt8] {
        var found: [UInt8] = []
        var opener = try FrameOpener()
        let vault = town.vault
        let others = try vault.assets(of: subject).filter { $0.name.provider != provider }
        _ = try town.log.read(subject, from: 0, limit: 100_000) { frame in
            guard !frame.isTombstone else { return }
            found += frame.bytes.array
            let header = try FrameHeader(frame.bytes)
            guard header.compartment != .keys,
                !others.contains(where: { $0.compartment == header.compartment })
            else { return }
            let key: SecretKey
            do throws(VaultError) {
                key = try vault.key(
                    of: subject,
                    compartment: header.compartment,
                    epoch: header.keyEpoch,
                    for: .collection
                )
            } catch {
                guard error == .compartmentErased else { throw error }
                return
            }
            _ = try opener.open(frame.bytes, key: key)
            found += opener.events.array
            opener.close()
        }
        return found
    }

    /// A line of the evidence that a list was put aside: who asked for what, when, why it was not
    /// taken in.
    private struct Line: Equatable {
        var request: [UInt8]
        var transaction: String
        var trigger: TransferTrigger
        var at: Int64
        var reason: QuarantineReason
    }

    private static func evidence(
        _ office: ConsentDesk,
        _ subject: SubjectID,
        _ provider: String
    ) throws -> [Line] {
        var lines: [Line] = []
        try office.forEachEvent(of: subject) { event in
            guard case .transferFailed(let failed)? = event.fact, failed.provider == provider,
                failed.api == .bank001
            else { return }
            lines.append(
                Line(
                    request: Array(failed.request),
                    transaction: failed.transaction,
                    trigger: failed.trigger,
                    at: event.occurredAt,
                    reason: failed.reason
                )
            )
        }
        for line in lines {
            #expect(line.reason == .inconsistent && line.trigger == .userConsent)
            #expect(line.request.count == 16 && line.transaction.count == 25 && line.at > 0)
        }
        return lines
    }
}

extension [UInt8] {
    /// Whether the bytes of a text are among them.
    fileprivate func hold(_ text: String) -> Bool {
        let wanted = Array(text.utf8)
        return indices.contains { place in
            self[place] == wanted[0] && self[place...].starts(with: wanted)
        }
    }
}
