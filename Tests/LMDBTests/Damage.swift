import LMDB
import Simulation

#if canImport(Glibc)
    import Glibc
#else
    import Musl
#endif

/// How the cases came out.
struct Tally {
    var found = 0
    var same = 0
    var valueBytes = 0
    var valueLength = 0
    var keyBytes = 0

    func report() {
        let total = found + same + valueBytes + valueLength + keyBytes
        write(
            "\(total) faults: \(found) found, \(same) without effect, in value bytes "
                + "\(valueBytes), value length \(valueLength), key bytes \(keyBytes)\n"
        )
    }

    func write(_ line: String) {
        var bytes = Array(line.utf8)
        _ = unsafe posixWrite(STDERR_FILENO, &bytes, bytes.count)
    }
}

enum Damage {
    static let imagesPerRun = 4
    static var casesPerImage: Int {
        guard let text = unsafe getenv("SIM_SEEDS"), let number = Int(unsafe String(cString: text))
        else { return 75 }
        return number
    }

    /// Makes a sample, then damages it `count` times.
    static func run(
        in directory: String,
        _ count: Int,
        _ tally: inout Tally,
        using seed: inout Seed
    ) throws {
        try Environment.create(at: directory, tables: SampleTables.names)
        var model = SampleTables.empty
        do {
            let environment = try Environment(opening: directory)
            let tables = try SampleTables(of: environment)
            for _ in 0..<10 {
                try tables.change(environment, &model, 60, using: &seed)
            }
        }
        let file = directory + "/data.mdb"
        let sound = try Image(path: file)
        let livePages = try pagesInUse(of: sound, directory)
        let rows = SampleTables.entries(model)
        for number in 0..<count {
            var caseSeed = Seed(seed.next())
            let fault = Fault(of: sound.bytes, livePages, using: &caseSeed)
            try Image(bytes: number.description + " \(caseSeed) \(fault)").write(
                to: directory + "/case"
            )
            try sound.with(fault).write(to: file)
            guard case .sound = try PageCheck.check(directory) else {
                tally.found += 1
                continue
            }
            do {
                try classify(rows, try use(directory, using: &caseSeed), &tally)
            } catch let error as LMDBError where error.code == .notFound {
                // The fault is in a table's name.
                tally.keyBytes += 1
            } catch let error as LMDBError where error.operation == "decode key" {
                // The fault is in a key's length, within its padding.
                tally.found += 1
            }
        }
    }

    /// The pages with a header that matters: without it the check finds damage.
    private static func pagesInUse(of sound: Image, _ directory: String) throws -> [Int] {
        try (2..<sound.bytes.count / 4_096).filter { page in
            var image = sound
            for index in page * 4_096..<page * 4_096 + 16 { image.bytes[index] = 0 }
            try image.write(to: directory + "/data.mdb")
            guard case .damaged = try PageCheck.check(directory) else { return false }
            return true
        }
    }

    /// Reads everything, then changes something and checks the file again.
    private static func use(_ directory: String, using seed: inout Seed) throws -> [Row] {
        let rows: [Row]
        do {
            let environment = try Environment(
                opening: directory,
                options: .init(mapSizeBytes: 1 << 30)
            )
            let tables = try SampleTables(of: environment)
            rows = try tables.entries(environment)
            var model = SampleTables.empty
            for row in rows { model[row.table, default: [:]][row.key] = row.value }
            for _ in 0..<3 {
                try tables.change(environment, &model, 30, using: &seed)
                guard try tables.entries(environment) == SampleTables.entries(model) else {
                    throw Disagreement()
                }
            }
        }
        if case .damaged(let found) = try PageCheck.check(directory) {
            print(found); throw Disagreement()
        }
        return rows
    }

    /// One fault may change the bytes of rows, or the length of one value; nothing else.
    private static func classify(_ before: [Row], _ after: [Row], _ tally: inout Tally) throws {
        guard before.count == after.count else { throw Disagreement() }
        let changed = zip(before, after).filter { $0 != $1 }
        if changed.isEmpty {
            tally.same += 1
        } else if changed.contains(where: { $0.value.count != $1.value.count }) {
            guard changed.count == 1 else { throw Disagreement() }
            tally.valueLength += 1
        } else if changed.contains(where: { $0.key != $1.key }) {
            tally.keyBytes += 1
        } else {
            tally.valueBytes += 1
        }
    }
}

/// One fault of a file.
enum Fault {
    case flip(byte: Int, bit: Int)
    case zero(sector: Int)
    case cut(to: Int)

    init(of bytes: [UInt8], _ livePages: [Int], using seed: inout Seed) {
        switch seed.below(8) {
        case 0: self = .zero(sector: seed.below(bytes.count / 512))
        case 1: self = .cut(to: seed.below(bytes.count))
        case 2: self = .flip(byte: 4_096 * seed.below(2) + seed.below(152), bit: seed.below(8))
        case 3...6:
            // Headers and node tables lie at the start of a page, where few flips would fall.
            let page = livePages[seed.below(livePages.count)]
            self = .flip(
                byte: page * 4_096 + seed.below(seed.below(2) == 0 ? 64 : 4_096),
                bit: seed.below(8)
            )
        default: self = .flip(byte: seed.below(bytes.count), bit: seed.below(8))
        }
    }
}

/// A file's bytes.
struct Image {
    var bytes: [UInt8]

    init(bytes: String) {
        self.bytes = Array(bytes.utf8)
    }

    init(path: String) throws {
        bytes = []
        let file = unsafe open(path, O_RDONLY)
        guard file >= 0 else { throw Disagreement() }
        defer { close(file) }
        var facts = stat()
        guard unsafe fstat(file, &facts) == 0 else { throw Disagreement() }
        bytes = [UInt8](repeating: 0, count: Int(facts.st_size))
        guard unsafe read(file, &bytes, bytes.count) == bytes.count else { throw Disagreement() }
    }

    func with(_ fault: Fault) -> Image {
        var image = self
        switch fault {
        case .flip(let byte, let bit): image.bytes[byte] ^= 1 << bit
        case .zero(let sector):
            for index in sector * 512..<sector * 512 + 512 { image.bytes[index] = 0 }
        case .cut(let length): image.bytes.removeSubrange(length...)
        }
        return image
    }

    func write(to path: String) throws {
        let file = unsafe open(path, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        guard file >= 0 else { throw Disagreement() }
        defer { close(file) }
        guard unsafe posixWrite(file, bytes, bytes.count) == bytes.count else {
            throw Disagreement()
        }
    }
}

/// `write`, which the methods of that name hide.
private func posixWrite(_ file: Int32, _ bytes: UnsafeRawPointer, _ count: Int) -> Int {
    unsafe write(file, bytes, count)
}
