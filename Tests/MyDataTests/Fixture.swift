import Files
import Finance
import Foundation
import MyData
import Simulation

/// Where the project's files are.
enum Checkout {
    static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().path
    static let birmingham = root + "/Replay/data/birmingham/purchase_card_transactions.csv.zst"
    static let ibm = root + "/Replay/data/ibm/User0_credit_card_transactions.csv"
    static let ibmCards = root + "/Replay/data/ibm/sd254_cards.csv"

    static func bytes(_ path: String) throws -> [UInt8] { try Files.read(path) }

    /// The Berka data set, which the project may not hold; nil says why loudly.
    static let berka: String? = {
        let base = ProcessInfo.processInfo.environment["JANGBU_DATA"] ?? root + "/../shared/data"
        let folder = base + "/berka"
        guard Files.exists(folder + "/disp.asc") else {
            print("SKIPPED: no Berka data set; set JANGBU_DATA to the folder that holds berka/")
            return nil
        }
        return folder
    }()
}

/// A table's rows as the reader gives them.
struct Outcome {
    var rows: [ImportedRow] = []
    var rejected: [RejectedRow] = []
    var summary = ImportSummary()
}

/// Reads everything; what repeats a row of `known` is a duplicate.
func read<Source: Importer>(
    _ source: ByteSource,
    _ importer: Source,
    known: inout Set<Identity>
) throws -> Outcome {
    var reader = try ImportReader(source, importer)
    var outcome = Outcome()
    while let step = try reader.next() {
        switch step {
        case .row(let row):
            outcome.summary.read(row.movement)
            let isNew = known.insert(Identity(row)).inserted
            outcome.summary.settle(row.movement, as: isNew ? .recorded : .duplicate)
            outcome.rows.append(row)
        case .rejected(let row):
            outcome.summary.read(row.movement)
            outcome.summary.reject(row)
            outcome.rejected.append(row)
        }
    }
    return outcome
}

func read<Source: Importer>(_ source: ByteSource, _ importer: Source) throws -> Outcome {
    var known: Set<Identity> = []
    return try read(source, importer, known: &known)
}

/// What tells a row from all others.
struct Identity: Hashable {
    let subject: String
    let asset: ImportedAsset
    let event: [UInt8]
    let ordinal: UInt32

    init(_ row: ImportedRow) {
        (subject, asset, event, ordinal) = (row.subject, row.asset, row.event, row.ordinal)
    }
}

/// A Birmingham table of a few rows.
enum BirminghamTable {
    static let header =
        "trans_date,trans_vat_desc,original_gross_amt,original_cur,billing_gross_amt,"
        + "billing_cur_code,merchant_name,card_number,trans_cac_code_1,trans_cac_desc_1,"
        + "trans_cac_code_2,trans_cac_desc_2,trans_cac_code_3,directorate,source_file\n"

    static func row(
        day: String = "2016-06-23",
        amount: String = "29.12",
        currency: String = "",
        billed: String = ",",
        merchant: String = "amazon",
        card: String = "************6480"
    ) -> String {
        "\(day),VZ,\(amount),\(currency),\(billed),\(merchant),\(card),"
            + "L100,Equip,RE,Hall,A00,CYP,f\n"
    }

    static func read(_ rows: [String]) throws -> Outcome {
        let text = header + rows.joined()
        return try MyDataTests.read(ByteSource(Array(text.utf8)), Birmingham())
    }
}
