import Files
import Glibc

/// Where promises go: the recorder's trace, or standard output.
enum Marks {
    private typealias Mark = @convention(c) (UnsafePointer<CChar>) -> Void

    // Found once; the recorder stays loaded as long as the process lives.
    private static let recorder: Mark? = {
        guard let symbol = unsafe dlsym(nil, "jangbu_mark") else { return nil }
        return unsafe unsafeBitCast(symbol, to: Mark.self)
    }()

    /// Says `lines`, whole even when the process is killed in the next moment.
    static func say(_ lines: String) {
        if let recorder = unsafe recorder {
            for line in lines.split(separator: "\n") { unsafe recorder(String(line)) }
            return
        }
        var bytes = Array((lines + "\n").utf8)
        unsafe _ = write(1, &bytes, bytes.count)
    }
}

/// What the marks up to some point promise.
struct Promises {
    /// The log was made.
    var isCreated = false
    /// Acknowledged frames by subject number: revisions below are there.
    var acknowledged: [Int: UInt64] = [:]
    /// Acknowledged before the last whole backup began.
    var backedUp: [Int: UInt64]?
    private var backingUp: [Int: UInt64] = [:]
    /// By the number of the restored directory: what must be in it.
    var restored: [Int: [Int: UInt64]] = [:]
    /// Subjects whose frames may be, and must be, tombstones up to a revision.
    var dropping: Set<Int> = []
    var dropped: [Int: UInt64] = [:]

    init() {}

    init(file: String) throws {
        let text = String(decoding: try Files.read(file), as: UTF8.self)
        for line in text.split(separator: "\n") { try take(line) }
    }

    mutating func take(_ line: some StringProtocol) throws(Failure) {
        let words = line.split(separator: " ")
        let numbers = words.dropFirst().map { Int($0) ?? 0 }
        switch (words.first ?? "", numbers.count) {
        case ("created", 0): isCreated = true
        case ("ack", 2):
            let next = UInt64(numbers[1] + 1)
            acknowledged[numbers[0]] = max(acknowledged[numbers[0], default: 0], next)
        case ("backup-begin", 0): backingUp = acknowledged
        case ("backup-end", 0): backedUp = backingUp
        case ("restored", 1): restored[numbers[0]] = backedUp ?? [:]
        case ("compact-begin", 1): dropping.insert(numbers[0])
        case ("compact-end", 1): dropped[numbers[0]] = acknowledged[numbers[0], default: 0]
        case ("checked", 0), ("open", 0), ("again", 0), ("refused", _): break
        default: throw Failure("a mark nobody knows: \(line)")
        }
    }
}
