internal import Frame
internal import Synchronization
internal import Vault

extension Recorder {
    /// What observing would change now; nothing is appended and nothing is kept.
    ///
    /// Exact as far as one batch goes; of what does not fit one, later pieces are compared with the
    /// log alone.
    public func preview(
        _ person: PersonObservations,
        at now: Int64
    ) async throws(RecordError) -> [ObservedChanges] {
        var work = Work(lanes: 1)
        try work.add(
            PersonObservations(of: person.subject, person.observations),
            0,
            lane: 0
        )
        let planned = work
        return try await vault.gate.hold([person.subject]) { () throws(RecordError) in
            var changes = Changes()
            for batch in StepBatch.pack(planned.lanes[0]) {
                var rest = batch.steps[...]
                while !rest.isEmpty {
                    let decided = try self.lanes[0].desk.withLock { desk throws(RecordError) in
                        try self.decide(rest, of: planned, changes, at: now, with: &desk)
                    }
                    if let failure = decided.failures[person.subject] { throw failure }
                    changes.take(decided.outcomes)
                    rest = rest.dropFirst(decided.doneCount)
                }
            }
            return changes.of(planned.person(0).statements)
        }
    }
}
