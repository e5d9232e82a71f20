internal import Cryptography
internal import EventLog
internal import Frame
internal import Synchronization
internal import Vault

/// What a lane came to.
struct LaneResult: Sendable {
    var outcomes: [Outcome] = []
    /// Subjects whose steps were not all done.
    var failures: [SubjectID: RecordError] = [:]
}

extension Recorder {
    /// Does the work of all lanes side by side while nobody else writes to the subjects' logs.
    func run(
        _ work: Work,
        holding subjects: [SubjectID],
        at now: Int64
    ) async -> [LaneResult] {
        await vault.gate.hold(subjects) {
            let stale = self.stale(work.expected)
            return await withTaskGroup(of: LaneResult.self) { tasks in
                for (steps, lane) in zip(work.lanes, self.lanes) {
                    let steps = steps.filter { stale.failures[$0.subject] == nil }
                    guard !steps.isEmpty else { continue }
                    tasks.addTask { await self.run(steps, of: work, at: now, in: lane) }
                }
                var all: [LaneResult] = [stale]
                for await result in tasks { all.append(result) }
                return all
            }
        }
    }

    /// Subjects whose logs have gone on, or cannot be read, fail; nobody writes to them meanwhile.
    private func stale(_ expected: [SubjectID: UInt64]) -> LaneResult {
        var result = LaneResult()
        for (subject, revision) in expected {
            do throws(LogError) {
                guard try log.durableSize(of: subject) != revision else { continue }
                result.failures[subject] = .contended
            } catch {
                result.failures[subject] = .log(error)
            }
        }
        return result
    }

    private func run(
        _ steps: [OwnedStep],
        of work: Work,
        at now: Int64,
        in lane: Lane
    ) async -> LaneResult {
        var result = LaneResult()
        var changes = Changes()
        let batches = StepBatch.pack(steps)
        for (number, batch) in batches.enumerated() {
            var rest = batch.steps[...]
            while !rest.isEmpty {
                rest.removeAll { result.failures[$0.subject] != nil }
                guard !rest.isEmpty else { break }
                do throws(RecordError) {
                    let decided = try await record(rest, of: work, changes, at: now, in: lane)
                    changes.take(decided.outcomes)
                    result.outcomes += decided.outcomes
                    result.failures.merge(decided.failures) { first, _ in first }
                    rest = rest.dropFirst(decided.doneCount)
                } catch {
                    // Neither what is left of this batch nor what follows would fare better.
                    for step in rest { result.failures[step.subject] = error }
                    for later in batches[(number + 1)...] {
                        for step in later.steps { result.failures[step.subject] = error }
                    }
                    return result
                }
            }
        }
        return result
    }

    /// Decides and appends as many of `steps` as one batch takes, at least one.
    private func record(
        _ steps: ArraySlice<OwnedStep>,
        of work: Work,
        _ changes: Changes,
        at now: Int64,
        in lane: Lane
    ) async throws(RecordError) -> Decided {
        for _ in 0..<RecordLimit.attemptsMax {
            let decided: Decided
            do throws(RecordError) {
                decided = try lane.desk.withLock { desk throws(RecordError) in
                    try decide(steps, of: work, changes, at: now, with: &desk)
                }
            } catch .vault(.notYetDurable) {
                continue
            }
            guard !decided.frames.entries.isEmpty else {
                keep(decided)
                return decided
            }
            if let hook = beforeAppend.withLock({ $0 }) { await hook() }
            do throws(AppendError) {
                let receipt = try await log.append(decided.frames)
                // A command that was there before means that the models are behind: look again.
                guard receipt.places.allSatisfy({ $0.outcome == .appended }) else { continue }
                keep(decided)
                return decided
            } catch {
                guard case .revisionConflict = error else { throw .append(error) }
            }
        }
        throw .contended
    }

    private func keep(_ decided: Decided) {
        for (opening, next) in decided.openings { vault.commit(opening, through: next) }
        for (subject, model) in decided.models { models.put(model, of: subject) }
    }
}

/// What steps come to: frames to append, and what is known once they are durable.
struct Decided {
    var frames = FrameBatch()
    var outcomes: [Outcome] = []
    var failures: [SubjectID: RecordError] = [:]
    var models: [(SubjectID, WriteModel)] = []
    var openings: [(opening: Opening, next: UInt64)] = []
    /// Steps that are done, from the first on.
    var doneCount = 0

    /// Whether another piece may be sealed into it.
    var hasRoom: Bool { frames.bytes.count < RecordLimit.bytesPerBatchMax }
}

