internal import Commands
internal import Finance
internal import Frame
internal import FoundationEssentials
internal import MyData
internal import SwiftProtobuf
internal import Vault

/// What a transfer brings to the log: what was learnt, and the evidence of having asked.
struct TransferReport {
    let permit: CollectionPermit
    /// When it began, in seconds since 1970-01-01 UTC: days after that are not whole.
    let startedAt: Int64
    /// The day of the regular transfer that it goes on with; nil when it is one of its own.
    private let begunOn: CivilDate?
    private(set) var observations: [Observation] = []
    private(set) var notes: [Note] = []
    /// Answers put aside that are too long to stand beside the rest, each with its compartment.
    private(set) var long: [(name: CompartmentName, events: [UInt8])] = []
    private let settled: CivilDate

    /// Evidence, complete but for what the log made of the observations.
    struct Note: Sendable {
        var name: CompartmentName
        var event: Event
        /// Observations whose changes it counts; the first tells the compartment.
        var counted: Range<Int> = 0..<0

        var isFailure: Bool {
            if case .transferFailed = event.fact { true } else { false }
        }
    }

    init(_ permit: CollectionPermit, startedAt: Int64, begunOn: CivilDate? = nil) {
        (self.permit, self.startedAt, self.begunOn) = (permit, startedAt, begunOn)
        settled =
            CollectionState.lastWholeDay(at: startedAt) ?? CivilDate(daysSinceEpoch: 0)
    }

    var isEmpty: Bool { observations.isEmpty && notes.isEmpty && long.isEmpty }

    /// Takes in all that came of a transfer.
    mutating func take(_ answers: PersonTransfer.Answers, industry: Industry) {
        // A list without news speaks for its assets only when all that they led to was answered.
        let isWhole =
            !answers.isCut
            && answers.assets.allSatisfy { asset in asset.results.allSatisfy(\.isSettled) }
        let made = answers.lists.filter { $0.isTaken && $0.isWhole }.map { list in
            var made = list.made
            if !isWhole { made.unsettled = true }
            return made
        }
        for list in answers.lists { note(list, in: nil, counted: 0..<0) }
        if !made.isEmpty {
            complete(made, quarantined: 0, counted: 0..<0, closed: answers.vanished.map(\.id))
        }
        for asset in answers.assets { take(asset) }
        for (_, asset) in answers.vanished { close(asset, industry: industry) }
        if permit.trigger == .scheduled, answers.isLeftOff { leaveDue() }
    }

    /// What was asked was answered or refused, and the rest was not asked: the last evidence says
    /// so, as nothing else would.
    ///
    /// Without any, nothing was asked.
    private mutating func leaveDue() {
        for index in notes.indices.reversed() {
            switch notes[index].event.fact {
            case .transferCompleted: notes[index].event.transferCompleted.stillDue = true
            case .transferFailed: notes[index].event.transferFailed.stillDue = true
            default: continue
            }
            return
        }
    }

    /// Takes in what became of the token: its end is evidence, which outlives it.
    mutating func take(token event: Event?) {
        guard let event else { return }
        notes.append(Note(name: .role(event.isTokenEnd ? .evidence : .credential), event: event))
    }

    /// Takes in that an answer is no longer put aside; it counts all that was learnt.
    mutating func take(_ released: QuarantineReleased, in name: CompartmentName) {
        var event = moment()
        event.quarantineReleased = released
        notes.append(Note(name: name, event: event, counted: 0..<observations.count))
    }

    private mutating func take(_ asset: PersonTransfer.AssetAnswers) {
        guard asset.isFresh || !asset.results.isEmpty else { return }
        let name = CompartmentName.asset(asset.name)
        let first = observations.count
        observations.append(
            Observation(
                name: name,
                apiCode: UInt32(asset.listAPI.rawValue),
                scope: asset.isFresh ? .state : .part,
                events: asset.listed.events
            )
        )
        for result in asset.results where result.isComplete {
            observations.append(observation(of: result, in: name))
        }
        let counted = first..<observations.count
        for result in asset.results { note(result, in: name, counted: counted) }
        let made = asset.results.filter { $0.isTaken && $0.isWhole }
        let quarantined = asset.results.count {
            if case .quarantined = $0.end { true } else { false }
        }
        if !made.isEmpty || quarantined > 0 {
            complete(made.map(\.made), quarantined: quarantined, counted: counted)
        }
        // What it still answered stands; the refusal, recorded after it, closes it.
        guard asset.results.contains(where: \.isClosed), !asset.isKnownClosed else { return }
        var event = moment()
        event.assetClosed.sign = .refused
        event.assetClosed.lastListedOn = settled.adding(days: 1).digits
        notes.append(Note(name: name, event: event))
    }

