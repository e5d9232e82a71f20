internal import Commands
internal import Cryptography
internal import Finance
internal import Frame
internal import MyData
internal import Vault

/// Says what an answer that was put aside would have brought, had it been readable.
struct Redrive {
    let stored: StoredAnswer
    let call: StandardCall
    let permit: CollectionPermit
    let name: CompartmentName

    init(
        _ stored: StoredAnswer,
        _ call: StandardCall,
        _ permit: CollectionPermit,
        _ name: CompartmentName
    ) {
        (self.stored, self.call, self.permit, self.name) = (stored, call, permit, name)
    }

    /// What its transfer would have reported of it, with its release.
    func report(of answer: Answer, released: QuarantineReleased) -> TransferReport {
        var report = TransferReport(permit, startedAt: stored.startedAt)
        report.take(answers(answer), industry: stored.payload.industry)
        report.take(released, in: name)
        return report
    }

    private func answers(_ answer: Answer) -> PersonTransfer.Answers {
        var answers = PersonTransfer.Answers()
        let results = results(answer)
        switch name {
        case .asset(let asset):
            answers.assets = [
                PersonTransfer.AssetAnswers(
                    name: asset,
                    listed: ListedAsset(
                        key: asset.key,
                        issuedOn: asset.issuedOn,
                        kind: AssetKind(rawValue: Int(asset.kind)) ?? .unspecified,
                        isRequested: true,
                        calls: [],
                        events: []
                    ),
                    listAPI: .unspecified,
                    isFresh: false,
                    isKnownClosed: false,
                    results: results
                )
            ]
        case .quarantine, .role:
            answers.lists = results
            // What the request does not open is not kept, here as in a transfer.
            let opened = answer.assets.filter { permit.allows($0.kind, card: $0.card) }
            answers.assets = opened.map { listed in
                PersonTransfer.AssetAnswers(
                    name: AssetName(
                        provider: stored.payload.provider,
                        key: listed.key,
                        issuedOn: listed.issuedOn,
                        kind: UInt32(listed.kind.rawValue),
                        industry: UInt32(stored.payload.industry.rawValue)
                    ),
                    listed: listed,
                    listAPI: stored.payload.api,
                    isFresh: true,
                    isKnownClosed: false,
                    results: []
                )
            }
        }
        return answers
    }

    /// The call as it would have ended: one result for each period that no later answer speaks for.
    private func results(_ answer: Answer) -> [CallResult] {
        let isWhole = stored.payload.page == 0 && answer.nextPage == nil
        let open = stored.openDays ?? []
        let isByDays = StandardAPI[call.api]?.shape == .days
        guard isWhole, isByDays, !open.isEmpty else {
            var result = result(answer, stored.days, isWhole: isWhole)
            result.events = isByDays ? events(of: answer, within: nil) : answer.events
            return [result]
        }
        return open.enumerated().map { number, days in
            var result = result(answer, days, isWhole: true)
            // Rows are of the answer, not of each period of it.
            if number > 0 { (result.made.rows, result.made.bytes) = (0, 0) }
            result.events = events(of: answer, within: (days, isFirst: number == 0))
            return result
        }
    }

    private func result(
        _ answer: Answer,
        _ days: ClosedRange<CivilDate>?,
        isWhole: Bool
    ) -> CallResult {
        let window = days.map { Window(days: $0, trigger: permit.trigger) }
        var result = CallResult(call, window: window, end: .complete)
        result.take(answer, isNew: true)
        result.isWhole = isWhole
        result.made.transaction = stored.payload.transaction
        result.made.bytes = UInt64(stored.payload.size)
        // What it leads to was not asked: the next transfer shall see all of it again.
        result.made.unsettled = !answer.assets.isEmpty || !answer.calls.isEmpty
        return result
    }

    /// The events on days that no later answer speaks for; of one of several periods, its own, and
    /// with the first those on days that were not asked about.
    private func events(
        of answer: Answer,
        within period: (days: ClosedRange<CivilDate>, isFirst: Bool)?
    ) -> [UInt8] {
        let said = stored.later.compactMap(\.days)
        let others = (stored.openDays ?? []).filter { $0 != period?.days }
        var kept: [UInt8] = []
        var cursor = Frame.EventCursor()
        do {
            while let bounds = try cursor.next(in: answer.events.span) {
                let bytes = answer.events.span.extracting(bounds)
                let event = try EventView(bytes, of: AssetID(high: 0, low: 0))
                guard let day = CivilDate(secondsSinceEpoch: event.occurredAt) else { continue }
                if said.contains(where: { $0.contains(day) }) { continue }
                if let period, !period.days.contains(day),
                    !period.isFirst || others.contains(where: { $0.contains(day) })
                {
                    continue
                }
                EventBytes.append(encoded: bytes.array, to: &kept)
            }
        } catch {
            preconditionFailure("events that were just written do not read")
        }
        return kept
    }
}

extension StoredAnswer {
    func release(_ outcome: QuarantineOutcome, by actor: String) -> QuarantineReleased {
        var released = QuarantineReleased()
        (released.id, released.digest) = (payload.id, payload.digest)
        (released.outcome, released.actor) = (outcome, actor)
        (released.api, released.provider) = (payload.api, payload.provider)
        return released
    }

    func retry(_ fault: AnswerFault, by actor: String) -> QuarantineRetried {
        var retried = QuarantineRetried()
        (retried.id, retried.api, retried.provider) = (payload.id, payload.api, payload.provider)
        (retried.reason, retried.field, retried.row) = (fault.reason, fault.field, fault.row)
        retried.actor = actor
        return retried
    }
}
