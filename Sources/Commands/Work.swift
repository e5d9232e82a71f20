internal import Frame
internal import Vault

/// What a lane does one after another: pieces of statements, and the evidence of a person after all
/// of theirs.
enum Step: Sendable {
    case piece(Piece)
    /// Of the person of that number.
    case evidence(Int)
}

/// A step with whose log it goes to.
struct OwnedStep: Sendable {
    let subject: SubjectID
    let step: Step
    var byteCount = 0
    /// Compartments that it needs.
    var nameCount = 1
}

/// What a call of the recorder has to do.
struct Work: Sendable {
    private(set) var statements: [Statement] = []
    /// Steps of each lane.
    private(set) var lanes: [[OwnedStep]]
    private var persons: [Int: Person] = [:]
    /// Next revisions that some subjects must have at the begin.
    var expected: [SubjectID: UInt64] = [:]

    struct Person: Sendable {
        let statements: Range<Int>
        let evidence: Evidence
    }

    init(lanes count: Int) { lanes = Array(repeating: [], count: count) }

    /// The person of that number; none when their answers could not be read.
    func person(_ number: Int) -> Person {
        persons[number] ?? Person(statements: 0..<0, evidence: .none)
    }

    /// Adds rows of a file.
    mutating func add(_ statement: Statement, group: Int, lane: Int) throws(RecordError) {
        let pieces = try Piece.split(statement, statements.count, group: group)
        statements.append(statement)
        for piece in pieces { add(piece, of: statement.subject, lane: lane) }
    }

    /// Adds all that was learnt of a person, or nothing when it throws.
    mutating func add(
        _ person: PersonObservations,
        _ number: Int,
        lane: Int
    ) throws(RecordError) {
        var pieces: [Piece] = []
        var added: [Statement] = []
        for (group, observation) in person.observations.enumerated() {
            let statement = Statement(observation, of: person.subject)
            let index = statements.count + added.count
            pieces += try Piece.split(statement, index, group: group)
            added.append(statement)
        }
        let range = statements.count..<statements.count + added.count
        persons[number] = Person(statements: range, evidence: person.evidence)
        statements += added
        for piece in pieces { add(piece, of: person.subject, lane: lane) }
        guard !person.evidence.names.isEmpty else { return }
        lanes[lane].append(
            OwnedStep(
                subject: person.subject,
                step: .evidence(number),
                nameCount: person.evidence.names.count
            )
        )
    }

    private mutating func add(_ piece: Piece, of subject: SubjectID, lane: Int) {
        lanes[lane].append(
            OwnedStep(subject: subject, step: .piece(piece), byteCount: piece.byteCount)
        )
    }
}

/// Steps that are decided together as far as a batch takes them: bounded in bytes and in names per
/// subject, each subject's together and in their order.
struct StepBatch: Sendable {
    private(set) var steps: [OwnedStep] = []
    private var byteCount = 0
    private var namesOf: [SubjectID: Int] = [:]

    private func takes(_ step: OwnedStep) -> Bool {
        byteCount + step.byteCount <= RecordLimit.bytesPerBatchMax
            && namesOf[step.subject, default: 0] + step.nameCount <= VaultLimit.namesPerOpeningMax
            && steps.count < 1_024
    }

    private mutating func add(_ step: OwnedStep) {
        byteCount += step.byteCount
        namesOf[step.subject, default: 0] += step.nameCount
        steps.append(step)
    }

    /// Packs a lane's steps.
    static func pack(_ steps: [OwnedStep]) -> [StepBatch] {
        var order: [SubjectID] = []
        var stepsOf: [SubjectID: [OwnedStep]] = [:]
        for step in steps {
            if stepsOf[step.subject] == nil { order.append(step.subject) }
            stepsOf[step.subject, default: []].append(step)
        }
        var batches: [StepBatch] = []
        var last = StepBatch()
        for subject in order {
            for step in stepsOf[subject] ?? [] {
                if !last.takes(step), !last.steps.isEmpty {
                    batches.append(last)
                    last = StepBatch()
                }
                last.add(step)
            }
        }
        if !last.steps.isEmpty { batches.append(last) }
        return batches
    }
}

/// What became of a call's statements so far.
struct Changes {
    private var byStatement: [Int: ObservedChanges] = [:]

    mutating func take(_ outcomes: [Outcome]) {
        for outcome in outcomes {
            let none = ObservedChanges(compartment: outcome.compartment)
            byStatement[outcome.statement, default: none].added +=
                outcome.rows.count + outcome.gone
            byStatement[outcome.statement, default: none].retracted += outcome.retracted
        }
    }

    /// Those of statements that were all taken.
    func of(_ statements: Range<Int>) -> [ObservedChanges] {
        statements.map { number in
            guard let changes = byStatement[number] else {
                preconditionFailure("a statement is decided before it is reported")
            }
            return changes
        }
    }
}