    private func observation(of result: CallResult, in name: CompartmentName) -> Observation {
        let entry = StandardAPI[result.call.api]
        // A day is spoken for when it was over; what it has before that is so far all the same.
        let whole = result.window.flatMap { window in
            window.days.lowerBound <= settled
                ? window.days.lowerBound...min(window.days.upperBound, settled) : nil
        }
        let scope: Observation.Scope =
            switch result.isWhole ? entry?.coverage(days: whole) : .part {
            case .state: .state
            case .days(let days): .days(days)
            case .part, nil: bill(of: result.call) ?? .part
            }
        return Observation(
            name: name,
            apiCode: UInt32(result.call.api.rawValue),
            scope: scope,
            events: result.events,
            hasCounterpartyText: entry?.shape == .days || entry?.shape == .part
        )
    }

    /// The bill that a call asked the lines of.
    private func bill(of call: StandardCall) -> Observation.Scope? {
        guard call.api == .card005, let month = call["charge_month"].flatMap({ UInt32($0) }) else {
            return nil
        }
        return .bill(month: month, number: call["seqno"] ?? "")
    }

    /// The evidence of a call that did not go well.
    private mutating func note(
        _ result: CallResult,
        in name: CompartmentName?,
        counted: Range<Int>
    ) {
        switch result.end {
        case .complete, .unchanged, .skipped, .absent(nil): return
        case .closed:
            fail(
                result,
                CallResult.Failure(status: 403, code: 40_305, attempts: 1, reach: .asset),
                counted
            )
        case .quarantined(let payload):
            putAside(payload, in: name ?? .quarantine(of: permit.provider))
            guard name == nil else { return }
            // The body goes with the provider's data; that it was put aside, and why, stays.
            let failure = CallResult.Failure(status: 200, reach: .call)
            fail(result, failure, counted, putAside: payload.reason)
        case .failed(let failure), .absent(let failure?): fail(result, failure, counted)
        }
    }

    /// A body of one part goes with the rest; each longer one in a batch of its own before, so
    /// that no batch grows with how many there are.
    private mutating func putAside(_ payload: PayloadQuarantined, in name: CompartmentName) {
        var payload = payload
        payload.request = Data(permit.request.bytes)
        let events = PayloadParts.events(of: payload, at: startedAt)
        guard events.count > 1 else {
            notes += events.map { Note(name: name, event: $0) }
            return
        }
        var bytes: [UInt8] = []
        for event in events { EventBytes.append(event, to: &bytes) }
        long.append((name, bytes))
    }

    private mutating func fail(
        _ result: CallResult,
        _ failure: CallResult.Failure,
        _ counted: Range<Int>,
        putAside reason: QuarantineReason = .unspecified
    ) {
        var event = moment()
        event.transferFailed.request = Data(permit.request.bytes)
        event.transferFailed.provider = permit.provider
        event.transferFailed.trigger = permit.trigger
        event.transferFailed.api = result.call.api
        event.transferFailed.transaction = result.made.transaction
        event.transferFailed.status = failure.status
        event.transferFailed.code = failure.code
        event.transferFailed.attempts = failure.attempts
        event.transferFailed.reason = reason
        // What a call answered leads to is asked with it, in its own cycle.
        let isOfPart = StandardAPI[result.call.api]?.isOfPart ?? false
        event.transferFailed.stillDue =
            permit.trigger == .scheduled && failure.isPassing && !isOfPart
        notes.append(Note(name: .role(.evidence), event: event, counted: counted))
    }

    private mutating func complete(
        _ calls: [TransferCall],
        quarantined: Int,
        counted: Range<Int>,
        closed: [AssetID] = []
    ) {
        var event = moment()
        event.transferCompleted.request = Data(permit.request.bytes)
        event.transferCompleted.provider = permit.provider
        event.transferCompleted.trigger = permit.trigger
        event.transferCompleted.calls = calls
        event.transferCompleted.quarantined = UInt32(clamping: quarantined)
        event.transferCompleted.closed = closed.map { Data($0.bytes) }
        event.transferCompleted.begunOn = begunOn?.digits ?? 0
        notes.append(Note(name: .role(.evidence), event: event, counted: counted))
    }

    private mutating func close(_ asset: CollectionState.Asset, industry: Industry) {
        var event = moment()
        event.assetClosed.sign = .missingFromList
        event.assetClosed.lastListedOn =
            asset.lastAnsweredAt.map { KoreanClock.day(at: $0).digits } ?? 0
        let name = AssetName(
            provider: asset.provider,
            key: asset.key,
            issuedOn: asset.issuedOn,
            kind: asset.kind,
            industry: UInt32(industry.rawValue)
        )
        notes.append(Note(name: .asset(name), event: event))
    }

    private func moment() -> Event {
        var event = Event()
        event.occurredAt = startedAt
        return event
    }
}
