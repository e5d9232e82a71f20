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
    /// Answers put aside that are too long to stand beside the rest come before, a batch each; and
    /// of more compartments than one opening takes those about which nothing was counted.
    static func persons(
        _ subject: SubjectID,
        _ reports: [TransferReport]
    ) -> (persons: [PersonObservations], ranges: [Range<Int>]) {
        var before = reports.flatMap(\.long).map { name, events in
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
        if names.count > namesAtOnceMax {
            // A provider may close any number of assets at once, and break as many answers. After a
            // crash before the evidence these are asked about again and said again.
            let own = names.filter { name in
                if case .role = name { return false }
                return byName[name]?.allSatisfy(\.counted.isEmpty) ?? true
            }
            for start in stride(from: 0, to: own.count, by: namesAtOnceMax) {
                let some = Array(own[start..<min(start + namesAtOnceMax, own.count)])
                let evidence = evidence(in: some, of: byName)
                before.append(PersonObservations(of: subject, [], evidence: evidence))
            }
            let apart = Set(own)
            names.removeAll { apart.contains($0) }
        }
        let evidence = evidence(in: names, of: byName)
        let last = PersonObservations(of: subject, observations, evidence: evidence)
        return (before + [last], ranges)
    }

    private static func evidence(
        in names: [CompartmentName],
        of notes: [CompartmentName: [Note]]
    ) -> Evidence {
        let all = names.map { notes[$0] ?? [] }
        return Evidence(in: names) { changes in
            all.map { notes in
                var bytes: [UInt8] = []
                for note in notes { note.append(with: changes, to: &bytes) }
                return bytes
            }
        }
    }
}