extension Recorder {
    func decide(
        _ steps: ArraySlice<OwnedStep>,
        of work: Work,
        _ changes: Changes,
        at now: Int64,
        with desk: inout Desk
    ) throws(RecordError) -> Decided {
        var decided = Decided()
        var rest = steps
        while let subject = rest.first?.subject {
            let own = rest.prefix { $0.subject == subject }
            rest = rest.dropFirst(own.count)
            let (doneCount, frameCount) = (decided.doneCount, decided.frames.entries.count)
            do throws(RecordError) {
                var draft = try open(own, of: work, subject, at: now, with: &desk)
                try take(own, of: work, changes, in: &draft, with: &desk, into: &decided)
            } catch {
                // Sealed frames cannot be taken out of a batch again.
                guard decided.frames.entries.count == frameCount,
                    error != .vault(.notYetDurable)
                else { throw error }
                decided.failures[subject] = error
                decided.doneCount += own.count
            }
            guard decided.doneCount == doneCount + own.count else { break }
        }
        return decided
    }

    /// Opens the compartments that a subject's steps need and reads what their logs hold.
    private func open(
        _ steps: ArraySlice<OwnedStep>,
        of work: Work,
        _ subject: SubjectID,
        at now: Int64,
        with desk: inout Desk
    ) throws(RecordError) -> SubjectDraft {
        var names: [CompartmentName] = []
        var isCompared: [Bool] = []
        for step in steps {
            let needed = work.names(of: step.step)
            names += needed
            let isPiece = if case .piece = step.step { true } else { false }
            isCompared += needed.map { _ in isPiece }
        }
        let opening: Opening
        do throws(VaultError) {
            opening = try vault.open(names, of: subject, for: .collection, at: now)
        } catch {
            throw .vault(error)
        }
        var model = models.take(subject) ?? WriteModel()
        let loader = ModelLoader(vault: vault, log: log)
        try loader.catchUp(
            &model,
            of: subject,
            with: zip(opening.compartments, isCompared).compactMap { $1 ? $0.id : nil },
            to: opening.revision,
            using: &desk
        )
        var draft = SubjectDraft(opening: opening, loader: loader, model: model, now: now)
        (draft.schemaSet, draft.eventsPerFrame) = (schemaSet, eventsPerFrame)
        return draft
    }

    /// Takes a subject's steps until the batch is full.
    private func take(
        _ steps: ArraySlice<OwnedStep>,
        of work: Work,
        _ changes: Changes,
        in draft: inout SubjectDraft,
        with desk: inout Desk,
        into decided: inout Decided
    ) throws(RecordError) {
        var targets = draft.opening.compartments[...]
        var changes = changes
        var taken = 0
        taking: for step in steps {
            guard decided.hasRoom else { break }
            let own = targets.prefix(step.nameCount)
            targets = targets.dropFirst(step.nameCount)
            switch step.step {
            case .piece(let piece):
                let statement = work.statements[piece.statement]
                guard draft.admits(piece, of: statement, at: own[own.startIndex]) else {
                    break taking
                }
                let outcome = try draft.take(
                    piece,
                    of: statement,
                    at: own[own.startIndex],
                    with: &desk,
                    into: &decided.frames
                )
                decided.outcomes.append(outcome)
                changes.take([outcome])
                guard outcome.isWhole else { break taking }
                taken += 1
            case .evidence(let number):
                let person = work.person(number)
                let events = person.evidence.events(changes.of(person.statements))
                precondition(events.count == own.count, "evidence has one list of events a name")
                for (events, target) in zip(events, own) {
                    try draft.take(
                        evidence: events,
                        at: target,
                        with: &desk,
                        into: &decided.frames
                    )
                }
                taken += 1
            }
        }
        try draft.finish(with: &desk, into: &decided.frames)
        decided.doneCount += taken
        if draft.next > draft.opening.revision {
            decided.openings.append((draft.opening, draft.next))
            draft.model.scannedTo = draft.next
        }
        decided.models.append((draft.opening.subject, draft.model))
    }
}

extension Work {
    /// The compartments that a step needs.
    fileprivate func names(of step: Step) -> [CompartmentName] {
        switch step {
        case .piece(let piece): [statements[piece.statement].name]
        case .evidence(let number): person(number).evidence.names
        }
    }
}

/// The contexts that a lane decides with.
struct Desk: ~Copyable {
    var sealer: FrameSealer
    var opener: FrameOpener
    var hash: RowHash
    /// What is in the answer being decided.
    var answer = AnswerContents()

    init(rowKey: SecretKey) throws(FrameError) {
        let sealer = try FrameSealer()
        let opener = try FrameOpener()
        self.sealer = sealer
        self.opener = opener
        hash = RowHash(key: rowKey)
    }
}
