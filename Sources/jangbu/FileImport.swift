import Commands
import Cryptography
import EventLog
import Finance
import Foundation
import MyData
import SwiftProtobuf
import Vault

/// Records the rows of one file, batch by batch.
struct FileImport {
    let services: Services
    let fileName: String
    /// Called with each row that could not be used.
    let onRejected: (RejectedRow) -> Void

    /// Reads to the file's end or through `rowsMax` rows.
    ///
    /// `onBatch` is called after each batch with the last row's business time.
    func run<Source: Importer>(
        _ reader: inout ImportReader<Source>,
        progress: Progress?,
        rowsMax: Int = .max,
        rowsPerBatch: Int? = nil,
        onBatch: (Int64) async throws -> Void = { _ in }
    ) async throws -> ImportSummary {
        var summary = ImportSummary()
        var batch = RowBatch()
        let size = rowsPerBatch ?? services.settings.batchRowCount
        while summary.rows < rowsMax {
            let next: ImportReader<Source>.Step?
            do throws(ImportError) {
                next = try reader.next()
            } catch {
                // What came before the damage is good.
                try await record(&batch, into: &summary, onBatch)
                throw error
            }
            guard let step = next else { break }
            switch step {
            case .rejected(let row):
                summary.read(row.movement)
                summary.reject(row)
                onRejected(row)
            case .row(let row):
                summary.read(row.movement)
                batch.add(row)
            }
            if batch.rowCount >= size {
                try await record(&batch, into: &summary, onBatch)
                progress?.show(reader.rowCount, share: reader.progress)
            }
        }
        try await record(&batch, into: &summary, onBatch)
        return summary
    }

    private func record(
        _ batch: inout RowBatch,
        into summary: inout ImportSummary,
        _ onBatch: (Int64) async throws -> Void
    ) async throws {
        guard batch.rowCount > 0 else { return }
        let recorded = try await services.recorder.record(batch.groups, at: Clock.now)
        for (group, rows) in recorded.enumerated() {
            for (index, isAppended) in rows.isAppended.enumerated() {
                // Further events are no rows of the file.
                guard case .row(let movement) = batch.entries[group][index] else { continue }
                summary.settle(movement, as: isAppended ? .recorded : .duplicate)
            }
        }
        let last = batch.lastOccurredAt
        batch.clear()
        try await onBatch(last)
    }

    /// Notes the finished import in the platform's `operations` ledger.
    func complete(
        _ source: String,
        _ digest: Digest,
        _ summary: ImportSummary
    ) async throws {
        var event = Event()
        event.occurredAt = Clock.now / 1_000_000
        event.importCompleted = .with { fact in
            fact.source = source
            fact.fileName = fileName
            fact.fileDigest = Data(digest.bytes)
            fact.rows = UInt64(summary.rows)
            fact.events = UInt64(summary.events)
            fact.duplicates = UInt64(summary.duplicates)
            fact.rejected = UInt64(summary.rejected)
            fact.sums = summary.sums.sorted { $0.key < $1.key }.map { currency, sums in
                .with {
                    $0.currency = currency == .krw ? 0 : UInt32(currency.numericCode)
                    $0.inRows = Int64(clamping: sums.rows.signed)
                    $0.inEvents = Int64(clamping: sums.events.signed)
                    $0.inDuplicates = Int64(clamping: sums.duplicates.signed)
                    $0.inRejected = Int64(clamping: sums.rejected.signed)
                }
            }
        }
        _ = try await PlatformLedger.operations(services.vault).append(event, at: Clock.now)
    }
}

/// Rows of one batch, by asset in the order they came.
private struct RowBatch {
    /// What stands at a place of a group.
    enum Entry {
        case row(Movement?)
        case further
    }

    private struct Place: Hashable {
        let subject: String
        let asset: ImportedAsset
    }

    private struct FurtherFact: Hashable {
        let place: Place
        let event: [UInt8]
    }

    var groups: [AssetRows] = []
    var entries: [[Entry]] = []
    var rowCount = 0
    var lastOccurredAt: Int64 = 0
    private var groupOf: [Place: Int] = [:]
    /// The same further facts come with many rows; once a file is enough, more would be duplicates.
    private var seen: Set<FurtherFact> = []

    mutating func add(_ row: ImportedRow) {
        let place = Place(subject: row.subject, asset: row.asset)
        let group = group(of: place)
        rowCount += 1
        append(row.event, row.ordinal, .row(row.movement), to: group)
        for event in row.further {
            guard seen.insert(FurtherFact(place: place, event: event)).inserted else { continue }
            append(event, 1, .further, to: group)
        }
        lastOccurredAt = row.occurredAt
    }

    mutating func clear() {
        groups.removeAll(keepingCapacity: true)
        entries.removeAll(keepingCapacity: true)
        groupOf.removeAll(keepingCapacity: true)
        rowCount = 0
    }

    private mutating func group(of place: Place) -> Int {
        if let group = groupOf[place] { return group }
        let asset = place.asset
        let name = AssetName(
            provider: asset.provider,
            key: asset.key,
            kind: asset.kind,
            industry: asset.industry
        )
        groups.append(
            AssetRows(
                person: Array(place.subject.utf8),
                name: .asset(name),
                events: [],
                ordinals: []
            )
        )
        entries.append([])
        groupOf[place] = groups.count - 1
        return groups.count - 1
    }

    private mutating func append(
        _ event: [UInt8],
        _ ordinal: UInt32,
        _ entry: Entry,
        to group: Int
    ) {
        EventBytes.append(encoded: event, to: &groups[group].events)
        groups[group].ordinals.append(ordinal)
        entries[group].append(entry)
    }
}

extension Flows {
    /// What went out less what came in: what one number says of a currency.
    var signed: Int128 { card + bankOut - bankIn }
}
