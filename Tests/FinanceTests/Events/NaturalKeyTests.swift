import Foundation
import SwiftProtobuf
import Testing

@testable import Finance

@Suite struct NaturalKeyTests {
    /// Fields marked in the catalog, by the fact's type number.
    private func marked(_ catalog: SchemaCatalog) throws -> [UInt32: Set<UInt32>] {
        let schemas = try SchemaSet.committed()
        var marked: [UInt32: Set<UInt32>] = [:]
        for (message, entry) in catalog.messages {
            guard let type = entry["type"] as? Int else { continue }
            for (name, field) in entry["fields"] as? [String: [String: Any]] ?? [:] {
                guard field["key"] as? Bool == true,
                    let number = schemas.fields.first(where: {
                        $0.shortMessage == message && $0.name == name
                    })?.number
                else { continue }
                marked[UInt32(type), default: []].insert(UInt32(number))
            }
        }
        return marked
    }

    private var table: [UInt32: Set<UInt32>] {
        NaturalKey.entries.reduce(into: [:]) { table, entry in
            let fields = Set((0..<32 as Range<UInt32>).filter { entry.value.fields >> $0 & 1 != 0 })
            if !fields.isEmpty { table[entry.key.rawValue] = fields }
        }
    }

    @Test func `the table is what the catalog marks`() throws {
        #expect(try marked(SchemaCatalog.committed()) == table)
    }

    @Test func `what the catalog calls a natural key is marked, and marks are yes`() throws {
        let catalog = try SchemaCatalog.committed()
        // The key of an asset, and the count within one.
        let exceptions: Set = ["CompartmentOpened.asset_key", "Event.occurrence"]
        for (message, entry) in catalog.messages {
            for (name, field) in entry["fields"] as? [String: [String: Any]] ?? [:] {
                let isCalled = (field["en"] as? String ?? "").contains("natural key")
                let place = "\(message).\(name)"
                if let key = field["key"] { #expect(key as? Bool == true, "\(place)") }
                guard isCalled, !exceptions.contains(place) else { continue }
                #expect(field["key"] as? Bool == true, "\(place)")
            }
        }
    }

    @Test func `a mark more or less is caught`() throws {
        var catalog = try SchemaCatalog.committed()
        var fields = try #require(
            catalog.messages["CardApproved"]?["fields"] as? [String: [String: Any]]
        )
        fields["amount"]?["key"] = true
        catalog.messages["CardApproved"]?["fields"] = fields
        #expect(try marked(catalog) != table)
    }

    private func key(_ fill: (inout Event) -> Void) throws -> [UInt8] {
        var event = Event()
        event.occurredAt = 1_700_000_000
        fill(&event)
        let bytes: [UInt8] = try event.serializedBytes()
        var key: [UInt8] = []
        try NaturalKey.append(EventView(bytes.span, of: FoldFixtures.asset()), to: &key)
        return key
    }

