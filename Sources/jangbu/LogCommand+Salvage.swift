import ArgumentParser
import EventLog
import Frame

/// Prints a damaged log: what is sound of it and, in its place, what is not.
struct SalvagedOutput {
    private let log: SalvagedLog
    private let json: Bool

    /// Names every fault on standard error.
    init(_ directory: DataDirectory, json: Bool) throws {
        log = try SalvagedLog(opening: directory.log)
        self.json = json
        for damage in log.damages { Terminal.shared.note("damaged: \(damage)") }
        if log.damages.isEmpty { Terminal.shared.note("The log is sound.") }
    }

    /// A person's frames from `first` on.
    ///
    /// - Throws: exit code 1 when a frame of the person is, or may be, lost.
    func show(_ subject: SubjectID, from first: UInt64, limit: Int) throws {
        var (next, left, isWhole) = (first, limit, true)
        while left > 0 {
            var seen: UInt64 = 0
            do {
                let after = try log.read(subject, from: next, limit: left) { frame in
                    try tell(HeaderLine(frame))
                    seen += 1
                }
                guard after > next else { break }
            } catch LogError.damaged(let file, let place) {
                next += seen
                let sound = log.nextReadable(of: subject, from: next)
                // A file that changes under us; what it holds is not told twice.
                if sound == next { throw LogError.damaged(file: file, place: place) }
                isWhole = false
                // Which block it is, the faults say; what follows a gap is sound and named too.
                try tell(LostLine("revision", next, before: sound))
                guard let sound else { break }
                (next, left) = (sound, left - Int(seen))
                continue
            }
            (next, left) = (next + seen, left - Int(seen))
        }
        guard isWhole else { throw ExitCode(ExitClass.differs.rawValue) }
        guard try log.head(of: subject).size > 0 else {
            throw Failure(.input, "The log has nothing of this person.")
        }
    }

    /// A partition's newest frames.
    ///
    /// - Throws: exit code 1 when the log is damaged: what is newest is then not certain.
    func tail(_ partition: Int, count: Int) throws {
        var newest: [HeaderLine] = []
        for environment in 0..<log.environmentCount {
            var sequence: UInt64 = 0
            while true {
                let next = try log.scan(
                    environment: environment,
                    from: sequence,
                    blockLimit: 64
                ) { frame in
                    guard frame.partition == partition, count > 0 else { return }
                    newest.append(try HeaderLine(frame))
                    // Twice as many before some go: each is moved once.
                    if newest.count >= 2 * count { newest.removeFirst(newest.count - count) }
                }
                guard next > sequence else { break }
                sequence = next
            }
        }
        var expected: UInt64?
        for line in newest.suffix(count) {
            if let expected, expected < line.position {
                try tell(LostLine("position", expected, before: line.position))
            }
            try tell(line)
            expected = line.position + 1
        }
        guard log.damages.isEmpty else { throw ExitCode(ExitClass.differs.rawValue) }
    }

    private func tell(_ line: some Encodable & TextLine) throws {
        Terminal.shared.data(try json ? JSONText.encode(line) : line.text)
    }
}

/// A line of data that is read by people or, as JSON, by programs.
protocol TextLine {
    var text: String { get }
}

extension HeaderLine: TextLine {}

/// Frames that cannot be read, in the place where they would stand.
private struct LostLine: Encodable, TextLine {
    /// `revision` or `position`.
    private let lost: String
    private let from: UInt64
    /// Nil when nothing after `from` can be read: there may have been no such frame.
    private let through: UInt64?

    init(_ lost: String, _ from: UInt64, before next: UInt64?) {
        (self.lost, self.from) = (lost, from)
        through = next.map { $0 - 1 }
    }

    var text: String {
        switch through {
        case from: "\(lost) \(from) is lost in a damaged block"
        case let through?: "\(lost)s \(from) to \(through) are lost in a damaged block"
        case nil: "\(lost) \(from) and any after it, if there were such, are lost"
        }
    }
}
