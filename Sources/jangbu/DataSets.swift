import ArgumentParser
import Cryptography
import Files
import Foundation
import MyData

/// The sources that can be imported, each with the files it is made of.
enum DataSet: String, CaseIterable, ExpressibleByArgument {
    case birmingham, ibm, berka

    /// Files of the set in the order they are imported; a folder is read for these names.
    var fileNames: [String] {
        switch self {
        case .birmingham: ["purchase_card_transactions.csv.zst"]
        case .ibm: ["sd254_cards.csv", "User0_credit_card_transactions.csv"]
        case .berka: ["account.asc", "loan.asc", "trans_union.csv.zst", "order.asc"]
        }
    }

    /// The files that `path` stands for: itself, or those of the set that are in the folder.
    func files(_ path: String) throws -> [String] {
        guard Files.exists(path) else { throw Failure(.input, "\(path) is not there.") }
        guard Files.isDirectory(path) else { return [path] }
        let found = fileNames.map { path + "/" + $0 }.filter { Files.exists($0) }
        guard !found.isEmpty else {
            throw Failure(
                .input,
                "\(path) holds none of \(fileNames.joined(separator: ", "))."
            )
        }
        return found
    }
}

/// What one file came to.
struct FileOutcome {
    let file: String
    var summary: ImportSummary
}

/// Imports a file with the importer that its set and name ask for.
struct SetImport {
    let services: Services
    let set: DataSet
    let onRejected: (String, RejectedRow) -> Void

    func run(_ path: String) async throws -> FileOutcome {
        let folder = Files.parent(of: path)
        switch set {
        case .birmingham: return try await run(path, Birmingham())
        case .ibm:
            if path.hasSuffix("cards.csv") { return try await run(path, IBMCards()) }
            let cards = try ByteSource(path: folder + "/" + IBMTransactions.companion)
            return try await run(path, IBMTransactions(cards: cards))
        case .berka:
            let owners = try BerkaOwners(
                ByteSource(path: folder + "/" + BerkaOwners.fileName)
            )
            switch path.split(separator: "/").last ?? "" {
            case "account.asc": return try await run(path, BerkaAccounts(owners: owners))
            case "loan.asc": return try await run(path, BerkaLoans(owners: owners))
            case "order.asc": return try await run(path, BerkaOrders(owners: owners))
            default: return try await run(path, BerkaTransactions(owners: owners))
            }
        }
    }

    func run<Source: Importer>(
        _ path: String,
        _ importer: Source
    ) async throws -> FileOutcome {
        let name = String(path.split(separator: "/").last ?? "")
        let importing = FileImport(services: services, fileName: name) { onRejected(name, $0) }
        let progress = Progress("import \(name)", unit: "rows")
        do {
            let source = try ByteSource(path: path)
            var reader = try ImportReader(source, importer)
            let summary = try await importing.run(&reader, progress: progress)
            progress.end(summary.rows)
            try await importing.complete(Source.name, source.digest(), summary)
            return FileOutcome(file: name, summary: summary)
        } catch let error as ImportError {
            throw Failure(
                Failure(error)?.exit ?? .data,
                "\(name): \(error.description)."
            )
        }
    }
}