    @Test func `a movement's key is its time and number, not what it says`() throws {
        let first = try key {
            $0.bankTransactionPosted.amount = 1
            $0.bankTransactionPosted.transactionNumber = "7"
        }
        #expect(
            try key {
                $0.bankTransactionPosted.amount = 2
                $0.bankTransactionPosted.transactionNumber = "7"
            } == first
        )
        let others = try [
            key { $0.bankTransactionPosted.transactionNumber = "8" },
            key { $0.bankTransactionPosted.amount = 1 },
            key {
                $0.bankTransactionPosted.transactionNumber = "7"
                $0.occurredAt += 1
            },
            key { $0.loanTransactionPosted.transactionNumber = "7" },
            key {
                $0.bankTransactionPosted.transactionNumber = "7"
                $0.occurrence = 1
            },
        ]
        #expect(!others.contains(first))
        #expect(Set(others).count == others.count)
    }

    @Test func `a state's key has no time`() throws {
        let first = try key { $0.holdingReported.productCode = "KR1" }
        #expect(
            try key {
                $0.holdingReported.productCode = "KR1"
                $0.holdingReported.value = 5
                $0.occurredAt += 9
            } == first
        )
        #expect(try key { $0.holdingReported.productCode = "KR2" } != first)
    }

    @Test func `what becomes of an approval has one key, which the approval tells`() throws {
        let cancelled = try key {
            $0.cardApprovalCancelled.approvalNumber = "77"
            $0.cardApprovalCancelled.approvedAt = 1_700_000_000
        }
        let corrected = try key {
            $0.cardApprovalCorrected.approvalNumber = "77"
            $0.cardApprovalCorrected.approvedAt = 1_700_000_000
            $0.cardApprovalCorrected.amount = 5
            $0.occurredAt += 99
        }
        #expect(cancelled == corrected)
        var approval = Event()
        approval.occurredAt = 1_700_000_000
        approval.cardApproved.approvalNumber = "77"
        approval.cardApproved.amount = 9
        let bytes: [UInt8] = try approval.serializedBytes()
        var told: [UInt8] = []
        let view = try EventView(bytes.span, of: FoldFixtures.asset())
        #expect(try NaturalKey.append(outcomeOf: view, to: &told))
        #expect(told == cancelled)
    }

    @Test func `an event but its time is the same for all times`() throws {
        func rest(_ seconds: Int64) throws -> [UInt8] {
            var event = Event()
            event.occurredAt = seconds
            event.pointsReported.balance = 5
            let bytes: [UInt8] = try event.serializedBytes()
            return try EventView(bytes.span, of: FoldFixtures.asset()).bytesWithoutTime()
                .bytesCopied
        }
        let expected = try rest(0)
        for seconds in [1, 127, 128, 1_700_000_000, -1, .max, .min] as [Int64] {
            #expect(try rest(seconds) == expected)
        }
    }

    @Test func `a part that is gone says nothing but its key`() throws {
        var event = Event()
        event.occurredAt = 5
        event.api = .invest004
        event.occurrence = 2
        event.holdingReported.productCode = "KR1"
        event.holdingReported.currency = 840
        event.holdingReported.value = 5
        event.holdingReported.quantity = 1
        event.holdingReported.productName = "name"
        event.holdingReported.credit = .cash
        let bytes: [UInt8] = try event.serializedBytes()
        let view = try EventView(bytes.span, of: FoldFixtures.asset())
        #expect(try !GonePart.isGone(view))
        var body: [UInt8] = []
        #expect(try GonePart.append(view, at: 9, to: &body))
        var expected = event
        expected.occurredAt = 9
        expected.holdingReported.value = 0
        expected.holdingReported.clearQuantity()
        expected.holdingReported.productName = ""
        let gone = Array(body.dropFirst())
        #expect(try Event(serializedBytes: gone) == expected)
        #expect(gone == (try expected.serializedBytes() as [UInt8]))
        #expect(try GonePart.isGone(EventView(gone.span, of: FoldFixtures.asset())))
    }

    @Test func `a part without amounts says that it is gone by a mark of its own`() throws {
        var event = Event()
        event.occurredAt = 5
        event.paymentMethodReported.institution = "A1"
        event.paymentMethodReported.method = "7"
        event.paymentMethodReported.payType = .debit
        let bytes: [UInt8] = try event.serializedBytes()
        let view = try EventView(bytes.span, of: FoldFixtures.asset())
        #expect(try !GonePart.isGone(view))
        var body: [UInt8] = []
        #expect(try GonePart.append(view, at: 9, to: &body))
        var expected = event
        expected.occurredAt = 9
        expected.paymentMethodReported.payType = .unspecified
        // With nothing but its key it is there.
        let plain: [UInt8] = try expected.serializedBytes()
        #expect(try !GonePart.isGone(EventView(plain.span, of: FoldFixtures.asset())))
        expected.paymentMethodReported.gone = true
        let gone = Array(body.dropFirst())
        #expect(gone == (try expected.serializedBytes() as [UInt8]))
        #expect(try GonePart.isGone(EventView(gone.span, of: FoldFixtures.asset())))
    }

    @Test func `a retraction is written as the schema has it`() throws {
        var event = Event()
        event.occurredAt = 9
        event.api = .card008
        event.transactionRetracted.event = Data([1, 2, 3])
        event.transactionRetracted.reason = .changed
        event.transactionRetracted.revision = 300
        event.transactionRetracted.index = 4
        var body: [UInt8] = []
        let taken: [UInt8] = [1, 2, 3]
        EventWriter.append(
            RetractionView(of: taken.span, reason: .changed, revision: 300, index: 4),
            at: EventEnvelope(occurredAt: 9, api: .card008),
            to: &body
        )
        #expect(Array(body.dropFirst()) == (try event.serializedBytes() as [UInt8]))
        let bytes = Array(body.dropFirst())
        let read = try #require(
            try EventView(bytes.span, of: FoldFixtures.asset()).retraction()?.revision
        )
        #expect(read == 300)
    }
}
