internal import Commands
internal import Frame
internal import Vault

/// Reports as the recorder takes them.
extension TransferReport {
    /// Compartments in which reports that are recorded together have evidence, at most: an opening
    /// takes twice as many.
    static let namesAtOnceMax = VaultLimit.namesPerOpeningMax / 2

    /// Compartments in which it has evidence, at most.
    var nameCount: Int { Set(notes.map(\.name)).count }

    /// What the recorder is told of transfers of one person, in this order, and which observations
    /// of the last are whose.
    ///
    /// Answers put aside that are too long to stand beside the rest come before, a batch each.
    static func persons(
        _ subject: SubjectID,
        _ reports: [TransferReport]
    ) -> (persons: [PersonObservations], ranges: [Range<Int>]) {
        let before = reports.flatMap(\.long).map { name, events in
            PersonObservations(of: subject, [], evidence: Evidence(in: [name]) { _ in [events] })
        }
        var observations: [Observation] = []
        var ranges: [Range<Int>] = []
        var notes: [Note] = []
        for report in reports {
            let first = observations.count
            observations += report.observations
            ranges.append(first..<observations.count)
            notes += report.notes.map { note in
                var note = note
                note.counted = note.counted.lowerBound + first..<note.counted.upperBound + first
                return note
            }
        }
        // Failures last: what is known of a provider ends with them.
        notes = notes.filter { !$0.isFailure } + notes.filter(\.isFailure)
        var names: [CompartmentName] = []
        var byName: [CompartmentName: [Note]] = [:]
        for note in notes {
            if byName[note.name] == nil { names.append(note.name) }
            byName[note.name, default: []].append(note)
        }
        let all = names.map { byName[$0] ?? [] }
        let evidence = Evidence(in: names) { changes in
            all.map { notes in
                var bytes: [UInt8] = []
                for note in notes { note.append(with: changes, to: &bytes) }
                return bytes
            }
        }
        let last = PersonObservations(of: subject, observations, evidence: evidence)
        return (before + [last], ranges)
    }
}
