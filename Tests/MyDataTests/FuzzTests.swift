import Finance
import MyData
import Simulation
import Testing

/// Mutated tables: each is read to its end with an error or without, never trapped on, and its
/// summary reconciles.
@Suite struct FuzzTests {
    /// 100,000 in all: 4 seeds of 25,000, half of them for each table.
    private static let mutations = 25_000

    private func mutate(_ bytes: [UInt8], _ seed: inout Seed) -> [UInt8] {
        var bytes = bytes
        for _ in 0..<Int.random(in: 1...4, using: &seed) where !bytes.isEmpty {
            let at = Int.random(in: 0..<bytes.count, using: &seed)
            switch Int.random(in: 0..<6, using: &seed) {
            case 0: bytes[at] = UInt8.random(in: 0...255, using: &seed)
            case 1: bytes[at] ^= 1 << UInt8.random(in: 0...7, using: &seed)
            case 2: bytes.remove(at: at)
            case 3:
                bytes.insert([0x22, 0x2C, 0x0A, 0x0D, 0x2D, 0x2E, 0x39, 0xFF][at % 8], at: at)
            case 4: bytes.removeSubrange(at..<min(bytes.count, at + at % 40))
            default: bytes.insert(contentsOf: bytes[at...].prefix(at % 60), at: at)
            }
        }
        return bytes
    }

    private func fuzz<Source: Importer>(
        _ table: String,
        _ importer: Source,
        _ seed: Seed
    ) throws {
        var seed = seed
        let bytes = Array(table.utf8)
        let bodyStart = (bytes.firstIndex(of: 0x0A) ?? 0) + 1
        var usable = 0
        for number in 0..<FuzzTests.mutations / 2 {
            // Mostly below the header: a file whose header is spoilt is refused at once.
            let start = number % 10 == 0 ? 0 : bodyStart
            let mutated = bytes[..<start] + mutate(Array(bytes[start...]), &seed)
            do {
                let outcome = try read(ByteSource(Array(mutated)), importer)
                usable += outcome.rows.count
                guard outcome.summary.isReconciled else {
                    Issue.record("not reconciled, \(seed)")
                    return
                }
            } catch is ImportError {
                // A header that is none any more.
            }
        }
        // Blind mutations would spoil every row.
        #expect(usable > FuzzTests.mutations / 4, "\(seed)")
    }

    @Test(arguments: Seed.smoke)
    func `mutated card tables give rows or reasons, never a trap`(seed: Seed) throws {
        let rows = [
            BirminghamTable.row(), BirminghamTable.row(amount: "-1.5", merchant: "\"a\"\"b\nc\""),
            BirminghamTable.row(currency: "EUR", billed: "3.1,GBP"),
        ]
        try fuzz(BirminghamTable.header + rows.joined(), Birmingham(), seed)
    }

    @Test(arguments: Seed.smoke)
    func `mutated synthetic tables give rows or reasons, never a trap`(seed: Seed) throws {
        let header =
            "User,Card,Year,Month,Day,Time,Amount,Use Chip,Merchant Name,Merchant City,"
            + "Merchant State,Zip,MCC,Errors?,Is Fraud?\n"
        let rows = """
            0,0,2002,9,11,13:17,$-99.00,Swipe Transaction,2027,Camden,NJ,8102.0,5541,,No
            0,1,2012,2,29,00:00,$9.00,Online Transaction,2,ONLINE,,,5541,"Bad PIN,Bad CVV",Yes

            """
        let importer = try IBMTransactions(cards: ByteSource(path: Checkout.ibmCards))
        try fuzz(header + rows, importer, seed)
    }

    @Test(arguments: Seed.smoke)
    func `mutated packed files give rows or an error, never a trap`(seed: Seed) throws {
        var seed = seed
        let packed = try Checkout.bytes(Checkout.birmingham)
        for _ in 0..<20 {
            var bytes = packed
            for _ in 0..<Int.random(in: 1...8, using: &seed) {
                bytes[Int.random(in: 0..<bytes.count, using: &seed)] ^=
                    1 << UInt8.random(in: 0...7, using: &seed)
            }
            do {
                var reader = try ImportReader(ByteSource(bytes), Birmingham())
                var rows = 0
                while try reader.next() != nil, rows < 20_000 { rows += 1 }
            } catch {
                // Found by zstd's checksum or by the table itself.
            }
        }
    }
}
