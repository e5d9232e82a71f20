import Commands
import Cryptography
import EventLog
import Finance
import Frame
import SwiftProtobuf
import Vault

/// What providers answer, made by hand.
enum Answers {
    /// 2025-01-01, the day on which `Office.now` falls in Korea; it is not over.
    static let today: Int32 = 20_089

    /// Noon in Korea of a day, `seconds` later.
    static func noon(_ day: Int32, _ seconds: Int64 = 0) -> Int64 {
        Int64(day) * 86_400 + 3 * 3_600 + seconds
    }

    /// A card approval with its length.
    static func approval(
        _ amount: Int64,
        on day: Int32,
        number: String = "",
        shop: String = "shop",
        seconds: Int64 = 0
    ) -> [UInt8] {
        card(.cardApproved, amount, at: noon(day, seconds), number, shop)
    }

    /// What became of the approval of that day and number.
    static func outcome(
        _ type: EventType,
        _ amount: Int64,
        on day: Int32,
        ofApprovalOn approvedOn: Int32,
        number: String,
        before: Int64 = 0,
        approvalSeconds: Int64 = 0
    ) -> [UInt8] {
        card(
            type,
            amount,
            at: noon(day),
            number,
            "shop",
            approvedAt: noon(approvedOn, approvalSeconds),
            before: before
        )
    }

    private static func card(
        _ type: EventType,
        _ amount: Int64,
        at seconds: Int64,
        _ number: String,
        _ shop: String,
        approvedAt: Int64 = 0,
        before: Int64 = 0
    ) -> [UInt8] {
        var bytes: [UInt8] = []
        let (shop, number) = (Array(shop.utf8), Array(number.utf8))
        EventWriter.append(
            CardApprovalView(
                amount: amount,
                merchantName: shop.span,
                approvalNumber: number.span,
                approvedAt: approvedAt,
                amountBefore: before
            ),
            type,
            at: EventEnvelope(occurredAt: seconds, api: .card008),
            to: &bytes
        )
        return bytes
    }

    /// A movement on an account with its length.
    static func bank(
        _ amount: Int64,
        on day: Int32,
        balance: Int64,
        number: String = "",
        seconds: Int64 = 0
    ) -> [UInt8] {
        var bytes: [UInt8] = []
        let number = Array(number.utf8)
        EventWriter.append(
            BankTransactionView(
                amount: amount,
                kind: .withdrawn,
                balanceAfter: balance,
                transactionNumber: number.span
            ),
            at: EventEnvelope(occurredAt: noon(day, seconds), api: .bank004),
            to: &bytes
        )
        return bytes
    }

    /// A holding with its length.
    static func holding(
        _ code: String,
        _ value: Int64,
        at seconds: Int64,
        quantity: Int64 = 1
    ) throws -> [UInt8] {
        try event(at: seconds, .invest004) {
            $0.holdingReported.productCode = code
            $0.holdingReported.value = value
            $0.holdingReported.quantity = quantity
        }
    }

    /// Any event with its length.
    static func event(
        at seconds: Int64,
        _ api: ProviderAPI,
        _ fill: (inout Event) -> Void
    ) throws -> [UInt8] {
        var event = Event()
        event.occurredAt = seconds
        event.api = api
        fill(&event)
        let bytes: [UInt8] = try event.serializedBytes()
        return lengthed(bytes)
    }

    static func lengthed(_ bytes: [UInt8]) -> [UInt8] {
        var length = bytes.count
        var prefix: [UInt8] = []
        while length >= 0x80 {
            prefix.append(UInt8(length & 0x7f | 0x80))
            length >>= 7
        }
        return prefix + [UInt8(length)] + bytes
    }

    /// An answer about a card's approvals of some days, or of a part of them.
    static func approvals(
        _ card: String,
        _ days: ClosedRange<Int32>?,
        _ events: [[UInt8]]
    ) -> Observation {
        Observation(
            name: Office.name(card),
            apiCode: UInt32(ProviderAPI.card008.rawValue),
            scope: days.map { .days(range($0)) } ?? .part,
            events: events.flatMap { $0 }
        )
    }

    /// An answer about what is held.
    static func holdings(_ events: [[UInt8]], scope: Observation.Scope = .state) -> Observation {
        Observation(
            name: Office.name("A"),
            apiCode: UInt32(ProviderAPI.invest004.rawValue),
            scope: scope,
            events: events.flatMap { $0 }
        )
    }

    static func range(_ days: ClosedRange<Int32>) -> ClosedRange<CivilDate> {
        CivilDate(daysSinceEpoch: days.lowerBound)...CivilDate(daysSinceEpoch: days.upperBound)
    }

    /// What is recorded of a transfer: the number of changes, in the evidence.
    static let evidence = Evidence(in: [.role(.evidence)]) { changes in
        var event = Event()
        event.transferCompleted.added = UInt32(changes.reduce(0) { $0 + $1.added })
        event.transferCompleted.retracted = UInt32(changes.reduce(0) { $0 + $1.retracted })
        do {
            return [lengthed(try event.serializedBytes())]
        } catch {
            preconditionFailure("\(error)")
        }
    }
}

/// An event as the log has it.
struct LoggedEvent: Equatable {
    let compartment: CompartmentID
    let revision: UInt64
    let index: UInt32
    let bytes: [UInt8]

    func message() throws -> Event { try Event(serializedBytes: bytes) }
}

extension Office {
    /// All events of a subject in order, but those of its keys.
    func events(of subject: SubjectID) throws -> [LoggedEvent] {
        var found: [LoggedEvent] = []
        var opener = try FrameOpener()
        let vault = vault
        _ = try log.read(subject, from: 0, limit: 100_000) { frame in
            let header = try FrameHeader(frame.bytes)
            guard header.compartment != .keys, header.compartment != Rival.compartment else {
                return
            }
            let key = try vault.key(
                of: subject,
                compartment: header.compartment,
                epoch: header.keyEpoch,
                for: .projection
            )
            _ = try opener.open(frame.bytes, key: key)
            var cursor = Frame.EventCursor()
            var index: UInt32 = 0
            while let range = try cursor.next(in: opener.events) {
                found.append(
                    LoggedEvent(
                        compartment: header.compartment,
                        revision: header.revision,
                        index: index,
                        bytes: opener.events.extracting(range).array
                    )
                )
                index += 1
            }
        }
        return found
    }

    /// The movements that stand: what was not taken back, each with its asset, sorted.
    ///
    /// Checks that each retraction carries the event that it names.
    func standing(of subject: SubjectID) throws -> [[UInt8]] {
        var events = try events(of: subject)
        for event in events {
            let message = try event.message()
            guard case .transactionRetracted(let taken)? = message.fact else { continue }
            guard
                let index = events.firstIndex(where: {
                    $0.compartment == event.compartment && $0.revision == taken.revision
                        && $0.index == taken.index
                }), events[index].bytes == Array(taken.event)
            else { throw Mistaken(revision: event.revision) }
            events.remove(at: index)
        }
        var names: [CompartmentID: String] = [:]
        for asset in try vault.assets(of: subject) {
            names[asset.compartment] = asset.name.provider + asset.name.key
        }
        return try events.filter { try $0.message().transactionRetracted.event.isEmpty }
            .filter { names[$0.compartment] != nil }
            .map { Array((names[$0.compartment] ?? "").utf8) + $0.bytes }
            .sorted { $0.lexicographicallyPrecedes($1) }
    }

    struct Mistaken: Error { let revision: UInt64 }
}
