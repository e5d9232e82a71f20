import Cryptography
import EventLog
import Frame
import Simulation

/// A world of subjects whose frames a test makes; every default is valid.
struct World {
    var seed: Seed
    let key: SecretKey
    private var revisions: [SubjectID: UInt64] = [:]

    init(_ seed: Seed) throws {
        self.seed = seed
        key = SecretKey(copying: [UInt8](repeating: 7, count: 32).span)
    }

    mutating func subject() -> SubjectID {
        SubjectID(high: seed.next(), low: seed.next())
    }

    /// A batch of one frame for each subject, at the revisions this world expects next.
    mutating func batch(
        for subjects: [SubjectID],
        eventCount: Int = 3,
        revision: UInt64? = nil,
        command: CommandID? = nil
    ) throws -> FrameBatch {
        var sealer = try FrameSealer()
        var batch = FrameBatch()
        for subject in subjects {
            let next = revision ?? revisions[subject, default: 0]
            revisions[subject] = next + 1
            let content = FrameContent(
                kind: .provider,
                subject: subject,
                compartment: CompartmentID(high: 1, low: 2),
                keyEpoch: 0,
                revision: next,
                command: command ?? CommandID(high: seed.next(), low: seed.next()),
                recordedAt: 1,
                schemaSet: 1,
                eventCount: eventCount
            )
            let events = World.events(count: eventCount, subject: subject, revision: next)
            try sealer.seal(
                events.span,
                as: content,
                key: key,
                salt: (seed.next(), seed.next()),
                into: &batch
            )
        }
        return batch
    }

    /// What the test expects to read back: content that says whose it is.
    static func events(count: Int, subject: SubjectID, revision: UInt64) -> [UInt8] {
        var bytes: [UInt8] = []
        for index in 0..<count {
            let text = Array("\(subject) \(revision) \(index)".utf8)
            bytes.append(UInt8(text.count))
            bytes.append(contentsOf: text)
        }
        return bytes
    }
}

/// What reading a whole log gives.
struct Picture: Equatable {
    var heads: [SubjectID: TreeHead] = [:]
    var frames = 0
    var partitions: [TreeHead] = []

    init(_ log: EventLog, subjects: some Sequence<SubjectID>) throws {
        for subject in subjects { heads[subject] = try log.head(of: subject) }
        for partition in 0..<log.layout.partitions {
            partitions.append(try log.checkpoint(of: partition))
        }
        for environment in 0..<log.layout.environments {
            var sequence: UInt64 = 0
            while true {
                let next = try log.scan(
                    environment: environment,
                    from: sequence,
                    blockLimit: 7
                ) { _ in frames += 1 }
                guard next > sequence else { break }
                sequence = next
            }
        }
    }
}

func openLog(
    _ directory: TemporaryDirectory,
    layout: LogLayout = .init(),
    tail: Int = 131_072
) throws -> EventLog {
    let path = directory.path + "/log"
    do {
        try EventLog.create(at: path, layout: layout, id: (1, 2))
    } catch LogError.exists {
        // Opened again.
    }
    var options = LogOptions()
    options.tailFrameCountMax = tail
    return try EventLog(opening: path, options: options)
}
