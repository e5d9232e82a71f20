import Files
import Foundation
import Simulation

/// The project's folder with few purchases in the place of its data set: `JANGBU_HOME` of a demo
/// that takes a second.
final class SmallHome {
    let directory: TemporaryDirectory
    var path: String { directory.path }
    var environment: [String: String] { ["JANGBU_HOME": path] }
    /// The file of purchases.
    let table: String

    init(rows: Int, label: String = #function) throws {
        directory = try TemporaryDirectory(label)
        let data = directory.path + "/Replay/data"
        try Files.makeDirectories(data + "/birmingham")
        try FileLink.make(directory.path + "/conf", to: Command.root + "/conf")
        try FileLink.make(data + "/ibm", to: Command.root + "/Replay/data/ibm")
        table = data + "/birmingham/purchase_card_transactions.csv.zst"
        var text = SmallHome.header
        for row in 0..<rows {
            let day = 10 + row % 19
            text += "2016-06-\(day),VZ,\(row % 97).\(10 + row % 90),,,,shop \(row % 13),"
            text += "************\(1_000 + row % 7),L1,Eq,RE,Hall,A00,CYP,f\n"
        }
        try Files.replace(table, with: Array(text.utf8))
    }

    static let header =
        "trans_date,trans_vat_desc,original_gross_amt,original_cur,billing_gross_amt,"
        + "billing_cur_code,merchant_name,card_number,trans_cac_code_1,trans_cac_desc_1,"
        + "trans_cac_code_2,trans_cac_desc_2,trans_cac_code_3,directorate,source_file\n"
}

enum FileLink {
    /// A symbolic link.
    static func make(_ path: String, to target: String) throws {
        try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: target)
    }
}
